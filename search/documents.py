"""From records to whole index documents. Masked text only, no identity of anybody who posted."""

from __future__ import annotations

from collections.abc import Iterable

from provinces import Province
from provinces.errors import UnknownCode
from records import Transaction
from records.types import Assessment, Item, Member, Story
from search.port import IndexDoc


def item_documents(tx: Transaction, province: Province, item_ids: Iterable[str]) -> dict[str, IndexDoc | None]:
    """Return the documents of items by id; None where there is nothing to index (unknown, erased or expired text)."""
    wanted = list(item_ids)
    items = tx.items.get_many(wanted)
    assessments = tx.assessments.get_many(wanted)
    members = tx.stories.member_of(wanted)
    return {
        item_id: _item(items[item_id], assessments.get(item_id), members.get(item_id), province)
        if item_id in items and items[item_id].text
        else None
        for item_id in wanted
    }


def story_documents(tx: Transaction, story_ids: Iterable[str]) -> dict[str, IndexDoc | None]:
    """Return the documents of stories by id; None where the story is gone or blanked."""
    wanted = list(story_ids)
    stories = tx.stories.get_many(wanted)
    return {
        story_id: _story(stories[story_id]) if story_id in stories and stories[story_id].headline else None
        for story_id in wanted
    }


def _item(item: Item, assessment: Assessment | None, member: Member | None, province: Province) -> IndexDoc:
    keywords: dict[str, tuple[str, ...]] = {
        "kind": ("item",),
        "channel": (item.channel.value,),
        "source": (item.source_id,),
        "outlet": (_outlet(item.source_id, province),),
        "status": ("withdrawn" if item.withdrawn_at else "current",),
    }
    if assessment:
        keywords |= {
            "lane": (assessment.lane.value,),
            "tone": (assessment.tone.value,),
            "harm": tuple(dict.fromkeys(finding.harm.value for finding in assessment.harms)),
            "severity": (assessment.severity.value,),
            "field": assessment.fields,
            "place": tuple(dict.fromkeys(hit.place_code for hit in assessment.places)),
            "agency": assessment.agency_codes,
        }
    if member:
        keywords |= {"family": (member.family_id,), "story": (member.story_id,)}
    return IndexDoc(
        doc_id=f"item:{item.item_id}",
        revision=item.revision,
        title=item.title,
        lead=item.lead,
        body=item.body,
        url=item.url,
        published=item.time,
        collected=item.collected_at,
        keywords=keywords,
    )


def _story(story: Story) -> IndexDoc:
    return IndexDoc(
        doc_id=f"story:{story.story_id}",
        revision=story.revision,
        title=story.headline,
        lead=story.lead,
        body="",
        url=None,
        published=story.last_published_at,
        collected=story.updated_at or story.last_published_at,
        keywords={
            "kind": ("story",),
            "lane": (story.lane.value,),
            "tone": (story.tone.value,),
            "severity": (story.severity.value,),
            "reach": (story.reach.value,),
            "field": story.fields,
            "place": story.place_codes,
            "agency": story.agency_codes,
            "story": (story.story_id,),
        },
    )


def _outlet(source_id: str, province: Province) -> str:
    try:
        return province.source(source_id).outlet
    except UnknownCode:
        return source_id  # the source has left the registry since; its items stay findable
