"""A verdict as the page shows it: fragments, pieces and rows."""

import json
import math
import re
from dataclasses import replace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from page_reader import Page

from detector.render import words as say
from detector.verdict import Contribution, Label, Quality, QualityPart, RewritingKind, SentenceScore, Verdict
from detector.web.fragments import view, view_json
from features.document import Document, Span
from features.feature import Evidence

NAN = math.nan
TEXT = "“We are hopeful,” the minister stated. He stated it twice 🔥 at an settlement.\r\n\r\nقال الوزير stated.\n"


def verdict_of(text: str, *evidence: Evidence, **changes: Any) -> Verdict:  # noqa: ANN401 - fields of a verdict
    """A verdict around a text."""
    sentences = tuple(
        SentenceScore(span, 0.8 if number else NAN) for number, span in enumerate(Document(text).sentences)
    )
    base = Verdict(
        Label.SUSPECT, 0.7, 0.9, 0.5, Quality(NAN, ()), (), evidence, sentences, 5, "signature", text, "story.txt"
    )
    return replace(base, **changes)


def at(text: str, wording: str, *expected: str, feature: str = "odd_synonyms", weight: float = 0.9) -> list[Evidence]:
    """Evidence at every place of a wording."""
    places = [Span(*match.span()) for match in re.finditer(re.escape(wording), text)]
    return [Evidence(feature, place, f"“{wording}” is odd", expected, weight) for place in places]


def everything(seen: dict[str, Any]) -> str:
    """All HTML of a view."""
    return "".join(str(seen[name]) for name in ("head", "article", "reasons", "quality"))


class TestPieces:
    """What the cleaned text is made of."""

    def test_pieces_are_the_text(self) -> None:
        """Joined they are the text to the last character, and every second one is marked."""
        seen = view(verdict_of(TEXT, *at(TEXT, "stated", "said"), *at(TEXT, "settlement", "agreement")))
        assert "".join(seen["pieces"]) == TEXT
        assert seen["pieces"][1::2] == ["stated", "stated", "settlement", "stated"]
        assert len(seen["marks"]) == 4

    @given(
        # U+001F is white space to Python but no line break: at a line's end it is dropped, elsewhere shown.
        st.text(st.characters(exclude_characters="\x1f"), max_size=80),
        st.lists(st.tuples(st.integers(0, 80), st.integers(1, 9), st.floats(0, 1)), max_size=8),
    )
    def test_any_text_and_any_marks(self, text: str, places: list[tuple[int, int, float]]) -> None:
        """Whatever overlaps: pieces are the text, HTML shows it, tags close, and no mark is lost from its row."""
        marks = [
            Evidence("odd_synonyms", Span(s, min(len(text), s + n)), "m", ("x",), w)
            for s, n, w in places
            if s < len(text)
        ]
        seen = view(verdict_of(text, *marks))
        assert "".join(seen["pieces"]) == text
        assert len(seen["pieces"]) == 2 * len(seen["marks"]) + 1
        shown = Page(seen["article"])
        assert shown.open == shown.crossed == []
        assert re.sub(r"\s", "", shown.text) == re.sub(
            r"\s", "", say.visible(text, keep="\n\t\r\f\v\x1c\x1d\x1e\x85\u2028\u2029")
        )
        assert {number for mark in seen["marks"] for number in mark["rows"]} <= {row["number"] for row in seen["rows"]}

    def test_offers_take_the_capitals_of_what_they_replace(self) -> None:
        """At the beginning of a sentence a suggestion begins with a capital."""
        text = "Stated he. STATED she. They stated."
        marks = [Evidence("odd_synonyms", Span(s, s + 6), "odd", ("said",), 0.9) for s in (0, 11, 28)]
        assert [mark["offers"] for mark in view(verdict_of(text, *marks))["marks"]] == [["Said"], ["SAID"], ["said"]]

    def test_only_what_fits_the_place_is_offered(self) -> None:
        """A wording expected for a longer place is told but not offered for the shorter one."""
        text = "in keeping with the plan"
        long, short = (
            Evidence("tell_tales", Span(0, 15), "odd", ("according to",), 0.5),
            Evidence("odd_synonyms", Span(3, 10), "odd", ("line",), 0.9),
        )
        (mark,) = view(verdict_of(text, long, short))["marks"]
        assert mark["offers"] == ["line"]
        assert len(mark["rows"]) == 2

    def test_speech_is_known(self) -> None:
        """A mark inside a quotation says so."""
        marks = view(verdict_of(TEXT, *at(TEXT, "hopeful", "confident"), *at(TEXT, "stated", "said")))["marks"]
        assert [mark["speech"] for mark in marks] == [True, False, False, False]

    def test_article_before_a_mark(self) -> None:
        """`an` right before a mark can be changed with it; as part of a word or with a mark of its own it is none."""
        seen = view(verdict_of(TEXT, *at(TEXT, "settlement", "deal")))
        assert seen["marks"][0]["article"] == "an"
        assert '<span data-a="0">an</span>' in seen["article"]
        other = "Susan settlement"
        assert view(verdict_of(other, *at(other, "settlement", "deal")))["marks"][0]["article"] == ""


class TestArticle:
    """The marked text."""

    def test_sentences_carry_their_probability(self) -> None:
        """A sentence too short to say has none."""
        tags = Page(view(verdict_of(TEXT))["article"]).elements
        probabilities = [
            attributes.get("data-p")
            for tag, attributes in tags
            if attributes.get("class", "") == "s s8" or attributes.get("class") == "s"
        ]
        assert probabilities == [None, "0.80", "0.80"]

    def test_no_inline_style_or_script(self) -> None:
        """The page's policy lets none of them through, so there is none."""
        text = "<script>alert(1)</script> stated"
        seen = view(
            verdict_of(
                text,
                *at(text, "stated", "<b>said</b>"),
                label=Label.SPUN,
                quality=Quality(20.0, (QualityPart("<i>", 1.0, "<i>", 20.0, "<i>"),)),
                contributions=(Contribution("<u>", 1.0, "<u>", "<u>", 2.0, "<u>"),),
                signature="<s>",
                source="<a>",
                note="<q>",
                kinds=(RewritingKind("<b>", 0.5), RewritingKind("<i>", 0.5)),
            ),
            note="<tt>",
        )
        shown = Page(everything(seen))
        assert shown.open == shown.crossed == []
        for tag, attributes in shown.elements:
            assert tag in {"h1", "h3", "p", "span", "strong", "em", "svg", "rect", "line", "details", "summary", "button", "div", "table",
                           "thead", "tbody", "tr", "th", "td", "small", "ul", "li", "code"}, tag  # fmt: skip
            assert not {name for name in attributes if name == "style" or name.startswith("on")}

    def test_hidden_characters_are_shown(self) -> None:
        """What steers the writing direction is shown as a name; the pieces keep it."""
        text = "He stated\u202e it\u200b."
        seen = view(verdict_of(text, *at(text, "stated", "said")))
        assert "U+202E" in seen["article"]
        assert "\u202e" not in seen["article"]
        assert "\u202e" in "".join(seen["pieces"])


class TestWording:
    """No view accuses more than its label does."""

    def test_innocent_labels(self) -> None:
        """Only a flagged article is told to be compared with a source."""
        for label in (Label.CLEAN, Label.TOO_SHORT, Label.NOT_ENGLISH):
            head = view(verdict_of(TEXT, label=label, probability=0.1 if label is Label.CLEAN else NAN))["head"].lower()
            assert "looks like" not in head
            assert "before you act" not in head

    def test_abstaining_gives_no_number(self) -> None:
        """Neither head nor summary holds a probability."""
        seen = view(verdict_of(TEXT, label=Label.TOO_SHORT, probability=NAN, note="Too few words."))
        assert seen["probability_words"] == ""
        assert "robability" not in seen["head"]
        assert "Too few words." in seen["head"]
        assert "nan" not in everything(seen).lower()

    def test_sentences_of_the_report(self) -> None:
        """The words are those of every other rendering."""
        verdict = verdict_of(TEXT, label=Label.SPUN, probability=0.95, spun_rate=0.005, suspect_rate=0.02)
        head = Page(view(verdict)["head"]).text
        assert say.probability_meaning(verdict) in head
        assert say.threshold_meaning(verdict) in head


class TestRewriting:
    """Which kind of rewriting an article looks most like."""

    def test_the_head_says_it(self) -> None:
        """In the words of every other report; where single words hardly show it, a button leads to the measures."""
        for first, button in (("translation", True), ("synonyms", False)):
            verdict = verdict_of(TEXT, kinds=(RewritingKind(first, 0.8), RewritingKind("language_model", 0.2)))
            seen = view(verdict)
            shown = Page(seen["head"])
            assert say.rewriting_statement(verdict) in shown.text
            assert ("tab-why" in [attributes.get("data-tab") for _, attributes in shown.elements]) is button
            assert [kind["name"] for kind in seen["verdict"]["kinds"]] == [first, "language_model"]

    def test_nothing_of_clean_copy_nor_of_a_model_with_one_kind(self) -> None:
        """The head is that of a verdict without kinds."""
        two = (RewritingKind("translation", 0.8), RewritingKind("synonyms", 0.2))
        for verdict in (
            verdict_of(TEXT, label=Label.CLEAN, probability=0.1, kinds=two),
            verdict_of(TEXT, kinds=(RewritingKind("rewrite", 1.0),)),
        ):
            assert view(verdict)["head"] == view(replace(verdict, kinds=()))["head"]


def test_json_is_plain() -> None:
    """No NaN, and half a surrogate pair is escaped."""
    body = view_json(verdict_of("a \ud83d stated.", *at("a \ud83d stated.", "stated", "said")))
    seen = json.loads(body)
    assert seen["schema"] == "unspin.view/1"
    assert seen["verdict"]["schema"] == "unspin.verdict/1"
    assert b"NaN" not in body
    assert body.decode("utf-8")
