"""Make untrusted text safe to show."""

import re


def visible(text: str, keep: str = "") -> str:
    r"""Spell out characters that control a terminal, change the writing direction or hide.

    Escape sequences and direction overrides in an article must not reach a terminal, and a reader must see that they
    are there. Joiners that emoji and some scripts need stay.

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
    return _STEERING.sub(lambda found: found[0] if found[0] in keep else f"<U+{ord(found[0]):04X}>", text)


# Control characters and halves of surrogate pairs; direction embeddings, overrides and isolates; zero-width space, word
# joiner, byte-order mark, soft hyphen; separators of lines and paragraphs.
_STEERING = re.compile(
    "[\x00-\x1f\x7f-\x9f\ud800-\udfff\u202a-\u202e\u2066-\u2069\u200b\u2060\ufeff\u00ad\u2028\u2029]"
)
