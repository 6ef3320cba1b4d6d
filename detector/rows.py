"""Texts to numbers, in whatever process: what the estimators send to their workers.

Apart from :mod:`detector.estimator`, so that a worker imports no learning library to measure texts.
"""

from collections.abc import Sequence
from functools import cache
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from detector.checker import Checker
from detector.tabulate import tabulate
from features.contract import check_additions, is_feature
from features.document import Document
from features.feature import Column, Feature

Wanted: TypeAlias = "str | Feature | Sequence[str | Feature] | None"
"""Features by name or, one's own, as they are; None for all that unspin has."""


@cache
def checker_of(grammar: str) -> Checker:
    """One checker for each process: its tables are shared by all estimators, and by none of their pickles."""
    return Checker(grammar=grammar)


def chosen(features: Wanted) -> tuple[tuple[str, ...], tuple[Feature, ...]]:
    """Names of unspin's features, in their own order, and features of one's own, in the given order.

    Raises
    ------
    ValueError
        If there is no feature of a name, or one's own cannot stand beside the others.
    """
    known = checker_of("none").features
    names = [feature.name for feature in known]
    if features is None:
        return tuple(names), ()
    wanted: list[object] = [features] if isinstance(features, str) or is_feature(features) else list(features)  # type: ignore[arg-type] # neither a name nor a feature: several
    unknown = [thing for thing in wanted if isinstance(thing, str) and thing not in names]
    if unknown or not wanted:
        raise ValueError(
            f"there is no feature “{', '.join(unknown)}”: use {', '.join(names)}, or a feature of your own"
        )
    extra = check_additions([thing for thing in wanted if not isinstance(thing, str)], known)
    return tuple(name for name in names if name in wanted), extra


def columns_of(names: Sequence[str], extra: Sequence[Feature]) -> list[Column]:
    """The columns of unspin's features of those names, then those of one's own."""
    known = [feature for feature in checker_of("none").features if feature.name in names]
    return [column for feature in (*known, *extra) for column in feature.columns]


def measure_texts(
    texts: Sequence[str], names: Sequence[str], extra: Sequence[Feature], grammar: str
) -> NDArray[np.float64]:
    """One row a text, shape (texts, columns), in the order of :func:`columns_of`."""
    checker = checker_of(grammar).with_features(*extra)
    columns = [column.name for column in columns_of(names, extra)]
    only = {*names, *(feature.name for feature in extra)}
    return np.array([tabulate(checker.measure(Document(text), only), columns) for text in texts])


def judge_texts(texts: Sequence[str], grammar: str) -> list[tuple[float, float]]:
    """Probability (NaN where unspin abstains) and threshold of each text, by the embedded model."""
    checker = checker_of(grammar)
    return [(verdict.probability, verdict.threshold) for verdict in map(checker.check, map(Document, texts))]
