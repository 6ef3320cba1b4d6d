"""From measurements to one row of numbers, in the order of the model's columns."""

from collections.abc import Iterable, Sequence

import numpy as np
from numpy.typing import NDArray

from detector.errors import ModelError
from features.feature import Measurement


def tabulate(measurements: Iterable[Measurement], columns: Sequence[str]) -> NDArray[np.float64]:
    """Return one row, shape (columns,), with NaN if a column could not be measured.

    Raises ModelError if a column is missing or unknown to the model, so that a renamed feature never becomes a zero.

    >>> tabulate([Measurement({"a": 1.0}), Measurement({"b": 2.0})], ["b", "a"]).tolist()
    [2.0, 1.0]
    """
    values = {name: value for measurement in measurements for name, value in measurement.values.items()}
    if values.keys() != set(columns):
        missing, extra = sorted(set(columns) - values.keys()), sorted(values.keys() - set(columns))
        message = (
            f"the features do not give the columns that the model was trained with (missing: {', '.join(missing) or 'none'};"
            f" unknown: {', '.join(extra) or 'none'}): reinstall unspin, or train again"
        )
        raise ModelError(message)
    return np.array([values[name] for name in columns], float)
