"""Inputs that once were read wrongly, each with its neighbours. The files are in tests/cases."""

import gzip
import io
import json
from collections.abc import Callable
from html import escape
from pathlib import Path

import pytest
from office_files import outlook
from packed_files import word_document, zipped

from detector.audit.item import Item
from detector.audit.sources.prolog import junk_before
from features.document import Document

CASES = Path(__file__).parents[3] / "cases"
SEEDS = Path(__file__).parents[4] / "seeds" / "texts"
STORY = (SEEDS / "tidal-turbine.txt").read_text("utf-8").strip()
OTHER = (SEEDS / "council-library.txt").read_text("utf-8").strip()
PARAGRAPHS = [line for line in STORY.split("\n") if line.strip()]
Gather = Callable[..., list[Item]]


def words(item: Item) -> int:
    """How many words an article has; 0 for an error."""
    return len(item.document.words) if item.document else 0


def count(text: str) -> int:
    """How many words a text has."""
    return len(Document(text).words)


def marked(text: str) -> str:
    """A story as the HTML of a feed."""
    return "".join(f"<p>{escape(line)}</p>" for line in text.split("\n") if line.strip())


class TestMarkup:
    """HTML in feeds and tables, whatever it begins with."""

    def test_the_case(self, gather: Gather) -> None:
        """The same article eight times."""
        folder = CASES / "02-html-that-does-not-begin-with-p"
        items = gather(folder / "feed.xml", folder / "feed.jsonl")
        assert len(items) == 8
        for item in items:
            assert item.document is not None
            assert item.document.text.removeprefix("By Staff\n").startswith("The developer of a tidal power project")
            assert 328 <= words(item) <= 330
            assert "<" not in item.document.text
            assert "href" not in item.document.text

    BEGINNINGS = ("", "<b>A.</b> ", "<a href='x'>By us</a> ", "<img src='a.jpg'>", "<figure><img src='a'></figure>", "<i>A</i>",
                  "<em>A</em>", "<center>A</center>", "<font size=1>A</font>", "<br>", "<hr/>", "<u>A</u>", "<small>A</small>",
                  "<!-- x -->", "<iframe src='x'></iframe>", "<script>x()</script>", "<style>p{}</style>", "A. ")  # fmt: skip

    @pytest.mark.parametrize("begin", BEGINNINGS)
    @pytest.mark.parametrize("form", ["rss", "content", "atom", "json feed", "jsonl", "csv"])
    def test_beginnings(self, gather: Gather, begin: str, form: str) -> None:
        """In every sort of source."""
        page = begin + escape(PARAGRAPHS[0]) + marked("\n".join(PARAGRAPHS[1:]))
        form, name, data = {
            "rss": ("rss", "a.xml", f"<rss version='2.0'><channel><item><description>{escape(page)}</description></item></channel></rss>"),
            "content": ("rss", "a.xml", ("<rss version='2.0' xmlns:content='http://purl.org/rss/1.0/modules/content/'><channel><item>"
                        f"<content:encoded><![CDATA[{page}]]></content:encoded></item></channel></rss>")),
            "atom": ("atom", "a.xml", ("<feed xmlns='http://www.w3.org/2005/Atom'><entry><id>1</id><content type='html'>"
                     f"{escape(page)}</content></entry></feed>")),
            "json feed": ("json", "a.json", json.dumps({"version": "https://jsonfeed.org/version/1.1", "items": [{"id": "1", "content_html": page}]})),
            "jsonl": ("jsonl", "a.jsonl", json.dumps({"text": page}) + "\n"),
            "csv": ("csv", "a.csv", 'id,text\n1,"' + page.replace('"', '""') + '"\n'),
        }[form]  # fmt: skip
        (item,) = gather(name=name, data=data)
        assert item.document is not None
        assert "<" not in item.document.text
        assert count(STORY) <= words(item) <= count(STORY) + 2
        assert item.document.text.endswith(PARAGRAPHS[-1])

    def test_plain_records_stay(self, gather: Gather) -> None:
        """Comparisons, e-mail addresses and lone signs are no markup."""
        text = f"Profit < loss and b > a, said <desk@post.example>.\n{STORY}"
        (item,) = gather(name="a.jsonl", data=json.dumps({"text": text}))
        assert item.document is not None
        assert item.document.text == text

    @pytest.mark.parametrize(
        "packed", [escape(marked(STORY)), f"<![CDATA[{marked(STORY)}]]>", escape(escape(marked(STORY)))]
    )
    def test_packed_twice(self, gather: Gather, packed: str) -> None:
        """Escaped tags and CDATA inside of records."""
        (item,) = gather(name="a.jsonl", data=json.dumps({"text": packed}))
        assert item.document is not None
        assert item.document.text.split() == STORY.split()


class TestOddFeeds:
    """What programs make of feeds."""

    def test_the_cases(self, gather: Gather) -> None:
        """CDATA escaped twice, odd dates and links, a warning before the XML."""
        folder = CASES / "15-feed-oddities"
        (cdata,) = gather(folder / "escaped-cdata.xml")
        assert cdata.document is not None
        assert cdata.document.text.startswith("Hundreds leave homes")
        assert words(cdata) == 323
        epoch, compact, link = gather(folder / "dates.xml")
        assert (epoch.date, compact.date) == ("2026-11-24T08:30:00Z", "2026-11-24T10:30:00Z")
        assert link.url == "https://post.example/a"
        assert [words(item) for item in gather(folder / "php-warning.xml")] == [323, 349]

    @pytest.mark.parametrize(
        "junk",
        ["\n\n", "<br />\n<b>Notice</b>: Undefined index: x in <b>/a.php</b> on line <b>3</b><br />\n", "Warning: x\n", "\ufeff\n",
         "Deprecated: a in b.php on line 2\n" * 5],
    )  # fmt: skip
    @pytest.mark.parametrize("root", ["rss", "feed"])
    def test_junk_before(self, gather: Gather, junk: str, root: str) -> None:
        """What stands before the XML is passed over."""
        entry = f"<item><guid>1</guid><description>{escape(marked(STORY))}</description></item>"
        feed = (
            f"<?xml version='1.0'?>\n<rss version='2.0'><channel>{entry}{entry.replace('>1<', '>2<')}</channel></rss>"
        )
        if root == "feed":
            entry = f"<entry><id>1</id><content type='html'>{escape(marked(STORY))}</content></entry>"
            feed = f"<feed xmlns='http://www.w3.org/2005/Atom'>{entry}{entry.replace('>1<', '>2<')}</feed>"
        items = gather(name="a.txt", data=junk + feed)
        assert [words(item) for item in items] == [count(STORY)] * 2

    def test_an_article_about_feeds(self) -> None:
        """A page, or prose that shows a feed, is no feed."""
        feed = b"<?xml version='1.0'?><rss version='2.0'>"
        assert junk_before(b"<!doctype html><html><body>\n" + feed) == 0
        assert junk_before(b"word " * 200 + b"\n" + feed) == 0
        assert junk_before(b"<!DOCTYPE x [<!ENTITY a 'b'>]>\n" + feed) == 0
        assert junk_before(b"A tutorial: " + feed) == 0

    @pytest.mark.parametrize(
        ("link", "url"),
        [
            ("//post.example/a", "https://post.example/a"),
            ("/a", "https://home.example/a"),
            ("https://x.example/", "https://x.example/"),
        ],
    )
    def test_links(self, gather: Gather, link: str, url: str) -> None:
        """Links without a scheme or a host, completed by the feed's own address."""
        home = "" if link.startswith("//") else "<link>https://home.example/</link>"
        feed = f"<rss version='2.0'><channel>{home}<item><guid>1</guid><link>{link}</link><description>{escape(marked(STORY))}</description></item></channel></rss>"
        (item,) = gather(name="a.xml", data=feed)
        assert item.url == url


class TestMail:
    """Mailboxes and mails."""

    def test_the_cases(self, gather: Gather) -> None:
        """A paragraph that begins with `From `; a stub beside the page."""
        (item,) = gather(CASES / "12-mbox-from-line-splits" / "one.mbox")
        assert (words(item), item.title, item.outlet) == (330, "Flood", "post.example")
        (item,) = gather(CASES / "10-mail-stub-plain-part" / "newsletter.eml")
        assert words(item) > 300

    @pytest.mark.parametrize(
        "line",
        ["From the bridge, people watched.", "From 10:00 on\nthey waited.", "From now on: nothing", "From the Sun it takes minutes.",
         "From a@b.example he heard nothing."],
    )  # fmt: skip
    def test_paragraphs(self, gather: Gather, line: str) -> None:
        """None of these begins a mail."""
        one = f"From a@b.example Mon Jan  1 00:00:00 2026\nFrom: a@b.example\nSubject: One\n\n{OTHER}\n\n{line}\n\n{STORY}\n\n"
        items = gather(name="a.mbox", data=one + one.replace("One", "Two"))
        assert [item.title for item in items] == ["One", "Two"]
        assert words(items[0]) > count(STORY) + count(OTHER)

    @pytest.mark.parametrize(
        "begin",
        [
            "From a@b Tue Nov 24 08:30:00 2026",
            "From MAILER-DAEMON Tue Nov 24 08:30:00 2026",
            "From - Tue, 24 Nov 2026 08:30:00",
        ],
    )
    def test_mails_follow(self, gather: Gather, begin: str) -> None:
        """The lines that programs put between mails."""
        one = f"{begin}\nFrom: a@b.example\nSubject: One\n\n{STORY}\n\n"
        assert len(gather(name="a.mbox", data=one * 3)) == 3

    @pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
    def test_a_mail_of_many_parts(self, gather: Gather, line_end: str) -> None:
        """Refused before it is parsed, as `check` does, and the next source is read."""
        nested = "".join(
            f"Content-Type: multipart/mixed; boundary=b{n}{line_end * 2}--b{n}{line_end}" for n in range(150)
        )
        head = f"From: a@b.example{line_end}Subject: x{line_end}"
        (item,) = gather(
            name="nested.eml", data=head.replace("\r", "\n").replace("\n\n", "\n") + nested + f"--{line_end}" * 100_000
        )
        assert item.error is not None
        assert "too many parts" in item.error
        flat = "Content-Type: multipart/mixed; boundary=b\n\n" + f"--b{line_end}{line_end}x{line_end}" * 5000
        (item,) = gather(name="flat.eml", data="From: a@b.example\nSubject: x\n" + flat)
        assert item.error is not None

    def test_letters(self, gather: Gather) -> None:
        """Greeting, signature and what is quoted are not judged; the subject is the title."""
        body = f"Hi Ann,\n\n{STORY}\n\n-- \nJo\n\n> quoted"
        (item,) = gather(name="a.eml", data=f"From: Desk <a@b.example>\nSubject: Turbines\nMessage-ID: <1@b>\n\n{body}")
        assert item.document is not None
        assert item.document.text.split() == STORY.split()
        assert (item.title, item.outlet, item.id) == ("Turbines", "Desk", "1@b")

    def test_outlook(self, gather: Gather) -> None:
        """The body, and each attached article."""
        data = outlook("Turbines", "See attached.", {"a.docx": word_document(*PARAGRAPHS), "b.txt": OTHER.encode()})
        body, first, second = gather(name="a.msg", data=data)
        assert (body.title, body.outlet, words(body)) == ("Turbines", "Alden Desk", 2)
        assert (first.source[-12:], words(first)) == ("a.msg!a.docx", count(STORY))
        assert words(second) == count(OTHER)


class TestWarc:
    """Web archives that break off, or say little."""

    @staticmethod
    def record(content_type: str, *, packed: bool = False, chunked: bool = False) -> bytes:
        """One answered page."""
        page = f"<html><body><article>{marked(STORY)}</article></body></html>".encode()
        head = b"HTTP/1.1 200 OK\r\n" + (f"Content-Type: {content_type}\r\n".encode() if content_type else b"")
        if packed:
            page, head = gzip.compress(page), head + b"Content-Encoding: gzip\r\n"
        if chunked:
            page, head = (
                f"{len(page):x}\r\n".encode() + page + b"\r\n0\r\n\r\n",
                head + b"Transfer-Encoding: chunked\r\n",
            )
        body = head + b"\r\n" + page
        return (
            b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://a.example/\r\nWARC-Date: 2026-11-24T08:30:00Z\r\n"
            + f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(body)}\r\n\r\n".encode()
            + body + b"\r\n\r\n"
        )  # fmt: skip

    def test_the_cases(self, gather: Gather) -> None:
        """A page that breaks off is an error; one without a type is read."""
        folder = CASES / "13-warc-cut-and-untyped"
        whole, cut = gather(folder / "cut.warc")
        assert (words(whole), cut.error_kind) == (323, "damaged")
        (item,) = gather(folder / "no-content-type.warc")
        assert words(item) == 323

    @pytest.mark.parametrize("packed", [False, True])
    @pytest.mark.parametrize("chunked", [False, True])
    @pytest.mark.parametrize("content_type", ["text/html", ""])
    def test_whole_and_cut(self, gather: Gather, content_type: str, packed: bool, chunked: bool) -> None:
        """However it was sent: whole it is read, cut it is an error."""
        data = self.record(content_type, packed=packed, chunked=chunked)
        items = gather(name="a.warc", data=data + data)
        assert [words(item) for item in items] == [count(STORY)] * 2
        items = gather(name="b.warc", data=data + data[: -300 if not packed else -60])
        assert (words(items[0]), items[-1].error_kind) == (count(STORY), "damaged")

    def test_a_picture_without_a_type(self, gather: Gather) -> None:
        """What looks like no text is passed over."""
        data = self.record("").replace(b"<html><body><article>", b"\x89PNG\0\x01\x02".ljust(21))
        (item,) = gather(name="a.warc", data=data)
        assert item.error_kind == "no_text"


class TestWire:
    """NewsML and NITF of agencies."""

    def test_windows_text(self, gather: Gather) -> None:
        """Latin-1 that is Windows text, as bytes and as references."""
        body = "".join(f"<p>The mayor\x92s plan&#150;{line}</p>" for line in PARAGRAPHS)
        data = (
            f"<?xml version='1.0' encoding='iso-8859-1'?><nitf><body><body.content>{body}</body.content></body></nitf>"
        )
        for quote in ("'", '"'):
            (item,) = gather(name="a.xml", data=data.replace("'", quote).encode("latin-1", "xmlcharrefreplace"))
            assert item.document is not None
            assert item.document.text.startswith("The mayor’s plan–Tidal")

    @staticmethod
    def component(headline: str, text: str) -> str:
        """A component of NewsML 1."""
        return f"<NewsComponent><NewsLines><HeadLine>{headline}</HeadLine></NewsLines><ContentItem><DataContent>{marked(text)}</DataContent></ContentItem></NewsComponent>"

    def test_components(self, gather: Gather) -> None:
        """Two stories in one item are two articles; the same story twice, or a summary, is one."""

        def read(*parts: str) -> list[Item]:
            return gather(
                name="a.xml",
                data=f"<NewsML><NewsItem><NewsComponent>{''.join(parts)}</NewsComponent></NewsItem></NewsML>",
            )

        first, second = read(self.component("One", STORY), self.component("Two", OTHER))
        assert (first.title, second.title) == ("One", "Two")
        assert (words(first), words(second)) == (count(STORY), count(OTHER))
        assert second.source.endswith("a.xml:1!2")
        assert len(read(self.component("One", STORY), self.component("One", STORY))) == 1
        (item,) = read(self.component("Summary", PARAGRAPHS[1]), self.component("One", STORY))
        assert words(item) == count(STORY)


class TestWide:
    """UTF-16 and UTF-32 under any name."""

    @pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be", "utf-32"])
    @pytest.mark.parametrize("name", ["a.txt", "a.csv", "a"])
    def test_tables(self, gather: Gather, encoding: str, name: str) -> None:
        """Tables, JSON Lines and lists are told by what is in them."""
        table = "id,text,date\n" + "".join(
            f'{n},"{text}",2026-11-24\n' for n, text in enumerate((PARAGRAPHS[1], PARAGRAPHS[2]))
        )
        assert [words(item) for item in gather(name=name, data=table.encode(encoding))] == [
            count(p) for p in PARAGRAPHS[1:3]
        ]
        lines = "".join(json.dumps({"text": text}) + "\n" for text in (PARAGRAPHS[1], PARAGRAPHS[2]))
        assert len(gather(name="b.txt", data=lines.encode(encoding))) == 2

    def test_a_text(self, gather: Gather) -> None:
        """A story is a story."""
        (item,) = gather(name="a.txt", data=STORY.encode("utf-16"))
        assert words(item) == count(STORY)


@pytest.mark.parametrize(
    "change",
    [(b"one.txt", b"\xff\xfe\xfd.txt"), (b"\x07\x00\x00\x00\x00\x00", b"\x00\x00\x07\x00\x00\x00")],
    ids=["name", "no name"],
)
def test_a_zip_archive_with_a_broken_directory(gather: Gather, change: tuple[bytes, bytes]) -> None:
    """A name in no encoding, or none at all: an error and no fault."""
    whole = zipped({"one.txt": STORY.encode()}).replace(b"\x00\x00\x08\x00\x00\x00!", b"\x00\x08\x08\x00\x00\x00!")
    at = whole.rindex(b"PK\x01\x02")
    broken = whole[:at] + whole[at:].replace(*change)
    assert broken != whole
    assert all(item.error_kind in {"damaged", "no_text", "unreadable"} for item in gather(name="a.zip", data=broken))


def test_standard_input(gather: Gather) -> None:
    """An Outlook message on standard input."""
    (item,) = gather("-", stdin=io.BytesIO(outlook("S", STORY)).getvalue())
    assert words(item) == count(STORY)
