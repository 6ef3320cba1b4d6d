"""The seed articles: clean files, a complete index, gold marks that point where they say."""

import csv
import json
import lzma
import unicodedata
from pathlib import Path

import pytest

from features.document import Document

KINDS = {
    "clean",
    "dictionary",
    "dictionary-light",
    "names",
    "paraphraser",
    "partial",
    "quotes-kept",
    "round-trip",
    "thesaurus",
}
GOLD_KINDS = {"substitution", "grammar", "spelling", "capitalisation"}
COPIED = 50


def rows(path: Path) -> list[dict[str, str]]:
    """The rows of a table with one line of column names."""
    with path.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE))


def test_index_names_every_text_and_nothing_else(texts: Path) -> None:
    """index.tsv and the folder agree."""
    assert [row["name"] for row in rows(texts / "index.tsv")] == sorted(p.name for p in texts.glob("*.txt"))


def test_enough_texts_of_each_sort(texts: Path) -> None:
    """At least 14 clean stories, at least 14 spun ones, and every family of rewriting among them."""
    kinds = [row["kind"] for row in rows(texts / "index.tsv")]
    assert set(kinds) == KINDS
    assert kinds.count("clean") >= 14
    assert len(kinds) - kinds.count("clean") >= 14


def test_index_tells_words_and_pairs(texts: Path) -> None:
    """Words are counted as unspin counts them; each spun text is paired with a clean one, whose name it begins with."""
    index = rows(texts / "index.tsv")
    clean = {row["name"] for row in index if row["kind"] == "clean"}
    for row in index:
        words = len(Document((texts / row["name"]).read_text(encoding="utf-8")).words)
        assert words == int(row["words"]), row["name"]
        assert 250 <= words <= 600
        if row["name"] in clean:
            assert not row["pair"]
        else:
            assert row["pair"] in clean
            assert row["name"] == f"{row['pair'].removesuffix('.txt')}.spun-{row['kind']}.txt"


def test_texts_are_plain(texts: Path) -> None:
    """UTF-8, NFC, line feeds, no trailing blanks, one line feed at the end."""
    for path in texts.iterdir():
        text = path.read_bytes().decode("utf-8")
        assert text == unicodedata.normalize("NFC", text), path.name
        assert "\r" not in text, path.name
        assert all(line == line.rstrip() for line in text.splitlines()) or path.name == "index.tsv", path.name
        assert text.endswith("\n"), path.name
        assert not text.endswith("\n\n"), path.name


def test_gold_marks_point_where_they_say(texts: Path) -> None:
    """Offsets are in order, do not overlap, and hold the span; the original is another wording."""
    spun = [row["name"] for row in rows(texts / "index.tsv") if row["kind"] != "clean"]
    assert {p.name for p in texts.glob("*.gold.tsv")} == {name.removesuffix(".txt") + ".gold.tsv" for name in spun}
    for name in spun:
        text = (texts / name).read_text(encoding="utf-8")
        done = 0
        gold = rows(texts / (name.removesuffix(".txt") + ".gold.tsv"))
        assert len(gold) >= 15, name
        for mark in gold:
            start, end = int(mark["start"]), int(mark["end"])
            assert done <= start < end, (name, mark)
            assert text[start:end] == mark["span"], (name, mark)
            assert mark["span"] != mark["likely_original"], (name, mark)
            assert mark["kind"] in GOLD_KINDS, (name, mark)
            done = end


def test_partial_spin_leaves_most_paragraphs_alone(texts: Path) -> None:
    """In the partial spin no more than half of the paragraphs differ from the clean story, and some do."""
    for row in rows(texts / "index.tsv"):
        if row["kind"] == "partial":
            spun = (texts / row["name"]).read_text(encoding="utf-8").split("\n\n")
            clean = (texts / row["pair"]).read_text(encoding="utf-8").split("\n\n")
            assert 0 < len(set(spun) - set(clean)) <= len(clean) / 2


def test_quotes_kept_are_kept(texts: Path) -> None:
    """Direct speech in the quotes-kept spin is the clean story's, word for word."""
    for row in rows(texts / "index.tsv"):
        if row["kind"] == "quotes-kept":
            spun = Document((texts / row["name"]).read_text(encoding="utf-8"))
            clean = Document((texts / row["pair"]).read_text(encoding="utf-8"))
            assert [spun[quote] for quote in spun.quotes] == [clean[quote] for quote in clean.quotes]


@pytest.mark.parametrize("name", ["world-news"])
def test_nothing_is_copied(texts: Path, name: str) -> None:
    """No stretch of 50 characters of ours stands in the news that the training data holds."""
    path = texts.parents[2] / "shared" / "data" / f"{name}.jsonl.xz"
    if not path.is_file():
        pytest.skip(f"../shared/data/{path.name} is not here")
    ours: set[str] = set()
    for text in (p.read_text(encoding="utf-8") for p in texts.glob("*.txt")):
        ours.update(text[at : at + COPIED] for at in range(len(text) - COPIED + 1))
    # A window of theirs is looked up only where its first words are ours: 40 times fewer look-ups.
    heads = {window[:12] for window in ours if window[0] == " "}
    found: list[str] = []
    with lzma.open(path, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            if number % 8:
                continue
            text = json.loads(line)["text"]
            at = text.find(" ")
            while at >= 0:
                if text[at : at + 12] in heads and text[at : at + COPIED] in ours:
                    found.append(text[at : at + COPIED])
                at = text.find(" ", at + 1)
    assert found == []
