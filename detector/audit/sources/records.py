"""Turn records with named values (JSON Lines, tables) into articles, and find the role of each column."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache
from itertools import islice
from typing import NamedTuple

from detector.audit.sources.bylines import byline
from detector.audit.sources.dates import iso_date
from detector.audit.sources.markup import plainly
from detector.audit.sources.naming import one_line
from detector.audit.sources.options import Columns
from detector.audit.sources.problems import Problem, SourceError
from detector.audit.sources.raw import RawItem

# The usual names of each column, most likely first, in the form of plain_name.
TEXT_NAMES = (
    "text", "body", "content", "article", "articlebody", "articletext", "fulltext", "bodytext", "maintext",
    "storytext", "contenttext", "plaintext", "story", "newstext", "storybody", "storycontent", "articlecontent", "newsbody",
    "newscontent", "postcontent", "pagecontent", "maincontent", "contentencoded", "encoded", "cleantext", "rawtext", "textbody",
    "contenthtml", "bodyhtml", "articlehtml", "html", "document",
)  # fmt: skip
_NAMES: dict[str, tuple[str, ...]] = {
    "text": TEXT_NAMES,
    "id": ("id", "guid", "uid", "uuid", "docid", "articleid", "storyid", "key", "identifier"),
    "url": ("url", "link", "href", "permalink", "canonicalurl", "weburl", "sourceurl", "articleurl"),
    "outlet": (
        "outlet", "publisher", "publication", "newspaper", "sitename", "sourcename", "provider", "agency", "source",
        "domain", "site", "sourcedomain",
    ),
    "date": (
        "date", "published", "publishedat", "datepublished", "publisheddate", "publicationdate", "publishdate",
        "pubdate", "datetime", "timestamp", "issued", "created", "createdat", "datepublish",
    ),
    "title": ("title", "headline", "heading", "subject"),
    "author": ("author", "byline", "authors", "authorname", "creator", "dccreator", "writer"),
}  # fmt: skip
_SHOWN = 12
_TRIED = 20
_MOST_NAMES = 500


def plain_name(name: str) -> str:
    """A column's name in lower case, without spaces, underscores, dots, hyphens and colons.

    >>> plain_name("Published_At")
    'publishedat'
    """
    return re.sub(r"[\s_.:-]+", "", name).lower()


class Places(NamedTuple):
    """The column of each value; None if there is none."""

    text: str
    id: str | None
    url: str | None
    outlet: str | None
    date: str | None
    title: str | None
    author: str | None


@lru_cache(maxsize=1024)
def places_of(names: tuple[str, ...], chosen: Columns) -> Places | str:
    """The column of each value, or the reason why there is no text column.

    Parameters
    ----------
    names : tuple of str
        All columns; nested ones with dots.
    chosen : Columns
        The columns that the user named. The others are guessed by their usual names.

    Examples
    --------
    >>> places_of(("ID", "Headline", "Body"), Columns())
    Places(text='Body', id='ID', url=None, outlet=None, date=None, title='Headline', author=None)
    """
    found: dict[str, str | None] = {}
    plain = {plain_name(name): name for name in reversed(names)}
    structures = {name.rpartition(".")[0] for name in names}
    for role, usual in _NAMES.items():
        wished: str | None = getattr(chosen, role)
        if wished is not None:
            found[role] = _named(wished, names)
            if found[role] is None and role == "text":
                return f"has no column {_quoted(wished)}, only {_listed(names)}"
        else:
            likely = (plain[name] for name in usual if name in plain)
            found[role] = next((name for name in likely if role != "text" or name not in structures), None)
    text = found.pop("text")
    if text is None:
        return f"has no column that is known to hold text, only {_listed(names)}: name it with --text-column"
    return Places(text, **found)


def refuse_missing(names: tuple[str, ...], chosen: Columns, *, place: str) -> None:
    """Check the columns of a table before its rows are read, because otherwise every row would fail.

    Raises SourceError if there is no text column, several columns have its name, or a column that the user named is
    missing.
    """
    places = places_of(names, chosen)
    if isinstance(places, str):
        raise SourceError(f"{place} {places}.", Problem.COLUMNS)
    if (several := names.count(places.text)) > 1:
        raise SourceError(
            f"{place} has {several} columns {_quoted(places.text)}: give each a name of its own.", Problem.COLUMNS
        )
    for role in _NAMES:
        wished: str | None = getattr(chosen, role)
        if wished is not None and getattr(places, role) is None:
            raise SourceError(f"{place} has no column {_quoted(wished)}, only {_listed(names)}.", Problem.COLUMNS)


def once(items: Iterable[RawItem], *, place: str) -> Iterator[RawItem]:
    """The items, or a single error if all of the first 20 items lack a text column.

    Raises
    ------
    SourceError
        With the error of the first record.
    """
    held: list[RawItem] = []
    rest = iter(items)
    for item in rest:
        held.append(item)
        if item.error_kind != Problem.COLUMNS:
            break
        if len(held) == _TRIED:
            sentence = str(held[0].error).removeprefix(held[0].source).strip()
            raise SourceError(f"{place}: each of its first {_TRIED} records {sentence}", Problem.COLUMNS)
    yield from held
    yield from rest


def _named(wished: str, names: Sequence[str]) -> str | None:
    if wished in names or any(wished.startswith(name + ".") for name in names):
        return wished
    return next((name for name in names if name.lower() == wished.lower()), None)


def _quoted(name: str) -> str:
    return "“" + "".join(c if c.isprintable() else "?" for c in name[:60]) + "”"


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(_quoted(name) for name in names[:_SHOWN])
    return (shown or "none") + (f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else "")


def item_of(record: Mapping[str, object], chosen: Columns, *, source: str) -> RawItem:
    """One record as an article or an error."""
    places = places_of(tuple(_names_in(record)), chosen)
    if isinstance(places, str):
        return RawItem(source, error=f"{source} {places}.", error_kind=Problem.COLUMNS)
    facts = {
        "url": _as_line(_value(record, places.url)),
        "outlet": _as_line(_value(record, places.outlet)),
        "date": iso_date(_value(record, places.date)),
        "title": _as_line(_value(record, places.title)),
        "id": _as_line(_value(record, places.id)),
        "author": byline(_value(record, places.author), _as_line(_value(record, places.outlet))),
    }
    try:
        text = _as_text(_value(record, places.text))
    except SourceError as error:
        return RawItem(source, error=f"{source} {error}.", error_kind=Problem.MALFORMED, **facts)
    if not text:
        return RawItem(
            source,
            error=f"{source} has no text in its column {_quoted(places.text)}.",
            error_kind=Problem.NO_TEXT,
            **facts,
        )
    return RawItem(source, plainly(text) if isinstance(text, str) else text, **facts)


def _names_in(record: Mapping[str, object]) -> Iterator[str]:
    """The names of a record and, with dots, of its nested records, up to a limit."""
    for name, value in islice(record.items(), _MOST_NAMES):
        yield name
        if isinstance(value, dict):
            for inner in islice(value, _MOST_NAMES // 10):
                yield f"{name}.{inner}"


def _value(record: Mapping[str, object], name: str | None) -> object:
    if name is None:
        return None
    if name in record:
        return record[name]
    value: object = record
    for part in name.split("."):
        if not isinstance(value, Mapping):
            return None
        value = value.get(part)
    return value


def _as_text(value: object) -> str | bytes:
    if value is None:
        return ""
    if isinstance(value, str | bytes):
        return value
    # A list of paragraphs.
    if isinstance(value, Sequence) and all(isinstance(part, str) for part in value):
        return "\n".join(value)
    raise SourceError(
        f"holds no text in its text column but a value of another kind ({type(value).__name__})", Problem.MALFORMED
    )


def _as_line(value: object) -> str | None:
    """A short value on one printable line."""
    if isinstance(value, Mapping):
        value = value.get("name") or value.get("title") or value.get("id")
    return one_line(value)
