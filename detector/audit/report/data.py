"""Convert a summary to plain values: schema ``unspin.report/1``, described in docs/report.md."""

from typing import Any

from detector.audit.report.figures import Summary
from detector.render.plain import as_plain

SCHEMA = "unspin.report/1"


def as_dict(summary: Summary) -> dict[str, Any]:
    """Every field of the summary by its name. Unknown values are None, never NaN."""
    return {"schema": SCHEMA, **as_plain(summary), "duplicates": summary.duplicates}
