"""Files that an editor gets: PDF, RTF, OpenDocument, Outlook, mails with the story attached, and pages of all kinds.

`UNSPIN_FUZZ=10000 python -m pytest tests/detector/test_read_files.py -k any` tries more inputs.
"""

import io
import os
import re
import zipfile
import zlib
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from office_files import Placed, compound, open_document, outlook, pdf
from packed_files import word_document, zipped

from detector.errors import UnreadableError
from detector.read import Kind, Limits, decode, examine, examine_bytes
from detector.read.letter import letter_text

EXAMPLES = int(os.environ.get("UNSPIN_FUZZ", "100"))
CASES = Path(__file__).parents[1] / "cases"
SEEDS = Path(__file__).parents[2] / "seeds" / "texts"
STORY = (SEEDS / "tidal-turbine.txt").read_text("utf-8").strip()
PARAGRAPHS = [line for line in STORY.split("\n") if line.strip()]
PLAIN = "\n".join(PARAGRAPHS)
SMALL = Limits(max_bytes=300_000, max_characters=50_000, max_unpacked_bytes=200_000)


def refusal(data: bytes, name: str) -> str:
    """The sentence with which a file is refused."""
    with pytest.raises(UnreadableError) as refused:
        decode(data, name=name, limits=SMALL)
    sentence = str(refused.value)
    assert sentence.startswith(name)
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return sentence


def set_in_lines(paragraph: str, width: int, *, hyphens: bool = False) -> list[str]:
    """A paragraph broken into lines; with ``hyphens`` also inside long words."""
    lines = [""]
    for word in paragraph.split():
        if len(lines[-1]) + len(word) < width:
            lines[-1] = f"{lines[-1]} {word}".strip()
        elif hyphens and word.isalpha() and len(word) > 8:
            lines[-1] += f" {word[:5]}-"
            lines.append(word[5:])
        elif "-" in word and word.index("-") > 2:
            head, _, tail = word.partition("-")
            lines[-1] += f" {head}-"
            lines.append(tail)
        else:
            lines.append(word)
    return lines


def newspaper(columns: int, *, hyphens: bool = False, indent: float = 8.0, gap: float = 0.0) -> bytes:
    """The story as a page layout program sets it: a headline, columns, and furniture on each page."""
    width = 500.0 / columns
    lines: list[tuple[str, float, float]] = []
    for text in PARAGRAPHS[1:]:
        for number, line in enumerate(set_in_lines(text, int(width / 5), hyphens=hyphens)):
            lines.append((line, indent if number == 0 else 0.0, gap if number == 0 else 0.0))
    pages: list[list[Placed]] = []
    while lines:
        page = [
            Placed("VALLEY POST | Tuesday, November 24, 2026", 40, 815, 8),
            Placed(f"Page {len(pages) + 1}", 280, 25, 8),
        ]
        if not pages:
            page.append(Placed(PARAGRAPHS[0], 40, 780, 20))
        for column in range(columns):
            y = 740.0
            while lines and y > 520:
                line, indented, space = lines.pop(0)
                y -= space
                page.append(Placed(line, 40 + column * width + indented, y))
                y -= 12
            if column == 0:
                page.append(Placed("The turbines, seen from the shore. Photo: A. Moar", 40, 480, 7))
        pages.append(page)
    made: bytes = pdf(*pages)
    return made


class TestPdf:
    """Columns, heads, numbers, captions and hyphens are the page's, the words are the article's."""

    @pytest.mark.parametrize("columns", [1, 2, 3])
    @pytest.mark.parametrize("hyphens", [False, True])
    @pytest.mark.parametrize(("indent", "gap"), [(8.0, 0.0), (0.0, 8.0)])
    def test_a_newspaper(self, columns: int, hyphens: bool, indent: float, gap: float) -> None:
        """Paragraph by paragraph the text is that of the story, whatever it was set in."""
        reading = examine_bytes(newspaper(columns, hyphens=hyphens, indent=indent, gap=gap), name="story.pdf")
        assert reading.kind is Kind.PDF
        assert reading.document.text.split() == PLAIN.split()
        if indent:
            # Without one nobody can tell whether a paragraph ends with the page.
            assert reading.document.text == PLAIN

    def test_hyphens(self) -> None:
        """One that a line end put goes; one of the word stays."""
        lines = [
            "The state-",
            "owned bank will in-",
            "vest, said the",
            "founder of the green-",
            "house, a well-",
            "known man.",
        ]
        page = [Placed(line, 50, 700 - 12 * n) for n, line in enumerate(lines)]
        assert decode(pdf(page), name="a.pdf").text == (
            "The state-owned bank will invest, said the founder of the greenhouse, a well-known man."
        )

    def test_scanned(self) -> None:
        """A picture of text is told from a file without text."""
        assert "scanned PDF" in refusal(pdf([], picture=True), "a.pdf")
        stamped = pdf(*[[Placed(f"{n}", 300, 20)] for n in range(3)], picture=True)
        assert "text recognition (OCR)" in refusal(stamped, "a.pdf")
        assert "PDF without text" in refusal(pdf([]), "a.pdf")

    def test_a_picture_beside_the_text(self) -> None:
        """An article with a photo was not scanned."""
        assert decode(pdf([Placed("Talks on grain ended on Monday.", 50, 700)], picture=True), name="a.pdf").text

    def test_a_whole_newspaper(self) -> None:
        """More pages than an article has."""
        assert "has 101 pages: print the pages of one article" in refusal(pdf(*[[] for _ in range(101)]), "a.pdf")

    @pytest.mark.parametrize("where", [10, 200, 1000])
    def test_damaged(self, where: int) -> None:
        """Cut off, it is told in one sentence."""
        assert "PDF" in refusal(newspaper(1)[:where], "a.pdf")

    def test_forms_inside_forms(self) -> None:
        """Forms that draw each other twice over would never end."""
        forms = b"".join(
            f"{n} 0 obj\n<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Resources << /XObject << /A {n + 1} 0 R >> "
            f"/Font << /F 3 0 R >> >> /Length 12 >>\nstream\n/A Do\n/A Do\nendstream\nendobj\n".encode()
            for n in range(7, 47)
        )
        forms += (
            b"47 0 obj\n<< /Type /XObject /Subtype /Form /BBox [0 0 9 9] /Length 0 >>\nstream\n\nendstream\nendobj\n"
        )
        body = (
            b"%PDF-1.4\n1 0 obj\n<< /Type /Catalog /Pages 2 0 R >>\nendobj\n2 0 obj\n<< /Type /Pages /Count 1 /Kids [5 0 R] "
            b">>\nendobj\n3 0 obj\n<< /Type /Font /Subtype /Type1 /BaseFont /Times-Roman >>\nendobj\n5 0 obj\n<< /Type /Page "
            b"/Parent 2 0 R /MediaBox [0 0 595 842] /Contents 6 0 R /Resources << /XObject << /A 7 0 R >> >> >>\nendobj\n"
            b"6 0 obj\n<< /Length 12 >>\nstream\n/A Do\n/A Do\nendstream\nendobj\n"
            + forms
            + b"trailer << /Root 1 0 R >>\n%%EOF\n"
        )
        assert "PDF" in refusal(body, "a.pdf") or "draws far more" in refusal(body, "a.pdf")

    def test_a_stream_that_unpacks_slowly(self) -> None:
        """A few kilobytes of a filter for pictures, row by row, are refused at once and not unpacked for a minute."""
        page = newspaper(1)
        drawn = zlib.compress(b"\x02" * 29_000_000, 9)
        found = re.search(rb"<< /Length \d+ /Filter /FlateDecode >>\nstream\n.*?\nendstream", page, re.DOTALL)
        assert found
        slow = (
            b"<< /Length %d /Filter /FlateDecode /DecodeParms << /Predictor 12 /Columns 1 >> >>\nstream\n%s\nendstream"
            % (len(drawn), drawn)
        )
        assert "unpacks to far more" in refusal(page.replace(found.group(), slow), "a.pdf")

    def test_time(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """A file that keeps the reader busy for longer than any article does is refused."""
        monkeypatch.setattr("detector.read.pdf._MOST_SECONDS", -1.0)
        assert "draws far more" in refusal(newspaper(1), "a.pdf")

    def test_many_lines(self) -> None:
        """Work grows with the number of lines, not with its square."""
        page = [Placed("abcdefgh-", 50, 800 - n / 100) for n in range(30_000)]
        assert len(decode(pdf(page), name="a.pdf").text) > 240_000

    def test_hyphens_in_a_row(self) -> None:
        """A word may go on over several lines."""
        page = [Placed(line, 50, 700 - 12 * n) for n, line in enumerate(["A coun-", "ter-", "measure."])]
        assert decode(pdf(page), name="a.pdf").text == "A countermeasure."


class TestRichText:
    """RTF as word processors write it."""

    @pytest.mark.parametrize(
        ("rtf", "text"),
        [
            (rb"{\rtf1\ansi\ansicpg1252 Caf\'e9 \u8212?talks\par Ended.\par}", "Café —talks\nEnded."),
            (
                rb"{\rtf1{\fonttbl{\f0 Times;}}{\colortbl;\red0;}{\stylesheet{\s1 Head;}}{\info{\title x}}Talks\par}",
                "Talks",
            ),
            (rb"{\rtf1 {\header Post}{\footer 1}{\*\generator X}Talks{\footnote note} ended.}", "Talks ended."),
            (rb"{\rtf1 The {\deleted old }{\revised new }plan{\v  hidden} holds.}", "The new plan holds."),
            (
                rb"{\rtf1 See {\field{\*\fldinst{HYPERLINK " + b'"http://a.example"' + rb"}}{\fldrslt the site}}.}",
                "See the site.",
            ),
            (rb"{\rtf1\uc2 a\u8217 ??s \u-10179??\u-8704??x}", "a’s 😀x"),
            (rb"{\rtf1{\fonttbl{\f0\fcharset0 A;}{\f1\fcharset204 B;}}\f0 a\f1\'cf\'f0\f0\'e9}", "aПрé"),
            (rb"{\rtf1 \ldblquote Yes,\rdblquote  she said\emdash so.\line 50\% \{sic\}}", "“Yes,” she said—so.\n50"),
            (rb"{\rtf1 a{\pict\pngblip 89504e47}b\tab c\cell d\row}", "ab\tc\td"),
            (rb"{\rtf1 {\*\shpinst{\sp{\sn x}{\sv 1}}{\shptxt Box text\par}}Talks}", "Box text\nTalks"),
            (rb"{\rtf1 Talks} after", "Talks"),
        ],
    )
    def test_words(self, rtf: bytes, text: str) -> None:
        """Marks, codes, fonts, and what is no text of the article."""
        reading = examine_bytes(rtf, name="story.rtf")
        assert reading.kind is Kind.RTF
        assert reading.document.text.startswith(text)

    def test_a_story(self) -> None:
        """Every character of a story comes back."""
        body = "\\par\n".join("".join(c if c.isascii() else f"\\u{ord(c)}?" for c in line) for line in PARAGRAPHS)
        assert decode(rb"{\rtf1\ansi\deff0 " + body.encode() + b"}", name="-").text == PLAIN

    def test_groups_without_end(self) -> None:
        """Nested far too deeply."""
        assert "damaged RTF" in refusal(rb"{\rtf1 " + b"{" * 5000, "a.rtf")

    def test_a_line_of_spaces(self) -> None:
        """White space at the ends of lines goes, in linear time."""
        body = b"a" + b"\t \t " * 500_000 + b"b\\par  c \\par"
        text = decode(b"{\\rtf1 " + body + b"}", name="a.rtf").text
        assert (text[0], text[-3:]) == ("a", "b\nc")


class TestOpenDocument:
    """OpenDocument texts."""

    def test_a_story(self) -> None:
        """Headings, spans, spaces, breaks, lists and tables."""
        body = (
            "<text:h>Talks <text:span>end</text:span></text:h><text:p>One<text:s text:c='2'/>two<text:tab/>x"
            "<text:line-break/>y</text:p><text:list><text:list-item><text:p>item</text:p></text:list-item></text:list>"
            "<table:table><table:table-row><table:table-cell><text:p>cell</text:p></table:table-cell></table:table-row>"
            "</table:table>"
        )
        reading = examine_bytes(open_document(body), name="story.odt")
        assert (reading.kind, reading.encoding) == (Kind.ODT, "zip")
        assert reading.document.text == "Talks end\nOne  two\tx\ny\nitem\ncell"

    def test_what_is_not_in_the_article(self) -> None:
        """Tracked deletions, comments, footnotes, hidden text."""
        body = (
            "<text:tracked-changes><text:changed-region><text:deletion><text:p>gone</text:p></text:deletion>"
            "</text:changed-region></text:tracked-changes><text:p>Talks<text:note><text:note-body><text:p>note</text:p>"
            "</text:note-body></text:note><office:annotation><text:p>remark</text:p></office:annotation> ended"
            "<text:span text:style-name='T1'> unseen</text:span>.</text:p><text:p text:style-name='P1'>unseen</text:p>"
        )
        styles = "".join(
            f"<style:style style:name='{n}'><style:text-properties text:display='none'/></style:style>"
            for n in ("T1", "P1")
        )
        assert decode(open_document(body, styles=styles), name="a.odt").text == "Talks ended."

    def test_a_text_box(self) -> None:
        """Its text follows the paragraph that it is anchored in, also from the middle of a sentence."""
        box = "<drawing:frame><drawing:text-box><text:p>A box.</text:p><text:p>Two.</text:p></drawing:text-box></drawing:frame>"
        body = f"<text:p>Talks {box}ended.</text:p><text:p>They went home.</text:p>"
        assert decode(open_document(body), name="a.odt").text == "Talks ended.\nA box.\nTwo.\nThey went home."

    def test_flat(self) -> None:
        """One XML file, whatever it is called."""
        flat = (
            "<?xml version='1.0' encoding='UTF-8'?><office:document xmlns:office='urn:oasis:names:tc:opendocument:xmlns:office:1.0' "
            "xmlns:text='urn:oasis:names:tc:opendocument:xmlns:text:1.0'><office:body><office:text><text:p>Café talks.</text:p>"
            "</office:text></office:body></office:document>"
        )
        assert examine_bytes(flat.encode(), name="a.fodt").document.text == "Café talks."

    def test_refusals(self) -> None:
        """Password, other documents, entities, bombs."""
        locked = {"META-INF/manifest.xml": "<manifest:encryption-data/>"}
        assert "protected by a password" in refusal(open_document("", more=locked), "a.odt")
        assert "is a spreadsheet" in refusal(open_document("", kind="spreadsheet"), "a.ods")
        assert "unpacks to far more" in refusal(open_document(" " * 300_000), "a.odt")
        bomb = zipped({"mimetype": "x", "content.xml": '<!DOCTYPE d [<!ENTITY a "ha">]><d>&a;</d>'})
        assert "entities" in refusal(bomb, "a.odt")

    @pytest.mark.parametrize("count", ["9" * 5000, "-1", "x", ""])
    def test_a_count_that_is_none(self, count: str) -> None:
        """A number of spaces may be anything, also in a flat file."""
        data = open_document(f'<text:p>a<text:s text:c="{count}"/>b</text:p>')
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            flat = archive.read("content.xml")
        assert decode(data, name="a.odt").text == decode(flat, name="a.fodt").text == "a b"

    def test_far_too_many_spaces(self) -> None:
        """They count as text before there are too many."""
        data = open_document("<text:p>" + '<text:s text:c="200"/>' * 2000 + "a</text:p>")
        assert "far more text" in refusal(data, "a.odt")

    def test_an_unknown_encoding(self) -> None:
        """The declaration of a part may name any."""
        content = '<?xml version="1.0" encoding="UTF-99"?><a/>'
        assert "is a damaged .odt file" in refusal(zipped({"mimetype": "", "content.xml": content}), "a.odt")
        assert "is a damaged .docx file" in refusal(zipped({"word/document.xml": content}), "a.docx")


class TestOutlook:
    """Outlook's messages, and other files of that form."""

    def test_body(self) -> None:
        """The text and the subject."""
        reading = examine_bytes(outlook("Flood story", f"Hi Ann,\r\n\r\n{STORY}\r\n\r\nBest,\r\nJo"), name="a.msg")
        assert (reading.kind, reading.title) == (Kind.OUTLOOK, "Flood story")
        assert reading.document.text.split() == STORY.split()

    @pytest.mark.parametrize("name", ["copy.docx", "copy.txt", "copy.rtf", "copy.pdf", "copy.odt", "copy.eml"])
    def test_attached(self, name: str) -> None:
        """The story comes attached to a few words."""
        reading = examine_bytes(
            outlook("Story", "See attached.", {name: ATTACHED[name.rpartition(".")[2]]()}), name="a.msg"
        )
        assert reading.document.text.split() == PLAIN.split()
        assert reading.note.endswith(f"What was read is attached to a.msg: {name}.")

    @pytest.mark.parametrize(
        ("stream", "what"),
        [
            ("WordDocument", "save it as .docx"),
            ("Workbook", "spreadsheet"),
            ("EncryptedPackage", "password"),
            ("Other", "old Office"),
        ],
    )
    def test_other_documents(self, stream: str, what: str) -> None:
        """Old Office files say what to do with them."""
        assert what in refusal(compound({stream: b"x"}), "a.doc")


def _rtf() -> bytes:
    return (
        rb"{\rtf1 "
        + "\\par ".join("".join(c if c.isascii() else f"\\u{ord(c)}?" for c in p) for p in PARAGRAPHS).encode()
        + b"}"
    )


def _mail(text: str = STORY) -> EmailMessage:
    message = EmailMessage()
    message["From"] = "Alden Desk <desk@alden.example>"
    message["Subject"] = "Turbines"
    message.set_content(text)
    return message


ATTACHED: dict[str, Callable[[], bytes]] = {
    "docx": lambda: word_document(*PARAGRAPHS),
    "txt": STORY.encode,
    "rtf": _rtf,
    "pdf": lambda: newspaper(2),
    "odt": lambda: open_document("".join(f"<text:p>{p}</text:p>" for p in PARAGRAPHS)),
    "eml": lambda: _mail().as_bytes(),
}


class TestAttached:
    """Mails that bring an article."""

    @pytest.mark.parametrize("kind", ATTACHED)
    def test_one(self, kind: str) -> None:
        """A short note with one article: that is read, and said."""
        message = _mail("Hi Ann,\n\nhere is the story.\n\nBest,\nJo\n")
        message.add_attachment(
            ATTACHED[kind](), maintype="application", subtype="octet-stream", filename=f"copy.{kind}"
        )
        reading = examine_bytes(message.as_bytes(), name="a.eml")
        assert (reading.kind, reading.title, reading.document.source) == (Kind.MAIL, "Turbines", "a.eml")
        assert reading.document.text.split() == PLAIN.split()
        assert reading.note.endswith(f"What was read is attached to a.eml: copy.{kind}.")

    def test_very_many(self) -> None:
        """The sentence names a few of them, and no name is endless."""
        mail = _mail("See attached.")
        for number in range(30):
            mail.add_attachment("Talks ended.", filename=f"{number}{'x' * 400}.txt")
        sentence = refusal(mail.as_bytes(), "a.eml")
        assert "has 30 articles attached" in sentence
        assert len(sentence) < 1000

    def test_a_mail(self) -> None:
        """A mail forwarded as an attachment."""
        message = _mail("FYI")
        message.add_attachment(_mail())
        assert decode(message.as_bytes(), name="a.eml").text.split() == STORY.split()

    def test_a_picture(self) -> None:
        """What is no article is no reason to refuse the body."""
        message = _mail("FYI, short.")
        message.add_attachment(b"\x89PNG", maintype="image", subtype="png", filename="logo.png")
        assert decode(message.as_bytes(), name="a.eml").text == "FYI, short."

    def test_unreadable(self) -> None:
        """The sentence names the attached file."""
        message = _mail("See attached.")
        message.add_attachment(pdf([], picture=True), maintype="application", subtype="pdf", filename="scan.pdf")
        assert refusal(message.as_bytes(), "a.eml").startswith("a.eml!scan.pdf is a scanned PDF")

    def test_mails_in_mails(self) -> None:
        """A chain of forwarded mails ends somewhere."""
        message = _mail("FYI")
        for _ in range(6):
            outer = _mail("FYI")
            outer.add_attachment(message.as_bytes(), maintype="application", subtype="x", filename="m.eml")
            message = outer
        assert "a mail in a mail" in refusal(message.as_bytes(), "a.eml")

    def test_a_stub(self) -> None:
        """The page of a newsletter whose plain text only says that there is one."""
        reading = examine(str(CASES / "10-mail-stub-plain-part" / "newsletter.eml"))
        assert len(reading.document.words) > 300
        assert reading.title == "Morning"


class TestLetter:
    """What of a mail's text is the article."""

    @pytest.mark.parametrize(
        "framed",
        [
            "Hi Ann,\n\n{}",
            "Dear colleagues:\n{}",
            "Good morning\n\n{}\n\nKind regards,\nJo Poe\nDesk editor\n+1 555 0100",
            "{}\n-- \nJo Poe\nThe Post",
            "{}\n\nThanks\nJo",
            "{}\n\nSent from my iPhone",
            "{}\n\nThis email and any attachments are confidential and intended for the addressee only.",
            "{}\n\nOn Mon, 23 Nov 2026 at 10:00, Ann <ann@post.example> wrote:\n> Where is it?\n> Ann",
            "{}\n\nOn Mon, 23 Nov 2026 at 10:00, Ann Poe\n<ann@post.example> wrote:\n> Where is it?",
            "{}\n\n-----Original Message-----\nFrom: Ann\nSent: Monday\nTo: Jo\nSubject: Where\n\nWhere is it?",
            "{}\n\nFrom: Ann <ann@post.example>\nSent: Monday, 23 November 2026\nTo: Jo\nSubject: Where\n\nWhere is it?",
            "FYI\n\n---------- Forwarded message ---------\nFrom: Ann <a@b.example>\nDate: Mon\nSubject: S\nTo: <x@y.example>\n\n{}",
            "Begin forwarded message:\n\nFrom: Ann\nSubject: S\nDate: Mon\nTo: Jo\n\n{}\n\nBest,\nAnn",
            "{}\n> quoted\n> lines",
        ],
    )
    def test_frames(self, framed: str) -> None:
        """Greeting, signature, disclaimer, the mail that is answered."""
        assert letter_text(framed.format(STORY)).split() == STORY.split()

    @pytest.mark.parametrize(
        "text",
        [
            STORY,
            "Dear " + STORY,
            "Hello is what the mayor says each morning when the bus arrives at the stop. Nobody answers.",
            STORY + "\n\nThe letter said: this email was not confidential, and was read in court.",
            STORY + "\n\nFrom: a distance the tower looks small.",
            "On Monday the minister wrote: the plan is dead.\n\n" + STORY,
            "Thanks\n",
            "> all\n> quoted",
        ],
    )
    def test_an_article_stays_whole(self, text: str) -> None:
        """Sentences that look like parts of a letter."""
        assert letter_text(text).split() == text.split()

    def test_every_seed_stays_whole(self) -> None:
        """No story of ours loses a word."""
        for path in SEEDS.glob("*.txt"):
            text = path.read_text("utf-8")
            assert letter_text(text).split() == text.split(), path.name


class TestPages:
    """Pages and pieces of pages."""

    PIECES = (
        "{0}<p>{1}</p><p>{2}</p>",
        "<strong>{0}</strong><p>{1}</p><p>{2}</p>",
        "<figure><img src='a.jpg'></figure><p>{0}</p><p>{1}</p><p>{2}</p>",
        "<img src='a.jpg'/>{0}<br/><br/>{1}<br/><br/>{2}",
        "<a href='x'>By us:</a> {0} <p>{1}</p><p>{2}</p>",
        "<font size='2'>{0}<br><br>{1}<br><br>{2}</font>",
        "<center>{0}</center><p>{1}</p>{2}",
        "<em>{0}</em><br>{1}<br>{2}",
        "<p>{0}<p>{1}<p>{2}",
        "<div>{0}<br><br>{1}</div>{2}",
        "<table><tr><td><p>{0}</p><p>{1}</p><p>{2}</p></td></tr></table>",
        "<!-- x --><div class='md'><p>{0}</p><p>{1}</p><p>{2}</p></div>",
    )

    @pytest.mark.parametrize("piece", PIECES)
    def test_beginnings(self, piece: str) -> None:
        """Whatever a piece of a page begins with, its words are those that a reader sees."""
        page = piece.format(*PARAGRAPHS[1:4])
        found = decode(page.encode(), name="-", content_type="text/html").text
        assert found.removeprefix("By us:").split() == " ".join(PARAGRAPHS[1:4]).split()

    def test_lines_are_paragraphs_where_no_tag_is(self) -> None:
        """As content systems store them."""
        page = f"{PARAGRAPHS[1]}\n\n<b>{PARAGRAPHS[2]}</b>\n\n{PARAGRAPHS[3]}"
        assert decode(page.encode(), name="-", content_type="text/html").text == "\n".join(PARAGRAPHS[1:4])

    def test_a_text_about_tags_is_a_text(self) -> None:
        """A few tags in prose are its words."""
        text = f"The tag <b> is old. A </p> is optional, and <br> too.\n{STORY}"
        assert examine_bytes(text.encode(), name="a.txt").document.text == text

    @pytest.mark.parametrize("count", [600, 1800, 8000])
    def test_comments_of_readers(self, count: int) -> None:
        """However many there are, the article is read and they are not."""
        alone = CASES / "08-page-over-20000-tags" / "spun-alone.html"
        page = alone.read_text("utf-8")
        comment = "<div class='comment'><span><b>u{0}</b></span><i></i><em></em><p>I cant belive this {0}</p><a href='#'>Reply</a></div>"
        many = (
            "<section id='comments' class='comments'>" + "".join(comment.format(n) for n in range(count)) + "</section>"
        )
        reading = examine_bytes(page.replace("</body>", many + "</body>").encode(), name="a.html")
        assert reading.document.text == examine(str(alone)).document.text
        assert reading.note == ""

    def test_a_page_too_long(self) -> None:
        """What cannot be told from the rest is read with it, and a person is told."""
        page = "<html><body>" + "<div><p>One more line of a live blog.</p></div>" * 11_000 + "</body></html>"
        reading = examine_bytes(page.encode(), name="a.html")
        assert "too long a page" in reading.note
        assert reading.document.text.count("live blog") == 11_000

    def test_far_too_many_tags(self) -> None:
        """Memory is not spent on what is no article."""
        with pytest.raises(UnreadableError, match="tags, as no article has"):
            decode(b"<p>" * 250_000 + b"</p>", name="a.html")

    def test_two_articles(self) -> None:
        """Two stories on a page are not one; a story in two parts is."""
        other = (SEEDS / "council-library.txt").read_text("utf-8")
        first = "".join(f"<p>{p}</p>" for p in PARAGRAPHS[1:])
        second = "".join(f"<p>{p}</p>" for p in other.split("\n") if p.strip())
        teaser = "<article><h3>Elsewhere</h3><p>Read about something else.</p></article>"
        page = f"<html><body>{teaser}<article><h1>One</h1>{first}</article><article><h1>Two</h1>{second}</article>{teaser}</body></html>"
        reading = examine_bytes(page.encode(), name="a.html")
        assert reading.document.text.split() == ["One", *" ".join(PARAGRAPHS[1:]).split()]
        assert "several articles" in reading.note
        halves = f"<html><body><article><h1>One</h1>{first}</article><article>{second}</article></body></html>"
        assert len(examine_bytes(halves.encode(), name="a.html").document.text.split()) > len(STORY.split()) + 100


class TestWord:
    """Tracked changes, comments, footnotes and text boxes."""

    WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"

    @pytest.mark.parametrize("change", ["rPrChange", "pPrChange"])
    def test_formatting_before_a_change(self, change: str) -> None:
        """A run that once was hidden is shown; one that once was shown is hidden."""
        once = f"<w:{change} w:id='1'><w:rPr><w:vanish/></w:rPr></w:{change}>"
        was_shown = f"<w:vanish/><w:{change} w:id='2'><w:rPr><w:vanish w:val='0'/></w:rPr></w:{change}>"
        body = f"<w:p><w:r><w:rPr>{once}</w:rPr><w:t>Talks ended.</w:t></w:r><w:r><w:rPr>{was_shown}</w:rPr><w:t>No.</w:t></w:r></w:p>"
        data = zipped({"word/document.xml": f'<w:document xmlns:w="{self.WORD}"><w:body>{body}</w:body></w:document>'})
        assert decode(data, name="a.docx").text == "Talks ended."

    def test_changes_comments_and_notes(self) -> None:
        """The text is that with all changes accepted. Comments and notes stand in parts of their own."""
        body = (
            "<w:p><w:r><w:t>Talks </w:t></w:r><w:del><w:r><w:delText>failed</w:delText></w:r></w:del><w:ins><w:r><w:t>ended</w:t>"
            "</w:r></w:ins><w:commentRangeStart w:id='0'/><w:r><w:t>.</w:t></w:r><w:commentRangeEnd w:id='0'/><w:r>"
            "<w:commentReference w:id='0'/></w:r><w:r><w:footnoteReference w:id='2'/></w:r></w:p>"
        )
        other = f'<w:x xmlns:w="{self.WORD}"><w:p><w:r><w:t>A remark.</w:t></w:r></w:p></w:x>'
        document = f'<w:document xmlns:w="{self.WORD}"><w:body>{body}</w:body></w:document>'
        parts = {"word/document.xml": document, "word/comments.xml": other, "word/footnotes.xml": other}
        assert decode(zipped(parts), name="a.docx").text == "Talks ended."

    def test_a_text_box(self) -> None:
        """Its text follows the paragraph that it is anchored in, once, also from the middle of a sentence."""
        mc = "http://schemas.openxmlformats.org/markup-compatibility/2006"
        box = "<w:txbxContent><w:p><w:r><w:t>A box.</w:t></w:r></w:p></w:txbxContent>"
        run = (
            f"<w:r><mc:AlternateContent xmlns:mc='{mc}'><mc:Choice Requires='wps'>{box}</mc:Choice>"
            f"<mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r>"
        )
        body = f"<w:p><w:r><w:t>Talks </w:t></w:r>{run}<w:r><w:t>ended.</w:t></w:r></w:p><w:p><w:r><w:t>Home.</w:t></w:r></w:p>"
        data = zipped({"word/document.xml": f'<w:document xmlns:w="{self.WORD}"><w:body>{body}</w:body></w:document>'})
        assert decode(data, name="a.docx").text == "Talks ended.\nA box.\nHome."


SAMPLES = {
    "a.pdf": newspaper(2, hyphens=True),
    "a.rtf": _rtf(),
    "a.docx": word_document("Talks ended.", "Both sides left."),
    "a.odt": open_document("<text:p>One <text:span>two</text:span></text:p>"),
    "a.msg": outlook("S", "See attached.", {"a.txt": b"One two three."}),
    "a.eml": _mail("Hi,\n\nsee below.\n\nOn Mon, Ann <a@b.example> wrote:\n> x\n\n-- \nJo").as_bytes(),
}


class Blob:
    """Bytes that show themselves briefly: hypothesis warns of long ones."""

    def __init__(self, data: bytes) -> None:
        self.data = data

    def __repr__(self) -> str:
        return f"Blob({self.data[:2000]!r}...)"


@st.composite
def damaged(draw: st.DrawFn) -> tuple[str, Blob]:
    """A good file with bytes changed, stretches taken out or repeated, or its end cut off."""
    name = draw(st.sampled_from(sorted(SAMPLES)))
    data = bytearray(SAMPLES[name])
    for _ in range(draw(st.integers(1, 6))):
        at = draw(st.integers(0, max(0, len(data) - 1)))
        match draw(st.integers(0, 4)):
            case 0 if data:
                data[at] = draw(st.integers(0, 255))
            case 1:
                del data[at : at + draw(st.integers(1, 40))]
            case 2:
                data[at:at] = data[at : at + draw(st.integers(1, 200))] * draw(st.integers(1, 20))
            case 3:
                data[at:at] = draw(
                    st.sampled_from([b"{", b"\\u", b"<<", b"/", b"(", b"\n--", b"obj", b"9" * 30, b"\0", b"\\'"])
                )
            case _:
                del data[at:]
    return name, Blob(bytes(data))


FUZZ = settings(
    max_examples=EXAMPLES, deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)


@FUZZ
@given(damaged())
def test_any_file(found: tuple[str, Blob]) -> None:
    """A document or one sentence comes out, whatever was done to a file."""
    name, blob = found
    try:
        text = decode(blob.data, name=name, limits=SMALL).text
    except UnreadableError as error:
        text = str(error)
        told = text.startswith(("a.", "The body of a.", "This message")) and "\n" not in text
    else:
        told = True
    assert told, text
    assert text.encode().decode() == text


@FUZZ
@given(st.text(alphabet=st.sampled_from("{}\\'*uvpar01-? \n\"deltfons;"), max_size=300))
def test_any_rich_text(body: str) -> None:
    """Heaps of words and braces."""
    try:
        text = decode(b"{\\rtf1 " + body.encode(), name="a.rtf", limits=SMALL).text
    except UnreadableError:
        return
    assert text.encode().decode() == text


@FUZZ
@given(st.text(alphabet=st.sampled_from("<>/pbrdivh1 strongimg\n&;x="), max_size=300))
def test_any_piece_of_a_page(page: str) -> None:
    """Text and tags in any order; no word outside of tags is lost."""
    try:
        decode(page.encode(), name="-", content_type="text/html")
    except UnreadableError:
        return


@FUZZ
@given(
    st.lists(
        st.sampled_from(
            [
                "Hi Ann,",
                "> x",
                "",
                "-- ",
                "Best,",
                "On Mon, Ann <a@b.c> wrote:",
                "From: a",
                "To: b",
                "Subject: c",
                "Talks ended.",
                "____________________",
                "Fwd:",
            ]
        ),
        max_size=14,
    )
)
def test_any_letter(lines: list[str]) -> None:
    """Something is left of every letter that is not blank."""
    text = "\n".join(lines)
    assert bool(letter_text(text).strip()) == bool(text.strip())
