"""Score texts, and cache the measured rows, so that a rerun continues where the last one stopped."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from importlib.metadata import version
from pathlib import Path

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

import features
from detector.cascade import ALWAYS, AUTO
from detector.checker import Checker
from detector.lab.fingerprint import code_hash
from detector.lab.training.calibration import CHECKERS, blank_grammar
from detector.manifest import Manifest, sha256
from detector.model import Model, Score, Weights, load
from detector.rows import measure_texts
from detector.verdict import REGISTER, Label, Thresholds, judge
from features.document import Document
from features.tell_tales import TellTales

Floats = NDArray[np.float64]

CHUNK = 2000
CHECKED, BATCH = 400, 50
"""Texts that are checked before their labels are saved, and those that a process takes at once."""

CHECKER = "harper"
"""The grammar checker used for measuring: the embedded one."""

LEXICON = frozenset(column.name for column in TellTales.columns)
"""Columns of the lexicon. Its lifts were counted on other stories by simulated spinners. That includes the left-out
ones, so leave-one-family-out models also know them."""

_STATES = (None, Label.TOO_SHORT, Label.NOT_ENGLISH)
"""Labels of abstention. A cached row holds an index into this tuple; None means that the text is judged."""


@dataclass
class Scorer:
    """Measures and judges texts with one model.

    Parameters
    ----------
    model : Model
        The model.
    tables : Path
        The model's tables of features.
    cache : Path
        Folder for measured rows.
    jobs : int
        Number of worker processes.
    progress : callable
        Called with each line of progress.
    """

    model: Model
    tables: Path
    cache: Path
    jobs: int
    progress: Callable[[str], None]
    _rows: dict[str, Floats] = field(default_factory=dict, repr=False)
    _read: bool = field(default=False, repr=False)
    _checked: dict[tuple[str, str], Label] = field(default_factory=dict, repr=False)

    @property
    def manifest(self) -> Manifest:
        """The model's manifest."""
        return self.model.manifest

    @property
    def weights(self) -> Weights:
        """The model's weights."""
        return self.model.weights

    def measure(self, texts: Iterable[str], what: str) -> None:
        """Measure the texts that are not in the cache."""
        self._open()
        wanted = {text_key(t): t for t in texts}
        new = [(k, t) for k, t in wanted.items() if k not in self._rows]
        for start in range(0, len(new), CHUNK):
            part = new[start : start + CHUNK]
            rows = measure_texts(
                [t for _, t in part],
                grammar=CHECKER,
                min_words=self.manifest.min_words,
                tables=self.tables,
                jobs=self.jobs,
                reader=self.manifest.cascade is not None,
            )
            if rows.columns != self._columns:
                message = "the features do not give the model's columns: train again"
                raise ValueError(message)
            for (key, _), row, label, words in zip(part, rows.values, rows.abstentions, rows.words, strict=True):
                self._rows[key] = np.append(row, [_STATES.index(label), words])
            self._save()
            self.progress(f"{what}: measured {min(start + CHUNK, len(new)):,} of {len(new):,} texts")

    @property
    def _columns(self) -> tuple[str, ...]:
        cascade = self.manifest.cascade
        return self.manifest.columns if cascade is None else self.manifest.columns + cascade.columns

    def rows(self, texts: Sequence[str]) -> Floats:
        """The columns of measured texts by the features, shape (texts, columns)."""
        return self._all(texts)[:, : len(self.manifest.columns)]

    def _all(self, texts: Sequence[str]) -> Floats:
        width = len(self._columns)
        return np.array([self._rows[text_key(t)][:width] for t in texts]).reshape(len(texts), width)

    def words(self, texts: Sequence[str]) -> Floats:
        """The lengths in words, shape (texts,)."""
        return np.array([self._rows[text_key(t)][-1] for t in texts], float)

    def scores(self, texts: Sequence[str], *, lexicon: bool = True, checker: str = CHECKER) -> list[Score]:
        """The scores that a check with a grammar checker gives, by all stages of the model.

        Without ``lexicon``, the lexicon's columns count as not measured.
        """
        rows = self._all(texts)
        if not lexicon:
            rows[:, [name in LEXICON for name in self._columns]] = np.nan
        if not self.manifest.calibration[checker].grammar:
            rows = blank_grammar(self._columns, rows)
        words = self.words(texts).tolist()
        return [
            self.model.score(self._as_checked(row, int(n)), checker, int(n)) for row, n in zip(rows, words, strict=True)
        ]

    def _as_checked(self, row: Floats, words: int) -> Floats:
        """The row that a check sees: without the reader's columns if the article is too long for it."""
        cascade = self.manifest.cascade
        read = cascade is not None and cascade.reads(ALWAYS, 1.0, words)
        return row if read else row[: len(self.manifest.columns)]

    def log_odds(self, texts: Sequence[str], *, lexicon: bool = True, checker: str = CHECKER) -> Floats:
        """Calibrated log-odds, shape (texts,). They rank articles, because unlike probabilities they do not round to 1."""
        return np.array([score.log_odds for score in self.scores(texts, lexicon=lexicon, checker=checker)], float)

    def read_by_auto(self, texts: Sequence[str]) -> NDArray[np.bool_]:
        """Whether the reader reads each text under ``auto``, shape (texts,); False for a model without a second stage."""
        cascade, rows, words = self.manifest.cascade, self.rows(texts), self.words(texts).tolist()
        if cascade is None:
            return np.zeros(len(texts), bool)
        first = [self.model.score(row, CHECKER, int(n)).probability for row, n in zip(rows, words, strict=True)]
        return np.array([cascade.reads(AUTO, p, int(n)) for p, n in zip(first, words, strict=True)], bool)

    def probability(self, texts: Sequence[str]) -> Floats:
        """Calibrated probabilities, shape (texts,)."""
        return np.asarray(1.0 / (1.0 + np.exp(-np.clip(self.log_odds(texts), -500, 500))))

    def judgeable(self, texts: Sequence[str]) -> NDArray[np.bool_]:
        """Whether unspin judges each text, shape (texts,)."""
        return np.array([self._state(t) is None for t in texts], bool)

    def thresholds(self, checker: str = CHECKER) -> Thresholds:
        """The thresholds of the model's last stage."""
        return (self.manifest.cascade or self.manifest).thresholds[checker]

    def labels(self, texts: Sequence[str], checker: str = CHECKER) -> list[Label]:
        """The labels that ``unspin check`` gives, without the parts of long articles.

        Where a label depends on what the marks explain, it takes a check of its own. Those labels are cached, too.
        """
        at = self.thresholds(checker)
        scores = self.scores(texts, checker=checker)
        news = self.rows(texts)[:, self.manifest.columns.index(REGISTER)].tolist()
        found = [self._state(t) or judge(s.probability, at) for t, s in zip(texts, scores, strict=True)]
        unsure = [
            label is Label.SPUN or (label is Label.SUSPECT and register < at.news_floor)
            for label, register in zip(found, news, strict=True)
        ]
        self._check({text for text, check in zip(texts, unsure, strict=True) if check}, checker)
        return [
            self._checked[checker, text_key(text)] if check else label
            for text, label, check in zip(texts, found, unsure, strict=True)
        ]

    def _check(self, accused: Iterable[str], checker: str) -> None:
        """Check the texts whose labels are not in the cache."""
        if self._labels.is_file() and not self._checked:
            kept = json.loads(self._labels.read_text(encoding="utf-8"))
            self._checked = {(of, key): Label(label) for of, own in kept.items() for key, label in own.items()}
        new = sorted(t for t in accused if (checker, text_key(t)) not in self._checked)
        for start in range(0, len(new), CHECKED):
            part = new[start : start + CHECKED]
            batches = [part[i : i + BATCH] for i in range(0, len(part), BATCH)]
            labels = Parallel(n_jobs=self.jobs)(
                delayed(_labels_by_check)(self.model, self.tables, checker, b) for b in batches
            )
            flat = (label for batch in labels for label in batch)
            self._checked |= {(checker, text_key(t)): label for t, label in zip(part, flat, strict=True)}
            kept = {of: {k: v for (c, k), v in self._checked.items() if c == of} for of, _ in self._checked}
            self._labels.write_text(json.dumps(kept), encoding="utf-8")
            self.progress(f"accusations: checked {start + len(part):,} of {len(new):,} texts")

    def _state(self, text: str) -> Label | None:
        return _STATES[int(self._rows[text_key(text)][-2])]

    @cached_property
    def _labels(self) -> Path:
        code = code_hash("features", "detector.checker", "detector.explained", "detector.places")
        return self.cache / f"labels-{self.model.hash}-{code[:8]}.json"

    @cached_property
    def _path(self) -> Path:
        return self.cache / f"rows-{measuring_key(self.manifest.files)}.npz"

    def _open(self) -> None:
        if self._read:
            return
        self._read = True
        if self._path.is_file():
            with np.load(self._path) as kept:
                self._rows = dict(zip(kept["keys"].tolist(), kept["rows"], strict=True))

    def _save(self) -> None:
        self.cache.mkdir(parents=True, exist_ok=True)
        partial = self._path.with_suffix(".partial.npz")
        np.savez_compressed(partial, keys=np.array(list(self._rows)), rows=np.array(list(self._rows.values())))
        partial.replace(self._path)


def _labels_by_check(model: Model, tables: Path, checker: str, texts: Sequence[str]) -> list[Label]:
    """The labels of some texts by a check of each."""
    # A grammar checker whose findings do not score gives the labels that none gives.
    judging = Checker(model=model, tables=tables, grammar=checker if CHECKERS[checker] else "none")
    try:
        return [judging.check(Document(text)).label for text in texts]
    finally:
        judging.close()


def open_scorer(folder: Path | None, cache: Path, *, jobs: int, progress: Callable[[str], None]) -> tuple[Scorer, Path]:
    """A scorer, and the folder of its model: a folder written by ``unspin train``, or with None this clone.

    Raises
    ------
    ModelError
        If the model is missing or damaged.
    """
    root = folder if folder is not None else Path(features.__file__).parents[1]
    tables = root / "features" / "tables"
    return Scorer(load(root / "detector" / "artefact", tables=tables), tables, cache, jobs, progress), root


def measuring_key(files: Mapping[str, str]) -> str:
    """A hash of all that a measured row depends on: the features' code, tables, seeds and grammar checker."""
    code = code_hash(
        "features", "detector.language", "detector.measuring", "detector.rows", "detector.tabulate", __name__
    )
    seeds = sorted((Path(features.__file__).parents[1] / "seeds").glob("*.tsv"))
    tables = {n: h for n, h in files.items() if n not in ("weights.json", "model.skops")}
    parts = [code, *map(sha256, seeds), repr(sorted(tables.items())), version("harper-py")]
    return hashlib.sha256("".join(parts).encode()).hexdigest()[:12]


def text_key(text: str) -> str:
    """A short hash of a text."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()
