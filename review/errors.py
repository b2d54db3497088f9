"""Exceptions of the review room; their messages are Vietnamese, for the officer who acts.

ReviewError
├── NotAllowed
├── SecondPersonNeeded
└── NotDecidable
"""


class ReviewError(Exception):
    """Raised when a decision cannot be taken; nothing was written."""


class NotAllowed(ReviewError):
    """Raised when the person's role may not do this; somebody with the role named in the message must."""


class SecondPersonNeeded(ReviewError):
    """Raised when the same person acts twice on a lane-C act; a second, different named person must."""


class NotDecidable(ReviewError):
    """Raised when the subject is unknown, already decided, or not in a state for this step; look at it with ``review show``."""
