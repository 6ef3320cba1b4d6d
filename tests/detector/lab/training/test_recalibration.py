"""Thresholds from a newsroom's own scores."""

import dataclasses
import math
from collections.abc import Iterable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from detector.errors import UnspinError
from detector.lab.training.recalibration import Recalibration, Scored, by_outlet, needed, recalibrate, threshold_above
from detector.verdict import Label, Thresholds, judge

SHIPPED = Thresholds(suspect=0.5, spun=0.9, suspect_rate=0.02, spun_rate=0.005, articles=4000, news_floor=-3.0)


def copy(probabilities: Iterable[float], *, news: float = 5.0, name: str = "a") -> list[Scored]:
    """Articles with these probabilities, each a text of its own."""
    return [Scored(f"{name}:{i}", f"{name}{i}", p, news) for i, p in enumerate(probabilities)]


def called(found: Recalibration, articles: Iterable[Scored]) -> list[Label]:
    """What a check would say of the articles."""
    at = found.thresholds
    labels = [(judge(a.probability, at), a.news < at.news_floor) for a in articles]
    return [Label.SUSPECT if label is Label.SPUN and unlike_news else label for label, unlike_news in labels]


def test_the_stated_share_is_called() -> None:
    """Of 1,000 articles five are called spun and twenty at least suspect, by the labels of a check."""
    articles = copy(np.linspace(0.0, 0.8, 1000).tolist())
    found = recalibrate(articles, SHIPPED)
    labels = called(found, articles)
    assert labels.count(Label.SPUN) == found.spun.hits == 5
    assert sum(label is not Label.CLEAN for label in labels) == found.suspect.hits == 20
    assert found.thresholds.articles == 1000
    assert (found.thresholds.spun_rate, found.thresholds.suspect_rate) == (0.005, 0.02)
    assert found.spun.share.low < 0.005 < found.spun.share.high
    assert found.shipped_spun.hits == 0
    assert found.lower == ("spun",)
    assert [a.probability for a in found.highest] == sorted((a.probability for a in articles), reverse=True)[:10]


def test_equal_texts_count_once_whatever_order_they_come_in() -> None:
    """A story that stands in the archive three times moves nothing, nor does the order of the workers."""
    articles = copy(np.linspace(0.0, 0.8, 400).tolist())
    again = [dataclasses.replace(articles[-1], source=f"z:{i}") for i in range(9)]
    found = recalibrate(again + articles, SHIPPED)
    assert found == recalibrate([*reversed(articles), *reversed(again)], SHIPPED)
    assert found.thresholds == recalibrate(articles, SHIPPED).thresholds
    assert (found.read, found.repeated) == (409, 9)
    assert found.highest[0].source == articles[-1].source


def test_what_gets_no_verdict_is_left_out() -> None:
    """Articles too short to judge count neither for the rate nor for the number of articles."""
    articles = copy(np.linspace(0.0, 0.8, 300).tolist())
    found = recalibrate([*articles, *copy([math.nan] * 500, name="short")], SHIPPED)
    assert found.thresholds == recalibrate(articles, SHIPPED).thresholds
    assert found.abstained == 500


def test_what_is_unlike_news_is_not_called_spun_and_still_counts_as_suspect() -> None:
    """The shipped floor stays; articles under it are held back, and the rate for suspect holds with them."""
    articles = [*copy(np.linspace(0.0, 0.6, 950).tolist()), *copy([0.95] * 15, news=-9.0, name="essay")]
    found = recalibrate(articles, SHIPPED)
    assert found.thresholds.news_floor == SHIPPED.news_floor
    assert found.held_back == 15
    labels = called(found, articles)
    assert labels.count(Label.SPUN) <= 4
    assert not any(label is Label.SPUN for label in labels[950:])
    assert sum(label is not Label.CLEAN for label in labels) <= 19


def test_many_essays_do_not_push_the_rate_for_suspect_up() -> None:
    """Where more is unlike news and high than may be suspect, both thresholds rise above it."""
    articles = [*copy(np.linspace(0.0, 0.6, 900).tolist()), *copy([0.95] * 100, news=-9.0, name="essay")]
    found = recalibrate(articles, SHIPPED)
    assert found.thresholds.suspect > 0.95
    assert found.suspect.hits <= 20


@pytest.mark.parametrize("number", [0, 1, 199])
def test_too_little_copy_is_refused(number: int) -> None:
    """Fewer than 200 judged articles cannot show 1 in 200, however many are too short."""
    with pytest.raises(UnspinError, match="cannot be told from fewer than 200"):
        recalibrate([*copy([0.1] * number), *copy([math.nan] * 900, name="short")], SHIPPED)
    assert needed(0.005) == 200
    assert recalibrate(copy([0.1] * 200), SHIPPED).thresholds.spun > 0.1


def test_copy_that_is_no_news_is_refused() -> None:
    """From mostly essays nothing can be learnt about how often news is accused."""
    with pytest.raises(UnspinError, match="not made like news"):
        recalibrate([*copy([0.1] * 200), *copy([0.1] * 201, news=-9.0, name="essay")], SHIPPED)


def test_rewrites_in_place_of_copy_are_refused() -> None:
    """Where a tenth scores 1.0 no threshold holds the rate."""
    with pytest.raises(UnspinError, match="machine rewrites"):
        recalibrate([*copy([0.1] * 900), *copy([1.0] * 100, name="spun")], SHIPPED)


@pytest.mark.parametrize(("spun", "suspect"), [(0.0, 0.02), (-1, 0.02), (0.03, 0.02), (0.05, 0.5), (math.nan, 0.02)])
def test_rates_that_cannot_be_are_refused(spun: float, suspect: float) -> None:
    """A rate of nothing, one above a tenth, or a rarer suspect than spun is refused in a sentence."""
    with pytest.raises(UnspinError, match="cannot be"):
        recalibrate(copy([0.1] * 900), SHIPPED, spun_rate=spun, suspect_rate=suspect)


@given(
    scores=st.lists(
        st.tuples(st.sampled_from([0.0, 0.3, 0.5, 0.999999]) | st.floats(0, 0.99), st.booleans()),
        min_size=20,
        max_size=60,
    ),
    rates=st.sampled_from([(0.05, 0.05), (0.05, 0.1), (0.1, 0.1)]),
)
def test_no_copy_gets_more_than_the_stated_rates(scores: list[tuple[float, bool]], rates: tuple[float, float]) -> None:
    """Whatever the scores, with ties and held-back articles: labels given by a check stay within the rates."""
    articles = [Scored(f"s{i}", str(i), p, 5.0 if news else -9.0) for i, (p, news) in enumerate(scores)]
    try:
        found = recalibrate(articles, SHIPPED, spun_rate=rates[0], suspect_rate=rates[1])
    except UnspinError:
        return
    labels = called(found, articles)
    assert 0 < found.thresholds.suspect <= found.thresholds.spun <= 1
    assert labels.count(Label.SPUN) <= rates[0] * len(articles) + 1e-9
    assert sum(label is not Label.CLEAN for label in labels) <= rates[1] * len(articles) + 1e-9


def test_the_threshold_lies_between_two_articles() -> None:
    """Halfway between the last that may be called and the first that must not."""
    assert threshold_above(np.array([0.0, 0.2, 0.4, 0.8]), 0.5) == pytest.approx(0.3)
    assert threshold_above(np.array([1.0, 1.0, 1.0]), 0.5) == 1.0


def test_further_copy_keeps_the_rate_too() -> None:
    """Set on samples of 200, thresholds are reached by 1 in 200 of what comes later, on average, and not by more."""
    rng = np.random.default_rng(0)
    samples = rng.uniform(0.0, 1.0, (3000, 200))
    # Of uniform scores, what lies above a threshold is the share that will reach it.
    later = [1.0 - threshold_above(sample, 0.005, cautious=True) for sample in samples]
    halfway = [1.0 - threshold_above(sample, 0.005) for sample in samples]
    assert 0.0045 < np.mean(later) < 0.0053
    assert np.mean(halfway) > 0.0065
    assert recalibrate(copy(samples[0].tolist()), SHIPPED).thresholds.spun == samples[0].max()


class TestOutlets:
    """Thresholds for each outlet."""

    @staticmethod
    def of(outlet: str, count: int, top: float) -> list[Scored]:
        """Copy of one outlet, evenly spread from 0 to ``top``."""
        return [Scored(f"{outlet}:{n}", f"{outlet}{n}", top * n / count, 1000.0, outlet) for n in range(count)]

    def test_only_an_unusual_outlet_gets_its_own(self) -> None:
        """A higher one where more copy scores high; the general ones for an easy outlet and for one with little copy."""
        copy = [*self.of("Easy", 2000, 0.5), *self.of("Hard", 400, 0.97), *self.of("Tiny", 20, 0.99)]
        general = recalibrate(copy, SHIPPED)
        easy, hard, tiny = by_outlet(copy, general, SHIPPED)
        assert hard.own is not None
        assert hard.own.spun > general.thresholds.spun
        assert hard.own.suspect > general.thresholds.suspect
        assert (hard.own.outlet, hard.own.articles) == ("Hard", 400)
        assert (easy.own, easy.why) == (None, "the general thresholds hold its rates")
        assert (tiny.own, tiny.why) == (None, "at least 200 are needed")

    def test_a_lower_one_must_be_asked_for(self) -> None:
        """It accuses more easily."""
        copy = [*self.of("Easy", 2000, 0.5), *self.of("Hard", 400, 0.97)]
        general = recalibrate(copy, SHIPPED)
        easy, _ = by_outlet(copy, general, SHIPPED, allow_lower=True)
        assert easy.own is not None
        assert easy.own.spun < general.thresholds.spun

    def test_the_order_of_the_copy_does_not_matter(self) -> None:
        """Workers answer in any order."""
        copy = [*self.of("A", 300, 0.9), *self.of("B", 300, 0.99)]
        general = recalibrate(copy, SHIPPED)
        assert by_outlet(copy, general, SHIPPED) == by_outlet(copy[::-1], general, SHIPPED)
