"""What a good profile still lacks before a pilot: not faults, but work for a person."""

from __future__ import annotations

from datetime import date, timedelta

from provinces.province import Province

_CONFIRMED = frozenset({"verified", "reported", "configured", "manual"})
_YEAR = timedelta(days=365)


def gaps(province: Province, on: date) -> tuple[str, ...]:
    """List what a deployer must still fill in or look at, one line each with its count and file."""
    agencies = province.agencies_on(on)
    addresses = [entry.address for entry in province.roster] + [entry.address for entry in province.recipients]
    sources = province.sources_on(on)
    found = (
        (sum(not entry.electronic_code for entry in agencies), "agencies without electronic code (agencies.csv)"),
        (sum(not entry.mailbox for entry in agencies), "agencies without mailbox (agencies.csv)"),
        (sum(entry.endswith(".example") for entry in addresses), "example addresses (roster.toml, recipients.toml)"),
        (int(not province.public_contact), "public contact for objections missing (profile.toml, public_contact)"),
        (
            sum(entry.checked is None for entry in province.services),
            "services nobody has checked (national/services.csv)",
        ),
        (
            sum(entry.status not in _CONFIRMED for entry in sources),
            "sources in use that nobody has confirmed (sources.csv)",
        ),
        (
            int(province.calendar.known_until < on + _YEAR),
            "holiday table that ends within a year (national/holidays.csv)",
        ),
    )
    return tuple(f"{count} {what}" for count, what in found if count)
