"""From measurements to one row: nothing is lost, invented or moved."""

import numpy as np
import pytest

from detector.checker import Checker
from detector.errors import ModelError
from detector.tabulate import tabulate
from features.feature import Measurement

FOUND = [Measurement({"b": 2.0, "c": float("nan")}), Measurement({"a": 1.0})]


def test_order_is_the_manifests() -> None:
    """Values stand where the manifest names them, whichever feature measured first."""
    for order in (FOUND, FOUND[::-1]):
        np.testing.assert_array_equal(tabulate(order, ["c", "a", "b"]), [np.nan, 1.0, 2.0])


def test_a_missing_column_raises() -> None:
    """A column that no feature gives is named, and never becomes a zero."""
    with pytest.raises(ModelError, match=r"missing: d, e; unknown: none"):
        tabulate(FOUND, ["a", "b", "c", "e", "d"])


def test_an_unknown_column_raises() -> None:
    """A column that the model was not trained with is named."""
    with pytest.raises(ModelError, match=r"missing: none; unknown: c"):
        tabulate(FOUND, ["a", "b"])


def test_a_renamed_column_raises() -> None:
    """Both names of a renamed column are told."""
    with pytest.raises(ModelError, match=r"missing: old; unknown: c"):
        tabulate(FOUND, ["a", "b", "old"])


def test_the_model_knows_every_column(checker: Checker) -> None:
    """The embedded model was trained with exactly the columns that the features give."""
    assert set(checker.model.manifest.columns) == {c.name for f in checker.measurer.known for c in f.columns}
