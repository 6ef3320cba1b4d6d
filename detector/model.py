"""The model: from one row of columns to a calibrated probability and the contribution of each column.

The estimator is a scikit-learn pipeline (median imputation, clipping, scaling, multinomial logistic regression over the
kinds of rewriting) in a skops file. Scoring needs only its matrix, which a JSON file holds too. So ``unspin check``
does not spend seconds on importing scikit-learn. A test ensures that both give the same answers.
"""

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detector.errors import ModelError
from detector.manifest import Manifest, read, sha256

if TYPE_CHECKING:
    from sklearn.pipeline import Pipeline

HUMAN = "human"
"""The class of human copy."""

MANIFEST, WEIGHTS, ESTIMATOR = "manifest.json", "weights.json", "model.skops"
LEXICON = "lexicon.tsv"
READER = "reader.npz"

TRUSTED = ("numpy.dtype",)
"""Types that a model file may hold besides skops' own safe ones. The imputer stores the type of its numbers."""

_LARGE = (".npy", READER)
"""Large files. Only ``unspin doctor`` verifies their hash, because it would slow every start. The reader's file has
checksums of its own."""


@dataclass(frozen=True)
class Weights:
    """A fitted pipeline as numbers.

    Parameters
    ----------
    classes : tuple of str
        :data:`HUMAN` and the kinds of rewriting.
    fill : ndarray, shape (columns,)
        Replacements of values that could not be measured.
    low, high : ndarray, shape (columns,)
        Values are clipped to this range and scaled to 0 to 1.
    coefficients : ndarray, shape (classes, columns)
    intercepts : ndarray, shape (classes,)
    """

    classes: tuple[str, ...]
    fill: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]
    coefficients: NDArray[np.float64]
    intercepts: NDArray[np.float64]

    def scale(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """Fill gaps in rows, clip the values and scale them to 0 to 1."""
        filled = np.where(np.isnan(rows), self.fill, rows)
        scaled: NDArray[np.float64] = np.clip((filled - self.low) / (self.high - self.low), 0.0, 1.0)
        return scaled

    @property
    def kinds(self) -> tuple[str, ...]:
        """The kinds of rewriting, in the order of their heads."""
        return tuple(name for name in self.classes if name != HUMAN)

    def log_odds(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return uncalibrated log-odds of any rewriting against human copy, shape (rows,)."""
        heads = self._heads(rows)
        top = heads.max(axis=1)
        return np.asarray(top + np.log(np.exp(heads - top[:, None]).sum(axis=1)))

    def shares(self, row: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return the share of each kind in the odds of any rewriting, for one row: shape (kinds,), sum 1.

        The odds of a rewrite are the sum of the kinds' odds, so this is a softmax of the heads' log-odds.
        """
        heads = self._heads(row[None, :])[0]
        odds = np.exp(heads - heads.max())
        return np.asarray(odds / odds.sum())

    def contributions(self, row: NDArray[np.float64]) -> tuple[NDArray[np.float64], float]:
        """Return what each column adds to the log-odds of one row, compared with a typical human article, and the rest.

        Contributions are averaged over the kinds by their shares. Contributions and rest sum to the log-odds.
        """
        slopes, _ = self._against_human
        scaled, typical = self.scale(np.stack([row, self.fill]))
        parts = (self.shares(row) @ slopes) * (scaled - typical)
        return parts, float(self.log_odds(row[None, :])[0] - parts.sum())

    def _heads(self, rows: NDArray[np.float64]) -> NDArray[np.float64]:
        """Log-odds of each kind of rewriting against human copy, shape (rows, kinds)."""
        slopes, intercepts = self._against_human
        return np.asarray(self.scale(rows) @ slopes.T + intercepts)

    @cached_property
    def _against_human(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Coefficients (kinds, columns) and intercepts (kinds,) of the kinds, minus those of human copy."""
        human = self.classes.index(HUMAN)
        return (
            np.delete(self.coefficients, human, axis=0) - self.coefficients[human],
            np.delete(self.intercepts, human) - self.intercepts[human],
        )


class Score(NamedTuple):
    """The score of one article.

    Parameters
    ----------
    probability : float
        Calibrated for the grammar checker in use, 0 to 1.
    parts : ndarray, shape (columns,)
        What each column adds, in calibrated log-odds. Positive values are reasons for a machine rewrite.
    intercept : float
        The rest: parts and intercept sum to the log-odds of the probability.
    """

    probability: float
    parts: NDArray[np.float64]
    intercept: float

    @property
    def log_odds(self) -> float:
        """Calibrated log-odds of a machine rewrite."""
        return float(self.parts.sum()) + self.intercept


@dataclass(frozen=True)
class Model:
    """A manifest and its weights."""

    manifest: Manifest
    weights: Weights
    folder: Path

    def score(self, row: NDArray[np.float64], checker: str, words: int) -> "Score":
        """Judge an article of ``words`` words by its row.

        Parameters
        ----------
        row : ndarray, shape (columns,) or (columns + cascade columns,)
            In the order of the manifest's columns, followed by the reader's if the second stage judges, too.
        checker : str
            The grammar checker in use.
        """
        slope, shift = (float(x) for x in self.manifest.calibration[checker].at(words))
        width = len(self.manifest.columns)
        parts, rest = self.weights.contributions(row[:width])
        parts = parts * slope
        intercept = rest * slope + shift
        cascade = self.manifest.cascade
        if cascade is not None and len(row) > width:
            weight, of_reader, rest = cascade.joint(row[width:], words)
            parts, intercept = np.concatenate([weight * parts, of_reader]), weight * intercept + rest
        log_odds = float(parts.sum()) + intercept
        return Score(expit(log_odds), parts, intercept)

    def kinds(self, row: NDArray[np.float64]) -> dict[str, float]:
        """Return the share of each kind of rewriting in the odds, 0 to 1, the largest first; they sum to 1.

        The shares say which kind the article would be if it was rewritten, not whether it was. They are not calibrated:
        scaled by the calibration's slope they were overconfident (log loss 0.30 against 0.27 over 201 rewrites of known
        kind from the calibration stories).
        """
        shares = zip(self.weights.kinds, self.weights.shares(row).tolist(), strict=True)
        return dict(sorted(shares, key=lambda kind: (-kind[1], kind[0])))

    @cached_property
    def estimator(self) -> "Pipeline":
        """The scikit-learn pipeline, read from the skops file at first use.

        Raises
        ------
        ModelError
            If the file holds a type that is not trusted.
        """
        import skops.io

        path = self.folder / ESTIMATOR
        unknown = set(skops.io.get_untrusted_types(file=path)) - set(TRUSTED)
        if unknown:
            message = f"the model file {path} holds types that unspin does not trust ({', '.join(sorted(unknown))})"
            raise ModelError(message)
        return skops.io.load(path, trusted=list(TRUSTED))

    @property
    def hash(self) -> str:
        """The first eight digits of the manifest's hash, which covers weights, thresholds and tables."""
        return self.manifest.hash[:8]


def expit(log_odds: float) -> float:
    """Return the logistic function, without overflow; NaN for NaN.

    >>> expit(0.0), expit(-800.0)
    (0.5, 0.0)
    """
    return 0.0 if log_odds <= -700 else float(1.0 / (1.0 + np.exp(-log_odds)))


def logit(probability: float) -> float:
    """Return the log-odds of a probability: infinite at 0 and 1, NaN for NaN.

    >>> logit(0.5), logit(0.0), logit(1.0)
    (0.0, -inf, inf)
    """
    if probability in {0.0, 1.0}:
        return math.copysign(math.inf, probability - 0.5)
    return math.log(probability / (1.0 - probability))


def weights_of(pipeline: "Pipeline") -> Weights:
    """Extract the numbers of a fitted pipeline."""
    imputer, clipper, scaler, classifier = (step for _, step in pipeline.steps)
    # Combine the scaling to unit variance and the linear classifier into one linear map.
    coefficients = classifier.coef_ / scaler.scale_
    intercepts = classifier.intercept_ - coefficients @ scaler.mean_
    if len(classifier.classes_) == 2:
        coefficients = np.vstack([np.zeros_like(coefficients), coefficients])
        intercepts = np.concatenate([[0.0], intercepts])
    return Weights(
        tuple(str(c) for c in classifier.classes_),
        imputer.statistics_,
        clipper.data_min_,
        np.maximum(clipper.data_max_, clipper.data_min_ + 1e-9),
        coefficients,
        intercepts,
    )


def write_weights(weights: Weights, path: Path) -> None:
    """Write weights as JSON."""
    fields: dict[str, Any] = {"classes": list(weights.classes)}
    for name in ("fill", "low", "high", "coefficients", "intercepts"):
        fields[name] = getattr(weights, name).tolist()
    path.write_text(json.dumps(fields, indent=1, allow_nan=False) + "\n", encoding="utf-8")


def load(folder: Path, *, tables: Path | None = None) -> Model:
    """Open the folder of a model.

    Parameters
    ----------
    folder : Path
        Holds the manifest, the weights and the skops file.
    tables : Path, optional
        Folder of the features' tables. Their small files and the lexicon are compared with the manifest's hashes.

    Raises
    ------
    ModelError
        If a file is missing or damaged, or is not the one in the manifest.
    """
    manifest = read(folder / MANIFEST)
    places = {name: folder / name for name in (WEIGHTS, ESTIMATOR)}
    if tables is not None:
        places |= {n: p for n, p in beside(manifest, tables).items() if not n.endswith(_LARGE)}
    check_files(manifest.files, places)
    try:
        fields = json.loads((folder / WEIGHTS).read_text(encoding="utf-8"))
        arrays = {n: np.array(fields[n], float) for n in ("fill", "low", "high", "coefficients", "intercepts")}
        weights = Weights(tuple(fields["classes"]), **arrays)
    except (ValueError, KeyError, TypeError) as error:
        message = f"the model's weights {folder / WEIGHTS} are damaged: reinstall unspin, or train again"
        raise ModelError(message) from error
    if weights.coefficients.shape != (len(weights.classes), len(manifest.columns)):
        message = f"the weights in {folder} do not fit the manifest's columns: reinstall unspin, or train again"
        raise ModelError(message)
    return Model(manifest, weights, folder)


def beside(manifest: Manifest, tables: Path) -> dict[str, Path]:
    """Return paths of the manifest's files outside the model's folder: tables and lexicon."""
    places = {name: tables / name for name in manifest.files if name not in (WEIGHTS, ESTIMATOR)}
    if LEXICON in places:
        places[LEXICON] = lexicon_file()
    return places


def lexicon_file() -> Path:
    """The lexicon that the features read."""
    return Path(str(files("seeds") / LEXICON))


def check_files(expected: Mapping[str, str], places: Mapping[str, Path]) -> None:
    """Compare files with the manifest's hashes.

    Raises
    ------
    ModelError
        Names the first file that is missing, not in the manifest, or different.
    """
    for name, path in places.items():
        try:
            found = sha256(path)
        except OSError as error:
            message = f"the model's file {path} cannot be read ({error.strerror}): reinstall unspin, or train a model"
            raise ModelError(message) from error
        if found != expected.get(name):
            message = (
                f"the model's file {path} is not the one its manifest names: it is damaged or swapped; reinstall unspin"
            )
            raise ModelError(message)


@cache
def embedded() -> Model:
    """Return the model of the package, opened once per process."""
    with as_file(files("detector") / "artefact") as folder, as_file(files("features") / "tables") as tables:
        return load(folder, tables=tables)
