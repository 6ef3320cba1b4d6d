"""Shares, false alarms and time lines: properties that must hold for all numbers."""

import json
import math
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from detector.audit.report.chance import HARD_COPY_RATE, LEAST_SPUN, Standing, likely_range, standing, tail
from detector.audit.report.figures import Tally
from detector.audit.report.passages import passages, wordings
from detector.audit.report.timeline import timeline
from detector.audit.report.words import number_words, percent
from detector.audit.row import Mark
from detector.intervals import wilson

EVALUATION = Path(__file__).parents[4] / "docs" / "evaluation.json"
_RANK = [Standing.EXPECTED, Standing.UNCLEAR, Standing.BEYOND]


class TestWilson:
    """The interval of a share."""

    @given(st.integers(1, 10**6), st.data())
    def test_it_holds_the_share_and_stays_a_share(self, of: int, data: st.DataObject) -> None:
        """Its ends lie on either side of the share and within 0 to 1."""
        share = wilson(data.draw(st.integers(0, of)), of)
        assert 0 <= share.low <= share.value <= share.high <= 1

    @given(st.integers(1, 10**5), st.integers(0, 10**5))
    def test_more_hits_never_lower_it(self, of: int, hits: int) -> None:
        """One more hit of as many moves both ends up."""
        hits = min(hits, of - 1)
        fewer, more = wilson(hits, of), wilson(hits + 1, of)
        assert fewer.low < more.low
        assert fewer.high < more.high

    @given(st.integers(0, 50), st.integers(1, 50), st.integers(2, 50))
    def test_more_articles_narrow_it(self, hits: int, of: int, times: int) -> None:
        """The same share of more articles is surer."""
        hits = min(hits, of)
        few, many = wilson(hits, of), wilson(hits * times, of * times)
        assert many.high - many.low < few.high - few.low

    @given(st.integers(1, 10**4), st.integers(0, 10**4))
    def test_hits_and_misses_mirror_each_other(self, of: int, hits: int) -> None:
        """Counting the others instead turns the interval round."""
        hits = min(hits, of)
        some, others = wilson(hits, of), wilson(of - hits, of)
        assert some.low == pytest.approx(1 - others.high, abs=1e-9)

    def test_nothing_is_known_of_nothing(self) -> None:
        """Without articles there is no share."""
        assert math.isnan(wilson(0, 0).value)


class TestChance:
    """What false alarms explain."""

    @given(st.integers(1, 3000), st.integers(0, 3000), st.floats(0.0001, 0.2))
    def test_tail_is_scipys(self, of: int, hits: int, rate: float) -> None:
        """The chance of so many false alarms is the binomial one."""
        assert tail(hits, of, rate) == pytest.approx(binom.sf(hits - 1, of, rate), abs=1e-9)

    @given(st.integers(0, 10**6), st.floats(0.0001, 0.2))
    def test_the_range_holds_the_mean(self, of: int, rate: float) -> None:
        """The expected number, up to a whole one, lies in the range, and the range within the articles."""
        low, high = likely_range(of, rate)
        assert 0 <= low <= math.ceil(of * rate)
        assert math.floor(of * rate) <= high + 1
        assert high <= of

    @given(st.integers(1, 2000), st.integers(0, 2000), st.integers(1, 500))
    def test_more_spun_stories_never_sound_better(self, of: int, hits: int, outlets: int) -> None:
        """With one more spun story an outlet's standing is the same or graver."""
        hits = min(hits, of - 1)
        before, after = (standing(n, of, 0.005, outlets) for n in (hits, hits + 1))
        assert _RANK.index(before) <= _RANK.index(after)

    @given(st.integers(1, 2000), st.integers(0, 2000), st.integers(1, 500))
    def test_more_outlets_never_sound_graver(self, of: int, hits: int, outlets: int) -> None:
        """Among more outlets the same number says less, because some stand out by luck."""
        few, many = (standing(min(hits, of), of, 0.005, n) for n in (outlets, outlets + 100))
        assert _RANK.index(many) <= _RANK.index(few)

    @given(st.integers(0, LEAST_SPUN - 1), st.integers(1, 1000))
    def test_a_few_stories_never_stand_out(self, hits: int, of: int) -> None:
        """Three spun stories of three are not more than false alarms explain."""
        assert standing(min(hits, of), of, 0.005, 1) is not Standing.BEYOND

    @given(st.integers(100, 5000))
    def test_a_share_at_the_rate_is_expected(self, of: int) -> None:
        """An outlet whose share is the stated rate is not held to be odd."""
        assert standing(round(of * 0.005), of, 0.005, 1) is Standing.EXPECTED

    def test_without_a_rate_nothing_is_said(self) -> None:
        """A model that states no rate leaves the standing open."""
        assert standing(50, 60, math.nan, 3) is Standing.UNKNOWN

    def test_honest_outlets_are_hardly_ever_named(self) -> None:
        """Fifty outlets whose copy fares worst: one of them is named in no more than the stated share of reports."""
        of, outlets = 200, 50
        limit = next(k for k in range(of) if standing(k, of, 0.005, outlets) is Standing.BEYOND)
        assert outlets * binom.sf(limit - 1, of, HARD_COPY_RATE) < 0.05

    def test_the_hardest_copy_is_as_the_evaluation_measured(self) -> None:
        """No group of at least a hundred articles by people is called spun more often than is reckoned with."""
        groups = json.loads(EVALUATION.read_text(encoding="utf-8"))["groups"]
        worst = max(g["spun"]["value"] for g in groups if g["articles"] >= 100)
        assert worst <= HARD_COPY_RATE


DAYS = st.lists(
    st.tuples(st.dates(), st.integers(1, 50), st.integers(0, 5)), max_size=60, unique_by=lambda day: day[0]
).map(sorted)


class TestTimeline:
    """Days gathered into periods."""

    @given(DAYS)
    def test_no_story_is_lost(self, days: list[tuple[date, int, int]]) -> None:
        """Periods follow each other without gaps, and every story is in one of them or counted as outside."""
        line = timeline((day.isoformat(), Tally(clean, 0, spun)) for day, clean, spun in days)
        assert sum(p.tally.judged for p in line.periods) + line.outside == sum(c + s for _, c, s in days)
        for before, after in zip(line.periods, line.periods[1:], strict=False):
            assert date.fromisoformat(before.last) + timedelta(1) == date.fromisoformat(after.first)
        assert len(line.periods) <= 100

    def test_one_wrong_date_does_not_spoil_the_scale(self) -> None:
        """A story dated 1970 among two hundred of this month is left out, and said to be."""
        days = [("1970-01-01", Tally(1))] + [(f"2026-11-{d:02}", Tally(10)) for d in range(1, 21)]
        line = timeline(days)
        assert (line.outside, len(line.periods), line.first) == (1, 20, "1970-01-01")

    def test_dates_that_are_none_are_outside(self) -> None:
        """What is no date is in no period."""
        assert timeline([("", Tally(2)), ("2026-02-30", Tally(3))]).outside == 5


class TestPassages:
    """What is shown of an article."""

    @given(
        st.text("ab \n.", min_size=1, max_size=900),
        st.lists(st.tuples(st.integers(0, 899), st.integers(1, 9)), max_size=15),
    )
    def test_passages_are_pieces_of_the_text(self, text: str, places: list[tuple[int, int]]) -> None:
        """Every passage stands in the text, marks quote it, and no stretch is shown twice."""
        marks = [
            Mark("odd_synonyms", start, start + length, text[start : start + length], "", ("x",), 0.5)
            for start, length in places
            if start + length <= len(text)
        ]
        flat = " ".join(text.split())
        quoted = {" ".join(mark.text.split()) for mark in marks}
        shown = 0
        for passage in passages(text, marks):
            body = "".join(piece.text for piece in passage if piece.text not in ("… ", " …"))
            assert " ".join(body.split()) in flat
            assert all(" ".join(piece.text.split()) in quoted for piece in passage if piece.feature)
            shown += len(body)
        assert shown <= len(text)

    def test_marks_of_another_text_are_not_shown(self) -> None:
        """Where the text kept is not the one that was marked, nothing is marked at random."""
        assert passages("Something else.", [Mark("odd_synonyms", 0, 6, "stated", "", ("said",), 0.9)]) == ()

    def test_repeats_are_gathered(self) -> None:
        """A wording marked twice is one line that says so."""
        marks = [Mark("odd_synonyms", n, n + 6, "stated", "", ("said",), 0.9) for n in (0, 10)]
        assert [(w.wording, w.times) for w in wordings(marks)] == [("stated", 2)]


@given(st.floats(0, 1))
def test_no_share_is_rounded_to_nothing_or_all(share: float) -> None:
    """Only none is 0 %, only all is 100 %."""
    assert (percent(share) == "0%") == (share == 0)
    assert (percent(share) == "100%") == (share == 1)


@given(st.floats(1e-9, 1e7))
def test_no_expected_number_is_rounded_to_nothing(expected: float) -> None:
    """A few false alarms are never said to be none."""
    assert number_words(expected) != "0"
