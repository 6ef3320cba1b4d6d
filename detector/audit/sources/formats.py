"""The formats of sources, in the order in which they are tried.

docs/sources.md shows these records as a table. To add a format, write its recogniser and its reader, and add one record
to :data:`FORMATS`.
"""

from pathlib import PurePath

from detector.audit.sources.feeds import feed, json_feed
from detector.audit.sources.json_records import json_document, json_lines
from detector.audit.sources.mail import mail
from detector.audit.sources.options import SourceOptions
from detector.audit.sources.parquet import parquet
from detector.audit.sources.recognition import (
    begins,
    is_addresses,
    is_feed,
    is_json,
    is_json_lines,
    is_mail,
    is_packed,
    is_sitemap,
    is_table,
    is_tar,
    is_wire,
)
from detector.audit.sources.records import once
from detector.audit.sources.source_reader import Format, Found, SourceReader, leaf
from detector.audit.sources.streams import Opened
from detector.audit.sources.tables import table
from detector.audit.sources.warc import warc
from detector.audit.sources.wire import wire


def _json_lines(source: Opened, options: SourceOptions) -> Found:
    return once(json_lines(source, options), place=source.place)


def _json(source: Opened, options: SourceOptions) -> Found:
    found = json_document(source, options)
    if isinstance(found, dict):
        return json_feed(found, source, options)
    return once(found, place=source.place)


def _table(source: Opened, options: SourceOptions) -> Found:
    return table(source, options, PurePath(source.name).suffix.lower())


FORMATS: tuple[Format, ...] = (
    # Recognised by their first bytes.
    Format("gzip, xz, bzip2", is_packed, SourceReader.packed, "whatever is inside", "as without the packing"),
    Format(
        "zip, .docx",
        begins(b"PK\x03\x04", b"PK\x05\x06"),
        SourceReader.zip,
        "each file in it; a .docx is one article",
        "`a.zip!b/c.html`",
    ),
    Format("tar", is_tar, SourceReader.tar, "each file in it", "`a.tar.gz!b/c.html`"),
    Format("Parquet", begins(b"PAR1"), leaf(parquet), "each row", "`feed.parquet:17` (from 1)"),
    Format(
        "WARC",
        begins(b"WARC/1.", b"WARC/0."),
        leaf(warc),
        "each page that was answered with status 200",
        "`crawl.warc.gz:120`",
    ),
    Format(
        "mbox, single mail (.eml, .msg)",
        is_mail,
        leaf(mail),
        "the text of each mail, and each article attached to it",
        "`desk.mbox:3!copy.docx`",
    ),
    # Recognised by the root element.
    Format("sitemap, index of sitemaps", is_sitemap, SourceReader.sitemap, "each page, fetched", "its address"),
    Format("NewsML-G2, NewsML 1, NITF", is_wire, leaf(wire), "each news item with text", "`wire.xml:3`"),
    Format("RSS, Atom", is_feed, leaf(feed), "each entry", "`feed.xml!GUID`"),
    # Recognised by the first lines and the name.
    Format("JSON Lines", is_json_lines, leaf(_json_lines), "each line", "`feed.jsonl:17`"),
    Format("JSON list, JSON Feed", is_json, leaf(_json), "each record or entry", "`feed.json:17`, `feed.json!ID`"),
    Format("list of addresses", is_addresses, SourceReader.addresses, "each page, fetched", "its address"),
    Format("CSV, TSV", is_table, leaf(_table), "each row", "`feed.csv:17` (its first line)"),
    Format(
        "article: text, Markdown, HTML, .docx, .odt, .rtf, .pdf",
        lambda _: True,
        SourceReader.article,
        "the file",
        "`story.html`",
    ),
)
"""All formats. The last one accepts every source."""
