"""Read Parquet tables, a few rows at a time, and only the columns that are needed."""

from collections.abc import Iterator
from typing import Any

from detector.audit.sources.options import SourceOptions
from detector.audit.sources.problems import Problem, SourceError, no_records
from detector.audit.sources.raw import RawItem
from detector.audit.sources.records import item_of, places_of, refuse_missing
from detector.audit.sources.streams import Opened, kept
from detector.extras import needs

_ROWS = 256


def parquet(source: Opened, options: SourceOptions) -> Iterator[RawItem]:
    """Each row as an article or an error. Names of nested columns have dots: ``article.body``.

    A value that Python cannot represent becomes None, such as a date in the year 148,000.

    Raises SourceError if the file is damaged, has no text column or no row, or the package pyarrow is missing.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError:
        raise SourceError(
            f"{source.place} is a Parquet table. {needs('Reading it', 'audit', ['pyarrow'])}",
            Problem.MISSING_PACKAGE,
        ) from None
    number = 0
    with kept(source, options.archives) as file:
        try:
            # Read pages as a stream, because a column of a row group may be larger than the memory.
            table = pq.ParquetFile(file, buffer_size=1 << 20, pre_buffer=False)
            names = tuple(_leaves(table.schema_arrow))
            refuse_missing(names, options.columns, place=source.place)
            wanted = sorted({name for name in places_of(names, options.columns) if name is not None})
            if not table.metadata.num_rows:
                raise no_records(source.place)
            for batch in table.iter_batches(batch_size=_ROWS, columns=wanted, use_threads=False):
                for record in _records(batch):
                    number += 1
                    yield item_of(_flat(record, wanted), options.columns, source=f"{source.place}:{number}")
        except (pa.ArrowException, OSError, ValueError, KeyError, IndexError, MemoryError, OverflowError) as error:
            before = f"the {number:,} rows before that were read" if number else "get a complete copy"
            raise SourceError(
                f"{source.place} is a damaged or unusual Parquet table ({type(error).__name__}): {before}.",
                Problem.DAMAGED,
            ) from None


def _records(batch: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - pyarrow ships no types
    """The rows of a batch, converted value by value if the whole batch cannot be converted."""
    import pyarrow as pa

    try:
        found: list[dict[str, Any]] = batch.to_pylist()
    except (pa.ArrowException, ValueError, LookupError, OverflowError):
        columns = dict(zip(batch.schema.names, batch.columns, strict=True))
        return [{name: _held(column[row]) for name, column in columns.items()} for row in range(batch.num_rows)]
    return found


def _held(scalar: Any) -> Any:  # noqa: ANN401 - pyarrow ships no types
    """A value as a Python object: bytes for text that is not UTF-8, None if Python cannot represent it."""
    import pyarrow as pa

    try:
        return scalar.as_py()
    except (pa.ArrowException, ValueError, LookupError, OverflowError):
        if pa.types.is_struct(scalar.type):
            return {name: _held(value) for name, value in scalar.items()}
        if pa.types.is_string(scalar.type) or pa.types.is_large_string(scalar.type):
            return scalar.as_buffer().to_pybytes()
        return None


def _leaves(fields: Any, above: str = "") -> Iterator[str]:  # noqa: ANN401 - pyarrow ships no types
    """Names of columns: top-level columns first, then nested ones with dots."""
    import pyarrow as pa

    nested = []
    for field in fields:
        if pa.types.is_struct(field.type):
            nested.append(field)
        else:
            yield above + field.name
    for field in nested:
        yield from _leaves([field.type.field(i) for i in range(field.type.num_fields)], f"{above}{field.name}.")


def _flat(record: dict[str, Any], wanted: list[str]) -> dict[str, object]:
    """The wanted values by their dotted names."""
    flat: dict[str, object] = {}
    for name in wanted:
        value: object = record.get(name)
        if name not in record:
            value = record
            for part in name.split("."):
                value = value.get(part) if isinstance(value, dict) else None
        flat[name] = value
    return flat
