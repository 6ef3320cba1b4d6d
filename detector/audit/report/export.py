"""Export articles as CSV, JSON Lines and Parquet, one by one, with constant memory."""

import csv
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import IO, TYPE_CHECKING, Any

from detector.audit.report.rows import FIELDS, FIRST_FIELDS, SCHEMA, Article
from detector.errors import UnspinError
from detector.extras import needs
from detector.render.data import dump

if TYPE_CHECKING:
    import pyarrow as pa

_BATCH = 2_000

# Characters that start a formula in a spreadsheet (OWASP, "CSV injection"), with their full-width forms. An import may
# drop white space before them.
_FORMULA = tuple("=+-@＝＋－＠")
_SEPARATES = ("\t", "\r", "\n")


def csv_head() -> str:
    """The beginning of the first line of every CSV export, which identifies one."""
    return ",".join(field.name for field in FIELDS[:FIRST_FIELDS])


def write_csv(articles: Iterable[Article], stream: IO[str]) -> int:
    """Write a table for spreadsheets, and return the number of rows. The stream must not translate line ends.

    Text that a spreadsheet would run as a formula gets a leading apostrophe.
    """
    writer = csv.writer(stream)
    writer.writerow(field.name for field in FIELDS)
    count = 0
    for article in articles:
        writer.writerow(_cell(value) for value in article.values)
        count += 1
    return count


def _cell(value: object) -> object:
    r"""A value that no spreadsheet runs as a formula.

    >>> [_cell(x) for x in ("=1+1", " @cmd", "\tA", "plain", 0.5, None, "-")]
    ["'=1+1", "' @cmd", "'\tA", 'plain', 0.5, '', "'-"]
    """
    if value is None:
        return ""
    if not isinstance(value, str):
        return value
    text = value.replace("\0", "")
    return f"'{text}" if text.lstrip().startswith(_FORMULA) or text.startswith(_SEPARATES) else text


def write_jsonl(articles: Iterable[Article], stream: IO[str]) -> int:
    """Write one JSON object on a line for each article (schema ``unspin.article/1``), and return their number."""
    count = 0
    for article in articles:
        stream.write(dump(_object(article), indent=None) + "\n")
        count += 1
    return count


def _object(article: Article) -> dict[str, Any]:
    answer: dict[str, Any] = {"schema": SCHEMA}
    answer |= {field.name: value for field, value in zip(FIELDS, article.values, strict=True)}
    answer |= {"evidence": article.evidence, "measured": article.measured, "quality_parts": article.quality_parts}
    if article.text is not None:
        answer["text"] = article.text
    return answer


def write_parquet(articles: Iterable[Article], stream: IO[bytes], *, include_text: bool = False) -> int:
    """Write a Parquet table, and return the number of rows.

    It has the fields of the CSV, ``evidence`` as a list of structures, and ``measured`` as a map from column to number.

    Raises UnspinError if pyarrow is not installed.
    """
    try:
        import pyarrow as pa
        import pyarrow.parquet as pq
    except ImportError as error:
        raise UnspinError(needs("Parquet", "audit", ["pyarrow"])) from error
    schema = _schema(include_text=include_text)
    count = 0
    with pq.ParquetWriter(stream, schema, compression="zstd") as writer:
        for batch in _batches(articles):
            rows = [_object(article) | {"measured": list(article.measured.items())} for article in batch]
            writer.write_table(pa.Table.from_pylist(rows, schema=schema))
            count += len(batch)
    return count


def _batches(articles: Iterable[Article]) -> Iterator[list[Article]]:
    left = iter(articles)
    while batch := list(islice(left, _BATCH)):
        yield batch


def _schema(*, include_text: bool) -> "pa.Schema":
    import pyarrow as pa

    kinds = {"text": pa.string(), "integer": pa.int64(), "number": pa.float64()}
    mark = pa.struct(
        [
            ("feature", pa.string()),
            ("start", pa.int64()),
            ("end", pa.int64()),
            ("text", pa.string()),
            ("message", pa.string()),
            ("expected", pa.list_(pa.string())),
            ("weight", pa.float64()),
        ]
    )
    fields = [pa.field(f.name, kinds[f.kind], metadata={"meaning": f.meaning}) for f in FIELDS]
    fields += [pa.field("evidence", pa.list_(mark)), pa.field("measured", pa.map_(pa.string(), pa.float64()))]
    if include_text:
        fields.append(pa.field("text", pa.string()))
    return pa.schema(fields, metadata={"unspin.schema": SCHEMA})


def is_ours(head: bytes, tail: bytes = b"") -> bool:
    r"""Whether a file with this start and end is an earlier export, which may be overwritten.

    >>> is_ours(b'{"schema": "unspin.article/1", "id": 1}'), is_ours(b"my,notes\n")
    (True, False)
    """
    start = head.removeprefix(b"\xef\xbb\xbf")
    if start.startswith(b"PAR1"):
        return SCHEMA.encode() in tail
    return start.startswith((csv_head().encode(), b'{"schema": "unspin.'))
