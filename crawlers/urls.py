"""Addresses of pages: which site a host belongs to, and which address a fetched page goes by."""

from __future__ import annotations

from urllib.parse import urljoin, urlsplit

from records.errors import BadUrl
from records.identity import canonical_url

# Second-level labels under which Vietnamese names are registered.
_SHARED_SECOND = frozenset({"com", "net", "org", "edu", "gov", "info", "name", "pro", "biz", "int", "ac", "health"})


def site(host: str) -> str:
    """Return the registrable name of a host (``thethao.baodemo.com.vn`` → ``baodemo.com.vn``).

    An address stays as it is.
    """
    labels = host.lower().rstrip(".").split(".")
    if len(labels) <= 2 or labels[-1].isdigit():
        return ".".join(labels)
    keep = 3 if labels[-2] in _SHARED_SECOND and len(labels[-1]) == 2 else 2
    return ".".join(labels[-keep:])


def article_url(fetched: str, declared: str | None) -> str:
    """Return the canonical address of a fetched page, following the page's own ``rel=canonical`` inside its site only.

    A copy that names another publisher's original stays an item of its own: it is of the same family, not the same
    item. Raises ``records.errors.BadUrl`` when ``fetched`` is no web address.
    """
    if declared:
        try:
            absolute = urljoin(fetched, declared.strip())
            theirs, ours = urlsplit(absolute), urlsplit(fetched)
            same_site = site(theirs.hostname or "") == site(ours.hostname or "")
            # A front page as canonical address is a template error: it would merge all articles of the outlet.
            if same_site and (theirs.path.strip("/") or theirs.query):
                return canonical_url(absolute)
        except (ValueError, BadUrl):
            pass
    return canonical_url(fetched)


def host_of(url: str) -> str:
    """Return the lower-case host, with its port where the URL names one."""
    return urlsplit(url).netloc.rpartition("@")[2].lower()
