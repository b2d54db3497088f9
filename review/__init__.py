"""What people decide: accept, correct, mask, approve, release, recall; roles and the two-person rule.

Command line and desk call the same functions: ``decide`` (stories, items, proposals, editions), ``cases``, ``queue`` and
``walk`` (an officer's way through the queue).
"""

from review.errors import NotAllowed, NotDecidable, ReviewError, SecondPersonNeeded
from review.roles import ROLE_NAMES, require, same_person

__all__ = [
    "ROLE_NAMES",
    "NotAllowed",
    "NotDecidable",
    "ReviewError",
    "SecondPersonNeeded",
    "require",
    "same_person",
]
