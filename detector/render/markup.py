"""What every HTML rendering of a verdict is made with: escaping, and how places lie within each other."""

import html
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import TypeVar

from detector.render import words as say
from detector.verdict import SentenceScore
from features.document import Span

_Placed = TypeVar("_Placed", SentenceScore, say.Mark)


def esc(text: str) -> str:
    """Text that is safe between tags and inside quoted attributes, with hidden characters made visible."""
    return html.escape(say.visible(text, keep="\n\t"), quote=True)


def isolated(text: str) -> str:
    """A stranger's words within our sentence: their writing direction must not turn ours round."""
    return f"<bdi>{esc(say.squeeze(text))}</bdi>"


def percent(share: float) -> str:
    """A share, held between 0 and 1, as a length of CSS or SVG.

    >>> [percent(share) for share in (0.5, 1.2, 0.00001)]
    ['50%', '100%', '0.001%']
    """
    return f"{100 * min(1.0, max(0.0, share)):.4g}%"


def paragraphs(text: str) -> Iterator[Span]:
    """The lines of a text that hold anything, without the white space after them."""
    start = 0
    for line in text.splitlines(keepends=True):
        end = start + len(line)
        if line.strip():
            yield Span(start, start + len(line.rstrip()))
        start = end


def meeting(places: Sequence[_Placed], stretch: Span) -> Sequence[_Placed]:
    """Those of the places, in order and apart, that may share a code point with the stretch."""
    first = bisect_left(places, stretch.start, key=lambda place: place.span.end)
    last = bisect_left(places, stretch.end, key=lambda place: place.span.start)
    return places[first:last]


def within(span: Span, other: Span) -> Span:
    """What two stretches share; ``start >= end`` where they share nothing."""
    return Span(max(span.start, other.start), min(span.end, other.end))
