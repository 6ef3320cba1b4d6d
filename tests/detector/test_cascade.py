"""The second stage: what the reader adds to the word statistics."""

from dataclasses import asdict, replace
from pathlib import Path

import numpy as np
import pytest

from detector.calibration import log_length
from detector.cascade import Cascade, Joined
from detector.errors import ModelError
from detector.manifest import read, write
from detector.model import Model, embedded, expit
from detector.verdict import Thresholds

AT = Thresholds(suspect=0.5, spun=0.9, suspect_rate=0.02, spun_rate=0.002, articles=1000)
CASCADE = Cascade(
    columns=("reader_a", "reader_b"),
    typical=(0.1, -2.0),
    low=(0.0, -5.0),
    high=(1.0, 5.0),
    coefficients=(4.0, 0.5),
    intercept=-3.0,
    floor=-3.5,
    joined=Joined(words=0.8, reader=0.6, reader_length=0.1, length=-0.2, intercept=0.3),
    thresholds={"harper": AT, "languagetool": AT, "none": AT},
    read_from=0.05,
    word=(0.0,) * 14,
    sentence=(0.0,) * 4,
)


@pytest.fixture(scope="module")
def staged() -> Model:
    """The embedded model with this second stage."""
    model = embedded()
    return replace(model, manifest=replace(model.manifest, cascade=CASCADE))


@pytest.mark.parametrize("words", [60, 250, 900])
@pytest.mark.parametrize("own", [(0.1, -2.0), (0.9, 3.0), (50.0, -50.0), (np.nan, 1.0), (0.0, -5.0)])
def test_parts_make_the_score(staged: Model, own: tuple[float, float], words: int) -> None:
    """The log-odds are the sum of both stages' log-odds, weighed, and of the parts that are shown."""
    row = staged.weights.fill + 0.3 * (staged.weights.high - staged.weights.low)
    first = staged.score(row, "harper", words).log_odds
    score = staged.score(np.append(row, own), "harper", words)
    given = [t if np.isnan(x) else x for x, t in zip(own, CASCADE.typical, strict=True)]
    reader = 4.0 * (min(given[0], 1.0) - 0.1) + 0.5 * (np.clip(given[1], -5.0, 5.0) + 2.0) - 3.0
    at = float(log_length(words))
    expected = 0.8 * first + (0.6 + 0.1 * at) * max(reader, -3.5) - 0.2 * at + 0.3
    assert score.log_odds == pytest.approx(expected)
    assert score.probability == pytest.approx(expit(expected))
    assert score.parts.shape == (len(row) + 2,)


def test_a_quiet_reader_excuses_nobody(staged: Model) -> None:
    """However well the words fit their sentences, the log-odds do not fall below those at the floor."""
    row = staged.weights.fill
    scores = [staged.score(np.append(row, own), "none", 300).log_odds for own in ((0.05, -3.5), (0.0, -5.0))]
    assert scores[0] == scores[1]


def test_a_row_without_the_reader_is_judged_by_the_first_stage(staged: Model) -> None:
    """``auto`` leaves the reader out where the first stage finds nothing."""
    row = staged.weights.fill
    assert staged.score(row, "none", 300).log_odds == embedded().score(row, "none", 300).log_odds


def test_a_manifest_keeps_its_second_stage(staged: Model, tmp_path: Path) -> None:
    """Written and read, it is the same, and it is part of the hash."""
    path = tmp_path / "manifest.json"
    write(staged.manifest, path)
    assert read(path) == staged.manifest
    other = replace(staged.manifest, cascade=replace(CASCADE, read_from=0.06))
    assert len({staged.manifest.hash, other.hash, embedded().manifest.hash}) == 3


@pytest.mark.parametrize("damage", [{"columns": ["reader_a"]}, {"joined": {"words": 1.0}}, {"surprise": 1}])
def test_a_damaged_second_stage_is_refused(damage: dict[str, object]) -> None:
    """One sentence says so when the manifest is read, not a failure at the first article."""
    with pytest.raises((ValueError, TypeError)):
        Cascade.of(asdict(CASCADE) | damage)


def test_an_edited_second_stage_is_refused(staged: Model, tmp_path: Path) -> None:
    """The reader of the manifest says so in one sentence."""
    path = tmp_path / "manifest.json"
    write(staged.manifest, path)
    path.write_text(path.read_text(encoding="utf-8").replace('"reader_a",', ""), encoding="utf-8")
    with pytest.raises(ModelError, match="manifest"):
        read(path)
