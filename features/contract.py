"""The rules that every feature keeps, including one that you write.

Use :func:`faults` in the tests of your own feature. :class:`detector.checker.Checker` passes your feature's results
through :func:`guard`. It refuses what cannot be shown, so that a bug in one feature never marks the wrong place.
"""

import math
from collections.abc import Iterable, Sequence
from typing import TypeGuard

from features.document import Document
from features.feature import Feature, Measurement


def faults(feature: Feature, text: str) -> list[str]:
    """Report what is wrong with the feature's answer about a text, one sentence per fault; empty if nothing is.

    >>> from features.articles import Articles
    >>> faults(Articles(), "An story and a idea.")
    []
    >>> class Shouting:
    ...     name, columns = "shouting", Articles().columns
    ...     def measure(self, document):
    ...         return Measurement({"capitals": 1.0})
    >>> faults(Shouting(), "LOUD")
    ['“shouting” declares an_before_consonant_per_1000_words and gives capitals']
    """
    document = Document(text)
    measured = feature.measure(document)
    found = _wrong_values(feature, measured) + _wrong_marks(feature, measured, document)
    if not document.words and not all(math.isnan(value) for value in measured.values.values()):
        found.append(f"“{feature.name}” gives numbers for a text without words; what cannot be measured is NaN")
    if repr(feature.measure(Document(text))) != repr(measured):
        found.append(f"“{feature.name}” measures the same text twice and gives two answers")
    return found


def guard(feature: Feature, measured: Measurement, document: Document) -> Measurement:
    """Return the measurement unchanged if it can be shown.

    Raises
    ------
    ValueError
        If a column is missing, unknown or out of its range, or a mark lies outside the text.
    """
    wrong = _wrong_values(feature, measured) + _wrong_marks(feature, measured, document)
    if wrong:
        raise ValueError("; ".join(wrong))
    return measured


def check_additions(additions: Sequence[object], known: Iterable[Feature]) -> tuple[Feature, ...]:
    """Return the additions if they can be used beside the known features.

    Raises
    ------
    ValueError
        If one of them is not a feature, or has the same name or column as another.
    """
    present = list(known)
    names = {feature.name for feature in present}
    columns = {column.name for feature in present for column in feature.columns}
    accepted: list[Feature] = []
    for feature in additions:
        if not is_feature(feature):
            raise ValueError(f"{feature!r} is no feature: it needs name, columns and measure(document)")
        if not feature.columns:
            raise ValueError(f"the feature “{feature.name}” has no columns: declare at least one")
        if feature.name in names:
            raise ValueError(f"there is already a feature “{feature.name}”: give yours another name")
        names.add(feature.name)
        for column in feature.columns:
            if column.name in columns:
                raise ValueError(f"there is already a column “{column.name}”: give yours another name")
            columns.add(column.name)
        accepted.append(feature)
    return tuple(accepted)


def is_feature(thing: object) -> TypeGuard[Feature]:
    """Whether an object has the parts of a feature. Classes and strings are not features."""
    return not isinstance(thing, (str, type)) and all(hasattr(thing, part) for part in ("name", "columns", "measure"))


def _wrong_values(feature: Feature, measured: Measurement) -> list[str]:
    declared = [column.name for column in feature.columns]
    if sorted(measured.values) != sorted(declared):
        return [f"“{feature.name}” declares {', '.join(declared)} and gives {', '.join(measured.values) or 'nothing'}"]
    return [
        f"“{feature.name}” gives {column.name} = {value}, which is not from {column.low:g} to {column.high:g}"
        for column in feature.columns
        if not (math.isnan(value := measured.values[column.name]) or column.low <= value <= column.high)
    ]


def _wrong_marks(feature: Feature, measured: Measurement, document: Document) -> list[str]:
    found = []
    for mark in measured.evidence:
        start, end = mark.span
        if mark.feature != feature.name:
            found.append(f"“{feature.name}” gives a mark of “{mark.feature}”")
        if not 0 <= start < end <= len(document.text):
            found.append(f"“{feature.name}” marks {start} to {end} in a text of {len(document.text)} code points")
        if not 0.0 <= mark.weight <= 1.0:
            found.append(f"“{feature.name}” gives a mark the weight {mark.weight}, which is not from 0 to 1")
    return found
