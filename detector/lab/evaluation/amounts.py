"""The number of texts for each table."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Amounts:
    """Numbers of articles. The defaults take about half an hour on two cores without the leave-one-family-out tables.

    Parameters
    ----------
    news : int
        Human articles from each news set.
    world, outlet : int
        Human articles from the set ``world-news``, and from each of its outlets.
    bases : int
        Human articles that the simulated spinners rewrite.
    trips : int
        Human articles that the round trips rewrite, fewer because they are slow.
    real : int
        Rewrites by each tool of the real sets.
    group : int
        Articles of each group of human copy.
    located : int
        Articles of each family and rate for the comparison of marks with the truth.
    rates : tuple of float
        Shares of replaceable words that the simulated spinners replace, 0 to 1.
    """

    news: int = 100
    world: int = 700
    outlet: int = 40
    bases: int = 300
    trips: int = 150
    real: int = 200
    group: int = 500
    located: int = 40
    rates: tuple[float, ...] = (1.0, 0.6, 0.3, 0.15)


QUICK = Amounts(news=35, world=250, outlet=15, bases=60, trips=25, real=40, group=60, located=8, rates=(1.0, 0.3))
"""For a run of a few minutes, with wide intervals."""
