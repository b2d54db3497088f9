"""The Scrapy project's settings. The library's defaults obey no robots.txt, check no certificate and take 1 GB a
page."""

from __future__ import annotations

from typing import Any

from crawlers.markup import MAX_BYTES
from crawlers.politeness import PARALLEL
from crawlers.robots import PRODUCT

VERSION = "0.1"
TIMEOUT_S = 30
REDIRECTS = 5


def user_agent(contact: str = "") -> str:
    """Return the honest name that every request carries; ``contact`` is a mailbox or page of the operating agency."""
    about = "press and public information monitoring of a Vietnamese province"
    return f"{PRODUCT}/{VERSION} ({about}{f'; {contact}' if contact else ''})"


def scrapy_settings(*, contact: str = "", replay: bool = False) -> dict[str, Any]:
    """Return the settings of a crawl; ``replay`` answers from an archive and touches no network."""
    handler = "crawlers.download.ReplayHandler" if replay else "crawlers.download.WebHandler"
    middlewares = "scrapy.downloadermiddlewares"
    spider_middlewares = "scrapy.spidermiddlewares"
    return {
        "BOT_NAME": PRODUCT,
        "USER_AGENT": user_agent(contact),
        "DEFAULT_REQUEST_HEADERS": {
            "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "Accept-Language": "vi,en;q=0.5",
        },
        # The crawl runs in the caller's process, many times in a row: Twisted's reactor could start once only.
        "TWISTED_REACTOR_ENABLED": False,
        "DOWNLOAD_HANDLERS": {"http": handler, "https": handler, "data": None, "file": None, "ftp": None, "s3": None},
        "DOWNLOADER_MIDDLEWARES": {
            f"{middlewares}.robotstxt.RobotsTxtMiddleware": None,
            "crawlers.robots.RobotsMiddleware": 100,
            f"{middlewares}.offsite.OffsiteMiddleware": None,
            f"{middlewares}.httpauth.HttpAuthMiddleware": None,
            f"{middlewares}.cookies.CookiesMiddleware": None,
            # A proxy would make the address guard check the proxy's address instead of the site's.
            f"{middlewares}.httpproxy.HttpProxyMiddleware": None,
            f"{middlewares}.redirect.MetaRefreshMiddleware": None,
            # The report counts; Scrapy's own counters cost a twentieth of a page.
            f"{middlewares}.stats.DownloaderStats": None,
        },
        "STATS_CLASS": "scrapy.statscollectors.DummyStatsCollector",
        # What a spider yields are requests of ours. Bad answers come to the spiders, which count them; no referrer is
        # sent; a long address is not dropped without a word.
        "SPIDER_MIDDLEWARES": {
            f"{spider_middlewares}.depth.DepthMiddleware": None,
            f"{spider_middlewares}.httperror.HttpErrorMiddleware": None,
            f"{spider_middlewares}.referer.RefererMiddleware": None,
            f"{spider_middlewares}.urllength.UrlLengthMiddleware": None,
        },
        "ROBOTSTXT_OBEY": True,
        "COOKIES_ENABLED": False,
        "METAREFRESH_ENABLED": False,
        "REDIRECT_MAX_TIMES": REDIRECTS,
        "DOWNLOAD_TIMEOUT": TIMEOUT_S,
        "DOWNLOAD_MAXSIZE": MAX_BYTES,
        "DOWNLOAD_WARNSIZE": 0,
        # Spacing is the gate's, across all spiders of a crawl; Scrapy's slots only bound what waits.
        "DOWNLOAD_DELAY": 0,
        "CONCURRENT_REQUESTS": 64,
        "CONCURRENT_REQUESTS_PER_DOMAIN": PARALLEL,
        # A task per item that may come: callbacks here yield requests only, a hundred idle tasks per page cost half the time.
        "CONCURRENT_ITEMS": 1,
        "WARN_ON_GENERATOR_RETURN_VALUE": False,
        "RETRY_TIMES": 1,
        # A source that stays silent is an outcome of the report, not an error on the operator's screen.
        "RETRY_GIVE_UP_LOG_LEVEL": "DEBUG",
        "RETRY_HTTP_CODES": [429, 500, 502, 503, 504, 522, 524, 408],
        "DUPEFILTER_CLASS": "scrapy.dupefilters.BaseDupeFilter",
        "EXTENSIONS": {
            "scrapy.extensions.memusage.MemoryUsage": None,
            "scrapy.extensions.logstats.LogStats": None,
            "scrapy.extensions.corestats.CoreStats": None,
            "scrapy.extensions.telnet.TelnetConsole": None,
            "scrapy.extensions.feedexport.FeedExporter": None,
            "scrapy.extensions.remote_control.RemoteControl": None,
        },
        "SPIDER_MODULES": ["crawlers.spiders"],
        "LOG_ENABLED": False,
    }
