"""Identify articles, and make their texts and facts safe to store.

An article is identified by its text and its place. The place is its web address, or else its place in the source. An
article that a feed shows for a week is therefore one row, and a corrected article is a second row. A story on thirty
sites is thirty rows and one *story* (see :mod:`detector.audit.near_duplicates`).
"""

import hashlib
import re
from urllib.parse import urlsplit

MOST_CHARACTERS = 2_000
"""Longer titles, addresses and names are cut: they cannot be real ones."""

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")
_DATE = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\dZ)?")
_RECORD = re.compile(r":\d+$")


def text_hash(text: str) -> str:
    """The first 32 hexadecimal digits of the text's SHA-256.

    >>> text_hash("Talks ended.")
    '3f0eacbdfb17a54f08a2cac4433bd337'
    """
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:32]


def key_of(place: str, hashed: str | None) -> bytes:
    """The key of an article in a store: a 16-byte hash of its place and its text's hash (None without a text)."""
    digest = hashlib.blake2b(digest_size=16)
    digest.update((hashed or "").encode())
    digest.update(b"\n")
    digest.update(place.encode("utf-8", "surrogatepass"))
    return digest.digest()


def record_hash(data: bytes | str, content_type: str | None = None) -> bytes:
    """A 16-byte hash of a record as its source holds it, computed before the record is decoded."""
    digest = hashlib.blake2b(digest_size=16)
    digest.update(data if isinstance(data, bytes) else data.encode("utf-8", "surrogatepass"))
    digest.update((content_type or "").encode("utf-8", "surrogatepass"))
    return digest.digest()


def storable(text: str | None, most: int | None = MOST_CHARACTERS) -> str | None:
    r"""Text that SQLite can store. Each NUL or lone surrogate becomes one U+FFFD, so that spans stay valid.

    >>> storable("a\x00b\ud83d"), storable("abcdef", 4), storable(None)
    ('a�b�', 'abc…', None)
    """
    if text is None:
        return None
    if most is not None and len(text) > most:
        text = text[: most - 1] + "…"
    return _UNSTORABLE.sub("\ufffd", text)


def storable_date(date: str | None) -> str | None:
    """The date if it has a form whose text order is time order, else None.

    >>> storable_date("2026-11-24"), storable_date("2026-11-24T08:30:00Z"), storable_date("last Tuesday")
    ('2026-11-24', '2026-11-24T08:30:00Z', None)
    """
    return date if date is not None and _DATE.fullmatch(date) else None


def origin_of(source: str, url: str | None, outlet: str | None) -> str:
    """The origin that an article counts for: its outlet, else the host of its address, else its file or folder.

    >>> origin_of("feed.jsonl:17", None, " The Example "), origin_of("a", "https://www.example.org/story", None)
    ('The Example', 'example.org')
    >>> [origin_of(source, None, None) for source in ("in/feed.jsonl:17", "a.zip!b/c.html", "in/agency/story.txt", "-")]
    ['in/feed.jsonl', 'a.zip', 'in/agency', '-']
    """
    if outlet is not None and outlet.strip():
        return outlet.strip()
    host = _host(url) or _host(source)
    if host:
        return host
    if "!" in source:
        return source.partition("!")[0]
    if _RECORD.search(source):
        return _RECORD.sub("", source)
    return source.rpartition("/")[0] or source


def containers_of(source: str) -> set[str]:
    """The files and archives around an article's place in its source.

    >>> sorted(containers_of("in/desk.mbox:3!copy.docx")), sorted(containers_of("feed.csv:17")), containers_of("a.txt")
    (['in/desk.mbox', 'in/desk.mbox:3'], ['feed.csv'], set())
    """
    around = {source, source.rpartition("!")[0], source.partition("!")[0]}
    return (around | {_RECORD.sub("", place) for place in around}) - {source, ""}


def _host(address: str | None) -> str:
    if address is None or not address.lower().startswith(("http://", "https://")):
        return ""
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def without_credentials(source: str) -> str:
    """An address without user name and password, so that neither is stored.

    >>> without_credentials("https://me:secret@example.org/feed"), without_credentials("in/feed.xml")
    ('https://example.org/feed', 'in/feed.xml')
    """
    return re.sub(r"^(https?://)[^/@\s]*@", r"\1", source, flags=re.IGNORECASE)
