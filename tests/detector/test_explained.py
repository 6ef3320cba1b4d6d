"""No accusation without evidence: what the marks explain, and what that does to the label."""

import math
import re
from collections.abc import Callable
from dataclasses import replace

import pytest

from detector.checker import Checker
from detector.explained import (
    EXPLAIN_LITTLE,
    FEW_MARKS,
    FEWEST_MARKS,
    OVERWHELMING,
    PATTERN_ONLY,
    PATTERN_UNLIKE_NEWS,
    UNLIKE_NEWS,
    explain,
)
from detector.model import expit
from detector.verdict import REGISTER, Contribution, Label, Quality, Verdict
from features.document import Document, Span
from features.feature import Evidence

WORDS = ["accepted", "inked", "mandated", "perused", "garnered", "mooted"]
TEXT = " ".join(WORDS)
MENDED = "agreed signed ordered read won raised"
SPUN, SUSPECT = 0.98, 0.7
FLOOR = -0.5


def accused(log_odds: float, marks: int = len(WORDS), *, news: float = 1.0, text: str = TEXT) -> Verdict:
    """Return a verdict with marks on the first words, labelled by its probability alone."""
    evidence = []
    for word, original in list(zip(WORDS, MENDED.split(), strict=True))[:marks]:
        start = text.casefold().index(word)
        evidence.append(Evidence("odd_synonyms", Span(start, start + len(word)), "Odd.", (original, "other"), 0.9))
    probability = expit(log_odds)
    label = Label.SPUN if probability >= SPUN else Label.SUSPECT if probability >= SUSPECT else Label.CLEAN
    register = Contribution(REGISTER, news, "nats", "Like news.", 0.0)
    return Verdict(label, probability, SPUN, SUSPECT, Quality(50.0, ()), (register,), tuple(evidence), (), 6, "", text)


def score(mended: float, one: float) -> Callable[[str], float]:
    """Return a scorer: of the text with all marks mended, and of any other."""
    return lambda text: mended if text.casefold() == MENDED else one


def test_marks_that_explain_it_accuse() -> None:
    """Mended, the text is clean, and no wording is needed."""
    verdict = explain(accused(6.0), score(-2.0, 5.0), FLOOR)
    assert verdict.label is Label.SPUN
    assert verdict.mended_probability == expit(-2.0)
    assert verdict.note == ""


@pytest.mark.parametrize(
    ("verdict", "mended", "one", "note"),
    [
        (accused(6.0, FEWEST_MARKS - 1), -2.0, -2.0, FEW_MARKS),
        (accused(6.0, FEWEST_MARKS - 1), -2.0, 5.0, PATTERN_ONLY),
        (accused(6.0), 3.1, 5.0, EXPLAIN_LITTLE),
        (accused(6.0, 0), 0.0, 0.0, PATTERN_ONLY),
        (accused(6.0), -2.0, 2.9, "One wording, “accepted”, explains most of the score."),
        (accused(6.0, news=-1.0), -2.0, 5.0, UNLIKE_NEWS),
        (accused(OVERWHELMING + 1, news=-1.0), 2.0, 9.0, UNLIKE_NEWS),
        (accused(OVERWHELMING + 1, 4, news=-1.0), -2.0, -2.0, UNLIKE_NEWS),
    ],
)
def test_too_little_evidence_is_suspect_at_most(verdict: Verdict, mended: float, one: float, note: str) -> None:
    """The note says why."""
    found = explain(verdict, score(mended, one), FLOOR)
    assert found.label is Label.SUSPECT
    assert note in found.note
    assert found.probability == verdict.probability


def test_overwhelming_evidence_accuses_a_text_of_any_register() -> None:
    """Without its marks the text would be clean."""
    assert explain(accused(OVERWHELMING + 1, news=-1.0), score(-1.0, 10.0), FLOOR).label is Label.SPUN


def test_a_suspect_keeps_its_label_and_says_what_its_marks_explain() -> None:
    """Marks and patterns alike are a reason to look, and so is one wording, which is named."""
    found = explain(accused(2.0), score(-3.0, 1.5), FLOOR)
    assert (found.label, found.mended_probability, found.note) == (Label.SUSPECT, expit(-3.0), "")
    found = explain(accused(2.0, 1), score(-3.0, 0.5), FLOOR)
    assert (found.label, found.mended_probability) == (Label.SUSPECT, expit(0.5))
    assert "One wording, “accepted”" in found.note


def test_a_pattern_says_nothing_of_a_text_unlike_news() -> None:
    """It was measured in news. Below the threshold of spun, such a text is suspect by its marks alone."""
    found = explain(accused(2.0, 4, news=-1.0), score(0.0, -3.0), FLOOR)
    assert (found.label, found.note) == (Label.CLEAN, PATTERN_UNLIKE_NEWS)
    assert math.isnan(found.mended_probability)
    assert explain(accused(2.0, news=-1.0), score(1.1, 1.5), FLOOR).label is Label.CLEAN
    assert explain(accused(2.0, news=-1.0), score(0.9, 1.5), FLOOR).label is Label.SUSPECT
    assert explain(accused(6.0, 4, news=-1.0), score(0.0, 5.0), FLOOR).label is Label.SUSPECT
    assert explain(accused(2.0, 4), score(0.0, 1.5), FLOOR).label is Label.SUSPECT


def test_a_clean_text_is_not_scored_again() -> None:
    """That would cost every honest article a second check."""

    def never(text: str) -> float:
        raise AssertionError(text)

    clean = accused(-2.0)
    assert explain(clean, never, FLOOR) is clean


def test_nothing_left_to_judge_is_explained() -> None:
    """Two words for one: the mended text may fall below the fewest words."""
    found = explain(accused(6.0), score(float("-inf"), 5.0), FLOOR)
    assert (found.label, found.mended_probability) == (Label.SPUN, 0.0)


def test_a_probability_of_one() -> None:
    """Its log-odds are infinite."""
    found = explain(accused(50.0), score(-2.0, 25.0), FLOOR)
    assert found.label is Label.SPUN


def test_an_unseen_character_in_a_wording_is_shown() -> None:
    """The note is read by people, and the text is not trusted."""
    text = TEXT.replace("accepted", "accep\u202eted")
    verdict = accused(6.0, 0, text=text)
    marks = tuple(
        Evidence("odd_synonyms", Span(at, at + len(word)), "Odd.", ("agreed",), 0.9)
        for word in text.split()
        for at in [text.index(word)]
    )
    found = explain(replace(verdict, evidence=marks), score(-2.0, -2.0), FLOOR)
    assert found.label is Label.SUSPECT
    assert "\u202e" not in found.note


@pytest.mark.parametrize("name", ["harbour-strike.spun-dictionary.txt", "seabird-study.spun-thesaurus.txt"])
def test_of_a_real_rewrite_the_marks_explain_the_score(name: str, checker: Checker, seeds: dict[str, str]) -> None:
    """Put back the marked words, and the text is clean."""
    verdict = checker.check(Document(seeds[name]))
    assert verdict.label is Label.SPUN
    assert verdict.mended_probability < verdict.suspect_threshold


def test_stand_ins_for_function_words_explain_an_accusation(checker: Checker, seeds: dict[str, str]) -> None:
    """Put back, they lower the probability. An article that is not flagged shows none."""
    text = re.sub(r"\bthe\b", "issues", seeds["harbour-strike.spun-thesaurus.txt"]).replace("The ", "Issues ")
    verdict = checker.check(Document(text))
    assert verdict.label is Label.SPUN
    marked = [mark for mark in verdict.evidence if text[slice(*mark.span)] == "issues"]
    assert len(marked) == text.count("issues")
    assert {mark.expected for mark in marked} == {("the",)}
    assert verdict.mended_probability < verdict.suspect_threshold
    human = checker.check(Document(seeds["harbour-strike.txt"]))
    assert not human.flagged


def test_corrections_of_grammar_and_marks_of_other_features_are_no_evidence() -> None:
    """A learner's errors accuse nobody, and your own features never change a label."""
    for feature in ("grammar", "inflection", "house_style"):
        marks = tuple(replace(mark, feature=feature) for mark in accused(6.0).evidence)
        found = explain(replace(accused(6.0), evidence=marks), score(-2.0, 5.0), FLOOR)
        assert (found.label, found.note) == (Label.SUSPECT, PATTERN_ONLY)


def test_log_odds_below_zero_explain_nothing() -> None:
    """A newsroom's own threshold may lie there."""
    low = replace(accused(-1.0), label=Label.SUSPECT, suspect_threshold=0.2)
    assert explain(low, score(-4.0, -4.0), FLOOR).note == ""
