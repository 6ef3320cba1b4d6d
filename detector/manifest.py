"""What travels with a model: enough to use it rightly and to tell whether it is whole."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from detector.errors import ModelError
from detector.verdict import Thresholds

PROTOCOL = 1
"""Bump when a field of the manifest or the meaning of the model's file changes, and let :func:`read` say what to do."""

_TOLD_ONLY = frozenset({"training_data", "metrics", "versions", "created"})
"""Fields that only tell how a model was made."""

_HASH = "hash"
"""The key under which the file keeps the manifest's own hash."""


@dataclass(frozen=True)
class Calibration:
    """From the classifier's log-odds to a probability: ``1 / (1 + exp(-(slope * log_odds + intercept)))`` (Platt 1999).

    A short article says less: slope and intercept change linearly with the logarithm of its length. ``grammar`` says
    whether the grammar columns enter the score: they do only for a checker whose findings the calibration stories were
    measured with; another checker's findings are shown and do not accuse.
    """

    slope: float
    intercept: float
    length_slope: float = 0.0
    length_intercept: float = 0.0
    grammar: bool = True

    def at(self, words: float | NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Slope and intercept for articles of so many words.

        >>> [float(x) for x in Calibration(2.0, -1.0, 0.5, 0.0).at(250)]
        [2.0, -1.0]
        """
        length = log_length(words)
        slope = np.maximum(self.slope + self.length_slope * length, 0.05)
        return slope, np.asarray(self.intercept + self.length_intercept * length)


def log_length(words: float | NDArray[np.float64]) -> NDArray[np.float64]:
    """Natural log of a length against 250 words, held between 60 and 1,000 words: no article is judged by its extremes."""
    return np.asarray(np.log(np.clip(words, 60, 1000) / 250.0))


@dataclass(frozen=True)
class Manifest:
    """Description of one model.

    Parameters
    ----------
    protocol : int
        :data:`PROTOCOL` of the writer.
    columns : tuple of str
        What the estimator takes, in order.
    thresholds, calibration : mapping
        For each grammar checker, "none" included.
    reference : mapping
        For each checker, column name -> 101 quantiles of the column over held-out reference copy; the quality score and
        the grammar columns' standing come from it.
    word, sentence : tuple of float
        Logistic regressions that turn word log-odds into the weight of a mark, and into the probability of a sentence,
        given the article they stand in; see :mod:`detector.places`.
    min_words : int
        Below it the answer is ``too_short``.
    files : mapping
        File name -> sha256, of the model's files, the features' tables and the lexicon.
    training_data : mapping
        Data set -> sha256 of its file.
    metrics : mapping
        What was measured when it was trained.
    versions : mapping
        Packages and Python it was trained with.
    created : str
        ISO date.
    """

    protocol: int
    columns: tuple[str, ...]
    thresholds: Mapping[str, Thresholds]
    calibration: Mapping[str, Calibration]
    reference: Mapping[str, Mapping[str, list[float]]]
    word: tuple[float, ...]
    sentence: tuple[float, ...]
    min_words: int
    files: Mapping[str, str] = field(default_factory=dict)
    training_data: Mapping[str, str] = field(default_factory=dict)
    metrics: Mapping[str, Any] = field(default_factory=dict)
    versions: Mapping[str, str] = field(default_factory=dict)
    created: str = ""

    @cached_property
    def hash(self) -> str:
        """SHA-256 over everything that can move a verdict: all but metrics, training data, versions and date.

        The hashes of weights and tables are part of it, so it stands for them too.
        """
        judging = {name: value for name, value in asdict(self).items() if name not in _TOLD_ONLY}
        return hashlib.sha256(json.dumps(judging, sort_keys=True).encode()).hexdigest()

    def _repr_html_(self) -> str:
        from detector.render.manifest import as_html_fragment

        return as_html_fragment(self)


def write(manifest: Manifest, path: Path) -> None:
    """Write a manifest as JSON, with its hash."""
    fields = asdict(manifest) | {_HASH: manifest.hash}
    path.write_text(json.dumps(fields, indent=1, allow_nan=False) + "\n", encoding="utf-8")


def read(path: Path) -> Manifest:
    """Read a manifest.

    Raises
    ------
    ModelError
        If it is missing, damaged, of another protocol, or was edited after it was written.
    """
    try:
        fields = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        message = f"the model's manifest {path} cannot be read ({error.strerror}): reinstall unspin, or train a model"
        raise ModelError(message) from error
    except ValueError as error:
        message = f"the model's manifest {path} is damaged: reinstall unspin, or train again"
        raise ModelError(message) from error
    if not isinstance(fields, dict) or fields.get("protocol") != PROTOCOL:
        message = (
            f"the model's manifest {path} is not of protocol {PROTOCOL}: use the unspin that wrote it, or train again"
        )
        raise ModelError(message)
    stored = fields.pop(_HASH, None)
    try:
        for name in ("columns", "word", "sentence"):
            fields[name] = tuple(fields[name])
        fields["thresholds"] = {k: Thresholds(**v) for k, v in fields["thresholds"].items()}
        fields["calibration"] = {k: Calibration(**v) for k, v in fields["calibration"].items()}
        manifest = Manifest(**fields)
        found = manifest.hash
    except (TypeError, KeyError, AttributeError) as error:
        message = f"the model's manifest {path} lacks a field or has one too many ({error}): reinstall unspin"
        raise ModelError(message) from error
    if stored != found:
        message = (
            f"the model's manifest {path} was edited after it was written: reinstall unspin; "
            "to use thresholds of your own, make them with `unspin calibrate`"
        )
        raise ModelError(message)
    return manifest


def sha256(path: Path) -> str:
    """Hexadecimal SHA-256 of a file."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
