"""The judge of relations: columns of a pair in, probabilities of the four relations out.

A multinomial logistic regression over the columns and over the squares and products of the most telling ones, kept as
plain JSON beside a manifest that names its hash. Nothing here is a pickle, and nothing needs scikit-learn.
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

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class RelationWeights:
    """A fitted classifier as numbers.

    Parameters
    ----------
    classes : tuple of str
        Relations.
    fill, low, high : ndarray, shape (columns,)
        What stands for a value that could not be measured; the range that values are clipped to and scaled from.
    crossed : ndarray of int, shape (products, 2)
        Columns whose products are inputs as well.
    mean, scale : ndarray, shape (inputs,)
        Inputs are the scaled columns and then the products, standardised by these.
    coefficients : ndarray, shape (classes, inputs)
    intercepts : ndarray, shape (classes,)
    """

    classes: tuple[str, ...]
    fill: Floats
    low: Floats
    high: Floats
    crossed: NDArray[np.int64]
    mean: Floats
    scale: Floats
    coefficients: Floats
    intercepts: Floats

    def inputs(self, rows: Floats) -> Floats:
        """Standardised inputs, shape (rows, inputs)."""
        scaled = scaled_rows(rows, self.fill, self.low, self.high)
        return np.asarray((crossed_rows(scaled, self.crossed) - self.mean) / self.scale)

    def probabilities(self, rows: Floats) -> Floats:
        """Probabilities of the classes, shape (rows, classes)."""
        heads = self.inputs(rows) @ self.coefficients.T + self.intercepts
        heads -= heads.max(axis=1, keepdims=True)
        odds = np.exp(heads)
        return np.asarray(odds / odds.sum(axis=1, keepdims=True))


def scaled_rows(rows: Floats, fill: Floats, low: Floats, high: Floats) -> Floats:
    """Rows with gaps filled, clipped and scaled to 0..1."""
    filled = np.where(np.isnan(rows), fill, rows)
    return np.asarray(np.clip((filled - low) / (high - low), 0.0, 1.0))


def crossed_rows(scaled: Floats, crossed: NDArray[np.int64]) -> Floats:
    """Scaled columns and the products of pairs of them."""
    return np.concatenate([scaled, scaled[:, crossed[:, 0]] * scaled[:, crossed[:, 1]]], axis=1)


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
        found = dict(zip(self.weights.classes, self.weights.probabilities(row[None, :])[0].tolist(), strict=True))
        copy, rewrite = found[Relation.COPY], found[Relation.REWRITE]
        derived = calibrated(copy + rewrite, self.manifest.calibration)
        probability = derived * rewrite / max(copy + rewrite, 1e-300)
        if derived >= self.manifest.threshold:
            relation = Relation.COPY if copy > rewrite else Relation.REWRITE
        else:
            shared = found[Relation.SHARED_SOURCE] >= found[Relation.NONE]
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


_ARRAYS = ("fill", "low", "high", "crossed", "mean", "scale", "coefficients", "intercepts")


def write_judge(weights: RelationWeights, manifest: RelationManifest, folder: Path) -> RelationManifest:
    """Write both files; returns the manifest with the hash of the weights."""
    folder.mkdir(parents=True, exist_ok=True)
    fields: dict[str, Any] = {"classes": list(weights.classes)}
    # Nine digits are more than the data can tell apart, and keep the file small.
    fields |= {name: _rounded(getattr(weights, name)) for name in _ARRAYS}
    (folder / WEIGHTS).write_text(json.dumps(fields, allow_nan=False) + "\n", encoding="utf-8")
    told = RelationManifest(**{**asdict(manifest), "files": {WEIGHTS: sha256(folder / WEIGHTS)}})
    (folder / MANIFEST).write_text(json.dumps(asdict(told), indent=1, allow_nan=False) + "\n", encoding="utf-8")
    return told


def _rounded(values: NDArray[Any]) -> list[Any]:
    if values.dtype.kind == "i":
        return list(values.tolist())
    return list(json.loads(json.dumps(np.vectorize(lambda x: float(f"{x:.9g}"))(values).tolist())))


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
        numbers: dict[str, Any] = {n: np.array(arrays[n], np.int64 if n == "crossed" else np.float64) for n in _ARRAYS}
        weights = RelationWeights(tuple(arrays["classes"]), **numbers)
        _check(weights)
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ModelError(f"the judge of relations in {folder} is damaged: {advice}") from error
    return Judge(manifest, weights)


def _check(weights: RelationWeights) -> None:
    columns, inputs = len(NAMES), len(NAMES) + len(weights.crossed)
    shapes = {
        "fill": (columns,),
        "low": (columns,),
        "high": (columns,),
        "mean": (inputs,),
        "scale": (inputs,),
        "coefficients": (len(weights.classes), inputs),
        "intercepts": (len(weights.classes),),
    }
    if set(weights.classes) != set(Relation) or any(getattr(weights, n).shape != s for n, s in shapes.items()):
        raise ValueError("the sizes do not fit together")


@cache
def embedded_judge() -> Judge:
    """The judge that comes with the package, opened once a process."""
    with as_file(files("detector") / "artefact" / FOLDER) as folder:
        return load_judge(folder)
