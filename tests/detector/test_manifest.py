"""The manifest: read back as written, refused when it is not what this unspin understands."""

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from detector.calibration import Calibration
from detector.errors import ModelError
from detector.lab.training.calibration import CHECKERS
from detector.manifest import PROTOCOL, Manifest, read, sha256, write
from detector.model import embedded
from detector.verdict import Thresholds

MANIFEST = Manifest(
    protocol=PROTOCOL,
    columns=("a_per_1000_words", "b_share"),
    thresholds={"none": Thresholds(0.6, 0.9, 0.02, 0.005, 4000)},
    calibration={"none": Calibration(1.5, -0.25)},
    reference={"none": {"b_share": [0.0, 0.5, 1.0]}},
    word=(0.0, 1.0, 1.0, 0.5),
    sentence=(0.0, 1.0, 0.5, 1.0),
    min_words=60,
    files={"weights.json": "00"},
)


@pytest.fixture
def written(tmp_path: Path) -> Path:
    """A manifest on disk."""
    path = tmp_path / "manifest.json"
    write(MANIFEST, path)
    return path


def test_read_back(written: Path) -> None:
    """What is read is what was written, types and all."""
    assert read(written) == MANIFEST


def one_sentence(error: ModelError, path: Path) -> None:
    """The message names the file, in one line, and says what to do."""
    message = str(error)
    assert str(path) in message
    assert "\n" not in message
    assert "reinstall" in message or "train" in message


def _without(name: str) -> Callable[[dict[str, Any]], object]:
    return lambda fields: fields.pop(name)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda fields: fields.update(protocol=PROTOCOL + 1), id="newer protocol"),
        pytest.param(lambda fields: fields.update(protocol=str(PROTOCOL)), id="protocol of another type"),
        pytest.param(_without("protocol"), id="no protocol"),
        pytest.param(_without("columns"), id="no columns"),
        pytest.param(_without("min_words"), id="no least length"),
        pytest.param(lambda fields: fields.update(surprise=1), id="unknown field"),
        pytest.param(lambda fields: fields["thresholds"]["none"].pop("spun"), id="half a threshold"),
        pytest.param(lambda fields: fields.update(thresholds=[]), id="thresholds of another shape"),
        pytest.param(lambda fields: fields.update(columns=3), id="columns of another shape"),
    ],
)
def test_what_is_not_understood_is_refused(written: Path, change: Callable[[dict[str, Any]], object]) -> None:
    """A manifest of another protocol or with other fields is one sentence, never a guess."""
    fields = json.loads(written.read_text("utf-8"))
    change(fields)
    written.write_text(json.dumps(fields), "utf-8")
    with pytest.raises(ModelError) as caught:
        read(written)
    one_sentence(caught.value, written)


@pytest.mark.parametrize("content", [b"", b"{", b"\xff\xfe\x00", b"[]", b"null", b'"manifest"'])
def test_what_is_no_manifest_is_refused(written: Path, content: bytes) -> None:
    """Neither is a file that holds something else."""
    written.write_bytes(content)
    with pytest.raises(ModelError) as caught:
        read(written)
    one_sentence(caught.value, written)


def test_missing(tmp_path: Path) -> None:
    """A folder without a manifest is told as such."""
    with pytest.raises(ModelError) as caught:
        read(tmp_path / "manifest.json")
    one_sentence(caught.value, tmp_path / "manifest.json")


def test_no_value_is_not_a_number(tmp_path: Path) -> None:
    """NaN is no JSON: a manifest that would hold one is not written."""
    with pytest.raises(ValueError, match="JSON"):
        write(replace(MANIFEST, word=(float("nan"),)), tmp_path / "manifest.json")


def test_hash(tmp_path: Path) -> None:
    """The hash is the one that sha256sum gives."""
    path = tmp_path / "file"
    path.write_bytes(b"abc")
    assert sha256(path) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"


def test_the_embedded_manifest_is_whole() -> None:
    """The model that ships says for each grammar checker from where it accuses, at which rate, set on how many."""
    manifest = embedded().manifest
    assert set(manifest.thresholds) == set(manifest.calibration) == set(manifest.reference) == set(CHECKERS)
    for at in manifest.thresholds.values():
        assert 0 < at.suspect <= at.spun <= 1
        assert at.spun_rate <= 0.005
        assert at.spun_rate <= at.suspect_rate
        assert at.articles >= 1000
    for parts in manifest.reference.values():
        assert all(len(quantiles) == 101 and quantiles == sorted(quantiles) for quantiles in parts.values())
    assert len(manifest.columns) == len(set(manifest.columns))
    assert manifest.min_words > 0
    assert manifest.created
