"""Words that stand in for function words."""

import re
from pathlib import Path

import pytest

import features
from features.document import Document
from features.language_model.analysis import Analyst
from features.stand_ins import WEIGHT, stand_ins

ROOT = Path(features.__file__).parents[1]


def found(text: str, analyst: Analyst) -> dict[str, set[tuple[str, ...]]]:
    """Return the originals of each marked word."""
    document = Document(text)
    marks = stand_ins(document, analyst.analyse(document), analyst.resources.ngrams)
    assert [mark.span for mark in marks] == sorted(mark.span for mark in marks)
    assert all(mark.weight == WEIGHT for mark in marks)
    words: dict[str, set[tuple[str, ...]]] = {}
    for mark in marks:
        words.setdefault(document[mark.span], set()).add(mark.expected)
    return words


@pytest.fixture(scope="module")
def analyst() -> Analyst:
    """Return the tables of the package."""
    return Analyst.load(ROOT / "features" / "tables")


@pytest.fixture(scope="module")
def seeds() -> dict[str, str]:
    """Return the seed articles and their rewrites, by file name."""
    return {path.name: path.read_text(encoding="utf-8") for path in (ROOT / "seeds" / "texts").glob("*.txt")}


@pytest.mark.parametrize(("word", "original"), [("issues", "the"), ("inward", "in"), ("arsenic", "and")])
def test_each_occurrence_is_marked(word: str, original: str, analyst: Analyst, seeds: dict[str, str]) -> None:
    """A function word that a list replaced everywhere comes back, with its capitals."""
    text = seeds["copper-prices.txt"]
    for replaced, by in ((original, word), (original.title(), word.title())):
        text = re.sub(rf"\b{replaced}\b", by, text)
    expected = {word: {(original,)}}
    if word.title() in text:
        expected[word.title()] = {(original.title(),)}
    assert found(text, analyst) == expected


def test_human_copy_has_none(analyst: Analyst, seeds: dict[str, str]) -> None:
    """Nor has a rewrite whose function words stand where they stood."""
    for text in seeds.values():
        assert found(text, analyst) == {}


@pytest.mark.parametrize("text", ["", "Issues.", "issues " * 300, "1 2 3 " * 50, "ISSUES " * 40])
def test_strange_texts(text: str, analyst: Analyst) -> None:
    """Nothing fails where nothing can be compared."""
    assert isinstance(found(text, analyst), dict)
