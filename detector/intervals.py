"""Wilson's confidence interval of a share, which also works for small samples and for 0 of n."""

import math
from typing import NamedTuple

_Z = 1.959963984540054  # the 97.5% point of the normal distribution


class Figure(NamedTuple):
    """A measured value with its 95% confidence interval; NaN if nothing was measured."""

    value: float
    low: float
    high: float


NOTHING = Figure(math.nan, math.nan, math.nan)


def wilson(hits: int, of: int) -> Figure:
    """Return a share, 0 to 1, with its 95% score interval (Wilson 1927).

    >>> [round(x, 3) for x in wilson(0, 250)]
    [0.0, 0.0, 0.015]
    """
    if of == 0:
        return NOTHING
    share = hits / of
    centre = share + _Z**2 / (2 * of)
    reach = _Z * math.sqrt(share * (1 - share) / of + _Z**2 / (4 * of**2))
    scale = 1 + _Z**2 / of
    # Rounding must not move a limit past the share itself.
    return Figure(share, min(share, max(0.0, (centre - reach) / scale)), max(share, min(1.0, (centre + reach) / scale)))
