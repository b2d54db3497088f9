"""Stage ``brief``: makes the daily edition from records and lays its files out under ``out/EDITION_ID/``."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

from provinces import Province
from records import Clock, Records, StageReport
from records.types import Edition, EditionKind, EditionState
from reports.compose import compose
from reports.deliver import reissues
from reports.errors import RenderError, ReportError
from reports.gather import edition_id, gather, last_cutoff
from reports.mail import Mailbox, compose_mail, recipients
from reports.model import EditionContent
from reports.render import Rendered, render

__all__ = ["FILES", "edition_id", "files", "last_cutoff", "run", "write"]

FILES = ("edition.pdf", "edition.html", "edition.json", "edition.eml")


def run(
    records: Records,
    province: Province,
    clock: Clock,
    *,
    cutoff: datetime,
    out: Path,
    automatic: bool | None = None,
    sender_address: str = Mailbox.address,
    sender_name: str = Mailbox.name,
) -> StageReport:
    """Make the edition whose window ends at ``cutoff`` and write ``edition.{pdf,html,json,eml}`` under
    ``out/EDITION_ID/``.

    The same input gives the same edition and no second revision; other input gives the next revision. ``automatic``
    None: the automatic form when nobody decided anything; True at 07:00 when nobody approved. An edition that cannot
    be laid out is quarantined as ``edition_broken``, the files of the last good one stay.
    """
    report = StageReport("brief", clock.now())
    with records.read() as tx:
        given = gather(tx, province, cutoff, automatic=automatic)
    content = compose(given)
    try:
        # Laid out before anything is stored: an edition that cannot be printed never becomes a revision.
        rendered = render(content)
        edition, again = _store(records, content, clock.now())
        if again:
            rendered = render(content, reissue=again)
        write(out, province, content, rendered, edition.revision, again, Mailbox(sender_address, sender_name))
    except RenderError as error:
        with records.begin() as tx:
            tx.quarantine.put("brief", content.edition_id, "edition_broken", str(error), clock.now())
        report.quarantine("edition_broken")
    else:
        report.ok()
        report.counts["revision"] = edition.revision
        report.counts["stories"] = len(given.stories)
        report.counts["shown"] = len(content.stories)
        report.counts["counted"] = content.figures.total
    report.ended_at = clock.now()
    return report


def files(out: Path, province: Province, cutoff: datetime) -> dict[str, Path]:
    """Return where the files of an edition lie, by name; those that do not exist are left out."""
    folder = out / edition_id(province, cutoff)
    return {name: folder / name for name in FILES if (folder / name).is_file()}


def _store(records: Records, content: EditionContent, now: datetime) -> tuple[Edition, int]:
    with records.begin() as tx:
        edition = tx.editions.put(
            Edition(
                edition_id=content.edition_id,
                kind=EditionKind.DAILY,
                revision=1,
                window_start=datetime.fromisoformat(content.window_start),
                window_end=datetime.fromisoformat(content.window_end),
                state=EditionState.AUTOMATIC if content.automatic else EditionState.REVIEWED,
                made_at=now,
                content=content.as_dict(),
                content_hash=content.content_hash,
            )
        )
        tx.quarantine.clear("brief", [content.edition_id])
        return edition, reissues(tx, content.edition_id, edition.revision)


def write(
    out: Path,
    province: Province,
    content: EditionContent,
    rendered: Rendered,
    revision: int,
    reissue: int,
    mailbox: Mailbox,
) -> None:
    """Write the edition's files, each whole or not at all.

    ``edition.eml`` is the first recipient's message, for a look before sending.
    """
    folder = out / content.edition_id
    full = recipients(province.recipients, content.kind)
    payloads = {
        "edition.pdf": rendered.pdf,
        "edition.html": rendered.html.encode(),
        "edition.json": rendered.json.encode(),
    }
    if full:
        mail = compose_mail(content, rendered.pdf, full[0], revision=revision, reissue=reissue, mailbox=mailbox)
        payloads["edition.eml"] = mail.as_bytes()
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, payload in payloads.items():
            partial = folder / f".{name}.part"
            partial.write_bytes(payload)
            partial.replace(folder / name)
    except OSError as error:
        raise ReportError(f"cannot write to {folder}: {error.strerror}: free space or choose another --data") from error
