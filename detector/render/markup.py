"""What every HTML rendering of a verdict is made with: escaping, and the text cut at its marks."""

import html
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Protocol, TypeVar

from detector.render import words as say
from features.document import Span


class _HasSpan(Protocol):
    @property
    def span(self) -> Span: ...


_Place = TypeVar("_Place", bound=_HasSpan)


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


def cut(places: Sequence[_Place], stretch: Span) -> Iterator[tuple[Span, _Place | None]]:
    """The stretch in pieces, which joined are all of it: what lies between places, with None, and places in turn.

    Places are in order. One that runs past the stretch is clipped, one that overlaps another before it is passed over.
    Pieces between places may be empty; they stand first, last and between any two.
    """
    at = stretch.start
    for place in _meeting(places, stretch):
        start, end = max(place.span.start, stretch.start), min(place.span.end, stretch.end)
        if at <= start < end:
            yield Span(at, start), None
            yield Span(start, end), place
            at = end
    yield Span(at, stretch.end), None


def _meeting(places: Sequence[_Place], stretch: Span) -> Sequence[_Place]:
    """Those of the places, in order and apart, that may share a code point with the stretch."""
    first = bisect_left(places, stretch.start, key=lambda place: place.span.end)
    last = bisect_left(places, stretch.end, key=lambda place: place.span.start)
    return places[first:last]
