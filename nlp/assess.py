"""Stage ``assess``: what every new version of an item is about. Advisory, with confidence, spans and reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from nlp import signals
from nlp.fields import WIDE, fields, likeliest
from nlp.judge import Judgement, Models, judge, load
from nlp.language import FOREIGN, MINORITY, detect
from nlp.official import Statement, contradicted, statement
from nlp.places import PlaceResult, Resolver
from nlp.rescue import rescue
from nlp.severity import severity
from nlp.view import View, view
from provinces.province import Province
from provinces.types import PlaceKind
from records import Records
from records.clock import Clock
from records.stage import StageReport
from records.types import Assessment, Channel, Item, Lane, Rescue, Severity, Tone

SOCIAL = frozenset({Channel.SOCIAL, Channel.HOTLINE})
"""Channels that speak as residents do; all others are read as press."""

BATCH = 256
PRESS_BODY = 300
"""Characters of the body read where the press item has no lead: the models learned from titles with leads."""


BAD_NEWS = frozenset({"grave-warning", "warning-of-danger", "deaths", "casualties", "homes", "trapped"})
"""Reasons of severity that plain news is negative for, whatever its words ("bão mạnh lên"): 80 of 87 such press rows
of lanes_dev and press_train are, none is positive (2026-11-22)."""

CONTRADICTS = "contradicts_official"
"""Signal on a rumour, with the id of the bulletin: "trái với bản tin chính thức". A person decides what follows from it."""


def model_version(models: Models) -> str:
    """Return the version that stands on every assessment."""
    return f"judge-{models.version}"


def read(item: Item) -> View:
    """Return the view the models judge: all of a post, title and lead of an article. Offsets are those of ``item.text``."""
    if item.channel in SOCIAL:
        return view(item.text, social=True)
    head = "\n".join(part for part in (item.title, item.lead) if part)
    if not item.lead:
        head = item.text[: len(item.title) + 1 + PRESS_BODY]
    return view(head, social=False)


def assess_items(
    items: Sequence[Item],
    models: Models,
    resolver: Resolver,
    province: Province,
    now: datetime,
    statements: Sequence[Statement] = (),
) -> list[Assessment]:
    """Assess items with one pass of the models; pure, order kept. ``statements``: the official bulletins in force."""
    views = [read(item) for item in items]
    zone = ZoneInfo(province.timezone)
    days = [item.time.astimezone(zone).date() for item in items]
    found = [_places(item, resolver, province, day) for item, day in zip(items, days, strict=True)]
    judged = judge(
        models, views, [places.relevant for places in found]
    )  # nobody reads why an item of elsewhere is what it is
    return [
        _assemble(item, seen, one, places, day, models, province, now, statements)
        for item, seen, one, places, day in zip(items, views, judged, found, days, strict=True)
    ]


def assess_item(item: Item, models: Models, resolver: Resolver, province: Province, now: datetime) -> Assessment:
    """Assess one item; pure."""
    return assess_items([item], models, resolver, province, now)[0]


def _assemble(
    item: Item,
    seen: View,
    judged: Judgement,
    places: PlaceResult,
    day: date,
    models: Models,
    province: Province,
    now: datetime,
    statements: Sequence[Statement],
) -> Assessment:
    language = detect(item.text)
    if language in MINORITY or (language in FOREIGN and not judged.harms):
        minority = language in MINORITY  # a person reads it; the models never learned these languages
        return Assessment(
            item_id=item.item_id,
            version=item.version,
            model_version=model_version(models),
            assessed_at=now.astimezone(UTC),
            language=language,
            relevant=places.relevant,
            relevance=places.relevance,
            relevance_reason=places.reason,
            lane=Lane.NEUTRAL if minority else Lane.OTHER,
            lane_probability=0.0 if minority else 1.0,
            lane_reasons=(f"language {language}" + (": read by a person" if minority else ""),),
            tone=Tone.UNKNOWN,
            tone_probability=0.0,
            human_only=minority,
            places=places.places,
        )
    call = _located(rescue(seen), places) if seen.social else None
    harms = () if call else judged.harms
    lane = Lane.NEUTRAL if judged.lane is Lane.HARM and not harms else judged.lane
    # Words that name a service are only looked up where somebody will read the answer.
    kinds = fields(seen, judged.fields, social=seen.social) if places.relevant or call else likeliest(judged.fields)
    codes = tuple(dict.fromkeys(hit.place_code for hit in places.places))
    answering = _answering(kinds, codes, lane, WIDE.find(seen) is not None, province, day) if places.relevant else ()
    # What nobody of this province will read is not weighed.
    weighed = places.relevant or harms or call
    grave, why = severity(seen, lane, harms, call, social=seen.social) if weighed else (Severity.S1, ())
    tone, sure = judged.tone, judged.tone_probability
    if (
        tone is Tone.POSITIVE
        and lane is Lane.NEUTRAL
        and not seen.social
        and any(span.reason in BAD_NEWS for span in why)
    ):
        tone, sure = Tone.NEGATIVE, 1.0 - sure
    told = signals.reliability(seen)
    if lane is Lane.UNVERIFIED and (bulletin := contradicted(seen, codes, statements)) is not None:
        told += (f"{CONTRADICTS}:{bulletin}",)
    return Assessment(
        item_id=item.item_id,
        version=item.version,
        model_version=model_version(models),
        assessed_at=now.astimezone(UTC),
        language=language,
        relevant=places.relevant,
        relevance=places.relevance,
        relevance_reason=places.reason,
        lane=lane,
        lane_probability=round(judged.lane_probability, 4),
        lane_reasons=judged.lane_reasons,
        tone=tone,
        tone_probability=round(sure, 4),
        severity=grave,
        places=places.places,
        fields=kinds,
        agency_codes=answering,
        feedback_kind=signals.feedback_kind(seen) if lane is Lane.FEEDBACK else None,
        spans=tuple(dict.fromkeys((*(span for finding in harms for span in finding.spans), *why))),
        harms=harms,
        rescue=call,
        signals=told,
    )


def _places(item: Item, resolver: Resolver, province: Province, day: date) -> PlaceResult:
    try:
        source = province.source(item.source_id)
    except LookupError:  # a source that was removed from the profile; its items stay readable
        source = None
    return resolver.assess(item.title, item.lead, item.body, day, channel=item.channel, source=source)


COMMITTEES = 3
"""So many communes of one text answer each for itself; what concerns more is the department's."""


def _answering(
    kinds: Sequence[str], codes: Sequence[str], lane: Lane, wide: bool, province: Province, day: date
) -> tuple[str, ...]:
    """Return who must answer: the communes named, where the field is theirs, else the department of the field.

    The province or an old district named beside a commune does not take the matter from it. A complaint of no known field goes to
    the one commune it names: the people's committee is the local addressee.
    """
    communes = [code for code in codes if province.place(code).kind is PlaceKind.COMMUNE]
    committees = [agency for code in communes if (agency := province.local_agency([code], day)) is not None]
    local = tuple(dict.fromkeys(agency.code for agency in committees))
    if not kinds:
        return local if lane is Lane.FEEDBACK and len(local) == 1 else ()
    first = province.agencies_for(kinds[0], communes[:1] or codes, day)
    if not first:
        return ()
    if first[0].code not in local:
        return (first[0].code,)
    department = next((agency.code for agency in first if agency.code not in local), None)
    if department and (wide or len(local) > COMMITTEES):
        return (department,)
    return local[:COMMITTEES]


def _located(call: Rescue | None, places: PlaceResult) -> Rescue | None:
    if call is None or not places.places:
        return call
    best = max(places.places, key=lambda hit: hit.score)
    return replace(call, place_code=best.place_code)


def run(
    records: Records,
    province: Province,
    clock: Clock,
    *,
    limit: int | None = None,
    models: Models | None = None,
) -> StageReport:
    """Assess what is pending, in batches of 256 with a commit each; may be killed at any line.

    An item that cannot be assessed goes to quarantine with the reason ``assess-failed`` and the error's name; the others of its
    batch are not held up.
    """
    models = models or load()
    resolver = Resolver(province)
    report = StageReport("assess", clock.now())
    version = model_version(models)
    while limit is None or sum(report.counts[key] for key in ("ok", "quarantine")) < limit:
        left = BATCH if limit is None else min(BATCH, limit - report.counts["ok"] - report.counts["quarantine"])
        with records.begin() as tx:
            items = tx.items.pending_assessment(version, clock.now(), left)
            if not items:
                break
            done: list[Assessment] = []
            statements = _statements(tx.items.bulletins(clock.now()), resolver, province)
            for item, assessment, error in _batch(items, models, resolver, province, clock.now(), statements):
                if assessment is None:
                    tx.quarantine.put("assess", item.item_id, "assess-failed", error, clock.now())
                    report.quarantine("assess-failed")
                    continue
                done.append(assessment)
                report.counts[f"lane_{assessment.lane.value}"] += assessment.relevant
                report.counts["relevant"] += assessment.relevant
                report.counts["human_only"] += assessment.human_only
                report.counts["rescue"] += assessment.rescue is not None
            tx.assessments.put_many(done)
            tx.quarantine.clear("assess", [assessment.item_id for assessment in done])
        report.ok(len(done))
    report.ended_at = clock.now()
    return report


def _statements(bulletins: Sequence[Item], resolver: Resolver, province: Province) -> list[Statement]:
    """Read the bulletins in force, the newest first: the newest one counts."""
    found = []
    for item in sorted(bulletins, key=lambda one: one.time, reverse=True):
        day = item.time.astimezone(ZoneInfo(province.timezone)).date()
        codes = [hit.place_code for hit in _places(item, resolver, province, day).places]
        everywhere = any(province.place(code).kind is PlaceKind.PROVINCE for code in codes)
        found.append(statement(item, codes, everywhere))
    return found


def _batch(
    items: Sequence[Item],
    models: Models,
    resolver: Resolver,
    province: Province,
    now: datetime,
    statements: Sequence[Statement],
) -> list[tuple[Item, Assessment | None, str]]:
    """Assess a batch with one pass of the models; an item that breaks is told apart from its neighbours."""
    try:
        found = assess_items(items, models, resolver, province, now, statements)
        return [(item, assessment, "") for item, assessment in zip(items, found, strict=True)]
    except Exception as error:  # noqa: BLE001 - one broken item must not stop the service; it is named below
        if len(items) == 1:
            return [(items[0], None, f"{type(error).__name__}: {error}")]
    middle = len(items) // 2
    halves = (items[:middle], items[middle:])
    return [row for half in halves for row in _batch(half, models, resolver, province, now, statements)]
