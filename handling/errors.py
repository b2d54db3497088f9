"""Exceptions of the handling room; their messages are Vietnamese, for the officer who acts.

HandlingError
└── CaseRefused
"""


class HandlingError(Exception):
    """Raised for a wrong step of handling; the message says which and what to do instead."""


class CaseRefused(HandlingError):
    """Raised when a case cannot take this step (closed already, not a lane-B proposal, not approved); look at the case."""
