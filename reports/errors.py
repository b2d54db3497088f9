"""Errors of this room:.

ReportError
├── RenderError
│   ├── FontMissing
│   ├── TemplateBroken
│   └── AssetRefused
├── ContentInvalid
└── DeliveryError
    ├── DeliveryRefused
    ├── DeliveryLater
    └── DeliveryUncertain
"""

from __future__ import annotations


class ReportError(Exception):
    """Base of the room's errors; the message says what to do."""


class RenderError(ReportError):
    """An edition could not be laid out; nothing was written. The subclass says why."""


class FontMissing(RenderError):
    """A font file of ``reports/fonts`` is missing or unreadable.

    Restore the file from the repository, then run ``brief`` again.
    """


class TemplateBroken(RenderError):
    """A template has a syntax error or names a value that the edition lacks.

    Undo the last change of ``reports/templates``.
    """


class AssetRefused(RenderError):
    """A template asked for something outside the repository (network, file).

    Remove the reference: editions load nothing.
    """


class ContentInvalid(ReportError):
    """A stored edition does not have the shape of this version. Make the edition again with ``brief``."""


class DeliveryError(ReportError):
    """A message did not leave. The subclass says whether it may be sent again."""


class DeliveryRefused(DeliveryError):
    """The server refused for good (5xx, bad certificate, no STARTTLS, wrong password).

    Correct the address or settings, then release.
    """


class DeliveryLater(DeliveryError):
    """The server is away or busy (4xx, connection refused). The next ``deliver`` tries again; nothing to do."""


class DeliveryUncertain(DeliveryError):
    """The connection died after the message was handed over, before the answer.

    Ask the recipient, then ``deliver --resend``.
    """
