"""The manifest of a model: what is needed to use the model correctly and to verify its files."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from detector.calibration import Calibration
from detector.cascade import Cascade
from detector.errors import ModelError
from detector.verdict import Thresholds

PROTOCOL = 1
"""Increase it when a field or the meaning of the model's files changes, and let :func:`read` say what to do."""

_TOLD_ONLY = frozenset({"training_data", "metrics", "versions", "created"})
"""Fields that only describe how a model was made."""

_HASH = "hash"
"""The key of the manifest's own hash in the file."""


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
    cascade : Cascade, optional
        What the reader adds; a model without one judges by its word statistics alone.
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
    cascade: Cascade | None = None

    @cached_property
    def hash(self) -> str:
        """SHA-256 of everything that can change a verdict: all but metrics, training data, versions and date.

        It includes the hashes of weights and tables.
        """
        judging = {name: value for name, value in _fields(self).items() if name not in _TOLD_ONLY}
        return hashlib.sha256(json.dumps(judging, sort_keys=True).encode()).hexdigest()

    def _repr_html_(self) -> str:
        from detector.render.manifest import as_html_fragment

        return as_html_fragment(self)


def _fields(manifest: Manifest) -> dict[str, Any]:
    return {name: value for name, value in asdict(manifest).items() if value is not None}


def write(manifest: Manifest, path: Path) -> None:
    """Write a manifest as JSON, with its hash."""
    fields = _fields(manifest) | {_HASH: manifest.hash}
    path.write_text(json.dumps(fields, indent=1, allow_nan=False) + "\n", encoding="utf-8")


def read(path: Path) -> Manifest:
    """Read a manifest.

    Raises ModelError if it is missing, damaged, of another protocol, or was edited after it was written.
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
        if "cascade" in fields:
            fields["cascade"] = Cascade.of(fields["cascade"])
        manifest = Manifest(**fields)
        found = manifest.hash
    except (TypeError, KeyError, AttributeError, ValueError) as error:
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
