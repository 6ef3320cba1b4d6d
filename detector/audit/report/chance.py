"""How many human stories get the label ``spun`` by mistake, and when an outlet has more spun stories than that.

Some human articles are always labelled spun; the model states how many. So a number of spun stories says something about
an outlet only where it is higher - and unspin would rather say nothing than accuse (docs/PHILOSOPHY.md). Three things make
this stricter than a test of one share:

- An outlet must beat :data:`HARD_COPY_RATE`, not the average rate: some honest writers are labelled
  spun several times as often as the average.
- With many outlets some stand out by luck. The chance is multiplied by their number (Bonferroni).
- Stories of one outlet often come from one writer and are not independent evidence: fewer than :data:`LEAST_SPUN` of
  them never stand out.
"""

import math
from bisect import bisect_left
from enum import StrEnum

HARD_COPY_RATE = 0.03
"""The share of human stories that may be labelled spun in the kinds of writing with the most errors: above that of every
large group in docs/EVALUATION.md, which a test compares."""

LEAST_SPUN = 5
"""The smallest number of spun stories that can stand out."""

RISK = 0.05
"""The chance, over all outlets of a report together, that one of them is wrongly said to stand out."""


class Standing(StrEnum):
    """What an outlet's number of spun stories says.

    ``EXPECTED``: no more than mistakes explain. ``UNCLEAR``: more than the average error rate explains, but some kinds of
    human writing get there. ``BEYOND``: more than mistakes explain even in the kinds of writing with the most errors.
    ``UNKNOWN``: the model states no rate.
    """

    EXPECTED = "expected"
    UNCLEAR = "unclear"
    BEYOND = "beyond"
    UNKNOWN = "unknown"


def tail(hits: int, of: int, rate: float) -> float:
    """The chance that at least ``hits`` of ``of`` human stories are wrongly labelled spun; ``rate`` in 0 to 1.

    >>> round(tail(1, 2, 0.5), 6), tail(0, 2, 0.5), tail(3, 2, 0.5)
    (0.75, 1.0, 0.0)
    """
    from scipy.special import bdtrc

    return 1.0 if hits <= 0 else 0.0 if hits > of else float(bdtrc(hits - 1, of, rate))


def likely_range(of: int, rate: float) -> tuple[int, int]:
    """The numbers of wrongly flagged stories between which 95 of 100 such audits of ``of`` human stories fall.

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
    """What ``hits`` spun stories among ``of`` say of one of ``outlets`` outlets, at a stated false-positive ``rate``.

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
