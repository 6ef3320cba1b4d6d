"""The checks of the feature contract, for people who write their own features."""

from collections.abc import Callable
from typing import Any

import pytest

from features.articles import Articles
from features.attribution import Attribution
from features.contract import check_additions, faults, guard
from features.document import Document, Span
from features.feature import NAN, Column, Evidence, Measurement

SHARE = Column("shouted_words_share", "share", 0, 1, "Words in capitals.")


class Shouting:
    """A feature whose measurement the test supplies."""

    name = "shouting"
    columns: tuple[Column, ...] = (SHARE,)

    def __init__(self, answer: Callable[[Document], Measurement]) -> None:
        self.answer = answer

    def measure(self, document: Document) -> Measurement:
        """Returns the supplied measurement."""
        return self.answer(document)


def share(document: Document) -> Measurement:
    """Returns a valid measurement."""
    shouted = [word for word in document.words if document[word].isupper()]
    marks = [Evidence("shouting", word, "This is shouted.", (document[word].lower(),), 0.5) for word in shouted]
    return Measurement({SHARE.name: len(shouted) / len(document.words) if document.words else NAN}, marks)


def marking(start: int, end: int, *, feature: str = "shouting", weight: float = 0.5) -> Shouting:
    """Returns a feature with one mark."""
    return Shouting(lambda _: Measurement({SHARE.name: 0.0}, [Evidence(feature, Span(start, end), "!", (), weight)]))


@pytest.mark.parametrize("text", ["", " \n", "LOUD and quiet.", "🙂 LOUD", "only quiet"])
def test_a_good_feature_has_no_faults(text: str) -> None:
    """Neither a valid custom feature nor one of unspin's has faults."""
    assert faults(Shouting(share), text) == []
    assert faults(Articles(), text) == []


@pytest.mark.parametrize(
    ("feature", "said"),
    [
        (Shouting(lambda _: Measurement({})), "declares shouted_words_share and gives nothing"),
        (Shouting(lambda _: Measurement({SHARE.name: 0.0, "other": 1.0})), "gives shouted_words_share, other"),
        (Shouting(lambda _: Measurement({SHARE.name: 1.5})), "= 1.5, which is not from 0 to 1"),
        (marking(0, 99), "marks 0 to 99 in a text of 4 code points"),
        (marking(2, 2), "marks 2 to 2"),
        (marking(-1, 2), "marks -1 to 2"),
        (marking(0, 4, feature="other"), "gives a mark of “other”"),
        (marking(0, 4, weight=2.0), "weight 2.0"),
        (marking(0, 4, weight=NAN), "weight nan"),
    ],
)
def test_what_could_not_be_shown_is_refused(feature: Shouting, said: str) -> None:
    """One sentence names the feature. The guard refuses everything that `faults` finds."""
    found = faults(feature, "LOUD")
    assert any(said in fault for fault in found)
    assert all("“shouting”" in fault for fault in found)
    with pytest.raises(ValueError, match="shouting"):
        guard(feature, feature.measure(Document("LOUD")), Document("LOUD"))


def test_numbers_for_nothing() -> None:
    """Measuring a text without words is a fault."""
    assert any("without words" in fault for fault in faults(Shouting(lambda _: Measurement({SHARE.name: 0.0})), ""))


def test_two_answers() -> None:
    """Two different measurements of the same text are a fault."""
    answers = iter([0.0, 1.0])
    assert any("two answers" in f for f in faults(Shouting(lambda _: Measurement({SHARE.name: next(answers)})), "A b."))


class NoColumns(Shouting):
    """Declares no columns."""

    columns = ()


@pytest.mark.parametrize(
    ("additions", "said"),
    [
        (["shouting"], "is no feature"),
        ([Shouting], "is no feature"),
        ([None], "is no feature"),
        ([NoColumns(share)], "no columns"),
        ([Articles()], "already a feature “articles”"),
        ([Shouting(share), Shouting(share)], "already a feature “shouting”"),
    ],
)
def test_additions_refused(additions: list[Any], said: str) -> None:
    """Objects that are not features, and features with a name in use, are refused."""
    with pytest.raises(ValueError, match=said):
        check_additions(additions, [Articles(), Attribution()])


def test_column_of_another(monkeypatch: pytest.MonkeyPatch) -> None:
    """A feature must not reuse the name of another's column."""
    monkeypatch.setattr(Shouting, "columns", Articles().columns)
    with pytest.raises(ValueError, match="already a column “an_before_consonant"):
        check_additions([Shouting(share)], [Articles()])
