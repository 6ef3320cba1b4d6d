"""The quality score: where an article stands among reference copy."""

import math

import pytest

from detector.checker import Checker
from detector.quality import PARTS, further_errors, rate
from features.document import Document, Span
from features.feature import Evidence

GRAMMAR, WORDING, FLUENCY = (part.column for part in PARTS)
EVEN = {part.column: [float(i) for i in range(101)] for part in PARTS}


def test_the_median_of_reference_copy_is_50() -> None:
    """An article in the middle of reference copy in all parts scores 50."""
    quality = rate({GRAMMAR: 50.0, WORDING: 50.0, FLUENCY: 50.0}, EVEN)
    assert quality.score == pytest.approx(50, abs=1)


@pytest.mark.parametrize("column", [GRAMMAR, WORDING, FLUENCY])
def test_less_is_better(column: str) -> None:
    """Each part lowers the score as its column grows, from 100 to 0."""
    middle = {GRAMMAR: 50.0, WORDING: 50.0, FLUENCY: 50.0}
    scores = [rate(middle | {column: value}, EVEN).score for value in (-5.0, 20.0, 50.0, 80.0, 500.0)]
    assert scores == sorted(scores, reverse=True)
    assert scores[0] > scores[-1]


def test_ends_of_the_scale() -> None:
    """Better than all reference copy is 100, worse than all is 0."""
    assert rate(dict.fromkeys(EVEN, -1.0), EVEN).score == 100
    assert rate(dict.fromkeys(EVEN, 1000.0), EVEN).score == 0


def test_there_is_no_rank_among_equals() -> None:
    """Most of reference copy has no error. An article without errors has no rank there, one with errors has."""
    reference = {GRAMMAR: [0.0] * 80 + [float(i) for i in range(1, 22)]}
    assert math.isnan(rate({GRAMMAR: 0.0}, reference).parts[0].percentile)
    assert 0 < rate({GRAMMAR: 2.0}, reference).parts[0].percentile < 25


def test_wrong_forms_count_as_grammar_errors() -> None:
    """They add to what the checker found. What both found counts once."""
    found = Evidence("grammar", Span(0, 8), "Odd.")
    further = [Evidence("inflection", span, "Odd.") for span in (Span(5, 12), Span(20, 28))]
    errors = further_errors([found, *further], 100)
    assert errors == 10.0
    assert rate({GRAMMAR: 2.0}, EVEN, errors).parts[0].value == 12.0
    assert math.isnan(rate({GRAMMAR: math.nan}, EVEN, errors).parts[0].value)


def test_what_cannot_be_measured_does_not_count() -> None:
    """Without a grammar checker the other parts make the score, and the part is shown as unknown."""
    quality = rate({GRAMMAR: math.nan, WORDING: 10.0, FLUENCY: 10.0}, EVEN)
    assert math.isnan(quality.parts[0].percentile)
    assert quality.score == pytest.approx(90, abs=1)
    assert len(quality.parts) == len(PARTS)


def test_nothing_measured() -> None:
    """Without a single part there is no score rather than a bad one."""
    assert math.isnan(rate({}, {}).score)


def test_parts_name_columns_that_exist(checker: Checker) -> None:
    """Every part reads a column that a feature gives."""
    assert {part.column for part in PARTS} <= set(checker.columns)


def test_scrambled_words_score_worse(checker: Checker, seeds: dict[str, str]) -> None:
    """A story with its words in alphabetical order reads worse than the story."""
    story = seeds["river-board-talks.txt"]
    scrambled = " ".join(sorted(story.split(), key=str.lower))
    measured, disordered = (
        rate(
            {n: v for m in checker.measure(Document(text)) for n, v in m.values.items()},
            checker.model.manifest.reference["none"],
        ).score
        for text in (story, scrambled)
    )
    assert disordered < measured
