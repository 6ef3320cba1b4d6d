"""How many texts each table takes."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Amounts:
    """Numbers of articles; the defaults take about half an hour on two cores without the tables of left-out families.

    Parameters
    ----------
    news : int
        Negatives of each set of reporters' copy.
    world, outlet : int
        Negatives of the set of many outlets, and of each of its outlets.
    bases : int
        Human articles that the simulated spinners rewrite.
    trips : int
        Those that the round trips rewrite, which are slow.
    real : int
        Rewrites of each tool of the real sets.
    group : int
        Articles of each group of human copy.
    located : int
        Articles of each family and rate whose marks are compared with the truth.
    rates : tuple of float
        Shares of its words at which the simulated spinners run.
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
"""For a look in a few minutes: intervals are wide."""
