"""What every command works with: settings, the province, its records, a clock, and the search engine when it is needed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import provinces
from langnghe.settings import Settings, SettingsError
from provinces import Province
from records import Clock, Records

if TYPE_CHECKING:
    from alerts import Channel
    from reports.deliver import Sender
    from search import SearchEngine


@dataclass(slots=True)
class Context:
    """One open data folder."""

    settings: Settings
    province: Province
    records: Records
    clock: Clock
    _engine: SearchEngine | None = field(default=None)

    @property
    def engine(self) -> SearchEngine:
        """The search engine of the settings, opened when first asked for."""
        if self._engine is None:
            from search import EmbeddedEngine

            self._engine = EmbeddedEngine(self.records.folder.search, self.province.timezone)
        return self._engine

    @property
    def out(self) -> Path:
        """The folder of editions, mails and alert files."""
        return self.records.folder.out

    def close(self) -> None:
        """Give locks and connections back."""
        if self._engine is not None:
            self._engine.close()
        self.records.close()

    def mail_sender(self) -> Sender:
        """Return the sender of the settings: ``.eml`` files, or SMTP with STARTTLS."""
        from reports import deliver

        settings = self.settings
        if settings.mail == "file":
            return deliver.FileSender(self.out / "mail")
        password = settings.secret("smtp_password_file") if settings.smtp_user else ""
        sender = deliver.SmtpSender(
            host=settings.smtp_host, port=settings.smtp_port, username=settings.smtp_user, password=password
        )
        if settings.smtp_ca_file:
            sender.context.load_verify_locations(settings.smtp_ca_file)
        return sender

    def desk_channel(self) -> Channel:
        """Return where rings and requests go: Apprise addresses of the settings, else files."""
        import alerts

        if self.settings.apprise_file:
            return alerts.AppriseChannel(alerts.read_addresses(Path(self.settings.apprise_file)))
        return alerts.FileChannel(self.out / "alerts")

    def cyber_channel(self) -> Channel:
        """Return where approved referrals go: the cyber team's signed webhook, else files."""
        import alerts

        if self.settings.webhook_url:
            return alerts.WebhookChannel(
                self.settings.webhook_url, self.settings.secret("webhook_secret_file").encode()
            )
        return alerts.FileChannel(self.out / "alerts")


def load_province(key: str) -> Province:
    """Return the profile named by a key or the path of a folder."""
    if not key:
        known = ", ".join(provinces.available())
        raise SettingsError(f"no province: give --province (one of {known}, or a folder) or set it in langnghe.toml")
    return provinces.load(key)


@contextmanager
def opened(settings: Settings, clock: Clock) -> Iterator[Context]:
    """Open the data folder of ``settings`` for its province."""
    province = load_province(settings.province)
    target: Path | str = settings.records_url or settings.data
    folder = settings.data if settings.records_url else None
    context = Context(
        settings=settings,
        province=province,
        records=Records.open(target, province=province.key, folder=folder),
        clock=clock,
    )
    try:
        yield context
    finally:
        context.close()
