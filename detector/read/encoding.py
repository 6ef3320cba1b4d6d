"""Decode bytes: byte order marks, declared and guessed encodings. Mojibake stays as it is."""

import codecs
import re
from dataclasses import dataclass
from unicodedata import category

from detector.errors import UnreadableError

# UTF-32 comes first, because its little-endian mark begins with that of UTF-16.
_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_DECLARED = re.compile(
    rb"<(?:meta\b[^>]{0,300}?\bcharset|\?xml\b[^>]{0,200}?\bencoding)\s*=\s*[\"']?\s*([A-Za-z0-9._:-]{1,40})",
    re.IGNORECASE,
)
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([A-Za-z0-9._:-]{1,40})", re.IGNORECASE)
_SAMPLE = 100_000
_READS = "give plain text, Markdown, HTML, Word, OpenDocument, RTF, PDF or e-mail"

# A well-formed UTF-8 sequence of more than one byte.
_MULTIBYTE = re.compile(rb"[\xc2-\xdf][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}")
# A sequence cut off by the end of the file.
_CUT_OFF = re.compile(rb"(?:[\xc2-\xf4]|[\xe0-\xf4][\x80-\xbf]|[\xf0-\xf4][\x80-\xbf]{2})\Z")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f\x7f\ufffe\uffff]")
# Typical of a wrong guess, but also of mojibake saved as UTF-8.
_UPPER_CONTROL = re.compile(r"[\x80-\x84\x86-\x9f]")
_BEYOND_LATIN = re.compile("[^\x00-\u02ff]")
_WINDOWS_TEXT = re.compile(r"[^\x00-\x7f‘’“”–—…•™€£©®°½¼¾ªº§´·«»¿¡À-ÖØ-öø-ÿŠšŽžŒœŸ\xa0\xad]")

# With a larger share of control characters, the file is not text.
_MOST_CONTROL = 0.005


@dataclass(frozen=True)
class Decoded:
    """A text, its encoding, and a note if the encoding was a guess (else ``""``)."""

    text: str
    encoding: str
    note: str = ""


def decode_text(data: bytes, *, name: str, content_type: str | None = None) -> Decoded:
    """Decode without losing or changing a character.

    It tries, in order: a byte order mark; the NUL pattern of UTF-16 and UTF-32; UTF-8; the encoding declared by the
    page or its content type; windows-1252 if the few bytes above 127 are its letters and quotation marks; the best
    guess of charset-normalizer; UTF-8 with a few damaged places shown as U+FFFD.

    Raises UnreadableError if the bytes are not text in any of them.
    """
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return _marked(data[len(mark) :], encoding, name)
    if b"\0" in data:
        return _wide(data, name)
    text = _strictly(data, "utf-8")
    if text is None:
        return _not_utf8(data, name, content_type)
    encoding = "utf-8"
    if data.isascii():
        declared = _declared(data, content_type)
        # These seven-bit encodings spell other scripts with escapes. All others agree with ASCII.
        if declared.startswith("iso2022") and (other := _strictly(data, declared)) is not None:
            text, encoding = other, declared
    return Decoded(_checked(text, name), encoding)


def _marked(data: bytes, encoding: str, name: str) -> Decoded:
    if (text := _strictly(data, encoding)) is not None:
        return Decoded(_checked(text, name), encoding)
    text = data.decode(encoding, errors="replace")
    return _damaged(text, encoding, name)


def _wide(data: bytes, name: str) -> Decoded:
    """Decode UTF-16 or UTF-32 without a mark, where ASCII text has NUL at fixed places."""
    sample = data[: _SAMPLE - _SAMPLE % 4]
    nul = [sample[offset::4].count(0) / max(1, len(sample[offset::4])) for offset in range(4)]
    pairs = ((nul[0] + nul[2]) / 2, (nul[1] + nul[3]) / 2)
    guesses = []
    if min(nul[1:]) > 0.7 and nul[0] < 0.3:
        guesses.append("utf-32-le")
    if min(nul[:3]) > 0.7 and nul[3] < 0.3:
        guesses.append("utf-32-be")
    if pairs[1] > 0.5 and pairs[0] < 0.2:
        guesses.append("utf-16-le")
    if pairs[0] > 0.5 and pairs[1] < 0.2:
        guesses.append("utf-16-be")
    for encoding in guesses:
        if (text := _strictly(data, encoding)) is not None and _looks_like_text(text):
            return Decoded(text, encoding)
    raise UnreadableError(f"{name} is a binary file (it holds NUL bytes): {_READS}.")


def _not_utf8(data: bytes, name: str, content_type: str | None) -> Decoded:
    declared = _declared(data, content_type)
    if (
        declared
        and declared != "utf-8"
        and (text := _strictly(data, declared)) is not None
        and _looks_like_text(text, guessed=True)
    ):
        return Decoded(text, declared)
    high = sum(count for byte, count in enumerate(_byte_counts(data)) if byte >= 0x80)
    well_formed = sum(len(match.group()) for match in _MULTIBYTE.finditer(data))
    cut_off = _CUT_OFF.search(data)
    if well_formed + (len(cut_off.group()) if cut_off else 0) > 0.5 * high:
        return _damaged(data.decode("utf-8", errors="replace"), "utf-8", name)
    western = _strictly(data, "cp1252")
    # English prose with the quotation marks and few accents of a Windows word processor. charset-normalizer mistakes
    # such texts for Central European ones.
    if (
        western is not None
        and high < 0.25 * len(data)
        and _count(_WINDOWS_TEXT, western) < 0.001 * len(western)
        and _looks_like_text(western, guessed=True)
    ):
        return Decoded(western, "windows-1252", _guessed(name, "windows-1252"))
    if (guess := _best_guess(data)) is not None:
        return Decoded(guess[0], guess[1], _guessed(name, guess[1]))
    raise UnreadableError(f"{name} is no text in any encoding that could be recognised: save it as UTF-8 text first.")


def _best_guess(data: bytes) -> tuple[str, str] | None:
    from charset_normalizer import from_bytes

    best = from_bytes(data[:_SAMPLE]).best()
    if best is None:
        return None
    encoding = codecs.lookup(best.encoding).name
    # Without a byte order mark or NUL bytes, guesses of these would be noise.
    if encoding.startswith(("utf-16", "utf-32", "utf-7")):
        return None
    text = _strictly(data, encoding)
    return (text, encoding) if text is not None and _looks_like_text(text, guessed=True) else None


def _declared(data: bytes, content_type: str | None) -> str:
    """The encoding named by the content type or the head of a page, as Python calls it; "" if unknown."""
    label = ""
    if content_type and (match := _CHARSET.search(content_type)):
        label = match[1]
    elif declaration := _DECLARED.search(data, 0, 4096):
        label = declaration[1].decode("ascii")
    # Browsers do the same: pages that declare latin-1 use windows-1252.
    if label.lower() in {"iso-8859-1", "latin1", "latin-1", "us-ascii", "ascii"}:
        label = "cp1252"
    try:
        info = codecs.lookup(label)
    except (LookupError, ValueError):
        return ""
    # `codecs` also knows transformations that are not text encodings (rot13, zip).
    return info.name if getattr(info, "_is_text_encoding", False) and info.name not in _NOT_FOR_FILES else ""


# These are slow or surprising on hostile input, and web pages never use them.
_NOT_FOR_FILES = frozenset(
    {"idna", "punycode", "unicode_escape", "raw_unicode_escape", "undefined", "mbcs", "oem", "utf-7"}
)


def _strictly(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except (UnicodeError, ValueError):
        return None


def _damaged(text: str, encoding: str, name: str) -> Decoded:
    """Accept a text with a few places that could not be decoded, and note them; refuse one with many."""
    broken = text.count("�")
    if broken > min(0.02 * len(text) + 1, 0.25 * len(text)):
        raise UnreadableError(f"{name} is damaged {encoding.upper()} text: save it again as UTF-8 text.")
    places = "1 place could not be decoded and is" if broken == 1 else f"{broken:,} places could not be decoded and are"
    note = f"{name} is damaged {encoding.upper()}: {places} shown as �."
    return Decoded(_checked(text, name), encoding, note)


def _checked(text: str, name: str) -> str:
    if not _looks_like_text(text):
        raise UnreadableError(f"{name} is a binary file: {_READS}.")
    return text


def _looks_like_text(text: str, *, guessed: bool = False) -> bool:
    """Whether control characters and unassigned code points are few."""
    if "\0" in text or _count(_CONTROL, text) > _MOST_CONTROL * len(text) + 1:
        return False
    if guessed and _count(_UPPER_CONTROL, text) > _MOST_CONTROL * len(text):
        return False
    sample = text[:20_000]
    odd = sum(1 for character in _BEYOND_LATIN.findall(sample) if category(character) in {"Cn", "Co", "Cs"})
    return odd <= 0.01 * len(sample)


def _count(pattern: re.Pattern[str], text: str) -> int:
    return sum(1 for _ in pattern.finditer(text))


def _byte_counts(data: bytes) -> list[int]:
    return [data.count(byte) for byte in range(256)]


def _guessed(name: str, encoding: str) -> str:
    return f"{name} is not UTF-8 and does not say what it is; it was read as {encoding}."
