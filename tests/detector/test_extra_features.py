"""Features of one's own in the verdict, and the words it was made of."""

import math
import re

import numpy as np
import pytest

from detector.checker import Checker
from detector.places import READ_MARK
from detector.render import as_dict, as_html, as_text
from features.document import Document, Span
from features.feature import NAN, Column, Evidence, Measurement

SPUN = "river-board-talks.spun-dictionary.txt"
COLUMN = Column("small_figures_per_1000_words", "per 1,000 words", 0, 1000, "Small numbers in figures.")


class SmallFigures:
    """Marks `2` and `2d`."""

    name = "small_figures"
    columns = (COLUMN,)

    def measure(self, document: Document) -> Measurement:
        """The rate and the places."""
        if not document.words:
            return Measurement({COLUMN.name: NAN})
        found = [Span(*match.span()) for match in re.finditer(r"(?<![\w$.,])[2-9]d?(?= [a-z])", document.text)]
        marks = [Evidence(self.name, place, "Spell <small> numbers out.", ("two",), 0.7) for place in found]
        return Measurement({COLUMN.name: 1000 * len(found) / len(document.words)}, marks)


class Broken(SmallFigures):
    """Marks a place behind the text."""

    def measure(self, document: Document) -> Measurement:
        """A mark that cannot be shown."""
        end = len(document.text)
        return Measurement({COLUMN.name: 0.0}, [Evidence(self.name, Span(end, end + 3), "?", (), 0.7)])


@pytest.fixture(scope="module")
def extended(checker: Checker) -> Checker:
    """The embedded model, with a feature more."""
    return checker.with_features(SmallFigures())


def test_marks_stand_in_the_verdict(extended: Checker, seeds: dict[str, str]) -> None:
    """Beside unspin's own, in order of position, and in every rendering."""
    verdict = extended.check(Document(seeds[SPUN]))
    mine = [mark for mark in verdict.evidence if mark.feature == "small_figures"]
    assert [verdict.text[slice(*mark.span)] for mark in mine] == ["2", "2d"]
    assert [mark.span.start for mark in verdict.evidence] == sorted(mark.span.start for mark in verdict.evidence)
    assert "Spell <small> numbers out." in as_text(verdict, width=400)
    assert "Spell &lt;small&gt; numbers out." in as_html(verdict)
    assert "small_figures" in {mark["feature"] for mark in as_dict(verdict)["evidence"]}


def test_value_stands_among_the_contributions(extended: Checker, seeds: dict[str, str]) -> None:
    """With log-odds of 0."""
    verdict = extended.check(Document(seeds[SPUN]))
    mine = verdict.contributions[-1]
    assert (mine.column, mine.feature, mine.log_odds) == (COLUMN.name, "small_figures", 0.0)
    assert mine.value == pytest.approx(2000 / verdict.words)


def test_it_moves_no_score(extended: Checker, checker: Checker, seeds: dict[str, str]) -> None:
    """Nobody is accused by it: all but its own marks and value is as without it."""
    for text in list(seeds.values())[:6]:
        with_it, without = extended.check(Document(text)), checker.check(Document(text))
        assert (with_it.probability, with_it.label) == (without.probability, without.label)
        assert repr(with_it.contributions[:-1]) == repr(without.contributions)  # NaN is not itself
        assert with_it.signature == without.signature


def test_the_first_checker_is_as_it_was(extended: Checker, checker: Checker) -> None:
    """`with_features` makes another one, and it shares the tables."""
    assert "small_figures" not in {feature.name for feature in checker.features}
    assert [feature.name for feature in extended.features][-1] == "small_figures"
    assert extended.measurer.analyst is checker.measurer.analyst
    assert COLUMN.name in extended.columns
    assert COLUMN.name not in checker.columns


def test_constructor_takes_them_too(seeds: dict[str, str]) -> None:
    """As an argument."""
    made = Checker(grammar="none", extra_features=[SmallFigures()])
    assert made.measure(Document(seeds[SPUN]), only=["small_figures"])[0].values[COLUMN.name] > 0


def test_a_broken_feature_is_named(checker: Checker, seeds: dict[str, str]) -> None:
    """Its slip never becomes a mark in a wrong place."""
    with pytest.raises(ValueError, match=r"small_figures.* marks"):
        checker.with_features(Broken()).check(Document(seeds[SPUN]))


def test_a_name_that_is_taken(checker: Checker) -> None:
    """Two features cannot have one name."""
    with pytest.raises(ValueError, match="already a feature"):
        checker.with_features(SmallFigures(), SmallFigures())


class TestWords:
    """`Checker.words`: what the verdict was made of."""

    def test_weights_are_those_of_the_marks(self, checker: Checker, seeds: dict[str, str]) -> None:
        """A word that the verdict marks as an odd synonym has the weight of its mark, and is above the limit.

        A phrase has that of its weightiest word.
        """
        document = Document(seeds[SPUN])
        words = checker.words(document)
        marks = [mark for mark in checker.check(document).evidence if mark.feature == "odd_synonyms"]
        assert marks
        inside = [[w for w in words if m.span.start <= w.span.start < m.span.end] for m in marks]
        assert max(map(len, inside)) > 1
        weights = [max(word.weight for word in own) for own in inside]
        np.testing.assert_allclose(weights, [mark.weight for mark in marks], atol=1e-4)
        assert all(mark.weight >= READ_MARK for mark in marks)

    def test_no_weights_without_a_judgement(self, checker: Checker) -> None:
        """A text too short to judge has words all the same."""
        words = checker.words(Document("Too short to say."))
        assert len(words) == 4
        assert all(math.isnan(word.weight) for word in words)

    def test_letters_in_disguise(self, checker: Checker, seeds: dict[str, str]) -> None:
        """Foreign letters are read as those they imitate, and places stay those of the text as given."""
        text = seeds[SPUN]
        disguised = text.replace("stated", "st\u0430ted")
        plain, read = checker.words(Document(text)), checker.words(Document(disguised))
        assert [word.span for word in read] == [word.span for word in plain]
        assert [word.text for word in read] == [word.text for word in plain]
