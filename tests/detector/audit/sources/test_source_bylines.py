"""The byline that each kind of source states."""

import json
from collections.abc import Callable

import pytest

from detector.audit.item import Item
from detector.audit.sources import Columns
from detector.audit.sources.bylines import byline

Gather = Callable[..., list[Item]]

STORY = " ".join(f"word{number}" for number in range(90))
SECOND = " ".join(f"other{number}" for number in range(90))


def rss(*authors: str) -> str:
    """A feed with one entry, signed by these elements."""
    return (
        '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>The Mill</title>'
        "<managingEditor>boss@mill.example (The Boss)</managingEditor>"
        f"<item><title>T</title>{''.join(authors)}<description>{STORY}</description></item></channel></rss>"
    )


def atom(inside: str) -> str:
    """An Atom feed of The Boss with one entry."""
    return (
        '<feed xmlns="http://www.w3.org/2005/Atom"><title>The Mill</title><author><name>The Boss</name></author>'
        f'<entry><id>1</id>{inside}<content type="text">{STORY}</content></entry></feed>'
    )


def page(head: str) -> str:
    """A web page."""
    return f"<!doctype html><html><head>{head}</head><body><article><p>{STORY}</p></article></body></html>"


def schema(**facts: object) -> str:
    """Facts in the terms of schema.org."""
    return f'<script type="application/ld+json">{json.dumps(facts)}</script>'


def g2(meta: str) -> str:
    """A news item of NewsML-G2."""
    return (
        '<newsMessage><newsItem guid="a"><itemMeta><provider literal="Wire"/></itemMeta>'
        f"<contentMeta>{meta}</contentMeta><inlineXML><p>{STORY}</p></inlineXML></newsItem></newsMessage>"
    )


def nitf(line: str) -> str:
    """An NITF document."""
    return f"<nitf><body><body.head>{line}</body.head><body.content><p>{STORY}</p></body.content></body></nitf>"


@pytest.mark.parametrize(
    ("name", "data", "expected"),
    [
        ("a.xml", rss("<dc:creator><![CDATA[Jane Doe]]></dc:creator>"), "Jane Doe"),
        ("a.xml", rss("<dc:creator>Jane Doe</dc:creator>", "<dc:creator>John Roe</dc:creator>"), "Jane Doe; John Roe"),
        ("a.xml", rss("<author>jane@mill.example (Jane Doe)</author>"), "Jane Doe"),
        ("a.xml", rss("<author>jane@mill.example</author>"), None),
        ("a.xml", rss("<dc:creator>THE MILL</dc:creator>"), None),
        ("a.xml", rss(), None),
        ("a.xml", atom("<author><name>Jane Doe</name><email>j@m.example</email></author>"), "Jane Doe"),
        ("a.xml", atom(""), None),
        ("a.json", json.dumps({"version": "https://jsonfeed.org/version/1.1", "title": "M", "items": [
            {"id": "1", "content_text": STORY, "authors": [{"name": "Jane Doe"}, {"url": "https://x.example"}]}]}), "Jane Doe"),
        ("a.xml", g2("<by>By Jane Doe</by><creator qcode='x:1'/>"), "Jane Doe"),
        ("a.xml", g2("<creator qcode='x:1'><name>Jane Doe</name></creator>"), "Jane Doe"),
        ("a.xml", g2("<creator qcode='x:1'/>"), None),
        ("a.xml", g2("<creator><name>Wire</name></creator>"), None),
        ("a.xml", nitf("<byline>By <person>Jane Doe</person><byttl>Wire Writer</byttl></byline>"), "Jane Doe"),
        ("a.xml", nitf("<byline>By Jane Doe<byttl>Wire Writer</byttl></byline>"), "Jane Doe"),
        ("a.html", page('<meta name="author" content="Jane Doe">'), "Jane Doe"),
        ("a.html", page('<meta property="article:author" content="https://social.example/jane">'), None),
        ("a.html", page('<meta property="og:site_name" content="Mill"><meta name="author" content="mill">'), None),
        ("a.html", page(schema(**{"@type": "NewsArticle", "author": {"@type": "Person", "name": "Jane Doe"}})), "Jane Doe"),
        ("a.html", page(schema(**{"@graph": [{"@type": "Product", "author": "A Fan"}, {"@type": ["ReportageNewsArticle"],
            "author": [{"name": "Jane Doe"}, "John &amp; Co"]}]})), "Jane Doe; John & Co"),
        ("a.html", page(schema(**{"@type": "Comment", "author": "A Fan"})), None),
        ("a.html", page('<script type="application/ld+json">{"@type": "Article", "author":</script>'), None),
        ("a.csv", f"Byline,text\nby Jane Doe,{STORY}\n", "Jane Doe"),
        ("a.csv", f"Byline,text\n,{STORY}\n", None),
        ("a.jsonl", json.dumps({"text": STORY, "authors": ["Jane Doe", "John Roe"]}), "Jane Doe; John Roe"),
        ("a.jsonl", json.dumps({"text": STORY, "author": {"name": "Jane Doe"}}), "Jane Doe"),
        ("a.jsonl", json.dumps({"text": STORY, "author": 17}), None),
        ("a.eml", f"From: Jane Doe <jane@mill.example>\nSubject: My story\n\n{STORY}\n", "Jane Doe"),
        ("a.eml", f"From: Jane Doe <jane@mill.example>\nSubject: Fwd: a story\n\n{STORY}\n", None),
        ("a.eml", f"From: desk@mill.example\nSubject: a story\n\n{STORY}\n", None),
        ("a.txt", f"By Jane Doe\n\n{STORY}", None),
    ],
)  # fmt: skip
def test_each_kind_of_source(gather: Gather, name: str, data: str, expected: str | None) -> None:
    """Who is named as the author, and nobody else: no address, no outlet, no editor, no commentator, no forwarder."""
    (item,) = gather(name=name, data=data)
    assert item.document is not None
    assert item.author == expected


def test_what_is_attached_to_a_mail_is_not_the_senders(gather: Gather) -> None:
    """A file may be by anybody."""
    mail = (
        "From: Jane Doe <jane@mill.example>\nSubject: copy\nMIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=b\n\n"
        f"--b\nContent-Type: text/plain\n\n{STORY}\n--b\nContent-Type: text/plain\n"
        f"Content-Disposition: attachment; filename=a.txt\n\n{SECOND}\n--b--\n"
    )
    body, attached = gather(name="a.eml", data=mail)
    assert (body.author, attached.author) == ("Jane Doe", None)


def test_two_stories_in_one_item_have_their_own_bylines(gather: Gather) -> None:
    """The first one's author did not write the second."""

    def part(headline: str, line: str, text: str) -> str:
        lines = f"<NewsLines><HeadLine>{headline}</HeadLine>{line}</NewsLines>"
        content = f"<ContentItem><DataContent><p>{text}</p></DataContent></ContentItem>"
        return f"<NewsComponent>{lines}{content}</NewsComponent>"

    parts = part("One", "<ByLine>By Jane Doe</ByLine>", STORY) + part("Two", "", SECOND)
    found = gather(name="a.xml", data=f"<NewsML><NewsItem><NewsComponent>{parts}</NewsComponent></NewsItem></NewsML>")
    assert [item.author for item in found] == ["Jane Doe", None]


def test_the_column_may_be_named(gather: Gather) -> None:
    """A name that unspin does not guess, in a nested record."""
    data = json.dumps({"text": STORY, "author": "CMS", "meta": {"signed": "Jane Doe"}})
    (item,) = gather(name="a.jsonl", data=data, columns=Columns(author="meta.signed"))
    assert item.author == "Jane Doe"


@pytest.mark.parametrize(
    "value", [None, "", "   ", "-", "1234", 5, True, [], {}, [None], {"name": None}, b"Jane", [[["x"]]]]
)
def test_what_names_nobody(value: object) -> None:
    """Whatever a record holds there."""
    assert byline(value) is None


def test_a_long_list_and_a_long_name_are_cut() -> None:
    """A byline stays short."""
    assert byline(["Jane Doe"] * 1000) == "Jane Doe"
    assert len(byline([f"{letter * 5000}" for letter in "abcdefghijklmnop"]) or "") < 8 * 510
