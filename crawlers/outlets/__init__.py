"""One small declarative file per outlet of which a stored page proves the layout; all others take the generic path."""

from __future__ import annotations

from crawlers.outlets import cafef, dantri, plo, tuoitre, vnexpress
from crawlers.outlets.rule import Rule

RULES: tuple[Rule, ...] = tuple(
    sorted(
        (rule for outlet in (cafef, dantri, plo, tuoitre, vnexpress) for rule in outlet.RULES),
        key=lambda rule: (rule.outlet, -rule.since.toordinal()),
    )
)
"""Every layout, per outlet the newest first: the order in which they are tried."""


def rules_for(host: str) -> tuple[Rule, ...]:
    """Return the layouts of a host (``m.``, ``amp.`` and other subdomains included), the newest first."""
    host = host.lower().rstrip(".")
    return tuple(rule for rule in RULES if any(host == known or host.endswith("." + known) for known in rule.hosts))


__all__ = ["RULES", "Rule", "rules_for"]
