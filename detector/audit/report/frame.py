"""Convert a store to a pandas data frame."""

from typing import TYPE_CHECKING, Any

from detector.audit.place import Place
from detector.audit.report.reading import reading
from detector.audit.report.rows import FIELDS, articles
from detector.audit.store import Filter, Store
from detector.errors import UnspinError
from detector.extras import pip_install

if TYPE_CHECKING:
    import pandas as pd

_CATEGORIES = ("label", "error_kind", "outlet", "signature", "relation", "archive_outlet", "author")
_TYPES = {"integer": "Int64", "number": "float64"}
_TIMES = ("date", "added", "scored")


def load_audit(
    store: Store | Place | str,
    filters: Filter | None = None,
    *,
    limit: int | None = None,
    measured: bool = False,
) -> "pd.DataFrame":
    """Returns the articles of a store as rows, indexed by ``id``, with a type for each column.

    docs/report.md lists the columns. What is not known is missing.

    Parameters
    ----------
    limit : int, optional
        Maximum number of articles: those with the highest probability, highest first.
    measured : bool
        Whether to add the model's input columns, whose names include the unit. NaN means not measured.

    Raises
    ------
    StoreError
        If the file is missing, not a store, damaged, or locked.
    UnspinError
        If pandas is not installed.
    """
    try:
        import pandas as pd
    except ImportError as error:
        raise UnspinError(
            f"a data frame needs pandas, which this Python does not have: {pip_install('pandas')}"
        ) from error
    values: list[tuple[Any, ...]] = []
    numbers: list[dict[str, float | None]] = []
    with reading(store) as connection:
        for article in articles(connection, filters or Filter(), limit=limit, details=measured):
            values.append(article.values)
            if measured:
                numbers.append(article.measured)
    frame = pd.DataFrame.from_records(values, columns=[field.name for field in FIELDS])
    for name in _TIMES:
        frame[name] = pd.to_datetime(frame[name], utc=True, errors="coerce", format="ISO8601")
    frame = frame.astype({field.name: _TYPES[field.kind] for field in FIELDS if field.kind in _TYPES})
    frame = frame.astype(dict.fromkeys(_CATEGORIES, "category")).assign(proven=frame["proven"] > 0)
    if measured:
        more = pd.DataFrame(numbers, index=frame.index).astype("float64")
        # A measured column may have the name of a field.
        frame = frame.join(more.rename(columns={name: f"{name}_measured" for name in frame.columns}))
    return frame.set_index("id")


to_frame = load_audit
"""The name that this function had first."""
