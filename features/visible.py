"""A stranger's text made fit to be shown: what would steer, hide or turn is spelt out."""


def visible(text: str, keep: str = "") -> str:
    r"""The text with characters that steer a terminal or the writing direction, or that hide, made visible.

    Escape sequences and direction overrides in an article must not reach a terminal; a reader must see that they are
    there. Joiners that emoji and some scripts need are left alone.

    Parameters
    ----------
    keep : str
        Control characters to leave as they are.

    Examples
    --------
    >>> visible("a\x1b[31mb\u202ec\u200bd\udc80")
    'a<U+001B>[31mb<U+202E>c<U+200B>d<U+DC80>'
    >>> visible("a\nb", keep="\n")
    'a\nb'
    """
    return "".join(f"<U+{ord(c):04X}>" if c not in keep and _steers(c) else c for c in text)


def _steers(character: str) -> bool:
    code = ord(character)
    return code < 0x20 or 0x7F <= code <= 0x9F or 0xD800 <= code <= 0xDFFF or character in _HIDDEN


# Direction embeddings, overrides and isolates; zero-width space, word joiner, byte-order mark, soft hyphen.
_HIDDEN = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u200b\u2060\ufeff\u00ad\u2028\u2029")
