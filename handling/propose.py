"""The stage ``propose``: from a story and its assessed items to proposed actions, by class, severity and reach."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from hashlib import sha256
from zoneinfo import ZoneInfo

from handling.catalogue import catalogue
from handling.deadlines import due_at
from provinces import Province
from records import Clock, Records, StageReport, Transaction
from records.types import (
    REFERABLE,
    Assessment,
    Channel,
    Harm,
    HarmFinding,
    Item,
    Lane,
    Proposal,
    ProposalState,
    Reach,
    Severity,
    Story,
)

BATCH = 200

PER_HARM: dict[Harm, tuple[str, ...]] = {
    Harm.FRAUD: ("A02", "A11", "A12", "A09", "A13"),
    Harm.IMPERSONATION: ("A02", "A09", "A12", "A11"),
    Harm.DANGEROUS_RUMOUR: ("A02", "A04", "A10", "A12"),
    Harm.VIOLENCE: ("A11",),
    Harm.HATE: ("A09", "A13"),
    Harm.CHILD_ABUSE: ("A11", "A09"),
    Harm.LEAKED_DATA: ("A09", "A13", "A11"),
    Harm.MALICIOUS_LINK: ("A11", "A12"),
}
"""``domain.md`` §5.4, "Per class"; conditions are in :func:`_for_finding`."""


def propose_story(
    story: Story, members: Sequence[tuple[Item, Assessment]], province: Province, now: datetime
) -> list[Proposal]:
    """Return the actions to propose for ``story``; the same story gives the same proposals with the same ids.

    Criticism only ever yields A07, A08, A04 and A05, also when the same item carries a harm (``domain.md`` §5.1).
    """
    made: list[Proposal] = []
    wide = story.reach in {Reach.R2, Reach.R3}
    feedback = [pair for pair in members if pair[1].lane is Lane.FEEDBACK]
    if feedback:
        codes = ["A07", "A08"]
        if wide:
            codes.append("A04")
            if any(item.channel is Channel.PRESS for item, _ in feedback):
                codes.append("A05")
        severity = max((assessment.severity for _, assessment in feedback), default=Severity.S1)
        reason = f"{len(feedback)} tin, bài phản ánh về cùng sự việc"
        made += [_make(code, story, None, Lane.FEEDBACK, None, severity, reason, province, now) for code in codes]
    if story.lane is Lane.GOOD and (story.families > 1 or story.reach is not Reach.R0):
        reason = f"{story.families} nguồn độc lập đưa tin tích cực"
        made.append(_make("A14", story, None, Lane.GOOD, None, Severity.S1, reason, province, now))
    for item, assessment in members:
        made += _for_item(story, item, assessment, wide, province, now)
    return made


def _for_item(
    story: Story, item: Item, assessment: Assessment, wide: bool, province: Province, now: datetime
) -> Iterable[Proposal]:
    if assessment.rescue:
        # A call for rescue stands outside the lanes and is never a harm, even where the post holds one too.
        lane = Lane.NEUTRAL if assessment.lane is Lane.HARM else assessment.lane
        reason = "Bài đăng kêu cứu" + (f": {', '.join(assessment.rescue.need)}" if assessment.rescue.need else "")
        yield _make("A17", story, item, lane, None, Severity.S4, reason, province, now, assessment.agency_codes)
    if assessment.lane is Lane.UNVERIFIED:
        codes = ["A02"]
        if wide:
            codes += ["A10", "A04"]
        elif assessment.severity is Severity.S1:
            codes.append("A01")
        reason = "Thông tin quan trọng chưa có nguồn chính thức xác nhận"
        for code in codes:
            yield _make(
                code, story, item, Lane.UNVERIFIED, None, assessment.severity, reason, province, now,
                assessment.agency_codes,
            )  # fmt: skip
    seen: set[str] = set()
    for finding in sorted(assessment.harms, key=lambda finding: -finding.probability):
        for code in _for_finding(finding, assessment):
            if code not in seen:
                seen.add(code)
                reason = "; ".join(finding.reasons) or "Nghi có nguy cơ gây hại cụ thể"
                yield _make(
                    code, story, item, Lane.HARM, finding.harm, assessment.severity, reason, province, now,
                    assessment.agency_codes,
                )  # fmt: skip


def _for_finding(finding: HarmFinding, assessment: Assessment) -> tuple[str, ...]:
    codes = PER_HARM[finding.harm]
    if finding.harm is Harm.VIOLENCE and not finding.imminent:
        return ("A09",)
    if finding.harm is Harm.LEAKED_DATA and assessment.severity < Severity.S3:
        # A11 for leaked data only when traded, of many, or linked to fraud.
        with_fraud = any(other.harm is Harm.FRAUD for other in assessment.harms)
        return codes if with_fraud else ("A09", "A13")
    return codes


def _make(
    code: str,
    story: Story,
    item: Item | None,
    lane: Lane,
    harm: Harm | None,
    severity: Severity,
    reason: str,
    province: Province,
    now: datetime,
    agency_codes: tuple[str, ...] = (),
) -> Proposal:
    action = catalogue()[code]
    if code == "A11" and harm not in REFERABLE:
        raise ValueError(f"A11 for {harm}: only {sorted(REFERABLE)} may be referred")
    today = now.astimezone(ZoneInfo(province.timezone)).date()
    basis = (province.instrument(key, today) for key in action.basis)
    # An item keeps its proposals, and what was decided about them, when ``link`` moves it to another story.
    identity = "|".join((item.item_id if item else story.story_id, code, harm or ""))
    return Proposal(
        proposal_id=sha256(identity.encode()).hexdigest()[:20],
        story_id=story.story_id,
        item_id=item.item_id if item else None,
        action=code,
        lane=lane,
        harm=harm,
        severity=severity,
        actor=_actor(action.actor, agency_codes or story.agency_codes, province, today),
        due_at=due_at(action, severity, now, province),
        basis=tuple(instrument.key for instrument in basis if instrument),
        rationale=reason,
        state=ProposalState.PROPOSED,
        created_at=now,
    )


def _actor(duty: str, agency_codes: Sequence[str], province: Province, today: date) -> str:
    """Return the code of the agency that has the duty, or the duty itself where it is a role of the desk."""
    if duty == "responsible" and agency_codes:
        return agency_codes[0]
    if duty in {"responsible", "press_department"}:
        return province.lead_agency  # nobody found to answer: the department that reports finds out who must
    agencies = province.agencies_of_kind(duty, today)
    return agencies[0].code if agencies else duty


def run(records: Records, province: Province, clock: Clock, *, off: Collection[Harm] = ()) -> StageReport:
    """Propose actions for every story that changed since its last proposals; commits per batch.

    Nothing is proposed for the classes in ``off``, and what was and nobody looked at yet is withdrawn.

    What people decided stays. What nobody looked at yet follows the newest assessment: it is brought up to date, and
    withdrawn (rejected by nobody) where its reason is gone.
    """
    report = StageReport("propose", clock.now())
    with records.begin() as tx:
        for proposal in tx.proposals.in_state(ProposalState.PROPOSED) if off else ():
            if proposal.harm in off:
                tx.proposals.put(replace(proposal, state=ProposalState.REJECTED))
                report.counts["withdrawn"] += 1
    while True:
        with records.begin() as tx:
            stories = tx.stories.changed_since_proposal(BATCH)
            members = tx.stories.members_of(story.story_id for story in stories)
            assessed = tx.assessments.assessed(member.item_id for group in members.values() for member in group)
            wanted: dict[str, Proposal] = {}
            for story in stories:
                found = (assessed.get(member.item_id) for member in members.get(story.story_id, []))
                pairs = [(one.item, one.without(off).assessment) for one in found if one]
                wanted |= {one.proposal_id: one for one in propose_story(story, pairs, province, clock.now())}
            changed = _changes(tx, [story.story_id for story in stories], wanted)
            for proposal in changed:
                tx.proposals.put(proposal)
            tx.stories.mark_proposed(stories)
        report.ok(len(stories))
        report.counts["proposals"] += sum(proposal.state is ProposalState.PROPOSED for proposal in changed)
        report.counts["withdrawn"] += sum(proposal.state is ProposalState.REJECTED for proposal in changed)
        if len(stories) < BATCH:
            break
    report.ended_at = clock.now()
    return report


def _changes(tx: Transaction, story_ids: Sequence[str], wanted: Mapping[str, Proposal]) -> list[Proposal]:
    """Return what to store so that the undecided proposals are the wanted ones."""
    known = tx.proposals.get_many(wanted)
    changed: list[Proposal] = []
    for proposal_id, proposal in wanted.items():
        old = known.get(proposal_id)
        if old is None or (old.state is ProposalState.REJECTED and old.reviewed_by is None):
            changed.append(proposal)
            continue
        now = replace(old, story_id=proposal.story_id)
        if old.state is ProposalState.PROPOSED:
            now = replace(proposal, created_at=old.created_at, due_at=min(old.due_at, proposal.due_at))
        if now != old:
            changed.append(now)
    for group in tx.proposals.of_stories(story_ids).values():
        changed += (
            replace(old, state=ProposalState.REJECTED)
            for old in group
            if old.state is ProposalState.PROPOSED and old.proposal_id not in wanted
        )
    return changed
