"""Find the root element of an XML document, and refuse documents that declare entities."""

import re
from xml.parsers import expat

from detector.audit.sources.problems import Problem, SourceError

_BEFORE_TAG = re.compile(rb"<[A-Za-z_]")
_ENTITY = re.compile(rb"<!ENTITY", re.IGNORECASE)
_ROOT = re.compile(
    rb"<(?:[\w.-]{1,40}:)?(rss|feed|rdf|urlset|sitemapindex|newsitem|newsmessage|newsml|nitf)[\s>/]", re.IGNORECASE
)


# A feed that follows other output of the program that made it, such as a warning.
_LATE_FEED = re.compile(
    rb"(?:^|\n|>)[ \t]*(?=<(?:\?xml[^>]{0,300}\?>\s{0,100}<(?:!--[^>]{0,500}-->\s{0,100}<)?)?(?:rss|feed|rdf:RDF)[\s>])"
)
_MOST_JUNK = 8000
_MOST_JUNK_WORDS = 150
_TAG = re.compile(rb"<[^<>]{0,500}>")
# A web page or a declaration is not junk and must not be skipped.
_NO_JUNK = re.compile(rb"<(?:[!?]|(?:html|head|body)[\s>])", re.IGNORECASE)


class _FoundError(Exception):
    """The root element was reached."""


class _DeclaredError(Exception):
    """An entity was declared."""


def junk_before(data: bytes) -> int:
    r"""The number of junk bytes before a feed, such as a program's warning; 0 if there are none or this is not a feed.

    >>> junk_before(b"<br /><b>Warning</b>: no such file<br />\n<?xml version='1.0'?><rss version='2.0'>")
    41
    """
    found = _LATE_FEED.search(data, 0, _MOST_JUNK)
    if found is None:
        return 0
    junk = data[: found.end()]
    if _NO_JUNK.search(junk) or len(_TAG.sub(b" ", junk).split()) > _MOST_JUNK_WORDS:
        return 0
    return found.end()


def root_of(data: bytes, *, place: str) -> str | None:
    """The root element's name in lower case without namespace; None if the bytes are not XML.

    This function expands no entity and loads nothing. Entity bombs (billion laughs) and external entities need a
    declaration before the root. A document with one is refused here, before any other parser reads it.

    Parameters
    ----------
    data : bytes
        The start of the document.
    place : str
        The document's name, for the error.

    Raises
    ------
    SourceError
        If entities are declared.

    Examples
    --------
    >>> root_of(b"<?xml version='1.0'?><rss version='2.0'>", place="feed.xml")
    'rss'
    """
    data = data.lstrip(b" \t\r\n")
    start = _BEFORE_TAG.search(data)
    if not data.startswith((b"<", b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")) and b"\0" not in data[:4]:
        return None
    prolog = data[: start.start()] if start else data
    if _ENTITY.search(prolog) or _ENTITY.search(prolog.replace(b"\0", b"")):
        raise _refusal(place)
    found: list[str] = []

    def begin(name: str, _attributes: dict[str, str]) -> None:
        found.append(name.rpartition(" ")[2].lower())
        raise _FoundError

    def declared(*_: object) -> None:
        raise _DeclaredError

    parser = expat.ParserCreate(namespace_separator=" ")
    parser.StartElementHandler = begin
    parser.EntityDeclHandler = declared
    try:
        parser.Parse(data, False)
    except _FoundError:
        return found[0]
    except _DeclaredError:
        raise _refusal(place) from None
    except (expat.ExpatError, ValueError, LookupError):
        pass
    # Malformed feeds are read too, so the name of the root is enough.
    if start and (match := _ROOT.match(data, start.start())):
        return match[1].decode("ascii").lower()
    return None


def _refusal(place: str) -> SourceError:
    return SourceError(
        f"{place} declares XML entities, which can blow up or load other files: it was not read.", Problem.UNSAFE
    )
