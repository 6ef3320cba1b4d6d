"""The word model: a small network that is evaluated by hand, kept on disk, and refused for other inputs."""

from pathlib import Path

import numpy as np
import pytest

from features.language_model.windows import INPUTS
from features.language_model.word_model import WordModel


def small() -> WordModel:
    """Twice the first input where it is positive, less one."""
    first = np.zeros((len(INPUTS), 2), np.float32)
    first[0] = (1.0, -1.0)
    return WordModel(
        np.zeros(len(INPUTS), np.float32),
        np.ones(len(INPUTS), np.float32),
        (first[np.newaxis], np.array([[[2.0], [0.0]]], np.float32)),
        (np.zeros((1, 1, 2), np.float32), np.array([[[-1.0]]], np.float32)),
    )


def test_layers_are_rectified_and_inputs_clipped() -> None:
    """Negative sums are cut between layers; inputs beyond five deviations count as five."""
    inputs = np.zeros((3, len(INPUTS)), np.float32)
    inputs[:, 0] = (1.5, -3.0, 100.0)
    assert small().log_odds(inputs).tolist() == [2.0, -1.0, 9.0]


def test_networks_are_averaged() -> None:
    """Two networks say what is half-way between them."""
    one = small()
    weights = (np.concatenate([one.weights[0]] * 2), np.concatenate([one.weights[1], 3.0 * one.weights[1]]))
    both = WordModel(one.mean, one.scale, weights, tuple(np.concatenate([b] * 2) for b in one.biases))
    inputs = np.zeros((2, len(INPUTS)), np.float32)
    inputs[:, 0] = (1.5, -3.0)
    assert both.log_odds(inputs).tolist() == [(2.0 + 8.0) / 2, -1.0]


def test_no_words_no_log_odds() -> None:
    """A document without words has no log-odds."""
    assert small().log_odds(np.empty((0, len(INPUTS)), np.float32)).shape == (0,)


def test_what_is_saved_is_read(tmp_path: Path) -> None:
    """The network read back gives the same."""
    small().save(tmp_path / "word_model.npz")
    again = WordModel.load(tmp_path / "word_model.npz")
    inputs = np.random.default_rng(0).normal(size=(20, len(INPUTS))).astype(np.float32)
    assert again.log_odds(inputs).tolist() == small().log_odds(inputs).tolist()


@pytest.mark.parametrize("change", [{"format": 0}, {"inputs": np.array(["gain"])}])
def test_other_inputs_are_refused(tmp_path: Path, change: dict[str, object]) -> None:
    """A model of another format or for other inputs is refused."""
    path = tmp_path / "word_model.npz"
    small().save(path)
    with np.load(path) as arrays:
        fields = {**{name: arrays[name] for name in arrays.files}, **change}
    np.savez(path, **fields)
    with pytest.raises(ValueError, match="for other inputs"):
        WordModel.load(path)
