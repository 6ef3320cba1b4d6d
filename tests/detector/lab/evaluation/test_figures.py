"""Figures on numbers made by hand: curves, intervals, calibration, marks, goals, the report."""

import json
import math
import random
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest
from sklearn.metrics import roc_auc_score

from detector.lab.data.corpus import Story
from detector.lab.evaluation import plots
from detector.lab.evaluation.curves import balanced, reliability
from detector.lab.evaluation.goals import _least, _most
from detector.lab.evaluation.groups import glue
from detector.lab.evaluation.intervals import (
    NOTHING,
    Figure,
    Negatives,
    paired_auroc,
    share_by_story,
    story_weights,
    wilson,
)
from detector.lab.evaluation.located import Place, Tally, compare, gold_pairs, read_gold
from detector.lab.evaluation.pieces import join
from detector.lab.evaluation.report import percents, plain, share, table
from features.document import Document, Span
from features.feature import Evidence


def stories_of(n: int) -> list[str]:
    """Each text a story of its own."""
    return [str(i) for i in range(n)]


class TestNegatives:
    """AUROC and shares found at a rate."""

    def test_auroc_is_scikit_learns(self) -> None:
        """With ties, the area is the one that scikit-learn gives."""
        rng = np.random.default_rng(0)
        human, spun = rng.integers(0, 20, 300).astype(float), rng.integers(5, 30, 90).astype(float)
        figure = Negatives(human, stories_of(300), replicates=50).auroc(spun, stories_of(90))
        want = roc_auc_score([0] * 300 + [1] * 90, np.concatenate([human, spun]))
        assert figure.value == pytest.approx(want)
        assert figure.low < figure.value < figure.high

    def test_at_most_the_rate_is_flagged(self) -> None:
        """The threshold lets no more human copy through than stated, ties included."""
        human = np.array([0.0] * 95 + [5.0] * 5)
        at = Negatives(human, stories_of(100), replicates=5)
        assert (human > at.thresholds(0.05)[0]).sum() == 5
        assert (human > at.thresholds(0.04)[0]).sum() == 0

    def test_found_counts_what_is_above(self) -> None:
        """Of four rewrites, the two above the ninety-nine lowest of a hundred human articles are found at 1 %."""
        figure = Negatives(np.arange(100.0), stories_of(100), replicates=20).found(
            np.array([98.0, 98.5, 120.0, 3.0]), stories_of(4), 0.01
        )
        assert figure.value == 0.5

    def test_nothing_to_measure(self) -> None:
        """Without rewrites there is no figure, and none is invented."""
        assert Negatives(np.arange(3.0), stories_of(3)).auroc(np.empty(0), []) == NOTHING
        assert math.isnan(paired_auroc(np.empty(0), np.arange(3.0)))

    def test_paired(self) -> None:
        """Every rewrite against every original, ties counting half."""
        assert paired_auroc(np.array([1.0, 3.0]), np.array([1.0, 2.0])) == pytest.approx((0.5 + 0 + 1 + 1) / 4)

    def test_one_story_is_one_witness(self) -> None:
        """Ten texts of one story are drawn together, so they widen the interval instead of narrowing it."""
        weights = story_weights(["a"] * 10 + ["b", "c"], 200, 0)
        assert (weights[:, :10] == weights[:, :1]).all()
        scores = np.array([1.0] * 30 + [-1.0] * 30)
        human = Negatives(np.zeros(50), stories_of(50), replicates=500)
        together = human.found(scores, [str(i // 10) for i in range(60)], 0.01)
        apart = human.found(scores, stories_of(60), 0.01)
        assert together.low < 0.2
        assert together.high > 0.8
        assert 0.3 < apart.low < 0.5 < apart.high < 0.7

    def test_few_stories_have_no_interval(self) -> None:
        """Twenty rewrites of four stories say nothing of a fifth; neither does one page."""
        human = Negatives(np.arange(50.0), stories_of(50), replicates=50)
        scores = np.linspace(0, 60, 20)
        for figure in (human.auroc(scores, ["a", "b", "c", "d"] * 5), human.found(scores, ["a"] * 20, 0.01)):
            assert 0 < figure.value < 1
            assert math.isnan(figure.low)
            assert math.isnan(figure.high)

    @pytest.mark.parametrize(("score", "ends"), [(99.0, (0.72, 1.0)), (-99.0, (0.0, 0.28))])
    def test_all_or_none(self, score: float, ends: tuple[float, float]) -> None:
        """Where every rewrite of ten stories is found, the eleventh may not be: no interval is a point."""
        human = Negatives(np.arange(50.0), stories_of(50), replicates=50)
        figure = human.found(np.full(40, score), [str(i // 4) for i in range(40)], 0.01)
        assert (round(figure.low, 2), round(figure.high, 2)) == ends

    def test_called_so_by_story(self) -> None:
        """A share of labels knows stories as a share found does: sixty texts of six stories are six witnesses."""
        flags = [True] * 30 + [False] * 30
        together, apart = (
            share_by_story(flags, stories) for stories in ([str(i // 10) for i in range(60)], stories_of(60))
        )
        assert together.high - together.low > 2 * (apart.high - apart.low)
        assert share_by_story([], []) == NOTHING


class TestWilson:
    """Intervals of shares."""

    def test_known_value(self) -> None:
        """Ten of a hundred is 5.5 to 17.4 per cent (Wilson 1927)."""
        figure = wilson(10, 100)
        assert figure.value == 0.1
        assert (round(figure.low, 4), round(figure.high, 4)) == (0.0552, 0.1744)

    def test_none_of_none(self) -> None:
        """Without articles there is no share."""
        assert math.isnan(wilson(0, 0).value)


class TestReliability:
    """Calibration."""

    def test_overconfident(self) -> None:
        """Probabilities of .9 that come true half of the time are .4 off."""
        answer = reliability(np.full(100, 0.9), np.arange(100) % 2 == 0, np.ones(100))
        assert answer["expected_calibration_error"] == pytest.approx(0.4, abs=0.03)
        assert answer["brier"] == pytest.approx(0.5 * 0.01 + 0.5 * 0.81)

    def test_classes_weigh_the_same(self) -> None:
        """A thousand human articles and ten rewrites, always called .5, are calibrated."""
        answer = balanced(np.full(1000, 0.5), np.full(10, 0.5))
        assert sum(p[2] for p in answer["points"]) == 1010
        assert answer["brier"] == pytest.approx(0.25)

    def test_bins_have_equal_weight(self) -> None:
        """Fifteen bins of a hundred and fifty texts hold ten each."""
        p = np.linspace(0, 1, 150)
        assert [n for _, _, n in reliability(p, p > 0.5, np.ones(150))["points"]] == [10] * 15


class TestMarks:
    """Marks against known places."""

    def test_counts(self) -> None:
        """Found, right and named are told apart; an insertion has no original to name."""
        places = [Place(0, 4, "said"), Place(10, 14, "talks"), Place(20, 24, ""), Place(30, 34, "the", "grammar")]
        marks = [
            Evidence("odd_synonyms", Span(2, 6), "odd", ("told", "He said"), 0.9),
            Evidence("odd_synonyms", Span(20, 24), "odd", (), 0.9),
            Evidence("odd_synonyms", Span(30, 31), "odd", ("the",), 0.9),
            Evidence("odd_synonyms", Span(50, 60), "odd", ("talks",), 0.9),
        ]
        tally = compare(places, marks, 100)
        assert tally == Tally(1, 4, 3, 4, 3, 1, 0, 1, 100)
        assert (tally + tally).row()["marks_per_1000_words"] == 40.0

    def test_touching_ends_do_not_overlap(self) -> None:
        """A mark that ends where a place begins does not touch it."""
        assert compare([Place(5, 9, "said")], [Evidence("x", Span(0, 5), "")]).found == 0

    def test_gold_file(self, tmp_path: Path) -> None:
        """Remarks and the head are passed over; texts are found beside their gold."""
        (tmp_path / "a.txt").write_text("He stated so.", encoding="utf-8")
        gold = tmp_path / "a.gold.tsv"
        gold.write_text(
            "# remark\nstart\tend\tspan\tlikely_original\tkind\n3\t9\tstated\tsaid\tsubstitution\n", encoding="utf-8"
        )
        (tmp_path / "b.gold.tsv").write_text("", encoding="utf-8")
        assert gold_pairs([tmp_path]) == [(tmp_path / "a.txt", gold)]
        assert read_gold(gold) == [Place(3, 9, "said", "substitution")]


class TestTexts:
    """Articles made of stories."""

    def test_joined_sentences(self) -> None:
        """Sentences are joined until the length is reached; what is left over makes no short article."""
        sentences = [
            Story(str(i), "Six words stand in this sentence.", "human", f"g{i}", "test", "mrpc", {}) for i in range(8)
        ]
        joined = join(sentences, "mrpc", words=18)
        assert [(a.key, a.words, a.text.count("\n")) for a in joined] == [("0", 18, 2), ("3", 18, 2)]

    def test_glued_sentences_lose_only_spaces(self) -> None:
        """Gluing changes nothing but white space."""
        text = "It rose. It fell. It rose. It fell. It rose."
        glued = glue(text, random.Random(1))
        assert glued != text
        assert glued.replace(" ", "") == text.replace(" ", "")
        assert len(Document(glued).words) <= len(Document(text).words)


class TestReport:
    """Tables, JSON and plots."""

    def test_shares_do_not_round_to_perfect(self) -> None:
        """.998 stays .998: only what was always so is 1.00."""
        assert share(Figure(0.998, 0.99, 1.0)) == ".998 (.990-1.00)"
        assert share(Figure(float("nan"), 0, 0)) == "-"
        assert percents(Figure(0.0, 0.0, 0.015)) == "0.0% (0.0-1.5)"

    def test_json_has_no_nan(self) -> None:
        """What was not measured is null."""
        text = json.dumps(plain({"a": [float("nan"), 0.5], "b": NOTHING}), allow_nan=False)
        assert json.loads(text) == {"a": [None, 0.5], "b": {"value": None, "low": None, "high": None}}

    def test_table(self) -> None:
        """As many cells in every line."""
        assert {line.count("|") for line in table(["a", "b", "c"], [["1", "2", "3"]]).splitlines()} == {4}

    def test_goals(self) -> None:
        """The worst figure decides; a run without figures says so."""
        assert _least("x", 0.9, [0.95, 0.8])["reached"] is False
        assert _most("x", 0.01, [Figure(0.01, 0, 0.1)])["reached"] is True
        assert _least("x", 0.9, [])["reached"] is None

    def test_plots_are_well_formed(self) -> None:
        """Names are escaped, gaps are left out, and no number is NaN."""
        figure = Figure(0.5, 0.4, 0.6)
        drawn = [
            plots.reliability_curve({"a < b & c": [(0.1, 0.2, 5), (0.9, 0.8, 5)]}),
            plots.lines_by_rate({"a": {"100 %": figure, "30 %": NOTHING}}, ["100 %", "30 %"], "by rate"),
            plots.share_rows([("R & D", figure), ("none", NOTHING)], 0.01, "groups"),
        ]
        for svg in drawn:
            assert ET.fromstring(svg).tag.endswith("svg")  # noqa: S314 - our own
            assert "nan" not in svg
        assert drawn[0] == plots.reliability_curve({"a < b & c": [(0.1, 0.2, 5), (0.9, 0.8, 5)]})
