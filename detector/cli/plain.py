"""Any of our records as plain values, and plain values as lines to read."""

import dataclasses
import math
from collections.abc import Iterator, Mapping, Sequence
from typing import Any


def as_plain(value: object) -> Any:  # noqa: ANN401 - JSON is any of its types
    """Dataclasses and mappings as dicts, sequences as lists, NaN as None, everything else that JSON lacks as text.

    >>> from pathlib import Path
    >>> as_plain({"path": Path("a"), "rates": (0.5, math.nan)})
    {'path': 'a', 'rates': [0.5, None]}
    """
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {field.name: as_plain(getattr(value, field.name)) for field in dataclasses.fields(value)}
    if isinstance(value, Mapping):
        return {str(key): as_plain(item) for key, item in value.items()}
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if value is None or isinstance(value, (str, int)):
        return value
    if isinstance(value, (Sequence, set, frozenset)):
        return [as_plain(item) for item in value]
    return str(value)


def lines(values: Mapping[str, Any], indent: int = 0) -> Iterator[str]:
    r"""Plain values as indented lines.

    >>> print("\n".join(lines({"protocol": 1, "thresholds": {"harper": {"spun": 0.93}}, "columns": ["a", "b"]})))
    protocol: 1
    thresholds:
      harper:
        spun: 0.93
    columns: a, b
    """
    pad = "  " * indent
    for key, value in values.items():
        name = key if "." in key else key.replace("_", " ")  # a file keeps its name
        if isinstance(value, dict) and value:
            yield f"{pad}{name}:"
            yield from lines(value, indent + 1)
        elif isinstance(value, list) and any(isinstance(item, dict) for item in value):
            yield f"{pad}{name}:"
            for item in value:
                yield f"{pad}  {_short(item)}"
        elif isinstance(value, list):
            yield f"{pad}{name}: {', '.join(map(_short, value))}"
        else:
            yield f"{pad}{name}: {_short(value)}"


def _short(value: Any) -> str:  # noqa: ANN401 - as above
    if isinstance(value, dict):
        return ", ".join(f"{key.replace('_', ' ')} {_short(item)}" for key, item in value.items())
    if isinstance(value, float):
        return f"{value:.4g}"
    return "not measured" if value is None else str(value)
