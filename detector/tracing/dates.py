"""Dates of articles and stories, as far as they are told."""

from datetime import UTC, datetime


def later(one: str, other: str) -> bool:
    """Whether one date is surely after the other; False where either is unknown or both fall on one day without hours.

    >>> later("2026-11-30", "2026-11-29"), later("2026-11-30T09:00:00Z", "2026-11-30"), later("", "2026-11-30")
    (True, False, False)
    >>> later("2026-11-30T09:00:00Z", "2026-11-30T08:00:00Z")
    True
    """
    first, second = parsed(one), parsed(other)
    if first is None or second is None:
        return False
    if len(one) <= _DAY or len(other) <= _DAY:
        return first.date() > second.date()
    return first > second


_DAY = len("2026-11-30")


def parsed(date: str) -> datetime | None:
    """A date in ISO 8601, in UTC where it names no zone; None for anything else.

    >>> parsed("last week") is None
    True
    """
    try:
        found = datetime.fromisoformat(date)
    except ValueError:
        return None
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)
