"""Every kind of input, good and bad, becomes a document or one clear sentence."""

import io
import os
import sys
import zlib
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from packed_files import zipped

from detector.errors import UnreadableError
from detector.read import Kind, Limits, decode, examine, examine_bytes, read

STORY = (
    "The council voted on Tuesday to close two of the town’s four libraries — a decision that more than 3,000 people "
    "had signed a petition against.\n“We had no choice,” the mayor said. The café in the old hall stays open."
)
SMALL = Limits(max_bytes=10_000, max_characters=5_000, max_unpacked_bytes=20_000)

WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
STRICT = "http://purl.oclc.org/ooxml/wordprocessingml/main"


def docx(body: str, *, namespace: str = WORD, part: str = "word/document.xml", prolog: str = "") -> bytes:
    """A .docx with the given paragraphs."""
    xml = (
        f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>{prolog}'
        f'<w:document xmlns:w="{namespace}" xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        f"<w:body>{body}</w:body></w:document>"
    )
    made: bytes = zipped({"[Content_Types].xml": "<Types/>", part: xml})
    return made


def paragraph(*runs: str) -> str:
    """A Word paragraph of runs that hold a text each."""
    return "<w:p>" + "".join(f'<w:r><w:t xml:space="preserve">{run}</w:t></w:r>' for run in runs) + "</w:p>"


def refusal(data: bytes, name: str = "story.txt", limits: Limits = SMALL) -> str:
    """The sentence with which an input is refused."""
    with pytest.raises(UnreadableError) as refused:
        decode(data, name=name, limits=limits)
    sentence = str(refused.value)
    assert sentence.startswith(name)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence


class TestPlainText:
    """Plain text is kept character for character."""

    @pytest.mark.parametrize(
        "text",
        [
            STORY,
            "a\r\nb\rc\n\n",
            "  spaced  ",
            "zero\u200bwidth",
            "\u202eturned",
            "cafe\u0301",
            "tab\tend\n",
            "x\x0cy",
            "👩\u200d👧",
        ],
    )
    def test_nothing_is_normalised(self, text: str) -> None:
        """Line ends, invisible characters, accents and spaces stay as they are."""
        assert decode(text.encode(), name="story.txt").text == text

    def test_source_is_the_name(self) -> None:
        """The document remembers where it came from."""
        assert decode(b"A story.", name="in/story.txt").source == "in/story.txt"

    def test_five_megabytes(self) -> None:
        """A text of 5 MB is read."""
        text = (STORY + "\n") * (5_000_000 // len(STORY))

        assert decode(text.encode(), name="long.txt").text == text

    @pytest.mark.parametrize("name", ["story", "story.TXT", "story.docx", "story.html", "-"])
    def test_text_under_another_name(self, name: str) -> None:
        """Text without a tag is text, whatever its name says."""
        assert decode(b"One line\nand another.", name=name).text == "One line\nand another."


class TestEncodings:
    """Bytes to characters."""

    @pytest.mark.parametrize(
        ("encoding", "mark"),
        [
            ("utf-8", b""),
            ("utf-8", b"\xef\xbb\xbf"),
            ("utf-16-le", b"\xff\xfe"),
            ("utf-16-be", b"\xfe\xff"),
            ("utf-32-le", b"\xff\xfe\x00\x00"),
            ("utf-32-be", b"\x00\x00\xfe\xff"),
            ("utf-16-le", b""),
            ("utf-16-be", b""),
            ("utf-32-le", b""),
            ("utf-32-be", b""),
        ],
    )
    def test_unicode(self, encoding: str, mark: bytes) -> None:
        """UTF-8, UTF-16 and UTF-32 are known with and without their mark, and the mark is no part of the text."""
        reading = examine_bytes(mark + STORY.encode(encoding), name="story.txt")

        assert (reading.document.text, reading.encoding, reading.note) == (STORY, encoding, "")

    def test_windows_1252(self) -> None:
        """Curly quotes and accents of old word processors are read, and the guess is told."""
        reading = examine_bytes(STORY.encode("cp1252"), name="story.txt")

        assert reading.document.text == STORY
        assert reading.encoding == "windows-1252"
        assert reading.note == "story.txt is not UTF-8 and does not say what it is; it was read as windows-1252."

    def test_other_encodings_are_guessed(self) -> None:
        """Charset-normalizer finds what is neither."""
        russian = (
            "Городской совет решил во вторник закрыть две из четырёх библиотек города, хотя люди были против. " * 3
        )

        assert decode(russian.encode("cp1251"), name="story.txt").text == russian

    def test_meta_charset(self) -> None:
        """A page's own declaration is believed."""
        page = '<html><head><meta charset="koi8-r"></head><body><p>Городской совет решил</p></body></html>'
        reading = examine_bytes(page.encode("koi8-r"), name="page.html")

        assert (reading.document.text, reading.encoding) == ("Городской совет решил", "koi8-r")

    def test_content_type(self) -> None:
        """A charset sent along is believed before the page's own."""
        page = '<html><meta charset="utf-8"><p>Kés és más</p></html>'.encode("iso-8859-2")

        assert decode(page, name="-", content_type="text/html; charset=ISO-8859-2").text == "Kés és más"

    @pytest.mark.parametrize("label", ["nonsense", "rot13", "zip", "undefined", "idna", "\u00e9"])
    def test_unknown_charset(self, label: str) -> None:
        """A label that names no encoding of text is passed over."""
        assert (
            decode("<p>café</p><br>".encode("cp1252"), name="a.html", content_type=f"text/html; charset={label}").text
            == "café"
        )

    def test_mojibake_is_left(self) -> None:
        """Text that was damaged before is the writer's business."""
        assert decode("â€œYesâ€\x9d".encode(), name="story.txt").text == "â€œYesâ€\x9d"

    def test_broken_utf8(self) -> None:
        """A few broken places are shown as such, and told."""
        data = STORY.encode() * 3
        reading = examine_bytes(data[:40] + b"\xff" + data[40:], name="story.txt")

        assert reading.document.text == STORY[:40] + "�" + (STORY * 3)[40:]
        assert reading.note == "story.txt is damaged UTF-8: 1 place could not be decoded and is shown as �."

    def test_cut_off_utf8(self) -> None:
        """A file that ends within a character is read up to it."""
        assert decode("It is a café".encode()[:-1], name="story.txt").text == "It is a caf�"

    @pytest.mark.parametrize(
        "data",
        [
            b"some text\x00 with a NUL",
            b"\x00" * 100,
            bytes(range(256)) * 4,
            zlib.compress(STORY.encode())[4:].replace(b"\0", b""),
            b"\x01\x02\x03\x04\x05 text",
            b"\xff\xfe\x00",
        ],
    )
    def test_binary(self, data: bytes) -> None:
        """What is no text in any encoding is refused."""
        refusal(data)


class TestHtml:
    """Web pages."""

    PAGE = (
        "<!DOCTYPE html><html><head><title>Site</title><style>p { color: red }</style><script>var p = '<p>no</p>';"
        "</script></head><body><nav><a href='/'>Home</a> <a href='/news'>News</a></nav><article><h1>Libraries close</h1>"
        + "".join(
            f"<p>The council voted on day {n} to close two of the town&rsquo;s libraries, although many <b>peo</b>ple "
            "were against it &amp; said so.</p>"
            for n in range(5)
        )
        + "</article><script>more()</script><footer>Cookies</footer></body></html>"
    )

    @pytest.mark.parametrize("name", ["page.html", "page.txt", "page.md", "-"])
    def test_article_is_found(self, name: str) -> None:
        """The article's paragraphs are kept, scripts, styles and menus are not, whatever the file is called."""
        reading = examine_bytes(self.PAGE.encode(), name=name)
        text = reading.document.text

        assert reading.kind is Kind.HTML
        assert text.startswith("Libraries close\nThe council voted on day 0 to close two of the town’s libraries")
        assert "many people were against it & said so." in text
        assert not any(word in text for word in ("color", "var p", "more()", "Home", "<"))

    @pytest.mark.parametrize("hidden", ["\u200b", "&#8203;", "&shy;", "&#xad;", "\u202e", "&zwnj;"])
    def test_invisible_characters_survive(self, hidden: str) -> None:
        """What hides in a word on the page hides in the text, so that it can be shown as evidence."""
        import html

        text = decode(self.PAGE.replace("council", f"coun{hidden}cil").encode(), name="page.html").text

        assert text.count(f"coun{html.unescape(hidden)}cil") == 5

    def test_fragment(self) -> None:
        """A piece of a page is read in full: it has no article to find."""
        assert (
            decode(b"<p>Two <i>sides</i> met.</p><p>1 &lt; 2<br>3 < 4", name="-").text == "Two sides met.\n1 < 2\n3 < 4"
        )

    def test_page_over_the_limit_is_read_plainly(self) -> None:
        """A page too large to search for its article loses nothing."""
        text = decode(self.PAGE.encode(), name="page.html", limits=Limits(max_page_characters=100)).text

        assert text.count("The council voted") == 5
        assert "var p" not in text

    @pytest.mark.parametrize(
        "page",
        [
            "<html><body><script>document.write('hello')</script></body></html>",
            "<html><head><title>Only a title</title></head><body></body></html>",
            "<html><!-- nothing but a comment --></html>",
            "<html><body><img src='a.png'></body></html>",
            "<html><script>never closed",
            "<html><a href='",
        ],
    )
    def test_page_without_text(self, page: str) -> None:
        """An empty page is refused with a reason."""
        assert "web page without text" in refusal(page.encode(), "page.html")

    @pytest.mark.parametrize(
        ("page", "text"),
        [
            ("<div title='a > b'>Yes</div>", "Yes"),
            ('<div title="unclosed>Yes</div><p>No</p>', "Yes\nNo"),
            ("<div>a<!-- > <p>no</p> -->b</div>", "ab"),
            ("<div><SCRIPT>no</ScRiPt>yes</div>", "yes"),
            ("<div><svg><text>no</text></svg>yes</div>", "yes"),
            ("<div><template><template>no</template>no</template>yes</div>", "yes"),
            ("<div>a <3 b</div>", "a <3 b"),
            ("<div>&nbsp;&#x1F600;&bogus;</div>", "\xa0😀&bogus;"),
            ("<div><title>no</title>yes</div>", "yes"),
        ],
    )
    def test_odd_markup(self, page: str, text: str) -> None:
        """The plain reader takes crooked pages as browsers do."""
        assert decode(page.encode(), name="a.html", limits=Limits(max_page_tags=0)).text == text

    @pytest.mark.parametrize(
        "piece",
        [
            "<",
            "<a ",
            "<a '",
            "<a '\">",
            "<!--",
            "<script>",
            "<script></",
            "<div>",
            "</",
            "&",
            "&amp;",
            "<!",
            "<?",
            "<a b='c>'>",
        ],
    )
    def test_hostile_pages(self, piece: str) -> None:
        """Pages of one broken piece a hundred thousand times end like any other: read or refused."""
        try:
            text = decode(("<html>" + piece * 100_000).encode(), name="a.html").text
        except UnreadableError:
            return
        assert text.strip()

    def test_feed_is_refused(self) -> None:
        """A feed is not one article."""
        assert "feed" in refusal(b'<?xml version="1.0"?><rss version="2.0"><channel></channel></rss>', "news.xml")


class TestMarkdown:
    """Markdown files."""

    def test_far_too_much(self) -> None:
        """The parser would take minutes for a few megabytes of brackets."""
        with pytest.raises(UnreadableError, match=r"^a\.md is Markdown of more than 500,000 characters"):
            decode(b"[" * 600_000, name="a.md")

    @pytest.mark.parametrize(
        ("source", "text"),
        [
            ("---\ntitle: Talks\ndate: 2024-01-01\n---\n\nThe text.", "The text."),
            ('+++\ntitle = "Talks"\n+++\nThe text.', "The text."),
            ("---\n\nA rule is no front matter.\n\n---\nMore.", "A rule is no front matter.\n\nMore."),
            ("# Talks end #\n\nText.", "Talks end\n\nText."),
            ("Talks end\n=========\n\nText.", "Talks end\n\nText."),
            ("One line\nand its end.", "One line and its end."),
            ("One line  \nand another.", "One line\nand another."),
            ("Text.\n\n```python\ncode = 1\n```\n\nMore.", "Text.\n\nMore."),
            ("Text.\n\n~~~\ncode\n```\n~~~\nMore.", "Text.\n\nMore."),
            ("Text.\n\n    code = 1\n\nMore.", "Text.\n\nMore."),
            ("- one\n- two\n\n    goes on", "one\n\ntwo\n\ngoes on"),
            ("1. one\n2) two", "one\n\ntwo"),
            ("It was in\n1995. He left.", "It was in 1995. He left."),
            ("* [x] done", "done"),
            ("> Quoted\n> text.", "Quoted text."),
            ("A [link](http://example.org/a_(b) 'title') here.", "A link here."),
            ("A [link][ref] here.\n\n[ref]: http://example.org", "A link here."),
            ("An ![image](a.png) here.", "An here."),
            ("[![badge](a.svg)](http://example.org) Text.", "Text."),
            ("See <http://example.org> now.", "See now."),
            (
                "Some **strong** and *soft* and ***both*** and __so__ and _so_.",
                "Some strong and soft and both and so and so.",
            ),
            ("A snake_case_name and 2 * 3 * 4.", "A snake_case_name and 2 * 3 * 4."),
            (r"Not \*soft\* and \[not\](a link).", "Not *soft* and [not](a link)."),
            ("Inline `code *kept*`.", "Inline code *kept*."),
            ("Text <b>bold</b> <br/>and<!-- a\ncomment --> more.", "Text bold and more."),
            ("<script>\nno()\n</script>\n\nText.", "Text."),
            ("| a | b |\n|---|:-:|\n| 1 | 2 |", "a\tb\n\n1\t2"),
            ("| a | b |\n|---|---|\n| x \\| y | |", "a\tb\n\nx | y"),
            ("Text.[^1]\n\n[^1]: A note.", "Text.\n\nA note."),
            ("Above.\n\n<div>\nText <b>in</b> a box.\n</div>", "Above.\n\nText in a box."),
            ("Fish &amp; chips ~~gone~~.", "Fish & chips gone."),
            ("“Curly” — and\u200b hidden.", "“Curly” — and\u200b hidden."),
            ("Above\n\n* * *\n\nbelow", "Above\n\nbelow"),
            ("a\r\nb\r\n\r\nc", "a b\n\nc"),
        ],
    )
    def test_prose_remains(self, source: str, text: str) -> None:
        """What a reader of the rendered page sees remains, in lines of one paragraph each."""
        reading = examine_bytes(source.encode(), name="story.md")

        assert reading.kind is Kind.MARKDOWN
        assert reading.document.text == text

    def test_only_code(self) -> None:
        """A file of nothing but code has no text."""
        assert "has no text" in refusal(b"```\ncode\n```\n", "story.md")

    def test_by_content_type(self) -> None:
        """The content type tells what the name does not."""
        assert decode(b"*soft*", name="-", content_type="text/markdown; charset=utf-8").text == "soft"

    @pytest.mark.parametrize(
        "piece",
        [
            "*",
            "_a",
            "`",
            "a` ",
            "[",
            "![a](",
            "<",
            "<!--",
            "<pre ",
            "# ",
            "> ",
            "|-",
            "|-\n",
            "\\",
            "- ",
            "~",
            "[a]: ",
            " ",
        ],
    )
    def test_hostile_marks(self, piece: str) -> None:
        """Any mark in any number is read or refused."""
        try:
            decode(("x " + piece * 20_000).encode(), name="a.md")
        except UnreadableError:
            pytest.fail("there is an x to read")


class TestDocx:
    """Word documents."""

    def test_paragraphs(self) -> None:
        """Runs join, paragraphs are lines, whatever the file is called."""
        data = docx(paragraph("The coun", "cil ", "voted.") + "<w:p/>" + paragraph("“Yes,” he said."))

        for name in ("story.docx", "story.txt", "-"):
            reading = examine_bytes(data, name=name)
            assert (reading.kind, reading.document.text) == (Kind.DOCX, "The council voted.\n\n“Yes,” he said.")

    @pytest.mark.parametrize("namespace", [WORD, STRICT])
    def test_both_namespaces(self, namespace: str) -> None:
        """Transitional and strict documents are read alike."""
        assert decode(docx(paragraph("Text."), namespace=namespace), name="a.docx").text == "Text."

    def test_numbered_part(self) -> None:
        """Some programs call the part document2."""
        assert decode(docx(paragraph("Text."), part="word/document2.xml"), name="a.docx").text == "Text."

    @pytest.mark.parametrize(
        ("body", "text"),
        [
            (
                f"<w:p><w:r><w:t>Kept</w:t></w:r><w:del>{'<w:r><w:delText> gone</w:delText></w:r>'}</w:del></w:p>",
                "Kept",
            ),
            (
                "<w:p><w:moveFrom><w:r><w:t>gone</w:t></w:r></w:moveFrom><w:ins><w:r><w:t>new</w:t></w:r></w:ins></w:p>",
                "new",
            ),
            ("<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>hidden</w:t></w:r><w:r><w:t>shown</w:t></w:r></w:p>", "shown"),
            ('<w:p><w:r><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>shown</w:t></w:r></w:p>', "shown"),
            (
                "<w:p><w:r><w:instrText>PAGE</w:instrText><w:t>a</w:t><w:tab/><w:t>b</w:t><w:br/><w:t>c</w:t></w:r></w:p>",
                "a\tb\nc",
            ),
            ("<w:p><w:r><w:t>in</w:t><w:noBreakHyphen/><w:t>law</w:t></w:r></w:p>", "in\u2011law"),
            (
                "<w:p><w:r><mc:AlternateContent><mc:Choice><w:t>once</w:t></mc:Choice>"  # noqa: ISC004 - one document
                "<mc:Fallback><w:t>twice</w:t></mc:Fallback></mc:AlternateContent></w:r></w:p>",
                "once",
            ),
            (
                "<w:tbl><w:tr><w:tc><w:p><w:r><w:t>a</w:t></w:r></w:p></w:tc><w:tc><w:p><w:r><w:t>b</w:t></w:r></w:p></w:tc></w:tr></w:tbl>",
                "a\nb",
            ),
        ],
    )
    def test_what_a_reader_sees(self, body: str, text: str) -> None:
        """Deleted, moved, hidden and doubled text is left out."""
        assert decode(docx(body), name="a.docx").text == text

    def test_truncated(self) -> None:
        """Half a file is refused as such."""
        data = docx(paragraph(STORY))

        assert "truncated" in refusal(data[: len(data) // 2], "a.docx")

    def test_entities(self) -> None:
        """Entities are neither defined nor fetched."""
        bomb = '<!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]>'

        assert "entities" in refusal(docx(paragraph("&b;"), prolog=bomb), "a.docx")

    def test_zip_bomb(self) -> None:
        """A small file that unpacks to a huge one is refused on the way."""
        data = docx(paragraph(" " * 30_000))

        assert len(data) < SMALL.max_bytes
        assert "unpacks to far more" in refusal(data, "a.docx")

    def test_too_much_text(self) -> None:
        """The text is bounded as well as the XML."""
        assert "far more text" in refusal(docx(paragraph("x" * 6_000)), "a.docx")

    def test_broken_xml(self) -> None:
        """XML that is not well formed is a damaged file."""
        assert "damaged" in refusal(docx("<w:p>"), "a.docx")

    @pytest.mark.parametrize(
        ("parts", "what"),
        [
            ({"xl/workbook.xml": ""}, "spreadsheet"),
            ({"ppt/presentation.xml": ""}, "presentation"),
            ({"mimetype": "application/vnd.oasis.opendocument.text", "content.xml": ""}, "damaged .odt"),
            ({"Index/Document.iwa": ""}, "export it from Pages as Word"),
            ({"designmap.xml": ""}, "export the story from InDesign"),
            ({"META-INF/container.xml": ""}, "e-book"),
            ({"story.txt": "text"}, "zip archive"),
            ({}, "zip archive"),
        ],
    )
    def test_other_archives(self, parts: dict[str, str], what: str) -> None:
        """Other kinds of zip archive are named."""
        assert what in refusal(zipped(parts), "a.docx")


def mail(text: str | None = STORY, page: str | None = None, **how: Any) -> EmailMessage:  # noqa: ANN401 - those of `set_content`
    """A mail with a plain text, a page, or both."""
    message = EmailMessage()
    message["From"] = "Alden Desk <desk@alden.example>"
    message["Subject"] = "Libraries close"
    if text is not None:
        message.set_content(text, **how)
    if page is not None:
        (message.set_content if text is None else message.add_alternative)(page, subtype="html")
    return message


class TestMail:
    """Of an e-mail the body is read, and nothing of its headers."""

    @pytest.mark.parametrize("cte", ["base64", "quoted-printable", "8bit"])
    @pytest.mark.parametrize("charset", ["utf-8", "cp1252"])
    @pytest.mark.parametrize("name", ["story.eml", "STORY.EML"])
    def test_plain_text(self, charset: str, cte: str, name: str) -> None:
        """As it was written, whatever it was packed in for its way."""
        data = mail(charset=charset, cte=cte).as_bytes()
        reading = examine_bytes(data, name=name)

        assert (reading.document.text, reading.document.source, reading.kind) == (STORY, name, Kind.MAIL)
        assert (reading.encoding, reading.note) == (charset, "")

    def test_declared_charset(self) -> None:
        """The charset of the body is believed where it is not UTF-8."""
        text = "Полиция сообщила, что дорога закрыта. " * 5
        assert decode(mail(text, charset="koi8-r").as_bytes(), name="a.eml").text == text.strip()

    def test_plain_text_is_preferred(self) -> None:
        """To the page beside it, and to the attachments; the order of the parts does not matter."""
        message = mail(2 * STORY, TestHtml.PAGE)
        message.add_attachment("A second article.", filename="second.txt")
        reading = examine_bytes(message.as_bytes(), name="a.eml")
        assert reading.document.text == 2 * STORY
        assert reading.note == "Only the body of a.eml was read, not what is attached to it (second.txt)."

    @pytest.mark.parametrize("text", [None, " \n"])
    def test_a_page(self, text: str | None) -> None:
        """Where there is no plain text the page is read as pages are."""
        found = decode(mail(text, TestHtml.PAGE).as_bytes(), name="a.eml").text
        assert found == decode(TestHtml.PAGE.encode(), name="a.html").text

    def test_several_attachments(self) -> None:
        """Which of the articles is meant cannot be told."""
        message = mail(None)
        message.add_attachment(docx(paragraph(STORY)), maintype="application", subtype="msword", filename="story.docx")
        message.add_attachment(STORY, filename="story.txt")
        assert refusal(message.as_bytes(), name="a.eml") == (
            "a.eml has 2 articles attached (story.docx, story.txt): use `unspin audit`, or save one of them and give that."
        )

    @pytest.mark.parametrize(
        ("data", "what"),
        [
            (b"From: a@b.example\nSubject: x\n\n", "an e-mail without text in it: if the article is behind a link"),
            (b"From: a@b.example\nContent-Type: multipart/mixed\n\n", "an e-mail without text in it"),
            (b"From: a@b.example\nContent-Transfer-Encoding: base64\n\nTalks\n", "a damaged e-mail"),
            (b"From a\nFrom: a\n\nTalks.\n\nFrom b\nFrom: b\n\nTalks.\n", "holds several e-mails: use `unspin audit`"),
            (
                b"From: a\nContent-Type: multipart/mixed; boundary=x\n" + b"\n--x\n" * 2500,
                "an e-mail of too many parts",
            ),
            (b"From: a\n" + b"Content-Type: multipart/mixed; boundary=x\n\n--x\n" * 30, "an e-mail of too many parts"),
        ],
    )
    def test_what_is_wrong(self, data: bytes, what: str) -> None:
        """The sentence says what is wrong with the mail."""
        limits = Limits(max_bytes=100_000)
        assert what in refusal(data, name="a.eml", limits=limits)

    def test_a_page_without_text(self) -> None:
        """The sentence says where the page is."""
        with pytest.raises(UnreadableError, match=r"^The body of a\.eml is a web page without text"):
            decode(mail(None, "<html><img src='a.png'></html>").as_bytes(), name="a.eml")

    @pytest.mark.parametrize("text", [STORY, "LONDON: " + STORY, "Note: one\nTwo: three\n\n" + STORY])
    def test_text_under_the_name_of_a_mail(self, text: str) -> None:
        """Without the headers that every mail has it is a text."""
        reading = examine_bytes(text.encode(), name="a.eml")
        assert (reading.document.text, reading.kind) == (text, Kind.TEXT)

    def test_by_content_type(self) -> None:
        """A mail from a server, whatever it is called; a page is a page, whatever it is called."""
        data = mail().as_bytes()
        assert examine_bytes(data, name="-", content_type="message/rfc822").kind is Kind.MAIL
        assert examine_bytes(data, name="a.eml", content_type="application/octet-stream").kind is Kind.MAIL
        assert examine_bytes(TestHtml.PAGE.encode(), name="a.eml", content_type="text/html").kind is Kind.HTML
        assert examine_bytes(data, name="a.txt").kind is Kind.TEXT

    def test_byte_order_mark_and_first_line_of_a_mailbox(self) -> None:
        """What programs put before the first header."""
        data = mail().as_bytes()
        for begin in (b"\xef\xbb\xbf", b"\r\n", b"From desk@alden.example Tue Nov 24 08:30:00 2026\n"):
            assert decode(begin + data, name="a.eml").text == STORY


class TestRefusals:
    """One sentence: which file, what is wrong, what to do."""

    @pytest.mark.parametrize(
        ("data", "what"),
        [
            (b"", "is empty"),
            (b"   \r\n\t ", "has no text"),
            (b"\xef\xbb\xbf", "has no text"),
            ("\u200b\u200b\u00a0".encode(), "has no text"),
            (b"%PDF-1.7 ...", "a damaged PDF: open it in a viewer and print it to a new PDF"),
            (b"\n%PDF-1.7", "PDF"),
            (b"{\\rtf1\\ansi }", "has no text"),
            (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 100, "old Office file: open it, save it as .eml or .docx"),
            (b"%!PS-Adobe-3.0", "a PostScript file: make a PDF of it"),
            (b"\xffWPC\x10\0", "a WordPerfect file: open it in a word processor and save it as .docx"),
            (b"\x89PNG\r\n\x1a\n" + b"\0" * 20, "image"),
            (b"\xff\xd8\xff\xe0" + b"\0" * 20, "image"),
            (b"GIF89a...", "image"),
            (b"RIFF....WEBP", "image"),
            (b"\0\0\0\x18ftypmp42", "video"),
            (b"<svg xmlns='http://www.w3.org/2000/svg'><text>a</text></svg>", "image"),
            (b"\x1f\x8b\x08\0", "gzip"),
            (b"\x7fELF\x02", "program"),
            (b"x" * 10_001, "larger than 0.01 MB"),
            (b"x" * 5_001, "more than 5,000 characters"),
        ],
    )
    def test_what_is_wrong(self, data: bytes, what: str) -> None:
        """The sentence says what the file is."""
        assert what in refusal(data)


class TestRead:
    """Files and standard input."""

    def test_file(self, tmp_path: Path) -> None:
        """A file is read by its name."""
        path = tmp_path / "story.txt"
        path.write_text(STORY, encoding="utf-8", newline="")
        document = read(str(path))

        assert (document.text, document.source) == (STORY, str(path))

    @pytest.mark.parametrize("name", ["feed.jsonl", "FEED.CSV", "feed.tsv", "feed.json", "feed.mbox", "feed.parquet"])
    def test_a_list_of_articles(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> None:
        """Many articles are not judged as if they were one; under the name of an article, or from a pipe, a text is."""
        path = tmp_path / name
        path.write_text(f'{{"text": "{STORY}"}}\n' * 3, encoding="utf-8")
        with pytest.raises(UnreadableError, match=rf"{name} is a list of articles, by its name: use `unspin audit`"):
            read(str(path))

        assert read(str(path.rename(tmp_path / f"{name}.txt"))).text
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(STORY.encode())))
        assert read("-").text == STORY

    def test_a_list_that_is_not_there(self) -> None:
        """A mistyped name is told first."""
        with pytest.raises(UnreadableError, match="does not exist"):
            read("nowhere.jsonl")

    def test_stdin(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A dash is standard input, as bytes."""
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(STORY.encode("utf-16"))))
        reading = examine("-")

        assert (reading.document.text, reading.document.source) == (STORY, "-")

    def test_empty_stdin(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """Nothing on standard input is told as such."""
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO()))

        with pytest.raises(UnreadableError, match=r"^Standard input is empty: pipe an article into it\.$"):
            read("-")

    def test_missing(self, tmp_path: Path) -> None:
        """A file that is not there."""
        with pytest.raises(UnreadableError, match=r"nowhere\.txt does not exist: check the name and the folder\.$"):
            read(str(tmp_path / "nowhere.txt"))

    def test_folder(self, tmp_path: Path) -> None:
        """A folder."""
        with pytest.raises(UnreadableError, match=r"is a folder: name one file in it\.$"):
            read(str(tmp_path))

    @pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser may read everything")
    def test_forbidden(self, tmp_path: Path) -> None:
        """A file that may not be read."""
        path = tmp_path / "secret.txt"
        path.write_text(STORY, encoding="utf-8")
        path.chmod(0)

        with pytest.raises(UnreadableError, match="may not be read"):
            read(str(path))

    def test_forbidden_by_the_system(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The same, told by the system, for tests run by the superuser."""

        def refuse(*_: object) -> None:
            raise PermissionError

        monkeypatch.setattr(Path, "open", refuse)

        with pytest.raises(UnreadableError, match="may not be read"):
            read(str(tmp_path / "secret.txt"))

    def test_forbidden_folder(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """The same where not even the kind of the file can be asked for."""

        def refuse(*_: object, **__: object) -> None:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(Path, "open", refuse)
        monkeypatch.setattr(Path, "stat", refuse)
        monkeypatch.setattr(os, "stat", refuse)

        with pytest.raises(UnreadableError, match="may not be read"):
            read(str(tmp_path / "secret" / "story.txt"))

    @pytest.mark.parametrize("stdin", [None, "a device that fails"])
    def test_no_stdin(self, monkeypatch: pytest.MonkeyPatch, stdin: str | None) -> None:
        """Standard input that is closed, or cannot be read."""

        class Failing(io.RawIOBase):
            def readable(self) -> bool:
                return True

            def readinto(self, _: object) -> int:
                raise OSError(5, "Input/output error")

        made = None if stdin is None else io.TextIOWrapper(io.BufferedReader(Failing()))
        monkeypatch.setattr(sys, "stdin", made)

        with pytest.raises(UnreadableError, match=r"^Standard input (is closed|cannot be read)"):
            read("-")

    def test_no_name(self) -> None:
        """An empty name is not the folder that one works in."""
        with pytest.raises(UnreadableError, match=r"^The name of the file is empty"):
            read("")

    def test_address(self) -> None:
        """A web address is not fetched."""
        with pytest.raises(UnreadableError, match="is a web address: save the page"):
            read("https://example.org/story")

    @pytest.mark.parametrize("path", ["a\0b", "x" * 5000, "The council voted. " * 100])
    def test_no_file_name(self, path: str) -> None:
        """What cannot be a file name, such as a whole text, is refused."""
        with pytest.raises(UnreadableError, match="is no file name"):
            read(path)

    def test_control_characters_in_a_name(self) -> None:
        """A name cannot upset the terminal."""
        with pytest.raises(UnreadableError) as refused:
            decode(b"", name="\x1b[2Jstory.txt")

        assert "\x1b" not in str(refused.value)

    @pytest.mark.skipif(not Path("/dev/zero").exists(), reason="needs /dev/zero")
    def test_endless_file(self) -> None:
        """A file without end is read up to the bound."""
        with pytest.raises(UnreadableError, match=r"larger than 0\.01 MB"):
            read("/dev/zero", limits=SMALL)


NAMES = st.sampled_from(["a.txt", "a.md", "a.html", "a.docx", "a.eml", "-"])
WHOLE_MAIL = mail(STORY, TestHtml.PAGE).as_bytes()
WHOLE_DOCX = docx(paragraph(STORY) * 3)
WHOLE_PAGE = TestHtml.PAGE.encode()


class TestAnyBytes:
    """Whatever comes in, a document or a refusal comes out."""

    @staticmethod
    def holds(data: bytes, name: str) -> None:
        """Reading ends in one of the two ways."""
        try:
            text = decode(data, name=name).text
        except UnreadableError:
            return
        assert text.strip()
        assert text.encode().decode() == text

    @given(data=st.binary(max_size=2000), name=NAMES)
    @example(data=b"PK\x03\x04", name="a.docx")
    @example(data=b"\xff\xfe\x00\xd8", name="a.txt")
    @example(data=b"<p>\x80</p>", name="a.html")
    def test_bytes(self, data: bytes, name: str) -> None:
        """Noise."""
        self.holds(data, name)

    @given(
        text=st.text(alphabet=st.sampled_from("ab \n<>/&;!-'\"pscript[]()*_`#|\\~\u200bé\x00\x1b䷀"), max_size=300),
        name=NAMES,
    )
    def test_markup(self, text: str, name: str) -> None:
        """Heaps of markup."""
        self.holds(text.encode(), name)
        self.holds(("<html>" + text).encode(), name)

    @settings(max_examples=200)
    @given(at=st.integers(0, len(WHOLE_DOCX) - 1), byte=st.integers(0, 255), cut=st.integers(0, 30))
    def test_damaged_docx(self, at: int, byte: int, cut: int) -> None:
        """A Word document with a byte changed and a few lost."""
        self.holds(WHOLE_DOCX[:at] + bytes([byte]) + WHOLE_DOCX[at + cut :], "a.docx")

    @given(at=st.integers(0, len(WHOLE_PAGE) - 1), byte=st.integers(0, 255), cut=st.integers(0, 300))
    def test_damaged_page(self, at: int, byte: int, cut: int) -> None:
        """A page with a byte changed and a piece lost."""
        self.holds(WHOLE_PAGE[:at] + bytes([byte]) + WHOLE_PAGE[at + cut :], "a.html")

    @given(at=st.integers(0, len(WHOLE_MAIL) - 1), byte=st.integers(0, 255), cut=st.integers(0, 300))
    def test_damaged_mail(self, at: int, byte: int, cut: int) -> None:
        """A mail with a byte changed and a piece lost."""
        self.holds(WHOLE_MAIL[:at] + bytes([byte]) + WHOLE_MAIL[at + cut :], "a.eml")
