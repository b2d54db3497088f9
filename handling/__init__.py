"""What may be done about an item: the catalogue A01–A17, who acts, by when, and cases followed to their end."""

from handling.cases import answer, close, is_overdue, open_case, receive, remind, return_case
from handling.catalogue import Action, catalogue
from handling.deadlines import due_at, local_day_end
from handling.errors import CaseRefused, HandlingError
from handling.propose import propose_story, run

__all__ = [
    "Action",
    "CaseRefused",
    "HandlingError",
    "answer",
    "catalogue",
    "close",
    "due_at",
    "is_overdue",
    "local_day_end",
    "open_case",
    "propose_story",
    "receive",
    "remind",
    "return_case",
    "run",
]
