"""An article as its source holds it, before it is decoded."""

from dataclasses import dataclass

from detector.audit.item import Item
from detector.audit.sources.naming import host_of, one_line
from detector.audit.sources.page_facts import page_facts
from detector.audit.sources.problems import Problem, problem_of
from detector.errors import UnspinError
from detector.read import Kind, Limits, examine_bytes
from detector.read.kinds import has_markup

_STANDARD = Limits()
LETTER = "letter"


@dataclass(frozen=True)
class RawItem:
    """One article of a source before it is decoded. Small, picklable, and cheap to make.

    Decoding, and finding the article in a web page, cost far more than splitting a source. A caller with several
    processes should call :meth:`read` in them.

    Parameters
    ----------
    source, error, url, outlet, date, title, id, error_kind, author
        As in :class:`~detector.audit.item.Item`.
    data : bytes or str, optional
        The article as the source holds it; None if there is an error.
    content_type : str, optional
        The content type, as in an HTTP header, if the source states it.
    form : str, optional
        :data:`LETTER` for the body of a mail, whose greeting, signature and quotations are not part of the article.
    """

    source: str
    data: bytes | str | None = None
    error: str | None = None
    content_type: str | None = None
    url: str | None = None
    outlet: str | None = None
    date: str | None = None
    title: str | None = None
    id: str | None = None
    error_kind: str | None = None
    form: str | None = None
    author: str | None = None

    def read(self, limits: Limits = _STANDARD) -> Item:
        """Decode the article. A problem becomes the item's ``error``; nothing is raised."""
        if self.data is None:
            return self._failed(self.error or f"{self.source} has no text.", self.error_kind or Problem.NO_TEXT)
        data = self.data if isinstance(self.data, bytes) else as_utf8(self.data)
        try:
            reading = examine_bytes(
                data, name=self.source, content_type=self._media_type(), limits=limits, letter=self.form == LETTER
            )
        except UnspinError as error:
            return self._failed(str(error), problem_of(error))
        except Exception as error:  # noqa: BLE001 - a fault in one article must not affect the others
            return self._failed(
                f"{self.source}: a fault in unspin ({type(error).__name__}). Please report it.", Problem.FAULT
            )
        url, outlet, date, title, author = self.url, self.outlet, self.date, self.title, self.author
        if reading.kind is Kind.HTML and None in {url, outlet, date, title, author}:
            facts = page_facts(data[:200_000].decode(reading.encoding, errors="replace"))
            url, outlet = url or facts.url, outlet or facts.outlet
            date, title, author = date or facts.date, title or facts.title, author or facts.author
        title = title or one_line(reading.title)
        return Item(
            self.source,
            reading.document,
            url=url,
            outlet=outlet or host_of(url),
            date=date,
            title=title,
            id=self.id,
            author=author,
        )

    def _media_type(self) -> str | None:
        """The source's content type, or HTML for a record or feed entry that holds tags."""
        if self.content_type is None and isinstance(self.data, str) and has_markup(self.data):
            return "text/html"
        return self.content_type

    def _failed(self, sentence: str, kind: str) -> Item:
        return Item(
            self.source,
            error=sentence,
            error_kind=str(kind),
            url=self.url,
            outlet=self.outlet or host_of(self.url),
            date=self.date,
            title=self.title,
            id=self.id,
            author=self.author,
        )


def as_utf8(text: str) -> bytes:
    """A string as UTF-8. Surrogates, which JSON may contain, become the character of their pair, or else U+FFFD."""
    try:
        return text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace").encode()
