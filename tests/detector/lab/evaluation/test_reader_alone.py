"""The look at a checkpoint: shares above what 1 % of human news reaches."""

from pathlib import Path
from typing import cast

import pytest

from detector.lab.data.stories import Article
from detector.lab.evaluation.reader_alone import Row, Samples, measure_reader, spun_by
from detector.lab.spinners import ThesaurusSpinner, from_table
from features.document import Document
from features.feature import Measurement
from features.reader import Reader


class Counting:
    """Stands for a reader: finds the words `stated`."""

    def measure(self, document: Document) -> Measurement:
        """One column."""
        return Measurement({"stated": document.text.count("stated") / len(document.words)})


def article(key: str, stated: int) -> Article:
    """Ten words, so many of them `stated`."""
    return Article(key, " ".join(["stated"] * stated + ["said"] * (10 - stated)), "human", "set", key, 10)


def test_the_threshold_lets_a_hundredth_of_human_news_through() -> None:
    """What scores above all human news is found, what scores like it is not, and rows without articles are left out."""
    human = [article(f"h{i}", i % 2) for i in range(20)]
    spun = [article(f"s{i}", 5 + i % 4) for i in range(20)]
    news = [article(f"n{i}", i % 2) for i in range(200)]
    kinds = [
        ("heavy", True, [article("a", 6), article("b", 7)]),
        ("half", False, [article("c", 6), article("d", 0)]),
        ("human", True, [article("e", 0), article("f", 1)]),
        ("none", False, []),
    ]
    rows = measure_reader(cast("Reader", Counting()), Samples(human, spun, news, kinds))
    assert rows == [Row("heavy", True, 2, 1.0, 1.0), Row("half", False, 2, 0.5, 0.625), Row("human", True, 2, 0.0, 0.5)]


def test_what_no_spinner_changed_is_no_rewrite() -> None:
    """An article without a word of the list came out as it was."""
    spinner = ThesaurusSpinner(from_table({"say": ["state"]}), inflect=True)
    made = spun_by(spinner, [article("a", 0), article("b", 10)], 1.0, 0)
    assert [each.key for each in made] == ["a"]
    assert "stated" in made[0].text


@pytest.mark.parametrize("name", ["world-news", "bbc2005"])
def test_articles_are_drawn_in_turns(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """Every set gives as many as the others, as long as it has some."""
    from detector.lab.evaluation import reader_alone

    def drawn(_: Path, role: str, names: list[str], **__: object) -> list[Article]:
        return [article(f"{role} {names[0]} {i}", 0) for i in range(1 if names[0] == name else 9)]

    monkeypatch.setattr(reader_alone, "human_articles", drawn)
    monkeypatch.setattr(reader_alone, "sets_in", lambda _: ["world-news", "bbc2005"])
    found = reader_alone._drawn(Path(), "test", ["world-news", "bbc2005"], 6, 0)
    assert len(found) == 6
    assert sum(name in each.key for each in found) == 1
