"""Read address, outlet, date, headline and byline from the head of a web page."""

import re
from html import unescape
from typing import NamedTuple

from detector.audit.sources.bylines import byline, schema_author
from detector.audit.sources.dates import iso_date

# Every repetition is bounded, so that no page is slow to search.
_TAG = re.compile(r"<(meta|link)\b([^<>]{1,3000})>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"([a-zA-Z:-]{1,30})\s{0,5}=\s{0,5}(?:\"([^\"]{0,2000})\"|'([^']{0,2000})'|([^\s\"'>]{1,500}))")
_TITLE = re.compile(r"<title[^>]{0,200}>([^<]{1,1000})</title", re.IGNORECASE)

_URL = ("canonical", "og:url")
_OUTLET = ("og:site_name", "application-name", "publisher", "dc.publisher")
_DATE = (
    "article:published_time", "datepublished", "date", "pubdate", "publishdate", "publish-date", "parsely-pub-date",
    "dc.date.issued", "dc.date", "sailthru.date", "article.published", "published-date",
)  # fmt: skip
_AUTHOR = ("author", "article:author", "byl", "parsely-author", "sailthru.author", "dc.creator", "dcterms.creator")
_TITLES = ("og:title", "headline", "parsely-title", "twitter:title")


class PageFacts(NamedTuple):
    """The facts of a page; None for each that the page does not state."""

    url: str | None = None
    outlet: str | None = None
    date: str | None = None
    title: str | None = None
    author: str | None = None


def page_facts(page: str) -> PageFacts:
    """Returns the facts from the meta, link and title elements of a page.

    >>> page_facts('<meta property="og:site_name" content="The Example"><title>Talks end</title>')
    PageFacts(url=None, outlet='The Example', date=None, title='Talks end', author=None)
    """
    said: dict[str, str] = {}
    for tag in _TAG.finditer(page):
        attributes = {m[1].lower(): m[2] or m[3] or m[4] or "" for m in _ATTRIBUTE.finditer(tag[2])}
        if tag[1].lower() == "meta":
            name = attributes.get("property") or attributes.get("name") or attributes.get("itemprop") or ""
            value = attributes.get("content", "")
        else:
            name, value = attributes.get("rel", ""), attributes.get("href", "")
        if value and name:
            said.setdefault(name.lower(), " ".join(unescape(value).split()))
    title = _TITLE.search(page)
    plain = " ".join(unescape(title[1]).split()) if title else None
    url, outlet = _first(said, _URL), _first(said, _OUTLET)
    return PageFacts(
        url if url and url.startswith(("http://", "https://")) else None,
        outlet,
        next((found for name in _DATE if (found := iso_date(said.get(name)))), None),
        _first(said, _TITLES) or plain or None,
        byline(schema_author(page), outlet)
        or next(filter(None, (byline(said.get(name), outlet) for name in _AUTHOR)), None),
    )


def _first(said: dict[str, str], names: tuple[str, ...]) -> str | None:
    return next((said[name] for name in names if said.get(name)), None)
