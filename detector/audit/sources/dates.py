"""Convert dates of many forms into one form whose text order is time order."""

import math
import re
from datetime import UTC, date, datetime
from email.utils import parsedate_to_datetime

_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:[T ]?(\d{2})(\d{2})(\d{2})?(Z|[+-]\d{2}:?\d{2})?)?")
_SLASHED = re.compile(r"(\d{4})[/.](\d{1,2})[/.](\d{1,2})(?![\d/.])")
_WRITTEN = (
    "%d %B %Y", "%d %b %Y", "%B %d, %Y", "%b %d, %Y", "%B %d %Y", "%b %d %Y", "%A, %B %d, %Y", "%a, %b %d, %Y",
    "%A, %d %B %Y", "%a, %d %b %Y", "%d-%b-%Y",
)  # fmt: skip
_LONGEST = 60
# Limits in seconds since 1970: the years 1980 to 2100. Larger numbers are milli-, micro- or nanoseconds.
_EARLIEST, _LATEST = 315_532_800, 4_102_444_800


def iso_date(value: object) -> str | None:
    """A date as ``YYYY-MM-DD``, or with a time as ``YYYY-MM-DDTHH:MM:SSZ`` in UTC; None if it is not a date.

    A time without a zone counts as UTC. A date with ambiguous day and month (``03/04/2024``) gives None.

    Parameters
    ----------
    value : object
        ISO 8601, RFC 2822, forms such as ``November 24, 2026``, seconds since 1970, a date or a datetime.

    Examples
    --------
    >>> iso_date("Tue, 24 Nov 2026 10:30:00 +0200"), iso_date("20261124"), iso_date(1795509000), iso_date("03/04/2024")
    ('2026-11-24T08:30:00Z', '2026-11-24', '2026-11-24T08:30:00Z', None)
    """
    try:
        found = _parsed(value)
    except (ValueError, OverflowError, TypeError, OSError):
        return None
    if isinstance(found, datetime):
        zoned = found.replace(tzinfo=UTC) if found.tzinfo is None else found
        try:
            return zoned.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if zoned.year >= 1000 else None
        except (ValueError, OverflowError):
            return None
    return found.isoformat() if found is not None and found.year >= 1000 else None


def _parsed(value: object) -> date | None:
    if isinstance(value, datetime | date):
        return value
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _since_1970(float(value))
    if not isinstance(value, str):
        return None
    text = " ".join(value[: _LONGEST + 1].split())
    if not text or len(text) > _LONGEST:
        return None
    if match := _COMPACT.fullmatch(text):
        return _compact(match)
    if text.replace(".", "", 1).isascii() and text.replace(".", "", 1).isdigit():
        return _since_1970(float(text))
    if match := _SLASHED.match(text):
        day = date(int(match[1]), int(match[2]), int(match[3]))
        return day if match.end() == len(text) else _read_as_iso(day.isoformat() + text[match.end() :])
    return _read_as_iso(text) or _written(text)


def _compact(match: re.Match[str]) -> date | None:
    year, month, day, hour, minute, second, zone = match.groups()
    if hour is None:
        return date(int(year), int(month), int(day))
    return datetime.fromisoformat(f"{year}-{month}-{day}T{hour}:{minute}:{second or '00'}{zone or ''}")


def _since_1970(number: float) -> datetime | None:
    if not math.isfinite(number):
        return None
    for unit in (1, 1e3, 1e6, 1e9):
        if _EARLIEST <= number / unit <= _LATEST:
            return datetime.fromtimestamp(number / unit, UTC)
    return None


def _read_as_iso(text: str) -> date | None:
    if not text[:4].isdigit():
        return None
    try:
        if len(text) == 10:
            return date.fromisoformat(text)
        return datetime.fromisoformat(text.removesuffix(" UTC").removesuffix(" GMT"))
    except ValueError:
        return None


def _written(text: str) -> date | None:
    if ":" in text:
        try:
            return parsedate_to_datetime(text)
        except (ValueError, TypeError, IndexError):
            return None
    for form in _WRITTEN:
        try:
            return datetime.strptime(text, form).date()  # noqa: DTZ007 - only the day is taken
        except ValueError:
            continue
    return None
