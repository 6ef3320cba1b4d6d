"""Make names of places printable and keep them unique."""

import re
from urllib.parse import urlsplit

# The form of an escape. A backslash that starts one in a file name is escaped too, so that names stay unique.
_LIKE_AN_ESCAPE = re.compile(r"\\(?=x[0-9a-f]{2}|u[0-9a-f]{4}|U[0-9a-f]{8})")
_LONGEST = 2000


def printable(name: str) -> str:
    r"""A name without control characters, line ends or undecodable bytes.

    >>> printable("two\nlines.txt")
    'two\\x0alines.txt'
    """
    if name.isprintable() and "\\" not in name:
        return name
    name = _LIKE_AN_ESCAPE.sub(r"\\x5c", name)
    return "".join(character if character.isprintable() else _escaped(ord(character)) for character in name)


def _escaped(code: int) -> str:
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def one_line(value: object) -> str | None:
    r"""A value on one printable line; None if it is empty, or neither text nor number.

    >>> one_line("  Talks\n end ")
    'Talks end'
    """
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        return None
    text = str(value)[:_LONGEST]
    if not text.isprintable():
        text = "".join(character if character.isprintable() else " " for character in text)
    return " ".join(text.split()) or None


def inside(place: str, name: str) -> str:
    """The place of a named part of a source.

    >>> inside("a.zip", "b/c.html")
    'a.zip!b/c.html'
    """
    return f"{place}!{printable(name[:_LONGEST])}"


def host_of(url: str | None) -> str | None:
    """The host of an address, without ``www.``.

    >>> host_of("https://www.example.org/story")
    'example.org'
    """
    try:
        host = urlsplit(url or "").hostname
    except ValueError:
        return None
    return printable(host.removeprefix("www.")) if host else None
