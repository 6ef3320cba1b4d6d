"""Formats plain values as lines for people."""

from collections.abc import Iterator, Mapping
from typing import Any


def lines(values: Mapping[str, Any], indent: int = 0) -> Iterator[str]:
    r"""Yield plain values as indented lines.

    >>> print("\n".join(lines({"protocol": 1, "thresholds": {"harper": {"spun": 0.93}}, "columns": ["a", "b"]})))
    protocol: 1
    thresholds:
      harper:
        spun: 0.93
    columns: a, b
    """
    pad = "  " * indent
    for key, value in values.items():
        name = key if "." in key else key.replace("_", " ")  # file names stay unchanged
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
