"""Pure extraction: one page in, one article out, the same page always the same article."""

from crawlers.extract._extract import DRIFT, extract
from crawlers.extract._types import Article, ExtractionFailed, Reason

__all__ = ["DRIFT", "Article", "ExtractionFailed", "Reason", "extract"]
