"""Proposed handling actions and their way to approval.

The rules of who and what are the table's own (``records/tables.py``).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import sqlalchemy as sa

from records import tables as tb
from records.codec import from_columns, to_columns
from records.errors import UnknownRecord
from records.repository import Repository, chunks
from records.types import Proposal, ProposalState


class Proposals(Repository):
    """Proposals of the catalogue A01–A17."""

    def put(self, proposal: Proposal) -> None:
        """Store a proposal, new or changed. Raises ``ConstraintRefused`` where the schema forbids it, for example:

        a harm class in lane ``feedback``, an approved lane-C act without two different named people, a referral (A11)
        of a class that may not be referred.
        """
        self._upsert(tb.proposals, [to_columns(proposal)])

    def put_many(self, proposals: Sequence[Proposal]) -> None:
        """Store proposals as new: those whose id is known stay as they are (``propose`` may run twice)."""
        self._insert_new_checked([to_columns(proposal) for proposal in proposals])

    def get(self, proposal_id: str) -> Proposal:
        """Return a proposal. Raises ``UnknownRecord``."""
        found = self._select(tb.proposals.c.proposal_id == proposal_id)
        if not found:
            raise UnknownRecord(f"no proposal {proposal_id!r}")
        return found[0]

    def get_many(self, proposal_ids: Iterable[str]) -> dict[str, Proposal]:
        """Return the known ones of many proposals, by id."""
        found: dict[str, Proposal] = {}
        for batch in chunks(proposal_ids):
            for proposal in self._select(tb.proposals.c.proposal_id.in_(batch)):
                found[proposal.proposal_id] = proposal
        return found

    def of_stories(self, story_ids: Iterable[str]) -> dict[str, list[Proposal]]:
        """Return the proposals of stories (those of their single items too), by story."""
        found: dict[str, list[Proposal]] = {}
        for batch in chunks(story_ids):
            for proposal in self._select(tb.proposals.c.story_id.in_(batch)):
                found.setdefault(proposal.story_id, []).append(proposal)
        return found

    def of_item(self, item_id: str) -> list[Proposal]:
        """Return the proposals of one item (lane C)."""
        return self._select(tb.proposals.c.item_id == item_id)

    def in_state(self, *states: ProposalState, limit: int | None = None) -> list[Proposal]:
        """Return the proposals in any of these states, most urgent first."""
        return self._select(tb.proposals.c.state.in_([state.value for state in states]), limit=limit)

    def _insert_new_checked(self, rows: list[dict[str, object]]) -> None:
        """Insert unknown ids only.

        The conflict clause names the key, so that no rule of the table is skipped with it.
        """
        if rows:
            statement = self._insert(tb.proposals).on_conflict_do_nothing(index_elements=["proposal_id"])
            self._db.execute(statement, rows)

    def _select(self, where: sa.ColumnElement[bool], *, limit: int | None = None) -> list[Proposal]:
        table = tb.proposals
        query = sa.select(table).where(where).order_by(table.c.due_at, table.c.proposal_id).limit(limit)
        return [from_columns(Proposal, row) for row in self._db.execute(query).mappings()]
