"""Which article is which, and what of an article's words may be written down.

An article is *its text at its place*. The place is its address in the web, or else the place in the source it was read
from. So an article that a feed shows for a week is one row, a story on thirty sites is thirty rows (and one *story*,
see :mod:`detector.audit.near_duplicates`), and an article that was corrected after publication is a second row.
"""

import hashlib
import re
from urllib.parse import urlsplit

MOST_CHARACTERS = 2_000
"""Longer titles, addresses and names are cut: they are no such thing."""

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
    """What an article is known by in a store: 16 bytes of its place and its text's hash, None where it has no text."""
    digest = hashlib.blake2b(digest_size=16)
    digest.update((hashed or "").encode())
    digest.update(b"\n")
    digest.update(place.encode("utf-8", "surrogatepass"))
    return digest.digest()


def record_hash(data: bytes | str, content_type: str | None = None) -> bytes:
    """What a record is known by before it is read: 16 bytes of it as it stands in its source."""
    digest = hashlib.blake2b(digest_size=16)
    digest.update(data if isinstance(data, bytes) else data.encode("utf-8", "surrogatepass"))
    digest.update((content_type or "").encode("utf-8", "surrogatepass"))
    return digest.digest()


def storable(text: str | None, most: int | None = MOST_CHARACTERS) -> str | None:
    r"""Text that SQLite takes and gives back: what is not Unicode becomes U+FFFD, one for one, so that spans hold.

    >>> storable("a\x00b\ud83d"), storable("abcdef", 4), storable(None)
    ('a�b�', 'abc…', None)
    """
    if text is None:
        return None
    if most is not None and len(text) > most:
        text = text[: most - 1] + "…"
    return _UNSTORABLE.sub("\ufffd", text)


def storable_date(date: str | None) -> str | None:
    """The date if text order is time order for it, else None.

    >>> storable_date("2026-11-24"), storable_date("2026-11-24T08:30:00Z"), storable_date("last Tuesday")
    ('2026-11-24', '2026-11-24T08:30:00Z', None)
    """
    return date if date is not None and _DATE.fullmatch(date) else None


def origin_of(source: str, url: str | None, outlet: str | None) -> str:
    """Whom an article is counted for: its outlet, else the host of its address, else the file or folder it was in.

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


def _host(address: str | None) -> str:
    if address is None or not address.lower().startswith(("http://", "https://")):
        return ""
    try:
        return (urlsplit(address).hostname or "").removeprefix("www.")
    except ValueError:
        return ""


def without_credentials(source: str) -> str:
    """An address without user name and password, so that neither is written down.

    >>> without_credentials("https://me:secret@example.org/feed"), without_credentials("in/feed.xml")
    ('https://example.org/feed', 'in/feed.xml')
    """
    return re.sub(r"^(https?://)[^/@\s]*@", r"\1", source, flags=re.IGNORECASE)
