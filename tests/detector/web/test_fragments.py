"""The page's view of a verdict: fragments, pieces and rows."""

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
    """Returns a verdict on a text."""
    sentences = tuple(
        SentenceScore(span, 0.8 if number else NAN) for number, span in enumerate(Document(text).sentences)
    )
    base = Verdict(
        Label.SUSPECT, 0.7, 0.9, 0.5, Quality(NAN, ()), (), evidence, sentences, 5, "signature", text, "story.txt"
    )
    return replace(base, **changes)


def at(text: str, wording: str, *expected: str, feature: str = "odd_synonyms", weight: float = 0.9) -> list[Evidence]:
    """Returns a mark for every occurrence of a wording."""
    places = [Span(*match.span()) for match in re.finditer(re.escape(wording), text)]
    return [Evidence(feature, place, f"“{wording}” is odd", expected, weight) for place in places]


def everything(seen: dict[str, Any]) -> str:
    """Returns all HTML of a view."""
    return "".join(str(seen[name]) for name in ("head", "article", "reasons", "quality"))


class TestPieces:
    """The pieces from which the page builds the cleaned text."""

    def test_pieces_are_the_text(self) -> None:
        """Joined, the pieces are exactly the text, and every second piece is marked."""
        seen = view(verdict_of(TEXT, *at(TEXT, "stated", "said"), *at(TEXT, "settlement", "agreement")))
        assert "".join(seen["pieces"]) == TEXT
        assert seen["pieces"][1::2] == ["stated", "stated", "settlement", "stated"]
        assert len(seen["marks"]) == 4

    @given(
        # Python counts U+001F as white space: at the end of a line it is dropped, elsewhere it is shown.
        st.text(st.characters(exclude_characters="\x1f"), max_size=80),
        st.lists(st.tuples(st.integers(0, 80), st.integers(1, 9), st.floats(0, 1)), max_size=8),
    )
    def test_any_text_and_any_marks(self, text: str, places: list[tuple[int, int, float]]) -> None:
        """With any overlaps, the pieces are the text, the HTML shows it, tags close, and rows keep all marks."""
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
        """A suggestion at the beginning of a sentence has a capital letter."""
        text = "Stated he. STATED she. They stated."
        marks = [Evidence("odd_synonyms", Span(s, s + 6), "odd", ("said",), 0.9) for s in (0, 11, 28)]
        assert [mark["offers"] for mark in view(verdict_of(text, *marks))["marks"]] == [["Said"], ["SAID"], ["said"]]

    def test_only_what_fits_the_place_is_offered(self) -> None:
        """A wording expected for a longer span is listed, but is not offered for a shorter one."""
        text = "in keeping with the plan"
        long, short = (
            Evidence("tell_tales", Span(0, 15), "odd", ("according to",), 0.5),
            Evidence("odd_synonyms", Span(3, 10), "odd", ("line",), 0.9),
        )
        (mark,) = view(verdict_of(text, long, short))["marks"]
        assert mark["offers"] == ["line"]
        assert len(mark["rows"]) == 2

    def test_speech_is_known(self) -> None:
        """A mark inside a quotation is flagged as speech."""
        marks = view(verdict_of(TEXT, *at(TEXT, "hopeful", "confident"), *at(TEXT, "stated", "said")))["marks"]
        assert [mark["speech"] for mark in marks] == [True, False, False, False]

    def test_article_before_a_mark(self) -> None:
        """`an` right before a mark is found, unless it is part of a word or marked itself."""
        seen = view(verdict_of(TEXT, *at(TEXT, "settlement", "deal")))
        assert seen["marks"][0]["article"] == "an"
        assert '<span data-a="0">an</span>' in seen["article"]
        other = "Susan settlement"
        assert view(verdict_of(other, *at(other, "settlement", "deal")))["marks"][0]["article"] == ""


class TestArticle:
    """The marked text."""

    def test_sentences_carry_their_probability(self) -> None:
        """Sentences have a probability, except those that are too short."""
        tags = Page(view(verdict_of(TEXT))["article"]).elements
        probabilities = [
            attributes.get("data-p")
            for tag, attributes in tags
            if attributes.get("class", "") == "s s8" or attributes.get("class") == "s"
        ]
        assert probabilities == [None, "0.80", "0.80"]

    def test_no_inline_style_or_script(self) -> None:
        """The HTML has no inline style or script, which the page's policy would block."""
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
        """The HTML shows direction controls by name; the pieces keep them."""
        text = "He stated\u202e it\u200b."
        seen = view(verdict_of(text, *at(text, "stated", "said")))
        assert "U+202E" in seen["article"]
        assert "\u202e" not in seen["article"]
        assert "\u202e" in "".join(seen["pieces"])


class TestWording:
    """A view never accuses more than its label does."""

    def test_innocent_labels(self) -> None:
        """Only a flagged article comes with the advice to compare it with a source."""
        for label in (Label.CLEAN, Label.TOO_SHORT, Label.NOT_ENGLISH):
            head = view(verdict_of(TEXT, label=label, probability=0.1 if label is Label.CLEAN else NAN))["head"].lower()
            assert "looks like" not in head
            assert "before you act" not in head

    def test_abstaining_gives_no_number(self) -> None:
        """Without a judgement, neither the head nor the summary holds a probability."""
        seen = view(verdict_of(TEXT, label=Label.TOO_SHORT, probability=NAN, note="Too few words."))
        assert seen["probability_words"] == ""
        assert "robability" not in seen["head"]
        assert "Too few words." in seen["head"]
        assert "nan" not in everything(seen).lower()

    def test_sentences_of_the_report(self) -> None:
        """The view uses the same words as every other rendering."""
        verdict = verdict_of(TEXT, label=Label.SPUN, probability=0.95, spun_rate=0.005, suspect_rate=0.02)
        head = Page(view(verdict)["head"]).text
        assert say.probability_meaning(verdict) in head
        assert say.threshold_meaning(verdict) in head


class TestRewriting:
    """The most likely kind of rewriting."""

    def test_the_head_says_it(self) -> None:
        """The head names it in the words of other reports. If words hardly show it, a button leads to the measures."""
        for first, button in (("translation", True), ("synonyms", False)):
            verdict = verdict_of(TEXT, kinds=(RewritingKind(first, 0.8), RewritingKind("language_model", 0.2)))
            seen = view(verdict)
            shown = Page(seen["head"])
            assert say.rewriting_statement(verdict) in shown.text
            assert ("tab-why" in [attributes.get("data-tab") for _, attributes in shown.elements]) is button
            assert [kind["name"] for kind in seen["verdict"]["kinds"]] == [first, "language_model"]

    def test_nothing_of_clean_copy_nor_of_a_model_with_one_kind(self) -> None:
        """The head is the same as for a verdict without kinds."""
        two = (RewritingKind("translation", 0.8), RewritingKind("synonyms", 0.2))
        for verdict in (
            verdict_of(TEXT, label=Label.CLEAN, probability=0.1, kinds=two),
            verdict_of(TEXT, kinds=(RewritingKind("rewrite", 1.0),)),
        ):
            assert view(verdict)["head"] == view(replace(verdict, kinds=()))["head"]


def test_json_is_plain() -> None:
    """The JSON has no NaN and escapes half a surrogate pair."""
    body = view_json(verdict_of("a \ud83d stated.", *at("a \ud83d stated.", "stated", "said")))
    seen = json.loads(body)
    assert seen["schema"] == "unspin.view/1"
    assert seen["verdict"]["schema"] == "unspin.verdict/1"
    assert b"NaN" not in body
    assert body.decode("utf-8")
