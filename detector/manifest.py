"""The manifest of a model: what is needed to use the model correctly and to verify its files."""

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
"""Increase it when a field or the meaning of the model's files changes, and let :func:`read` say what to do."""

_TOLD_ONLY = frozenset({"training_data", "metrics", "versions", "created"})
"""Fields that only describe how a model was made."""

_HASH = "hash"
"""The key of the manifest's own hash in the file."""


@dataclass(frozen=True)
class Calibration:
    """From the classifier's log-odds to a probability: ``1 / (1 + exp(-(slope * log_odds + intercept)))`` (Platt 1999).

    A short article gives less evidence, so slope and intercept depend linearly on the logarithm of its length.
    ``grammar`` says whether the grammar columns affect the score. They do only for a checker that also checked the
    calibration stories. Findings of other checkers are shown but do not accuse.
    """

    slope: float
    intercept: float
    length_slope: float = 0.0
    length_intercept: float = 0.0
    grammar: bool = True

    def at(self, words: float | NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return slope and intercept for articles of this many words.

        >>> [float(x) for x in Calibration(2.0, -1.0, 0.5, 0.0).at(250)]
        [2.0, -1.0]
        """
        length = log_length(words)
        slope = np.maximum(self.slope + self.length_slope * length, 0.05)
        return slope, np.asarray(self.intercept + self.length_intercept * length)


def log_length(words: float | NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the natural log of a length over 250 words. The length is clipped to 60 to 1,000 to bound its effect."""
    return np.asarray(np.log(np.clip(words, 60, 1000) / 250.0))


@dataclass(frozen=True)
class Manifest:
    """Description of one model.

    Parameters
    ----------
    protocol : int
        :data:`PROTOCOL` of the writer.
    columns : tuple of str
        The estimator's input columns, in order.
    thresholds, calibration : mapping
        For each grammar checker, including "none".
    reference : mapping
        For each checker, column name -> 101 quantiles of the column over held-out published news. The quality score
        is computed from them.
    word, sentence : tuple of float
        Coefficients of the logistic regressions for the weight of a mark and for the probability of a sentence; see
        :mod:`detector.places`.
    min_words : int
        With fewer words of running prose the label is ``too_short``.
    files : mapping
        File name -> sha256, of the model's files, the features' tables and the lexicon.
    training_data : mapping
        Data set -> sha256 of its file.
    metrics : mapping
        Measurements from the time of training.
    versions : mapping
        Python and packages used for training.
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
        """SHA-256 of everything that can change a verdict: all but metrics, training data, versions and date.

        It includes the hashes of weights and tables.
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
