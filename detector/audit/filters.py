"""Filter and sort the rows of a store."""

import re
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from detector.errors import UnspinError
from detector.verdict import Label
from features.visible import visible

_WHEN = "coalesce(date, added)"
_FORM = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(T[0-9]{2}:[0-9]{2}(:[0-9]{2})?Z?)?")


class Order(StrEnum):
    """The order of rows."""

    ADDED = "id"
    DATE = f"{_WHEN}, id"
    PROBABILITY = "probability DESC, id"


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
    label : Label, optional
    min_probability : float, optional
        0 to 1.
    errors : bool, optional
        True: only rows with an error. False: only rows with a verdict.
    stories_once : bool
        Whether to keep only the first article of each story. Rows with errors belong to no story and are kept.

    Examples
    --------
    >>> Filter(outlet="The Example", min_probability=0.9).sql()
    ('1 AND (outlet = ? COLLATE NOCASE OR origin = ? COLLATE NOCASE) AND probability >= ?', ['The Example', 'The Example', 0.9])
    """

    since: str | None = None
    until: str | None = None
    outlet: str | None = None
    label: Label | None = None
    min_probability: float | None = None
    errors: bool | None = None
    stories_once: bool = False

    def sql(self) -> tuple[str, list[object]]:
        """The SQL condition for the table ``articles``, and its parameters.

        Raises
        ------
        UnspinError
            If ``since`` or ``until`` is not an ISO date, or does not exist in the calendar.
        """
        parts, values = ["1"], list[object]()
        if self.since is not None:
            parts.append(f"{_WHEN} >= ?")
            values.append(_checked("since", self.since))
        if self.until is not None:
            until = _checked("until", self.until)
            # "T99" sorts after every time of that day.
            parts.append(f"{_WHEN} <= ?")
            values.append(f"{until}T99" if len(until) == 10 else until)
        if self.outlet is not None:
            parts.append("(outlet = ? COLLATE NOCASE OR origin = ? COLLATE NOCASE)")
            values += [self.outlet, self.outlet]
        if self.label is not None:
            parts.append("label = ?")
            values.append(self.label.value)
        if self.min_probability is not None:
            parts.append("probability >= ?")
            values.append(self.min_probability)
        if self.errors is not None:
            parts.append("error IS NOT NULL" if self.errors else "error IS NULL")
        if self.stories_once:
            parts.append("(story IS NULL OR story = articles.id)")
        return " AND ".join(parts), values


def _checked(name: str, date: str) -> str:
    try:
        # fromisoformat accepts more forms, but only those of _FORM sort as text in time order.
        datetime.fromisoformat(date if _FORM.fullmatch(date) else "")
    except ValueError:
        raise UnspinError(
            f"{name}: “{visible(date)}” is no date: write a day as 2026-11-24, or a time in UTC as 2026-11-24T08:30."
        ) from None
    return date
