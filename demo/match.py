"""Which stored item is which invented publication."""

from __future__ import annotations

from collections.abc import Mapping

from demo.content import Entry, World
from records.identity import native_key, url_id


def item_ids(world: World) -> Mapping[str, Entry]:
    """Return the entries by the item id that the records give them."""
    return {_item_id(world, entry): entry for entry in world.entries}


def _item_id(world: World, entry: Entry) -> str:
    match entry.kind:
        case "post":
            number = entry.path.rpartition("-")[2]
            return native_key(entry.site, f"{world.sites[entry.site].host}/{number}")
        case "comment":
            return native_key(entry.site, entry.key)
        case "import":
            return native_key(entry.platform, entry.key)
        case _:
            return url_id(world.url(entry))
