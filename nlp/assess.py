"""Stage ``assess``: what every new version of an item is about. Advisory, with confidence, spans and reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from nlp import signals
from nlp.fields import fields, likeliest
from nlp.judge import Judgement, Models, judge, load
from nlp.language import FOREIGN, MINORITY, detect
from nlp.places import PlaceResult, Resolver
from nlp.rescue import rescue
from nlp.view import View, view
from provinces.province import Province
from records import Records
from records.clock import Clock
from records.stage import StageReport
from records.types import Assessment, Channel, Item, Lane, Rescue, Tone

SOCIAL = frozenset({Channel.SOCIAL, Channel.HOTLINE})
"""Channels that speak as residents do; all others are read as press."""

BATCH = 256
PRESS_BODY = 300
"""Characters of the body read where the press item has no lead: the models learned from titles with leads."""


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
    items: Sequence[Item], models: Models, resolver: Resolver, province: Province, now: datetime
) -> list[Assessment]:
    """Assess items with one pass of the models; pure, order kept."""
    views = [read(item) for item in items]
    judged = judge(models, views)
    return [
        _assemble(item, seen, one, models, resolver, province, now)
        for item, seen, one in zip(items, views, judged, strict=True)
    ]


def assess_item(item: Item, models: Models, resolver: Resolver, province: Province, now: datetime) -> Assessment:
    """Assess one item; pure."""
    return assess_items([item], models, resolver, province, now)[0]


def _assemble(
    item: Item, seen: View, judged: Judgement, models: Models, resolver: Resolver, province: Province, now: datetime
) -> Assessment:
    day = item.time.astimezone(ZoneInfo(province.timezone)).date()
    language = detect(item.text)
    places = _places(item, resolver, province, day)
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
    codes = tuple(hit.place_code for hit in places.places)
    agency = province.agency_for(kinds[0], codes, day) if kinds and places.relevant else None
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
        tone=judged.tone,
        tone_probability=round(judged.tone_probability, 4),
        severity=signals.severity(seen, lane, harms, call),
        places=places.places,
        fields=kinds,
        agency_codes=(agency.code,) if agency else (),
        feedback_kind=signals.feedback_kind(seen) if lane is Lane.FEEDBACK else None,
        spans=tuple(span for finding in harms for span in finding.spans),
        harms=harms,
        rescue=call,
        signals=signals.reliability(seen),
    )


def _places(item: Item, resolver: Resolver, province: Province, day: date) -> PlaceResult:
    try:
        source = province.source(item.source_id)
    except LookupError:  # a source that was removed from the profile; its items stay readable
        source = None
    return resolver.assess(item.title, item.lead, item.body, day, channel=item.channel, source=source)


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
            for item, assessment, error in _batch(items, models, resolver, province, clock.now()):
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


def _batch(
    items: Sequence[Item], models: Models, resolver: Resolver, province: Province, now: datetime
) -> list[tuple[Item, Assessment | None, str]]:
    """Assess a batch with one pass of the models; an item that breaks is told apart from its neighbours."""
    try:
        found = assess_items(items, models, resolver, province, now)
        return [(item, assessment, "") for item, assessment in zip(items, found, strict=True)]
    except Exception as error:  # noqa: BLE001 - one broken item must not stop the service; it is named below
        if len(items) == 1:
            return [(items[0], None, f"{type(error).__name__}: {error}")]
    middle = len(items) // 2
    return _batch(items[:middle], models, resolver, province, now) + _batch(
        items[middle:], models, resolver, province, now
    )
