"""``langnghe delivery``: mails of which nobody knows whether they arrived, decided by a person."""

from __future__ import annotations

from typing import Annotated

import typer

from langnghe import show
from langnghe.cli import DataOption, JsonOption, ProvinceOption, app, open_context
from langnghe.settings import SettingsError
from records.types import OutboxEntry
from reports import deliver

delivery = typer.Typer(help="Mails that may or may not have arrived.", no_args_is_help=True)
app.add_typer(delivery, name="delivery")

Numbers = Annotated[list[int], typer.Argument(help="Numbers from `delivery list`.")]


@delivery.command("list")
def list_(province: ProvinceOption = None, data: DataOption = None, json: JsonOption = False) -> None:
    """List uncertain deliveries: the process died, or the line broke, before the server's answer was known."""
    with open_context(province, data) as context:
        entries = deliver.uncertain(context.records)
    rows = [
        {"number": entry.entry_id, "recipient": entry.payload["recipient"], "edition": entry.payload["edition_id"]}
        for entry in entries
    ]
    if json:
        show.emit({"uncertain": rows})
    for row in rows if not json else ():
        show.screen.print(f"{row['number']}  {row['edition']}  {row['recipient']}")


@delivery.command("resend")
def resend(numbers: Numbers, province: ProvinceOption = None, data: DataOption = None) -> None:
    """Queue uncertain deliveries again, because the recipients say that nothing arrived."""
    with open_context(province, data) as context:
        entries = _chosen(deliver.uncertain(context.records), numbers)
        deliver.resend(context.records, [entry.entry_id for entry in entries], context.clock)


@delivery.command("confirm")
def confirm(numbers: Numbers, province: ProvinceOption = None, data: DataOption = None) -> None:
    """Note that uncertain deliveries did arrive."""
    with open_context(province, data) as context:
        deliver.confirm(context.records, _chosen(deliver.uncertain(context.records), numbers), context.clock)


def _chosen(entries: list[OutboxEntry], numbers: list[int]) -> list[OutboxEntry]:
    known = {entry.entry_id: entry for entry in entries}
    unknown = [number for number in numbers if number not in known]
    if unknown:
        raise SettingsError(f"not uncertain: {unknown}; see `langnghe delivery list`")
    return [known[number] for number in numbers]
