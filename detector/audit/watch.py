"""Again and again: how often a watched feed is looked at."""

import re
import time
from collections.abc import Callable
from typing import NoReturn

from detector.errors import UnspinError

_UNITS = {"s": 1.0, "m": 60.0, "min": 60.0, "h": 3600.0, "d": 86400.0}
_SHORTEST = 1.0
_LONGEST = 366 * 86400.0


def seconds_of(said: str) -> float:
    """A length of time as it is typed.

    Raises
    ------
    UnspinError
        If it is none.

    Examples
    --------
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
    look: Callable[[], None],
    every: float,
    *,
    tell: Callable[[str], None],
    rest: Callable[[float], None] = time.sleep,
    clock: Callable[[], float] = time.monotonic,
) -> NoReturn:
    """Look, wait until it is time again, and so on until Ctrl-C.

    Looks begin ``every`` seconds apart. One that takes longer than that is followed by the next at once, and those it
    missed are not made up for. If the first look cannot be done, that is raised; of a later one it is told, because a
    full disk or a server that is down may be well again next time.
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
