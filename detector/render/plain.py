"""Converts unspin's records to plain values for JSON."""

import dataclasses
import math
from collections.abc import Mapping, Sequence
from typing import Any


def as_plain(value: object) -> Any:  # noqa: ANN401 - JSON is any of its types
    """Returns records and mappings as dicts, sequences as lists, NaN as None, and any other object as text.

    A record is a dataclass or a named tuple.

    >>> from pathlib import Path
    >>> as_plain({"path": Path("a"), "rates": (0.5, math.nan)})
    {'path': 'a', 'rates': [0.5, None]}
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: as_plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return as_plain(value._asdict())
    if isinstance(value, Mapping):
        return {str(key): as_plain(item) for key, item in value.items()}
    if isinstance(value, float):
        return finite(value)
    if value is None or isinstance(value, (str, int)):
        return value
    if isinstance(value, (Sequence, set, frozenset)):
        return [as_plain(item) for item in value]
    return str(value)


def finite(value: float) -> float | None:
    """Returns the number, or None for NaN and infinities, which JSON and SQL lack."""
    return float(value) if math.isfinite(value) else None
