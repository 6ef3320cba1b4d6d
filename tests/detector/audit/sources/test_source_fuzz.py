"""Readers survive whatever stands in a file.

`UNSPIN_FUZZ=100000 python -m pytest tests/detector/audit/sources/test_source_fuzz.py` tries more inputs.
"""

import bz2
import gzip
import io
import json
import lzma
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from office_files import Placed, open_document, outlook, pdf
from packed_files import tarred, zipped

from detector.audit.sources import ArchiveLimits, Columns, SourceOptions, read_sources
from detector.audit.sources.dates import iso_date
from detector.audit.sources.naming import printable
from detector.audit.sources.page_facts import page_facts
from detector.audit.sources.problems import Problem
from detector.read import Limits

EXAMPLES = int(os.environ.get("UNSPIN_FUZZ", "120"))
OPTIONS = SourceOptions(
    limits=Limits(max_bytes=100_000, max_characters=100_000, max_unpacked_bytes=200_000),
    archives=ArchiveLimits(most_members=30, most_bytes=2_000_000, expansion_from=300_000),
    most_record_bytes=200_000,
    most_feed_bytes=200_000,
)


def _parquet() -> bytes:
    pa, pq = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    stored = io.BytesIO()
    pq.write_table(pa.table({"text": ["one", "two", None], "a": [{"b": "c"}] * 3, "date": ["2026-11-24"] * 3}), stored)
    return stored.getvalue()


RSS = (
    b'<?xml version="1.0" encoding="utf-8"?><rss version="2.0"><channel><title>Feed</title><item><title>A</title>'
    b"<link>http://a.example/1</link><guid>1</guid><pubDate>Tue, 24 Nov 2026 10:30:00 +0200</pubDate>"
    b"<description><![CDATA[<p>Text &amp; more</p>]]></description></item><item><description>B</description></item>"
    b"</channel></rss>"
)
WIRE = (
    b'<newsMessage xmlns="http://iptc.org/std/nar/2006-10-01/"><newsItem guid="a"><itemMeta><provider literal="W"/>'
    b"</itemMeta><contentSet><inlineXML><nitf><body><body.content><p>One <em>two</em></p></body.content></body></nitf>"
    b"</inlineXML></contentSet></newsItem></newsMessage>"
)
MAIL = (
    b"From a@b Tue Nov 24 08:30:00 2026\nFrom: =?utf-8?q?D=C3=A9sk?= <a@b.example>\nDate: Tue, 24 Nov 2026 10:30:00 +0200\n"
    b"Content-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/html; charset=iso-8859-1\n"
    b"Content-Transfer-Encoding: quoted-printable\n\n<p>caf=E9</p>\n--b\nContent-Disposition: attachment; "
    b'filename="a.txt"\nContent-Transfer-Encoding: base64\n\nQXR0\n--b--\n\nFrom c@d Tue\n\nSecond.\n'
)
WARC = (
    b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://a.example/\r\nWARC-Date: 2026-11-24T08:30:00Z\r\n"
    b"Content-Type: application/http; msgtype=response\r\nContent-Length: 89\r\n\r\nHTTP/1.1 200 OK\r\n"
    b"Content-Type: text/html\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n<p>a<\r\n0\r\n\r\n\r\n\r\n"
)
LINES = (
    b'{"text": "one", "url": "http://a.example", "source": {"name": "A"}, "date": 1795509000}\n{"body": ["a", "b"]}\n'
)
PAGE = (
    b'<!doctype html><html><head><title>T</title><meta property="og:url" content="http://a"></head><body><p>Text.</p>'
)
SAMPLES = [
    RSS, WIRE, MAIL, WARC, LINES, PAGE,
    b'<feed xmlns="http://www.w3.org/2005/Atom"><entry><id>1</id><content type="html">&lt;p&gt;a</content></entry></feed>',
    b'<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9"><url><loc>nothing</loc></url></urlset>',
    b'{"version": "https://jsonfeed.org/version/1", "items": [{"id": "1", "content_html": "<p>a</p>"}, 5]}',
    b'[{"text": "one"}, {"text": "two", "id": 5}, 7]', b'{"articles": [{"content": "one"}]}',
    b'id,text,date\n1,"a ""b""\nc",2026-11-24\n2,d,\n', b"text\tid\na\t1\n",
    gzip.compress(LINES), lzma.compress(LINES), bz2.compress(LINES), RSS.decode().encode("utf-16"), LINES.decode().encode("utf-16"),
    zipped({"a.txt": b"one", "b/c.html": PAGE, "d.jsonl": LINES, "e.zip": zipped({"f.txt": b"x"})}),
    tarred({"a.txt": b"one", "b.xml": RSS}), gzip.compress(tarred({"a.txt": b"one", "b.gz": gzip.compress(LINES)})),
    zipped({"[Content_Types].xml": b"<Types/>", "word/document.xml": b"<w:document xmlns:w='http://schemas.openxmlformats"
          b".org/wordprocessingml/2006/main'><w:p><w:r><w:t>a</w:t></w:r></w:p></w:document>"}),
    _parquet(), pdf([Placed("One two.", 50, 700), Placed("Three.", 50, 688)]), b"{\\rtf1 {\\fonttbl{\\f0 A;}} One \\'e9 {\\v x}\\par}",
    open_document("<text:p>One <text:span>two</text:span></text:p>"), outlook("S", "One.", {"a.txt": b"Two.", "b.docx": b"PK"}),
    b"<br />\n<b>Warning</b>: x<br />\n" + RSS, RSS.replace(b"<p>Text", b"Text <b>x</b> <p>//a"), LINES.decode().encode("utf-16-le"),
    (b"<?xml version='1.0' encoding='iso-8859-1'?><NewsML><NewsItem><NewsComponent><DataContent><p>a\x92b</p></DataContent>"
    b"<DataContent>c</DataContent></NewsComponent></NewsItem></NewsML>"),
]  # fmt: skip
PIECES = st.sampled_from(
    [b'"', b"\n", b"\r", b"\0", b"<", b"]]>", b"<![CDATA[", b"&", b"\xff", b"\xef\xbb\xbf", b"<!ENTITY a 'b'>", b"{", b"[",
     b"From ", b"\n\nFrom x\n", b"PK\x03\x04", b"\x1f\x8b", b"<nitf>", b"<item>", b"9" * 400, b"WARC/1.0\r\n", b",,,", b"\\ud800",
     json.dumps("é" * 50).encode()]
)  # fmt: skip


class Blob:
    """Bytes that show themselves briefly: hypothesis warns of long ones.

    Parameters
    ----------
    data : bytes
        The contents of a file.
    """

    def __init__(self, data: bytes) -> None:
        self.data = data

    def __repr__(self) -> str:
        return f"Blob({self.data[:3000]!r}...)"


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A good file with a few bytes changed, pieces put in, stretches repeated or taken out, or its end cut off."""
    data = bytearray(draw(st.sampled_from(SAMPLES)))
    for _ in range(draw(st.integers(0, 6))):
        at = draw(st.integers(0, max(0, len(data) - 1)))
        match draw(st.integers(0, 5)):
            case 0 if data:
                data[at] = draw(st.integers(0, 255))
            case 1:
                data[at:at] = draw(PIECES)
            case 2:
                del data[at : at + draw(st.integers(1, 40))]
            case 3:
                data[at:at] = data[at : at + draw(st.integers(1, 60))] * draw(st.integers(1, 50))
            case 4:
                del data[at:]
            case _:
                data[at:at] = draw(st.sampled_from(SAMPLES))[: draw(st.integers(0, 200))]
    return bytes(data)


NAMES = st.sampled_from(
    "a a.txt a.html a.md a.docx a.xml a.rss feed a.json a.jsonl a.csv a.tsv a.zip a.tar.gz a.warc a.mbox a.eml a.parquet a.gz a.pdf a.rtf a.odt a.msg".split()
)
COLUMNS = st.sampled_from([Columns(), Columns(text="text"), Columns(text="a.b", date="date")])


@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(blob=(damaged() | st.binary(max_size=400)).map(Blob), name=NAMES, columns=COLUMNS)
@example(blob=Blob(RSS.replace(b"utf-8", b"\0tf-8")), name="a", columns=Columns())
def test_any_file(tmp_path: Path, blob: Blob, name: str, columns: Columns) -> None:
    """Any bytes under any name become items; nothing is raised, and no reader has a fault of its own."""
    path = tmp_path / name
    path.write_bytes(blob.data)
    options = SourceOptions(
        columns=columns, limits=OPTIONS.limits, archives=OPTIONS.archives,
        most_record_bytes=OPTIONS.most_record_bytes, most_feed_bytes=OPTIONS.most_feed_bytes,
    )  # fmt: skip
    items = list(read_sources([str(path)], options))
    assert len({item.source for item in items}) == len(items)
    for item in items:
        assert item.source.isprintable()
        assert item.error_kind != Problem.FAULT
        for fact in (item.error, item.url, item.outlet, item.date, item.title, item.id):
            assert fact is None or (fact.isprintable() and fact)


@settings(max_examples=EXAMPLES, deadline=None)
@given(
    st.text(max_size=60)
    | st.integers()
    | st.floats()
    | st.none()
    | st.from_regex(r"[0-9TZ:+. /-]{4,30}", fullmatch=True)
)
def test_any_date(value: object) -> None:
    """A date has one of two forms, or is none."""
    found = iso_date(value)
    assert found is None or len(found) in {10, 20}


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.text(max_size=40), st.text(max_size=40))
def test_any_name(first: str, second: str) -> None:
    """Printable names stay apart."""
    assert printable(first).isprintable()
    assert (printable(first) == printable(second)) == (first == second)


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.text(alphabet="<>metalink propy=\"'og:ur1/ content", max_size=300))
def test_any_page(page: str) -> None:
    """Facts of a page that is none."""
    facts = page_facts(page)
    assert all(fact is None or fact for fact in facts)
