"""The table of alternatives: kept on disk, read for many words at once, refused in another format."""

from pathlib import Path

import numpy as np
import pytest

from features.language_model.alternatives import Alternatives


def small() -> Alternatives:
    """Four words: none, two, none and one alternative."""
    return Alternatives(
        np.array([0, 0, 2, 2, 3], np.int32),
        np.array([3, 0, 1], np.int32),
        np.array([-0.5, -1.0, 0.0], np.float32),
        np.array([0.0, 1.5, 0.0, 0.25], np.float32),
    )


def test_alternatives_of_a_row_of_words() -> None:
    """Each word's alternatives come in order, under the word's row; repeated words have them again."""
    row, alternative, prior = small().of(np.array([1, 0, 3, 1], np.int32))
    assert row.tolist() == [0, 0, 2, 3, 3]
    assert alternative.tolist() == [3, 0, 1, 3, 0]
    assert prior.tolist() == [-0.5, -1.0, 0.0, -0.5, -1.0]


def test_words_without_alternatives_give_none() -> None:
    """A row of words without alternatives is an empty answer."""
    row, alternative, prior = small().of(np.array([0, 2], np.int32))
    assert row.size == alternative.size == prior.size == 0


def test_what_is_saved_is_read(tmp_path: Path) -> None:
    """Priors are kept to a sixteenth of a nat, lifts to half precision, the rest exactly."""
    table = small()
    table.save(tmp_path / "alternatives.npz")
    again = Alternatives.load(tmp_path / "alternatives.npz")
    for name in ("offsets", "ids", "prior", "lift"):
        assert getattr(again, name).tolist() == getattr(table, name).tolist()
        assert getattr(again, name).dtype == getattr(table, name).dtype


def test_another_format_is_refused(tmp_path: Path) -> None:
    """A file of another format is refused by name."""
    np.savez(tmp_path / "alternatives.npz", format=0)
    with pytest.raises(ValueError, match=r"alternatives\.npz is not in format 1"):
        Alternatives.load(tmp_path / "alternatives.npz")
