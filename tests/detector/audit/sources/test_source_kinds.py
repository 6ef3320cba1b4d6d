"""Every kind of source is known by its content and gives its articles with their facts."""

import bz2
import gzip
import io
import json
import lzma
import os
import tarfile
from collections.abc import Callable
from pathlib import Path
from typing import ClassVar

import pytest
from packed_files import tarred, word_document, zipped

from detector.audit.item import Item
from detector.audit.sources import Columns

Gather = Callable[..., list[Item]]
Texts = Callable[..., list[str]]

STORY = (
    "The council voted on Tuesday to close two of the four libraries in the old town. The leader of the council said that the "
    "money would go to the schools. Readers had collected nine thousand names against the plan and stood in the square until "
    "the vote was over. The two buildings will be sold in spring and the books will go to the library by the river."
)
PAGE = (
    '<!doctype html><html><head><title>Libraries close</title><meta property="og:site_name" content="The Alden Post">'
    '<meta property="article:published_time" content="2026-11-23T08:00:00+01:00">'
    '<link rel="canonical" href="https://www.alden.example/libraries"></head>'
    f"<body><article><p>{STORY}</p></article></body></html>"
)
RSS = f"""<?xml version="1.0"?>
<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel><title>Alden &amp; Sons</title>
<item><title>Libraries &lt;b&gt;close&lt;/b&gt;</title><link>https://alden.example/1</link><guid>tag:1</guid>
<pubDate>Tue, 24 Nov 2026 10:30:00 +0200</pubDate><description>A summary.</description>
<content:encoded><![CDATA[<p>{STORY}</p><p>It was close.</p>]]></content:encoded></item>
<item><title>No guid</title><link>https://alden.example/2</link><description>Only a summary.</description></item>
</channel></rss>"""
ATOM = f"""<feed xmlns="http://www.w3.org/2005/Atom"><title>Alden</title>
<entry><id>urn:1</id><title>T</title><link href="https://alden.example/1"/><updated>2026-11-24T08:30:00Z</updated>
<content type="html">&lt;p&gt;{STORY}&lt;/p&gt;</content></entry></feed>"""
JSON_FEED = json.dumps({
    "version": "https://jsonfeed.org/version/1.1",
    "title": "Alden",
    "items": [{"id": "1", "url": "https://alden.example/1", "title": "T", "content_text": STORY,
               "date_published": "2026-11-24T10:30:00+02:00"}],
})  # fmt: skip
NEWSML_G2 = f"""<?xml version="1.0"?>
<newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><itemSet>
<newsItem guid="urn:newsml:alden:1" version="2"><itemMeta><itemClass qcode="ninat:text"/><provider literal="Alden Wire"/>
<versionCreated>2026-11-24T08:30:00Z</versionCreated></itemMeta>
<contentMeta><headline>Libraries close</headline></contentMeta>
<contentSet><inlineXML contenttype="application/nitf+xml"><nitf><body><body.content>
<p>{STORY}</p><p>It was <em>very</em>
close.</p></body.content></body></nitf></inlineXML></contentSet></newsItem>
<newsItem guid="urn:newsml:alden:2"><itemMeta><itemClass qcode="ninat:picture"/></itemMeta></newsItem>
<newsItem guid="urn:newsml:alden:3"><itemMeta><itemClass qcode="ninat:text"/></itemMeta>
<contentSet><inlineXML><html xmlns="http://www.w3.org/1999/xhtml"><body><p>Second &amp; last.</p></body></html></inlineXML>
</contentSet></newsItem></itemSet></newsMessage>"""
NITF = f"""<?xml version="1.0"?><!DOCTYPE nitf SYSTEM "nitf-3-4.dtd"><nitf><head><title>Libraries</title><docdata>
<date.issue norm="20261124T083000Z"/><doc-id id-string="a1"/></docdata><pubdata name="Alden Post"/></head>
<body><body.head><hedline><hl1>Libraries close</hl1></hedline></body.head>
<body.content><block><p>{STORY}</p><p>It was close.</p></block></body.content></body></nitf>"""
NEWSML_1 = f"""<NewsML><NewsItem><Identification><NewsIdentifier><ProviderId>alden.example</ProviderId>
<PublicIdentifier>urn:a:1</PublicIdentifier></NewsIdentifier></Identification><NewsManagement>
<NewsItemType FormalName="News"/><FirstCreated>20261124T083000Z</FirstCreated></NewsManagement><NewsComponent><NewsLines>
<HeadLine>Libraries close</HeadLine></NewsLines><ContentItem><DataContent><p>{STORY}</p></DataContent></ContentItem>
</NewsComponent></NewsItem></NewsML>"""
MBOX = f"""From desk@alden.example Tue Nov 24 08:30:00 2026
From: Alden Desk <desk@alden.example>
Subject: Libraries close
Date: Tue, 24 Nov 2026 10:30:00 +0200
Message-ID: <1@alden.example>

{STORY}
>From now on there are two.

From x@alden.example Tue Nov 24 09:30:00 2026
From: x@other.example
Content-Type: multipart/mixed; boundary=b

--b
Content-Type: text/html; charset=iso-8859-1
Content-Transfer-Encoding: quoted-printable

<html><body><p>A caf=E9 opened in the old town on Monday morning.</p></body></html>
--b
Content-Type: application/octet-stream
Content-Disposition: attachment; filename="copy.txt"
Content-Transfer-Encoding: base64

QXR0YWNoZWQgY29weS4=
--b--
"""
SITEMAP = (
    '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>http://127.0.0.1:9/a</loc></url></urlset>'
)


def warc(*pages: tuple[str, str, bytes]) -> bytes:
    """A web archive of pages: status line, content type, body."""
    records = [b"WARC/1.0\r\nWARC-Type: warcinfo\r\nContent-Length: 0\r\nWARC-Record-ID: <urn:uuid:0>\r\n\r\n\r\n\r\n"]
    for number, (status, content_type, body) in enumerate(pages, 1):
        http = f"HTTP/1.1 {status}\r\nContent-Type: {content_type}\r\n\r\n".encode() + body
        head = (
            f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:{number}>\r\nWARC-Date: 2026-11-24T08:30:00Z\r\n"
            f"WARC-Target-URI: https://www.alden.example/{number}\r\n"
            f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(http)}\r\n\r\n"
        )
        records.append(head.encode() + http + b"\r\n\r\n")
    return b"".join(records)


class TestArticles:
    """Single articles."""

    @pytest.mark.parametrize(
        ("name", "data"), [("a.txt", STORY), ("a.md", f"*{STORY}*"), ("a", PAGE), ("a.bin", STORY)]
    )
    def test_a_file(self, texts: Texts, name: str, data: str) -> None:
        """Text, Markdown and pages, whatever they are called."""
        assert texts(name=name, data=data) == [STORY]

    def test_facts_of_a_page(self, gather: Gather) -> None:
        """A page says itself where it stands, who published it, when, and under which headline."""
        (item,) = gather(name="a.html", data=PAGE)
        assert (item.url, item.outlet, item.date, item.title) == (
            "https://www.alden.example/libraries", "The Alden Post", "2026-11-23T07:00:00Z", "Libraries close",
        )  # fmt: skip

    def test_standard_input(self, texts: Texts) -> None:
        """Standard input may hold any of them."""
        assert texts("-", stdin=STORY.encode()) == [STORY]
        assert texts("-", stdin=gzip.compress(b'{"text": "one"}\n{"text": "two"}\n')) == ["one", "two"]
        assert texts("-", stdin=zipped({"a.txt": b"zipped"})) == ["zipped"]

    def test_named_twice(self, texts: Texts, tmp_path: Path) -> None:
        """A source that is named twice is read once."""
        path = tmp_path / "a.txt"
        path.write_text(STORY)
        assert texts(path, path) == [STORY]


class TestFeeds:
    """RSS, Atom, JSON Feed."""

    @pytest.mark.parametrize("name", ["feed.rss", "feed", "feed.txt"])
    def test_rss(self, gather: Gather, name: str) -> None:
        """Entries with full text, link, date and title; places by their ids, which stay when the feed moves on."""
        first, second = gather(name=name, data=RSS)
        assert first.document is not None
        assert first.document.text == f"{STORY}\nIt was close."
        assert first.source.endswith(f"{name}!tag:1")
        assert (first.url, first.outlet, first.date, first.title, first.id) == (
            "https://alden.example/1", "Alden & Sons", "2026-11-24T08:30:00Z", "Libraries close", "tag:1",
        )  # fmt: skip
        assert second.document is not None
        assert second.document.text == "Only a summary."
        assert second.source.endswith("!https://alden.example/2")

    @pytest.mark.parametrize("data", [ATOM, JSON_FEED, ATOM.encode("utf-16")])
    def test_the_others(self, gather: Gather, data: str | bytes) -> None:
        """Atom and JSON Feed say the same."""
        (item,) = gather(name="feed", data=data)
        assert item.document is not None
        assert item.document.text == STORY
        assert (item.url, item.outlet, item.date, item.title) == (
            "https://alden.example/1", "Alden", "2026-11-24T08:30:00Z", "T",
        )  # fmt: skip

    def test_the_same_id_twice(self, gather: Gather) -> None:
        """Two entries of one id have two places."""
        item = "<item><guid>a</guid><description>Text here.</description></item>"
        found = gather(name="f.xml", data=f"<rss version='2.0'><channel>{item}{item}</channel></rss>")
        assert [each.source.partition("!")[2] for each in found] == ["a", "a (2)"]

    def test_not_well_formed(self, texts: Texts) -> None:
        """Feeds with HTML entities and stray ampersands are read, as feed readers do."""
        data = "<rss version='2.0'><channel><item><description>Caf&eacute; R&D opened.</description></item></channel></rss>"
        assert texts(name="f.xml", data=data) == ["Café R&D opened."]


class TestRecords:
    """JSON Lines, JSON and tables with guessed or chosen columns."""

    ROWS = (
        {"id": 7, "Body": "one", "URL": "https://www.a.example/1", "publishedAt": "2026-11-24", "headline": "H"},
        {"id": 8, "Body": "two", "URL": "https://b.example/2", "publishedAt": 1795509000, "headline": ""},
    )

    @pytest.mark.parametrize(
        ("name", "pack"),
        [
            ("r.jsonl", bytes),
            ("r", bytes),
            ("r.jsonl.gz", gzip.compress),
            ("r.xz", lzma.compress),
            ("r.b", bz2.compress),
        ],
    )
    def test_json_lines(self, gather: Gather, name: str, pack: Callable[[bytes], bytes]) -> None:
        """Each line is an article; packed or not, and whatever the file is called."""
        lines = "\n".join(json.dumps(row) for row in self.ROWS)
        first, second = gather(name=name, data=pack(lines.encode()))
        assert first.source.endswith(f"{name}:1")
        assert (first.url, first.outlet, first.date, first.title, first.id) == (
            "https://www.a.example/1", "a.example", "2026-11-24", "H", "7",
        )  # fmt: skip
        assert (second.date, second.title) == ("2026-11-24T08:30:00Z", None)

    @pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-8-sig", "utf-32"])
    def test_encodings_of_lines(self, texts: Texts, encoding: str) -> None:
        """JSON Lines in wide encodings and with a byte order mark."""
        assert texts(name="r.jsonl", data='{"text": "café"}\n{"text": "two"}'.encode(encoding)) == ["café", "two"]

    @pytest.mark.parametrize("indent", [None, 2])
    @pytest.mark.parametrize("around", [False, True])
    def test_json(self, texts: Texts, indent: int | None, around: bool) -> None:
        """A list of records, alone or under a usual name; one record alone."""
        value = {"status": "ok", "articles": self.ROWS} if around else self.ROWS
        assert texts(name="r.json", data=json.dumps(value, indent=indent)) == ["one", "two"]
        assert texts(name="r.json", data=json.dumps(self.ROWS[0], indent=indent)) == ["one"]

    def test_long_lists(self, texts: Texts) -> None:
        """A list is read a piece at a time, also where a piece ends in the middle of a character."""
        rows = [{"text": "café " * size} for size in (1, 100_000, 10, 60_000)]
        found = texts(name="r.json", data=json.dumps(rows, ensure_ascii=False))
        assert found == [row["text"] for row in rows]

    @pytest.mark.parametrize(("name", "mark"), [("t.csv", ","), ("t.tsv", "\t"), ("t.txt", ";"), ("t", "|")])
    def test_tables(self, gather: Gather, name: str, mark: str) -> None:
        """Comma, tab, semicolon and bar; quoted cells hold marks and line ends."""
        data = f'id{mark}text{mark}date\n1{mark}"a{mark} ""b""\nc"{mark}20261124\r\n\n2{mark}d{mark}\n'
        first, second = gather(name=name, data=data)
        assert first.document is not None
        assert first.document.text == f'a{mark} "b"\nc'
        assert (first.source[-2:], second.source[-2:], first.date, second.id) == (":2", ":5", "2026-11-24", "2")

    def test_chosen_columns(self, gather: Gather) -> None:
        """Columns that a person names count, also inside others; those that are not there are told once."""
        record = {"text": "wrong", "a": {"b": "right"}, "src": {"name": "Post"}, "when": "Nov 24, 2026"}
        (item,) = gather(
            name="r.jsonl", data=json.dumps(record), columns=Columns(text="a.b", outlet="src", date="when")
        )
        assert item.document is not None
        assert (item.document.text, item.outlet, item.date) == ("right", "Post", "2026-11-24")
        (item,) = gather(name="t.csv", data="text,day\na,b\nc,d\n", columns=Columns(date="dy"))
        assert item.error_kind == "columns"
        assert "no column “dy”, only “text”, “day”" in str(item.error)

    def test_columns_of_one_name(self, gather: Gather) -> None:
        """Two that would be the text are refused; of others, as a joined query gives them, the first counts."""
        for chosen in (Columns(), Columns(text="text")):
            (item,) = gather(name="t.csv", data="id,text,text\n1,a,b\n2,c,d\n", columns=chosen)
            assert str(item.error).endswith("t.csv has 2 columns “text”: give each a name of its own.")
        (item,) = gather(name="t.csv", data="id,title,text,id,title\n1,a,b,2,c\n")
        assert (item.id, item.title) == ("1", "a")

    @pytest.mark.parametrize("name", ["story_body", "Story Body", "content:encoded", "articleContent", "clean_text"])
    def test_names_of_the_text(self, texts: Texts, name: str) -> None:
        """Content systems call the text by many names."""
        assert texts(name="t.csv", data=f"id,{name},alt_text\n1,{STORY},x\n2,{STORY},y\n") == [STORY, STORY]
        assert texts(name="r.jsonl", data=json.dumps({"alt_text": "x", name: STORY}) + "\n") == [STORY]

    def test_no_column_of_text(self, gather: Gather) -> None:
        """A file without a known column is one error that lists what there is, not one for each record."""
        (item,) = gather(name="r.jsonl", data='{"foo": 1, "bar": 2}\n' * 50)
        assert item.error_kind == "columns"
        assert "“foo”, “bar”: name it with --text-column" in str(item.error)
        assert len(gather(name="s.jsonl", data='{"foo": 1}\n{"text": "a"}\n' + '{"foo": 1}\n' * 30)) == 32

    def test_paragraphs_and_pages(self, texts: Texts) -> None:
        """Text may be a list of paragraphs, or a page."""
        data = json.dumps({"text": ["one", "two"]}) + "\n" + json.dumps({"text": PAGE}) + "\n"
        assert texts(name="r.jsonl", data=data) == ["one\ntwo", STORY]

    def test_an_article_that_begins_like_a_table(self, texts: Texts) -> None:
        """Prose with commas is no table."""
        prose = "Text, image and sound\nThe exhibition, which opened on Monday, shows all three.\n"
        assert texts(name="a.txt", data=prose) == [prose]


class TestParquet:
    """Parquet tables."""

    def test_nested_columns(self, gather: Gather, tmp_path: Path) -> None:
        """Only the needed columns are read, also inside structures; null text is an error of its row."""
        pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
        table = pa.table({
            "article": [{"body": "one", "n": [1]}, {"body": None, "n": []}, {"body": "three", "n": None}],
            "date": pa.array([0, 1, 2], pa.timestamp("ms")), "other": [{"a": 1}] * 3,
        })  # fmt: skip
        pq.write_table(table, tmp_path / "t.parquet", row_group_size=2)
        found = gather(tmp_path / "t.parquet", columns=Columns(text="article.body"))
        assert [item.error_kind for item in found] == [None, "no_text", None]
        assert found[2].source.endswith("t.parquet:3")
        assert found[2].date == "1970-01-01T00:00:00Z"
        assert [each.error_kind for each in gather(tmp_path / "t.parquet")] == [None, "no_text", None]
        packed = gzip.compress((tmp_path / "t.parquet").read_bytes())
        assert len(gather(name="t.gz", data=packed)) == 3

    def test_paragraphs(self, texts: Texts, tmp_path: Path) -> None:
        """A column of lists of paragraphs."""
        pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
        pq.write_table(pa.table({"text": [["one", "two"]]}), tmp_path / "t.parquet")
        assert texts(tmp_path / "t.parquet") == ["one\ntwo"]

    def test_values_that_cannot_be(self, gather: Gather, tmp_path: Path) -> None:
        """A date that is none costs its row the date, and no other row anything; so with text that is not UTF-8."""
        pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
        text = pa.array([b"one", b"two", "Café au lait".encode("latin-1")], pa.binary()).view(pa.string())
        when = pa.array([0, 2**62, 86_400_000_000], pa.timestamp("us"))
        inside = pa.StructArray.from_arrays([pa.array(["a", "b", "c"]), when], ["name", "day"])
        table = pa.table({"text": text, "date": when, "about": inside})
        pq.write_table(table, tmp_path / "t.parquet")
        found = gather(tmp_path / "t.parquet", columns=Columns(outlet="about.name", title="about.day"))
        assert [item.document and item.document.text for item in found] == ["one", "two", "Café au lait"]
        assert [item.date for item in found] == ["1970-01-01T00:00:00Z", None, "1970-01-02T00:00:00Z"]
        assert [item.outlet for item in found] == ["a", "b", "c"]


class TestArchivesOfPages:
    """WARC."""

    @pytest.mark.parametrize("pack", [bytes, gzip.compress])
    def test_pages(self, gather: Gather, pack: Callable[[bytes], bytes]) -> None:
        """Pages that were answered with 200; pictures and redirects are no articles."""
        data = warc(("200 OK", "text/html", PAGE.encode()), ("200 OK", "image/png", b"x"), ("302 F", "text/html", b"x"),
                    ("200 OK", "text/plain; charset=iso-8859-1", "Café".encode("latin-1")))  # fmt: skip
        first, second = gather(name="c.warc", data=pack(data))
        assert first.document is not None
        assert second.document is not None
        assert (first.document.text, second.document.text) == (STORY, "Café")
        assert (first.url, first.date, second.outlet) == (
            "https://www.alden.example/1", "2026-11-24T08:30:00Z", "alden.example",
        )  # fmt: skip


class TestWires:
    """NewsML-G2, NewsML 1, NITF."""

    def test_newsml_g2(self, gather: Gather) -> None:
        """Each news item with text is an article, whether NITF or XHTML is inside; pictures are not."""
        first, second = gather(name="a.xml", data=NEWSML_G2)
        assert first.document is not None
        assert second.document is not None
        assert first.document.text == f"{STORY}\nIt was very close."
        assert second.document.text == "Second & last."
        assert (first.outlet, first.date, first.title, first.id) == (
            "Alden Wire", "2026-11-24T08:30:00Z", "Libraries close", "urn:newsml:alden:1",
        )  # fmt: skip

    @pytest.mark.parametrize(
        ("data", "outlet", "text"),
        [(NITF, "Alden Post", f"{STORY}\nIt was close."), (NEWSML_1, "alden.example", STORY)],
    )
    def test_the_older_ones(self, gather: Gather, data: str, outlet: str, text: str) -> None:
        """NITF with a document type, and NewsML 1."""
        (item,) = gather(name="a.xml", data=data)
        assert item.document is not None
        assert item.document.text == text
        assert (item.outlet, item.date, item.title) == (outlet, "2026-11-24T08:30:00Z", "Libraries close")


class TestMail:
    """Mailboxes."""

    def test_mbox(self, gather: Gather) -> None:
        """The text of each mail, with its charset, and what is attached."""
        first, second, attached = gather(name="desk", data=MBOX)
        assert first.document is not None
        assert second.document is not None
        assert attached.document is not None
        assert first.document.text == f"{STORY}\nFrom now on there are two."
        assert (first.outlet, first.date, first.title, first.id) == (
            "Alden Desk", "2026-11-24T08:30:00Z", "Libraries close", "1@alden.example",
        )  # fmt: skip
        assert second.document.text == "A café opened in the old town on Monday morning."
        assert attached.source.endswith(":2!copy.txt")
        assert attached.document.text == "Attached copy."

    def test_a_single_mail(self, texts: Texts) -> None:
        """A file with one mail."""
        mail = "Received: from a\nFrom: a@b.example\nSubject: x\n\nThe text.\n"
        assert texts(name="a.eml", data=mail) == ["The text."]
        assert texts(name="b.eml", data="From: a@b.example\n\nThe text.\n") == ["The text."]

    def test_a_blank_text_beside_a_page(self, texts: Texts) -> None:
        """The page is read; what only claims to be packed is no text."""
        mail = "From: a@b.example\nSubject: x\nContent-Type: multipart/alternative; boundary=b\n\n--b\n\n \n"
        mail += f"--b\nContent-Type: text/html\n\n<p>{STORY}</p>\n--b--\n"
        assert texts(name="a.eml", data=mail) == [STORY]
        damaged = "From: a@b.example\nSubject: x\nContent-Transfer-Encoding: base64\n\nTalks\n"
        assert texts(name="b.eml", data=damaged) == ["[malformed]"]

    def test_a_damaged_attachment_costs_itself_alone(self, texts: Texts) -> None:
        """The text of the mail and what is attached behind are read."""
        part = '--b\nContent-Disposition: attachment; filename="{}.txt"\nContent-Transfer-Encoding: base64\n\n{}\n'
        mail = "From: a@b.example\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\nThe text.\n"
        mail += part.format("one", "Talks") + part.format("two", "Q29weS4=") + "--b--\n"
        assert texts(name="a.eml", data=mail) == ["The text.", "[malformed]", "Copy."]


class TestFoldersAndArchives:
    """Folders, zip, tar."""

    FILES: ClassVar = {"b/reuters/1.txt": b"one", "a.html": PAGE.encode(), "b/x.jsonl": b'{"text": "two"}\n{"text": "three"}\n',
             "logo.png": b"\x89PNG\r\n", ".git/config": b"x", "c.txt": b"four", "style.css": b"p {}"}  # fmt: skip

    def test_a_folder(self, gather: Gather, tmp_path: Path) -> None:
        """All files below, in the order of names; pictures, styles and hidden files are passed over."""
        for name, data in self.FILES.items():
            path = tmp_path / "in" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(data)
        found = gather(tmp_path / "in")
        places = [item.source.removeprefix(str(tmp_path / "in") + os.sep) for item in found]
        assert places == [name.replace("/", os.sep) for name in
                          ("a.html", "b/reuters/1.txt", "b/x.jsonl:1", "b/x.jsonl:2", "c.txt")]  # fmt: skip
        assert [item.outlet for item in found] == ["The Alden Post", "b", "b", "b", None]

    @pytest.mark.parametrize(
        ("name", "pack"),
        [("a.zip", zipped), ("a.tar", tarred), ("a.tar.gz", lambda files: gzip.compress(tarred(files))),
         ("a.tar.xz", lambda files: lzma.compress(tarred(files)))],
    )  # fmt: skip
    def test_archives(self, gather: Gather, name: str, pack: Callable[[dict[str, bytes]], bytes]) -> None:
        """The same in archives, in the order of the archive; archives inside are opened, too."""
        found = gather(name=name, data=pack({**self.FILES, "in.zip": zipped({"five.txt": b"five"})}))
        assert [item.source.rpartition(f"{name}!")[2] for item in found] == [
            "b/reuters/1.txt", "a.html", "b/x.jsonl:1", "b/x.jsonl:2", "c.txt", "in.zip!five.txt",
        ]  # fmt: skip
        assert all(item.error is None for item in found)

    def test_a_word_document(self, texts: Texts) -> None:
        """A .docx is an article, not an archive."""
        document = word_document(STORY, more={"[Content_Types].xml": "<Types/>"})
        assert texts(name="a.docx", data=document) == [STORY]
        assert texts(name="b.zip", data=zipped({"x/a.docx": document})) == [STORY]

    def test_members_of_one_name(self, texts: Texts) -> None:
        """Two members of one name are two articles."""
        stored = io.BytesIO()
        with tarfile.open(fileobj=stored, mode="w") as archive:
            for data in (b"one", b"two"):
                info = tarfile.TarInfo("a.txt")
                info.size = len(data)
                archive.addfile(info, io.BytesIO(data))
        assert texts(name="a.tar", data=stored.getvalue()) == ["one", "two"]

    def test_order_is_always_the_same(self, gather: Gather, tmp_path: Path) -> None:
        """Two readings of the same sources give the same places in the same order."""
        for name in ("b", "a", "ä", "B", "10", "9"):
            (tmp_path / name).mkdir()
            (tmp_path / name / "x.txt").write_text("x")
        first = [item.source for item in gather(tmp_path)]
        assert first == [item.source for item in gather(tmp_path)]
        assert len(first) == 6


def test_lists_inside_folders_are_not_fetched(gather: Gather, tmp_path: Path) -> None:
    """Addresses in a file that nobody named are content: without --follow nothing is fetched because of them."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text("http://127.0.0.1:9/a\nhttp://127.0.0.1:9/b\n")
    (tmp_path / "in" / "sitemap.xml").write_text(SITEMAP)
    found = gather(tmp_path / "in")
    assert [item.error_kind for item in found] == ["fetch", "fetch"]
    assert all("list of addresses" in str(item.error) for item in found)
