"""Test whether an outlet has more spun stories than wrongly flagged human articles can explain.

unspin labels some human articles spun by mistake, and the model states how many. A number of spun stories is evidence
against an outlet only if it is clearly higher. unspin would rather say nothing than accuse wrongly
(docs/PHILOSOPHY.md). Three rules make this stricter than a test of one share:

- The share must exceed :data:`HARD_COPY_RATE`, not the average rate, because some honest writers are labelled spun
  several times as often as the average.
- With many outlets, some stand out by luck. The probability is therefore multiplied by their number (Bonferroni).
- Stories of one outlet often come from one writer and are not independent evidence. An outlet with fewer than
  :data:`LEAST_SPUN` spun stories never stands out.
"""

import math
from bisect import bisect_left
from enum import StrEnum

HARD_COPY_RATE = 0.03
"""Assumed share of human stories wrongly labelled spun in the kinds of writing with the most errors. A test checks that
it is above the share of every large group in docs/EVALUATION.md."""

LEAST_SPUN = 5
"""Minimum number of spun stories for an outlet to stand out."""

LEAST_STORIES = 50
"""Minimum number of judged stories for a byline to be listed. The share of a person without a flagged story is then known to
be under 7.2% (upper end of the 95% interval)."""

RISK = 0.05
"""Maximum probability that a report wrongly says of any outlet that it stands out (family-wise error rate)."""


class Standing(StrEnum):
    """How an outlet's number of spun stories compares with the expected errors.

    ``EXPECTED``: errors explain it. ``UNCLEAR``: more than the average error rate explains, but some kinds of human
    writing reach it. ``BEYOND``: more than errors explain even in the kinds of writing with the most errors.
    ``UNKNOWN``: the model states no rate.
    """

    EXPECTED = "expected"
    UNCLEAR = "unclear"
    BEYOND = "beyond"
    UNKNOWN = "unknown"


def tail(hits: int, of: int, rate: float) -> float:
    """The probability that at least ``hits`` of ``of`` human stories are wrongly labelled spun; ``rate`` in 0 to 1.

    >>> round(tail(1, 2, 0.5), 6), tail(0, 2, 0.5), tail(3, 2, 0.5)
    (0.75, 1.0, 0.0)
    """
    from scipy.special import bdtrc

    return 1.0 if hits <= 0 else 0.0 if hits > of else float(bdtrc(hits - 1, of, rate))


def likely_range(of: int, rate: float) -> tuple[int, int]:
    """The range of the number of wrongly flagged stories in 95 of 100 audits of ``of`` human stories.

    >>> likely_range(1000, 0.005)
    (1, 10)
    >>> likely_range(3, 0.005)
    (0, 0)
    """

    def at_most(hits: int) -> float:
        return 1.0 - tail(hits + 1, of, rate)

    numbers = range(of + 1)
    return bisect_left(numbers, 0.025, key=at_most), min(of, bisect_left(numbers, 0.975, key=at_most))


def standing(hits: int, of: int, rate: float, outlets: int) -> Standing:
    """The standing of one of ``outlets`` outlets with ``hits`` spun among ``of`` stories, at a false positive ``rate``.

    >>> [standing(k, 1000, 0.005, 20).value for k in (5, 20, 80)]
    ['expected', 'unclear', 'beyond']
    >>> standing(1, 3, 0.005, 20).value, standing(3, 3, 0.005, 20).value
    ('expected', 'unclear')
    """
    if math.isnan(rate):
        return Standing.UNKNOWN
    limit = RISK / max(1, outlets)
    if hits >= LEAST_SPUN and tail(hits, of, max(rate, HARD_COPY_RATE)) < limit:
        return Standing.BEYOND
    if tail(hits, of, rate) < limit:
        return Standing.UNCLEAR
    return Standing.EXPECTED
