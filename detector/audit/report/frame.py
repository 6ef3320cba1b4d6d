"""A store as a pandas data frame."""

from pathlib import Path
from typing import TYPE_CHECKING, Any

from detector.audit.report.reading import reading
from detector.audit.report.rows import FIELDS, articles
from detector.audit.store import Filter, Store
from detector.errors import UnspinError
from detector.extras import pip_install

if TYPE_CHECKING:
    import pandas as pd

_CATEGORIES = ("label", "error_kind", "outlet", "signature")
_TIMES = ("date", "added", "scored")


def to_frame(
    store: Store | str | Path,
    filters: Filter | None = None,
    *,
    limit: int | None = None,
    measured: bool = False,
) -> "pd.DataFrame":
    """The articles of a store, one a row, indexed by ``id``.

    Parameters
    ----------
    store : Store or path
    filters : Filter, optional
        Which articles.
    limit : int, optional
        Only this many: those with the highest probability, highest first.
    measured : bool
        Also the columns that the model judged by, each as a column of its own name (which carries the unit); NaN where
        one could not be measured.

    Raises
    ------
    StoreError
        If the file is missing, no store, damaged, or locked.
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
    for field in FIELDS:
        if field.name in _TIMES:
            frame[field.name] = pd.to_datetime(frame[field.name], utc=True, errors="coerce", format="ISO8601")
        elif field.name in _CATEGORIES:
            frame[field.name] = frame[field.name].astype("category")
        elif field.kind == "integer":
            frame[field.name] = frame[field.name].astype("Int64")
        elif field.kind == "number":
            frame[field.name] = frame[field.name].astype("float64")
    if measured:
        more = pd.DataFrame(numbers, index=frame.index).astype("float64")
        # A measured column may have the name of a field.
        frame = frame.join(more.rename(columns={name: f"{name}_measured" for name in frame.columns}))
    return frame.set_index("id")
