"""Articles that have to be fetched: feeds with summaries, lists, sitemaps, addresses; on a server of our own."""

import gzip
import time
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from threading import Event
from typing import Any

import pytest

from detector.audit.item import Item
from detector.audit.sources import SourceOptions, read_raw
from detector.fetch import FetchLimits

Site = Any  # the class of the fixture stands in tests/detector/conftest.py
Gather = Callable[..., list[Item]]
HOME = FetchLimits(allow_private=True, connect_seconds=5, total_seconds=20)
QUICK = {"fetch": HOME, "delay_seconds": 0.0}


def page(number: int) -> str:
    """A page with an article."""
    return f"<!doctype html><title>T</title><article><p>Story {number} of the council in the old town.</p></article>"


def rss(*links: str) -> str:
    """A feed of summaries."""
    items = "".join(f"<item><guid>{n}</guid><link>{link}</link><description>Short.</description></item>"
                    for n, link in enumerate(links))  # fmt: skip
    return f"<rss version='2.0'><channel><title>Feed</title>{items}</channel></rss>"


def told(items: list[Item]) -> list[str | None]:
    """The text of each, or its error's kind."""
    return [item.document.text if item.document is not None else item.error_kind for item in items]


def story(number: int) -> str:
    """The text of a page."""
    return f"Story {number} of the council in the old town."


class TestFeeds:
    """Feeds by address."""

    def test_summaries_are_followed_when_asked_for(self, gather: Gather, site: Site) -> None:
        """With --follow the pages are fetched, in the order of the feed; without, one sentence says so."""
        links = [site.put(f"/{n}", page(n)) for n in range(6)]
        feed = site.put("/feed", rss(*links), "application/rss+xml")
        (item,) = gather(feed, **QUICK)
        assert str(item.error) == (
            f"{feed} holds only summaries, which are too short to judge: give --follow to fetch the pages of its 6 entries."
        )
        assert site.asked == ["/feed"]
        found = gather(feed, follow=True, **QUICK)
        assert told(found) == [story(n) for n in range(6)]
        assert [(item.outlet, item.url) for item in found] == [("Feed", link) for link in links]

    def test_what_goes_wrong_at_one(self, gather: Gather, site: Site) -> None:
        """Missing pages, loops, forbidden pages, pictures and addresses of no kind are errors of their entries."""
        site.put("/robots.txt", "User-agent: *\nDisallow: /no", "text/plain")
        links = [site.put("/0", page(0)), site.url("/gone"), site.move("/loop", "/loop"), site.put("/no", page(1)),
                 site.put("/img", b"\x89PNG\r\n\x1a\n", "image/png"), "mailto:x", site.put("/6", page(6))]  # fmt: skip
        found = gather(site.put("/feed", rss(*links)), follow=True, **QUICK)
        assert told(found) == [story(0), "fetch", "fetch", "fetch", "unreadable", "Short.", story(6)]

    @pytest.mark.parametrize("link", ["file:///etc/passwd", "FTP://e.org/story", "javascript:alert(1)", ""])
    def test_only_the_web_is_followed(self, gather: Gather, link: str) -> None:
        """A link of another kind is neither fetched nor kept, and nobody is told to follow it."""
        data = f"<rss version='2.0'><channel><title>F</title><item><guid>1</guid><link>{link}</link></item></channel></rss>"
        for follow in (True, False):
            (item,) = gather(name="feed.xml", data=data, follow=follow)
            assert item.url is None
            assert str(item.error).endswith(
                "feed.xml!1 has no text in the feed, and no link to a page: only http and https are fetched."
            )
        (item,) = gather(name="feed.xml", data=rss("https://e.org/1").replace("Short.", ""))
        assert str(item.error).endswith("give --follow to fetch the pages of its entry.")
        whole = (
            rss("https://e.org/1", "https://e.org/2")
            .replace("Short.", "", 1)
            .replace("Short.", "A story of words. " * 20)
        )
        item, _ = gather(name="feed.xml", data=whole)
        assert str(item.error).endswith("give --follow to fetch its page.")
        assert item.url == "https://e.org/1"

    def test_an_error_page(self, gather: Gather, site: Site) -> None:
        """A feed's address that answers with a page."""
        (item,) = gather(site.put("/feed", page(1)), **QUICK)
        assert "a web page where a feed was expected" in str(item.error)

    def test_one_that_hangs(self, gather: Gather, site: Site) -> None:
        """A server that sends a byte now and then holds the others up no longer than its limit."""
        over = Event()

        def drip(handler: BaseHTTPRequestHandler) -> None:
            handler.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
            while not over.wait(0.05):
                handler.wfile.write(b"x")

        site.pages["/slow"] = drip
        began = time.monotonic()
        limits = FetchLimits(allow_private=True, total_seconds=1)
        feed = site.put("/feed", rss(site.url("/slow"), site.put("/1", page(1))))
        found = gather(feed, follow=True, fetch=limits, delay_seconds=0.0)
        over.set()
        assert told(found) == ["fetch", story(1)]
        assert time.monotonic() - began < 20

    def test_known_ones(self, gather: Gather, site: Site) -> None:
        """Addresses that the caller has already are not fetched again."""
        links = [site.put(f"/{n}", page(n)) for n in range(3)]
        feed = site.put("/feed", rss(*links))
        assert told(gather(feed, follow=True, known=None, **QUICK)) == [story(n) for n in range(3)]
        items = read_raw([feed], SourceOptions(follow=True, known=links[1].__eq__, fetch=HOME, delay_seconds=0.0))
        assert [raw.source[-1] for raw in items] == ["0", "2"]


class TestLists:
    """Lists of addresses and sitemaps."""

    def test_a_list(self, gather: Gather, site: Site) -> None:
        """Each line is fetched once, remarks are passed over, other lines are errors."""
        links = [site.put(f"/{n}", page(n)) for n in range(3)]
        lines = ["# to check", "", *links, links[0], site.url("/gone")]
        found = gather(name="list.txt", data="\n".join(lines), **QUICK)
        assert told(found) == [story(0), story(1), story(2), "fetch"]
        assert [item.source for item in found[:3]] == links
        long = [*lines, "# " + "x" * 70_000, "no address"]
        assert told(gather(name="long.txt", data="\n".join(long), **QUICK))[-1] == "malformed"

    def test_a_sitemap(self, gather: Gather, site: Site) -> None:
        """Pages of a sitemap, of an index of sitemaps, packed or not; news elements give the facts."""
        ns = 'xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" xmlns:n="http://www.google.com/schemas/sitemap-news/0.9"'
        first = (
            f"<urlset {ns}><url><loc>{site.put('/1', page(1))}</loc><n:news><n:publication><n:name>Post</n:name>"
            "</n:publication><n:publication_date>2026-11-24</n:publication_date><n:title>Head</n:title></n:news></url></urlset>"
        )
        second = f"<urlset {ns}><url><loc> {site.put('/2', page(2))} </loc></url><url><loc>nothing</loc></url></urlset>"
        parts = [site.put("/a.xml", first, "text/xml"), site.put("/b.xml.gz", gzip.compress(second.encode())),
                 site.url("/gone.xml"), site.put("/page.xml", page(3))]  # fmt: skip
        entries = "".join(f"<sitemap><loc>{part}</loc></sitemap>" for part in parts)
        found = gather(site.put("/sitemap.xml", f"<sitemapindex {ns}>{entries}</sitemapindex>", "text/xml"), **QUICK)
        assert told(found) == [story(1), story(2), "fetch", "malformed"]
        assert (found[0].outlet, found[0].date, found[0].title) == ("Post", "2026-11-24", "Head")

    def test_a_damaged_sitemap(self, gather: Gather, site: Site) -> None:
        """What stands before the damage is fetched."""
        data = f"<urlset><url><loc>{site.put('/1', page(1))}</loc></url><url><lo"
        assert told(gather(name="s.xml", data=data, **QUICK)) == [story(1), "damaged"]


class TestAddresses:
    """Addresses as sources."""

    def test_any_kind(self, gather: Gather, site: Site) -> None:
        """What an address answers is recognised like a file."""
        assert told(gather(site.put("/a", page(1)), **QUICK)) == [story(1)]
        assert told(gather(site.put("/b", '{"text": "x"}\n{"text": "y"}'), **QUICK)) == ["x", "y"]
        found = gather(site.put("/c.gz", gzip.compress(b"text,id\nz,1\n")), **QUICK)
        assert told(found) == ["z"]
        latin = site.put("/d", "Café opened.".encode("latin-1"), "text/plain; charset=iso-8859-1")
        assert told(gather(latin, **QUICK)) == ["Café opened."]

    def test_own_network(self, gather: Gather, site: Site, tmp_path: Path) -> None:
        """Nothing of this machine is fetched unless that is allowed, and the next source is read."""
        (tmp_path / "a.txt").write_text("text")
        found = gather(site.put("/a", page(1)), tmp_path / "a.txt")
        assert told(found) == ["fetch", "text"]
        assert "own network" in str(found[0].error)
        assert site.asked == []

    def test_too_large(self, gather: Gather, site: Site) -> None:
        """An answer over the limit is one error."""
        small = FetchLimits(allow_private=True, most_bytes=1000)
        found = gather(site.put("/a", b"x" * 5000), fetch=small, most_feed_bytes=2000)
        assert told(found) == ["fetch"]

    def test_stopping_early(self, site: Site) -> None:
        """Whoever stops reading leaves no thread that waits."""
        feed = site.put("/feed", rss(*(site.put(f"/{n}", page(n)) for n in range(100))))
        items = read_raw([feed], SourceOptions(follow=True, fetch=HOME, delay_seconds=0.0))
        assert next(items).error is None
        items.close()  # type: ignore[attr-defined]
        assert len(site.asked) < 100


@pytest.mark.parametrize("package", ["feedparser", "warcio.archiveiterator", "pyarrow"])
def test_missing_packages(gather: Gather, monkeypatch: pytest.MonkeyPatch, package: str) -> None:
    """Without the package of a format its sources are errors that say what to install."""
    data = {"feedparser": rss("x"), "warcio.archiveiterator": "WARC/1.0\r\n", "pyarrow": "PAR1"}[package]
    monkeypatch.setitem(__import__("sys").modules, package, None)
    (item,) = gather(name="a.x", data=data)
    assert item.error_kind == "missing_package"
    assert f"needs {package.partition('.')[0]}, which" in str(item.error)
    assert "-m pip install" in str(item.error)
