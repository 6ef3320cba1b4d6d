"""Filter and sort the rows of a store."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import ColumnElement, and_, func, or_, true

from detector.audit.identity import storable
from detector.audit.schema import articles
from detector.errors import UnspinError
from detector.verdict import Label
from features.visible import visible

_OF = articles.c
when = func.coalesce(_OF.date, _OF.added)
"""The date that an article counts for: its own, else that of the day it was added."""

MOST_PROBABLE = _OF.probability.desc().nulls_last()
_FORM = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2})?Z?)?")


class Order(StrEnum):
    """The order of rows."""

    ADDED = "added"
    DATE = "date"
    PROBABILITY = "probability"

    @property
    def columns(self) -> tuple[ColumnElement[Any], ...]:
        """The columns to sort by."""
        return {Order.ADDED: (), Order.DATE: (when,), Order.PROBABILITY: (MOST_PROBABLE,)}[self] + (_OF.id,)


@dataclass(frozen=True)
class Filter:
    """Conditions that a row must all meet. None means no condition.

    Parameters
    ----------
    since, until : str, optional
        ISO day or time in UTC, compared with the article's date. Articles without a date use the time they were added.
        Both limits are inclusive; ``until`` as a day includes the whole day.
    outlet : str, optional
        Name of the outlet or origin; upper and lower case are equal.
    min_probability : float, optional
        0 to 1.
    errors : bool, optional
        True: only rows with an error. False: only rows with a verdict.
    stories_once : bool
        Whether to keep only the first article of each story. Rows with errors belong to no story and are kept.
    """

    since: str | None = None
    until: str | None = None
    outlet: str | None = None
    label: Label | None = None
    min_probability: float | None = None
    errors: bool | None = None
    stories_once: bool = False

    def condition(self) -> ColumnElement[bool]:
        """The condition on the table of articles.

        Raises UnspinError if ``since`` or ``until`` is not an ISO date, or does not exist in the calendar.
        """
        parts: list[ColumnElement[bool]] = [true()]
        if self.since is not None:
            parts.append(when >= _checked("since", self.since))
        if self.until is not None:
            until = _checked("until", self.until)
            # "T99" sorts after every time of that day.
            parts.append(when <= (f"{until}T99" if len(until) == 10 else until))
        if self.outlet is not None:
            name = func.lower(storable(self.outlet))
            parts.append(or_(func.lower(_OF.outlet) == name, func.lower(_OF.origin) == name))
        if self.label is not None:
            parts.append(_OF.label == self.label.value)
        if self.min_probability is not None:
            parts.append(_OF.probability >= self.min_probability)
        if self.errors is not None:
            parts.append(_OF.error.is_not(None) if self.errors else _OF.error.is_(None))
        if self.stories_once:
            parts.append(or_(_OF.story.is_(None), _OF.story == _OF.id))
        return and_(*parts)


def _checked(name: str, date: str) -> str:
    try:
        # fromisoformat accepts more forms, but only those of _FORM sort as text in time order.
        datetime.fromisoformat(date if _FORM.fullmatch(date) else "")
    except ValueError:
        raise UnspinError(
            f"{name}: “{visible(date)}” is no date: write a day as 2026-11-24, or a time in UTC as 2026-11-24T08:30."
        ) from None
    return date
