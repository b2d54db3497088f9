"""One spider per kind of access. A spider asks and reads; what it finds goes to the crawl's sink."""

from collections.abc import Mapping

from crawlers.spiders.base import SourceSpider
from crawlers.spiders.browser import BrowserSpider
from crawlers.spiders.feed import FeedSpider
from crawlers.spiders.forum import ForumSpider
from crawlers.spiders.import_file import ImportSpider
from crawlers.spiders.section import SectionSpider
from crawlers.spiders.sitemap import SitemapSpider
from crawlers.spiders.video_comments import VideoCommentsSpider
from provinces.types import Access

SPIDERS: Mapping[Access, type[SourceSpider]] = {
    Access.FEED: FeedSpider,
    Access.SITEMAP: SitemapSpider,
    Access.SECTION: SectionSpider,
    Access.FORUM: ForumSpider,
    Access.VIDEO_COMMENTS: VideoCommentsSpider,
    Access.IMPORT: ImportSpider,
    Access.BROWSER: BrowserSpider,
}
"""Which spider reads which kind of source; :class:`crawlers.spiders.article.ArticleSpider` revisits single articles."""

__all__ = ["SPIDERS", "SourceSpider"]
