"""The judge of relations: columns of a pair in, probabilities of the four relations out.

Three small ensembles of decision trees answer three questions: was the article made from the story; if so, by its words
or in others; if not, do they share a source. They are scikit-learn's, kept as plain JSON beside a manifest that names the
hash of the file. Nothing here is a pickle, and nothing needs scikit-learn.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cache
from importlib.resources import as_file, files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.errors import ModelError
from detector.manifest import sha256
from detector.tracing.columns import NAMES
from detector.tracing.relation import Relation

FORMAT = "unspin.relation/1"
FOLDER, MANIFEST, WEIGHTS = "relation", "manifest.json", "weights.json"

LEAST_COMMON = 0.1
"""Cosine below which two texts share no source, whatever else is measured."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Trees:
    """An ensemble of decision trees that add up to log-odds; all nodes stand in one table.

    Parameters
    ----------
    baseline : float
        What the log-odds are before the first tree.
    roots : ndarray of int, shape (trees,)
        Nodes that the trees begin with.
    feature : ndarray of int, shape (nodes,)
        The column that a node asks about; -1 in a leaf.
    threshold : ndarray, shape (nodes,)
        Values up to it go left, NaN goes where ``missing_left`` says.
    left, right : ndarray of int, shape (nodes,)
    missing_left : ndarray of int, shape (nodes,)
    value : ndarray, shape (nodes,)
        What a leaf adds.
    """

    baseline: float
    roots: Ints
    feature: Ints
    threshold: Floats
    left: Ints
    right: Ints
    missing_left: Ints
    value: Floats

    def log_odds(self, rows: Floats) -> Floats:
        """Log-odds of each row, shape (rows,)."""
        at = np.tile(self.roots, (len(rows), 1))
        number = np.arange(len(rows))[:, None]
        while True:
            feature = self.feature[at]
            inner = feature >= 0
            if not inner.any():
                return np.asarray(self.value[at].sum(axis=1) + self.baseline)
            values = rows[number, np.maximum(feature, 0)]
            goes_left = np.where(np.isnan(values), self.missing_left[at] > 0, values <= self.threshold[at])
            at = np.where(inner, np.where(goes_left, self.left[at], self.right[at]), at)


@dataclass(frozen=True)
class RelationWeights:
    """The fitted classifier as numbers.

    Parameters
    ----------
    derived : Trees
        Whether the article was made from the story.
    copy : Trees
        Of those that were: whether by its words.
    shared : Trees
        Of those that were not: whether both have quotes, figures or an event in common.
    """

    derived: Trees
    copy: Trees
    shared: Trees

    def probabilities(self, rows: Floats) -> dict[Relation, Floats]:
        """Uncalibrated probabilities of the relations, each of shape (rows,); they sum to 1."""
        derived, copy, shared = (_expit(trees.log_odds(rows)) for trees in (self.derived, self.copy, self.shared))
        return {
            Relation.COPY: derived * copy,
            Relation.REWRITE: derived * (1 - copy),
            Relation.SHARED_SOURCE: (1 - derived) * shared,
            Relation.NONE: (1 - derived) * (1 - shared),
        }


def _expit(log_odds: Floats) -> Floats:
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(log_odds, -60.0, 60.0))))


@dataclass(frozen=True)
class RelationManifest:
    """What a judge is and where it comes from.

    Parameters
    ----------
    format : str
    columns : tuple of str
        In the order of the weights.
    threshold : float
        Probability of ``copy`` and ``rewrite`` together from which a story counts as the source.
    calibration : tuple of float
        Slope and shift, in log-odds, that make that probability calibrated.
    files : mapping
        File name -> sha256.
    training_data : mapping
        Data set -> sha256.
    metrics : mapping
        What was measured when it was trained.
    versions : mapping
    created : str
        ISO date.
    """

    format: str
    columns: tuple[str, ...]
    threshold: float
    calibration: tuple[float, float]
    files: Mapping[str, str] = field(default_factory=dict)
    training_data: Mapping[str, str] = field(default_factory=dict)
    metrics: Mapping[str, Any] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    created: str = ""


@dataclass(frozen=True)
class Judgement:
    """The relation of one pair.

    Parameters
    ----------
    relation : Relation
    probability : float
        Of ``rewrite``, calibrated, 0 to 1.
    derived : float
        Of ``copy`` or ``rewrite``.
    """

    relation: Relation
    probability: float
    derived: float


@dataclass(frozen=True)
class Judge:
    """A manifest and the numbers that go with it."""

    manifest: RelationManifest
    weights: RelationWeights

    @property
    def hash(self) -> str:
        """The first eight digits of the weights' SHA-256: names the judge in signatures."""
        return self.manifest.files.get(WEIGHTS, "")[:8]

    def judge(self, row: Floats) -> Judgement:
        """Judge one pair by its columns.

        Either half of the question is answered by itself: whether the article was made from the story, against the
        threshold; and then how.
        """
        found = {name: float(own[0]) for name, own in self.weights.probabilities(row[None, :]).items()}
        copy, rewrite = found[Relation.COPY], found[Relation.REWRITE]
        derived = calibrated(copy + rewrite, self.manifest.calibration)
        probability = derived * rewrite / max(copy + rewrite, 1e-300)
        if derived >= self.manifest.threshold:
            relation = Relation.COPY if copy > rewrite else Relation.REWRITE
        else:
            common = row[NAMES.index("cosine")] >= LEAST_COMMON
            shared = common and found[Relation.SHARED_SOURCE] >= found[Relation.NONE]
            relation = Relation.SHARED_SOURCE if shared else Relation.NONE
        return Judgement(relation, probability, derived)


def calibrated(probability: float, calibration: tuple[float, float]) -> float:
    """A probability with its log-odds stretched by the slope and moved by the shift.

    >>> round(calibrated(0.5, (1.0, 0.0)), 3), calibrated(0.0, (1.0, 0.0)) < 1e-6
    (0.5, True)
    """
    inside = min(max(probability, 1e-9), 1.0 - 1e-9)
    slope, shift = calibration
    return 1.0 / (1.0 + math.exp(-(slope * math.log(inside / (1.0 - inside)) + shift)))


_ENSEMBLES = ("derived", "copy", "shared")
_INTS, _FLOATS = ("roots", "feature", "left", "right", "missing_left"), ("threshold", "value")


def write_judge(weights: RelationWeights, manifest: RelationManifest, folder: Path) -> RelationManifest:
    """Write both files; returns the manifest with the hash of the weights."""
    folder.mkdir(parents=True, exist_ok=True)
    fields = {name: _plain(getattr(weights, name)) for name in _ENSEMBLES}
    (folder / WEIGHTS).write_text(json.dumps(fields, allow_nan=False) + "\n", encoding="utf-8")
    told = RelationManifest(**{**asdict(manifest), "files": {WEIGHTS: sha256(folder / WEIGHTS)}})
    (folder / MANIFEST).write_text(json.dumps(asdict(told), indent=1, allow_nan=False) + "\n", encoding="utf-8")
    return told


def _plain(trees: Trees) -> dict[str, Any]:
    fields: dict[str, Any] = {"baseline": trees.baseline}
    fields |= {name: getattr(trees, name).tolist() for name in _INTS}
    # Nine digits are more than the data can tell apart, and keep the file small.
    return fields | {name: [float(f"{x:.9g}") for x in getattr(trees, name).tolist()] for name in _FLOATS}


def load_judge(folder: Path) -> Judge:
    """Open a judge's folder.

    Raises
    ------
    ModelError
        If a file is missing, damaged, of another format, or not the one that the manifest names.
    """
    advice = "reinstall unspin, or train again"
    try:
        fields = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        found = sha256(folder / WEIGHTS)
        arrays = json.loads((folder / WEIGHTS).read_text(encoding="utf-8"))
    except OSError as error:
        message = f"the judge of relations in {folder} cannot be read ({error.strerror}): {advice}"
        raise ModelError(message) from error
    except ValueError as error:
        raise ModelError(f"the judge of relations in {folder} is damaged: {advice}") from error
    try:
        if fields["format"] != FORMAT or tuple(fields["columns"]) != NAMES:
            raise ModelError(f"the judge of relations in {folder} is of another version of unspin: {advice}")
        if fields["files"][WEIGHTS] != found:
            raise ModelError(
                f"the file {folder / WEIGHTS} is not the one its manifest names: it is damaged or swapped; {advice}"
            )
        fields |= {"columns": tuple(fields["columns"]), "calibration": tuple(fields["calibration"])}
        manifest = RelationManifest(**fields)
        weights = RelationWeights(**{name: _trees(arrays[name]) for name in _ENSEMBLES})
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ModelError(f"the judge of relations in {folder} is damaged: {advice}") from error
    return Judge(manifest, weights)


def _trees(fields: Mapping[str, Any]) -> Trees:
    """Trees from plain values; a table in which a walk could leave it, or never end, is refused."""
    ints: dict[str, Any] = {name: np.array(fields[name], np.int64) for name in _INTS}
    floats: dict[str, Any] = {name: np.array(fields[name], np.float64) for name in _FLOATS}
    trees = Trees(baseline=float(fields["baseline"]), **ints, **floats)
    count, number = len(trees.feature), np.arange(len(trees.feature))
    inner = trees.feature >= 0
    children = np.stack([trees.left, trees.right])[:, inner]
    if (
        any(own.shape != (count,) for name, own in (ints | floats).items() if name != "roots")
        or trees.feature.max(initial=-1) >= len(NAMES)
        or not np.isfinite([trees.baseline, *trees.value, *trees.threshold]).all()
        or not ((trees.roots >= 0) & (trees.roots < count)).all()
        # Children stand behind their parents, so a walk comes to an end.
        or not ((children > number[inner]) & (children < count)).all()
    ):
        raise ValueError("the trees do not fit together")
    return trees


@cache
def embedded_judge() -> Judge:
    """The judge that comes with the package, opened once a process."""
    with as_file(files("detector") / "artefact" / FOLDER) as folder:
        return load_judge(folder)
