"""A rewrite keeps its label whatever hides it from a program and not from a reader."""

from pathlib import Path

import pytest

from detector.checker import Checker
from detector.lab.data.stories import Article
from detector.lab.evaluation.disguises import DISGUISES, disguise_rows
from detector.read import read
from detector.render import as_html, as_text
from detector.verdict import Label
from features.document import Document

CASES = Path(__file__).parents[1] / "cases"


@pytest.mark.no_cover
def test_the_table_of_disguises(seeds: dict[str, str]) -> None:
    """None of the tricks on our own seed articles launders a rewrite or harms a clean story."""
    articles = [Article(name, text, "", "", name, 0) for name, text in seeds.items()]
    rewrites = [a for a in articles if ".spun-" in a.key][:4]
    humans = [a for a in articles if ".spun-" not in a.key][:3]
    checker = Checker(grammar="none", reader="never")
    rows = disguise_rows(rewrites, humans, lambda texts: [checker.check(Document(t)).label for t in texts], seed=0)
    assert len(rows) == len(DISGUISES) >= 15
    assert [(row["disguise"], row["lost"], row["harmed"]) for row in rows if row["lost"] or row["harmed"]] == []
    assert sum(row["weaker"] for row in rows) <= 2


@pytest.mark.parametrize(
    "name",
    [
        "01-zero-width-hides-spun/plain.txt",
        "01-zero-width-hides-spun/zwsp.txt",
        "01-zero-width-hides-spun/soft-hyphen.txt",
        "01-zero-width-hides-spun/soft-hyphen.html",
        "07-homoglyphs-become-too-short/plain.txt",
        "07-homoglyphs-become-too-short/masked.txt",
    ],
)
def test_cases(checker: Checker, name: str) -> None:
    """To a reader they are the same article."""
    verdict = checker.check(read(str(CASES / name)))
    assert verdict.label is Label.SPUN
    assert bool(verdict.disguise) == (name.rsplit("/", 1)[1] in {"zwsp.txt", "masked.txt"})


def test_a_disguise_is_told_whatever_the_label(checker: Checker, seeds: dict[str, str]) -> None:
    """Clean copy with look-alike letters in many words is clean, and the verdict says that it was disguised."""
    text = seeds["river-board-talks.txt"]
    plain, masked = (checker.check(Document(t)) for t in (text, text.replace("a", "\u0430")))
    assert plain.label is masked.label is Label.CLEAN
    assert plain.probability == masked.probability
    assert plain.disguise == ""
    assert "letters of another alphabet" in masked.disguise
    assert masked.note.startswith(masked.disguise)
    assert "Clean, but disguised" in as_text(masked)
    assert "Clean, but disguised" in as_html(masked)
    assert "clean, disguised" in str(masked)
    assert "disguised" not in as_text(plain)


def test_marks_lie_where_the_text_as_given_has_them(checker: Checker, seeds: dict[str, str]) -> None:
    """A mark covers the word with what is hidden inside it, and names the same originals."""
    text = seeds["river-board-talks.spun-dictionary.txt"]
    hidden = text.replace("declaration", "decl\u00adara\u00adtion")
    assert hidden != text
    plain, disguised = (checker.check(Document(t)) for t in (text, hidden))
    assert [m.expected for m in plain.evidence] == [m.expected for m in disguised.evidence]
    assert [plain.text[m.span.start : m.span.end] for m in plain.evidence] == [
        disguised.text[m.span.start : m.span.end].replace("\u00ad", "") for m in disguised.evidence
    ]
    assert [s.probability for s in plain.sentences] == [s.probability for s in disguised.sentences]
    assert disguised.text[disguised.sentences[0].span.start :][:5] == plain.text[plain.sentences[0].span.start :][:5]
