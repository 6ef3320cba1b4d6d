"""A summary as plain values: schema ``unspin.report/1``, described in docs/report.md."""

import dataclasses
import math
from typing import Any

from detector.audit.report.figures import Summary

SCHEMA = "unspin.report/1"


def as_dict(summary: Summary) -> dict[str, Any]:
    """Every field of the summary by its name; what is not known is None, never NaN."""
    return {"schema": SCHEMA, **_fields(summary), "duplicates": summary.duplicates}


def _fields(value: Any) -> dict[str, Any]:  # noqa: ANN401 - any dataclass
    return {field.name: _plain(getattr(value, field.name)) for field in dataclasses.fields(value)}


def _plain(value: Any) -> Any:  # noqa: ANN401 - JSON is any of its types
    if dataclasses.is_dataclass(value):
        return _fields(value)
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return {name: _plain(item) for name, item in value._asdict().items()}
    if isinstance(value, tuple):
        return [_plain(item) for item in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    return str(value) if isinstance(value, str) else value
