"""Which outlets may republish which: a file with one pair a line."""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from detector.errors import UnreadableError, printable, short

_MOST_BYTES = 10_000_000


def read_licences(path: Path) -> frozenset[tuple[str, str]]:
    """Pairs of outlets from a CSV file without a header: the outlet that republishes, and the one that allows it.

    Empty lines and lines that begin with ``#`` are skipped.

    Raises
    ------
    UnreadableError
        If the file cannot be read, or a line does not name two outlets.
    """
    name = printable(short(path))
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise UnreadableError(f"{name} is too large for a list of licences: name a file of OUTLET,OUTLET lines.")
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except OSError as error:
        raise UnreadableError(
            f"{name} cannot be read ({error.strerror}): name a file of OUTLET,OUTLET lines."
        ) from error
    except ValueError as error:
        raise UnreadableError(f"{name} is not UTF-8 text: name a file of OUTLET,OUTLET lines.") from error
    pairs = set()
    for number, row in enumerate(_rows(lines, name), 1):
        fields = [field.strip() for field in row]
        if not any(fields) or fields[0].startswith("#"):
            continue
        if len(fields) != 2 or not all(fields):
            raise UnreadableError(
                f"{name}, line {number}: write two outlets, the one that republishes and the one that allows it, as in "
                "Daily Example,Example Agency."
            )
        pairs.add((fields[0], fields[1]))
    return frozenset(pairs)


def _rows(lines: Sequence[str], name: str) -> Iterator[list[str]]:
    try:
        yield from csv.reader(lines)
    except csv.Error as error:
        raise UnreadableError(
            f"{name} is no table of OUTLET,OUTLET lines ({error}): check its quotation marks."
        ) from error
