"""Repeat an audit at fixed intervals."""

import re
import time
from collections.abc import Callable
from typing import NoReturn

from detector.errors import UnspinError

_UNITS = {"s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
_SHORTEST = 1.0
_LONGEST = 366 * 86400.0


def seconds_of(said: str) -> float:
    """Parses a length of time, and returns seconds.

    Raises UnspinError if it is not a length of time, shorter than a second, or longer than 366 days.

    >>> [seconds_of(said) for said in ("15m", "90s", "1h", "2h30m", "1d")]
    [900.0, 90.0, 3600.0, 9000.0, 86400.0]
    """
    parts = re.findall(r"(\d+(?:\.\d+)?)\s*(min|[smhd])", said.strip().lower())
    if "".join(number + unit for number, unit in parts) != re.sub(r"\s", "", said.lower()) or not parts:
        raise UnspinError(f"“{said}” is no length of time: write 15m, 90s, 1h or 2h30m.")
    seconds = sum(float(number) * _UNITS[unit] for number, unit in parts)
    if seconds < _SHORTEST:
        raise UnspinError(f"“{said}” is too often: a second is the least.")
    if seconds > _LONGEST:
        raise UnspinError(f"“{said}” is too seldom: 366d is the most.")
    return seconds


def repeat(
    look: Callable[[], object],
    every: float,
    *,
    tell: Callable[[str], None],
    rest: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> NoReturn:
    """Call ``look`` every ``every`` seconds until Ctrl-C.

    A call that takes longer is followed by the next at once; missed calls are not repeated. An error of the first call
    is raised. Later errors only go to ``tell``, because a full disk or a server may be available again the next time.
    """
    first = True
    while True:
        begun = clock()
        try:
            look()
        except UnspinError as error:
            if first:
                raise
            tell(str(error))
        first = False
        rest(max(0.0, every - (clock() - begun)))
