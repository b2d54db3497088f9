"""Exceptions of the alerts room.

AlertError
├── ChannelRefused
└── ChannelUnavailable
"""


class AlertError(Exception):
    """Raised when a message cannot leave; the outbox keeps it."""


class ChannelRefused(AlertError):
    """Raised when the other side refuses for good (4xx, bad address): a person must look at the entry in ``status``."""


class ChannelUnavailable(AlertError):
    """Raised when the other side cannot be reached now; the entry is tried again."""
