"""Many texts measured by worker processes, for training and evaluation."""

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

from detector.as_read import as_read, read_by
from detector.tabulate import tabulate
from features import build
from features.document import Document
from features.feature import Feature
from features.grammar import GrammarChecker
from features.language_model.analysis import Analyst

BATCH = 40


def measure_texts(
    texts: Sequence[str], tables: Path, checker: GrammarChecker | None, *, jobs: int
) -> tuple[list[str], NDArray[np.float64]]:
    """Column names, and one row a text: shape (texts, columns).

    The checker is sent to the workers, so it must be picklable; tables are shared by memory map.
    """
    columns = [c.name for f in features_of(tables, checker) for c in f.columns]
    batches = [texts[i : i + BATCH] for i in range(0, len(texts), BATCH)]
    parts = Parallel(n_jobs=jobs)(delayed(_measure)(batch, tables, checker, columns) for batch in batches)
    return columns, np.concatenate(list(parts)) if batches else np.empty((0, len(columns)))


def _measure(
    texts: Iterable[str], tables: Path, checker: GrammarChecker | None, columns: Sequence[str]
) -> NDArray[np.float64]:
    features = features_of(tables, checker)
    rows = []
    for text in texts:
        document = Document(text)
        read = as_read(document)
        rows.append(tabulate([f.measure(read_by(f, document, read)) for f in features], columns))
    return np.array(rows)


def features_of(tables: Path, checker: GrammarChecker | None) -> tuple[Feature, ...]:
    """The features over the tables of a folder; the tables are opened once a process."""
    kind = "none" if checker is None else checker.name
    return _features(tables, kind, _Held(checker))


class _Held:
    """Lets a checker, which has no hash, be an argument that the cache ignores."""

    def __init__(self, checker: GrammarChecker | None) -> None:
        self.checker = checker

    def __hash__(self) -> int:
        return 0

    def __eq__(self, other: object) -> bool:
        return isinstance(other, _Held)


@cache
def _features(tables: Path, kind: str, held: _Held) -> tuple[Feature, ...]:  # noqa: ARG001 - kind is the cache's key
    return build(analyst(tables), held.checker)


@cache
def analyst(tables: Path) -> Analyst:
    """The tables of a folder, opened once a process."""
    return Analyst.load(tables)
