"""Measure many texts in worker processes, for estimators, training and evaluation.

Workers import no learning library to measure texts. They open the tables once and share them as memory maps.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import NamedTuple, TypeAlias

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

from detector.checker import Checker
from detector.measuring import Measurer, open_grammar, open_reader, open_tables
from detector.tabulate import tabulate
from detector.verdict import Label
from features.contract import check_additions, is_feature
from features.document import Document
from features.feature import Column, Feature
from features.reader import Reader

BATCH = 16

Wanted: TypeAlias = "str | Feature | Sequence[str | Feature] | None"
"""Names of features, or your own features as objects; None for all of unspin's."""


@dataclass(frozen=True)
class Rows:
    """Measured texts.

    Parameters
    ----------
    values : ndarray of float64, shape (texts, columns)
        NaN if a column could not be measured.
    words : ndarray of int64, shape (texts,)
        Length of each text in words.
    abstentions : tuple of (Label or None), length texts
        The label of each text that would not be judged, else None.
    """

    columns: tuple[str, ...]
    values: NDArray[np.float64]
    words: NDArray[np.int64]
    abstentions: tuple[Label | None, ...]

    @property
    def judged(self) -> NDArray[np.bool_]:
        """Which texts would be judged, shape (texts,)."""
        return np.array([label is None for label in self.abstentions], bool)


def measure_texts(
    texts: Sequence[str],
    *,
    grammar: str,
    min_words: int | None = None,
    tables: Path | None = None,
    features: Wanted = None,
    jobs: int | None = None,
    reader: bool = False,
) -> Rows:
    """Measure texts as :class:`detector.checker.Checker` does.

    Parameters
    ----------
    grammar : str
        ``"harper"``, ``"languagetool"`` or ``"none"``.
    min_words : int, optional
        Smallest number of words of running prose for a verdict; by default that of the embedded model.
    tables : Path, optional
        Folder of the features' tables; by default that of the package.
    features : names or features, optional
        By default all of unspin's.
    reader : bool
        Whether to append the columns of the tables' reader.

    Raises
    ------
    ValueError
        If a feature's name is unknown, or your own feature conflicts with another.
    GrammarError, ModelError
        If the grammar checker or a table is not available.
    """
    if min_words is None:
        min_words = checker_of("none").model.manifest.min_words
    columns = tuple(column.name for column in chosen_columns(features))
    if reader:
        columns += tuple(column.name for column in Reader.columns)
    batches = [texts[i : i + BATCH] for i in range(0, len(texts), BATCH)]
    parts = list(
        Parallel(n_jobs=jobs)(
            delayed(_measure)(batch, grammar, min_words, tables, features, columns, reader) for batch in batches
        )
    )
    return Rows(
        columns,
        np.concatenate([values for values, _, _ in parts]) if parts else np.empty((0, len(columns))),
        np.array([n for _, words, _ in parts for n in words], np.int64),
        tuple(label for _, _, labels in parts for label in labels),
    )


def _measure(
    texts: Sequence[str],
    grammar: str,
    min_words: int,
    tables: Path | None,
    features: Wanted,
    columns: Sequence[str],
    with_reader: bool,
) -> tuple[NDArray[np.float64], list[int], list[Label | None]]:
    names, extra = chosen(features)
    measurer = measurer_of(tables, grammar).with_features(extra)
    only = {*names, *(feature.name for feature in extra)}
    readings = [measurer.read(Document(text)) for text in texts]
    reader = [open_reader(tables)] if with_reader else []
    values = [
        tabulate([*measurer.measure(reading, only), *(r.measure(reading.seen) for r in reader)], columns)
        for reading in readings
    ]
    return (
        np.array(values),
        [len(reading.seen.words) for reading in readings],
        [reading.abstention(min_words) for reading in readings],
    )


class Judged(NamedTuple):
    """The parts of a verdict that a batch returns. The probability is NaN if unspin abstains."""

    label: Label
    probability: float
    threshold: float


def judge_texts(texts: Sequence[str], grammar: str) -> list[Judged]:
    """Judge each text with the embedded model."""
    checker = checker_of(grammar)
    return [Judged(v.label, v.probability, v.threshold) for v in map(checker.check, map(Document, texts))]


@cache
def checker_of(grammar: str) -> Checker:
    """Return this process's checker. All estimators share its tables, and no pickle contains them."""
    return Checker(grammar=grammar)


@cache
def measurer_of(tables: Path | None, grammar: str) -> Measurer:
    """Return this process's measurer for a set of tables and a grammar checker."""
    if tables is None:
        return checker_of(grammar).measurer
    return Measurer(open_tables(tables), open_grammar(grammar))


def chosen(features: Wanted) -> tuple[tuple[str, ...], tuple[Feature, ...]]:
    """Return names of unspin's features, in their own order, and your own features, in the given order.

    Raises ValueError if a feature's name is unknown, or your own feature conflicts with another.
    """
    known = checker_of("none").measurer.known
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


def chosen_columns(features: Wanted) -> tuple[Column, ...]:
    """Return the columns of the chosen features, your own last."""
    names, extra = chosen(features)
    known = [feature for feature in checker_of("none").measurer.known if feature.name in names]
    return tuple(column for feature in (*known, *extra) for column in feature.columns)
