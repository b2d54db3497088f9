"""Settings: frozen values, passed down. Precedence: flag > ``LANGNGHE_*`` > ``langnghe.toml`` in the data folder > default."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

from records.types import Harm

PREFIX = "LANGNGHE_"
FILE = "langnghe.toml"
DEFAULT_DATA = Path("data")


class SettingsError(Exception):
    """Raised for a wrong setting; the message names the file or variable, the key and the fix."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """All settings of one data folder. Secrets come as files (``*_file``), never as values, so that no log can hold them.

    ``records_url``: empty for SQLite in the data folder, else ``postgresql+psycopg://…``. ``mail``: ``file`` or ``smtp``.
    ``webhook_url``: the cyber team's endpoint; empty for files in ``out/alerts``. ``apprise``: comma-separated Apprise URLs
    file of the desk's channels. ``quiet_hours``: local ``HH:MM-HH:MM``. ``spacing_s``: seconds between two starts at one
    site; ``contact``: address printed in the crawler's User-Agent. ``cutoff`` and ``out_at``: local times of the daily
    edition's end and of its leaving at the latest. ``off_classes``: comma-separated harm classes (``H1``–``H8``) for which
    nothing is suggested, proposed or rung; none can be added.
    """

    province: str = ""
    data: Path = DEFAULT_DATA
    records_url: str = ""
    mail: str = "file"
    smtp_host: str = ""
    smtp_port: int = 587
    smtp_user: str = ""
    smtp_password_file: str = ""
    smtp_ca_file: str = ""
    mail_from: str = "langnghe@localhost.example"
    webhook_url: str = ""
    webhook_secret_file: str = ""
    apprise_file: str = ""
    quiet_hours: str = "22:00-06:00"
    spacing_s: float = 5.0
    contact: str = ""
    cutoff: str = "05:30"
    out_at: str = "07:00"
    off_classes: str = ""
    log: str = "text"

    def secret(self, name: str) -> str:
        """Return the content of the secret file named by the setting ``name``."""
        path = str(getattr(self, name))
        if not path:
            raise SettingsError(
                f"{name} is not set: put the secret into a file and name it in {FILE} or {PREFIX}{name.upper()}"
            )
        try:
            return Path(path).read_text("utf-8").strip()
        except OSError as error:
            raise SettingsError(f"{name}: cannot read {path}: {error.strerror}") from error

    @property
    def off(self) -> frozenset[Harm]:
        """The harm classes that are switched off."""
        return frozenset(Harm(code.strip().upper()) for code in self.off_classes.split(",") if code.strip())


_TYPES = {field.name: field.type for field in fields(Settings)}


def load(flags: Mapping[str, Any], environment: Mapping[str, str]) -> Settings:
    """Return the settings for ``flags`` (None: not given) and environment variables.

    Raises :class:`SettingsError` for unknown keys, wrong types and unreadable files.
    """
    chosen = {key: value for key, value in flags.items() if value is not None}
    from_environment = {
        key.removeprefix(PREFIX).lower(): value
        for key, value in environment.items()
        if key.startswith(PREFIX) and key != f"{PREFIX}SHARED"
    }
    data = Path(chosen.get("data") or from_environment.get("data") or DEFAULT_DATA)
    values: dict[str, Any] = {}
    for origin, layer in ((str(data / FILE), _read(data / FILE)), ("environment", from_environment), ("flag", chosen)):
        for key, value in layer.items():
            if key not in _TYPES:
                known = ", ".join(sorted(_TYPES))
                name = f"{PREFIX}{key.upper()}" if origin == "environment" else key
                raise SettingsError(f"{origin}: unknown setting {name}; known settings: {known}")
            values[key] = _typed(origin, key, value)
    values["data"] = data
    return _checked(Settings(**values))


def _read(path: Path) -> dict[str, Any]:
    if not path.exists():
        return {}
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise SettingsError(f"{path}: {error}: fix the line or remove the file") from error


def _typed(origin: str, key: str, value: Any) -> Any:
    wanted = str(_TYPES[key])
    try:
        match wanted:
            case "int":
                return int(value)
            case "float":
                return float(value)
            case "Path":
                return Path(value)
            case _:
                if not isinstance(value, str):
                    raise ValueError(f"needs text, got {value!r}")
                return value
    except (TypeError, ValueError) as error:
        raise SettingsError(f"{origin}: {key} = {value!r} is not a {wanted}: {error}") from error


def _checked(settings: Settings) -> Settings:
    for key, allowed in (("mail", ("file", "smtp")), ("log", ("text", "json"))):
        if getattr(settings, key) not in allowed:
            raise SettingsError(f"{key} = {getattr(settings, key)!r}: choose one of {', '.join(allowed)}")
    if settings.mail == "smtp" and not settings.smtp_host:
        raise SettingsError("mail = 'smtp' needs smtp_host")
    try:
        settings.off  # noqa: B018
    except ValueError as error:
        raise SettingsError(f"off_classes = {settings.off_classes!r}: {error}; write e.g. 'H3, H5'") from error
    return settings
