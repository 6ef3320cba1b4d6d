"""A text cut at its sentences and marks, ready for a template."""

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from typing import Generic, NamedTuple, Protocol, TypeVar

from detector.verdict import SentenceScore
from features.document import Span


class _HasSpan(Protocol):
    @property
    def span(self) -> Span: ...


_Place = TypeVar("_Place", bound=_HasSpan)


class Piece(NamedTuple, Generic[_Place]):
    """A stretch of text; ``place`` is what marks it, or None, and ``last`` says that the place ends here."""

    text: str
    place: _Place | None
    last: bool


class Sentence(NamedTuple, Generic[_Place]):
    """Pieces with the probability of their sentence: NaN if it is too short to say, None between sentences."""

    probability: float | None
    pieces: list[Piece[_Place]]


def marked(
    text: str, sentences: Sequence[SentenceScore], places: Sequence[_Place], within: Span | None = None
) -> list[list[Sentence[_Place]]]:
    r"""The lines of a text that hold anything, cut at sentences and places; both are in order.

    A place that runs past a line or a sentence is cut there. One that overlaps another before it is passed over.

    >>> from detector.render.words import OTHER, Mark
    >>> marked("One two.\n", (), [Mark(Span(4, 7), OTHER, (1,))])[0][0].pieces
    [Piece(text='One ', ...), Piece(text='two', place=Mark(...), last=True), Piece(text='.', place=None, last=False)]
    """
    return [
        [
            Sentence(
                sentence.probability if sentence else None,
                [
                    Piece(text[slice(*span)], place, place is not None and span.end == place.span.end)
                    for span, place in _cut(places, stretch)
                ],
            )
            for stretch, sentence in _cut(sentences, line)
        ]
        for line in paragraphs(text, within)
    ]


def paragraphs(text: str, within: Span | None = None) -> Iterator[Span]:
    """The lines of a text, or of a stretch of it, that hold anything, without the white space after them."""
    start, end = within or (0, len(text))
    for line in text[start:end].splitlines(keepends=True):
        if line.strip():
            yield Span(start, start + len(line.rstrip()))
        start += len(line)


def _cut(places: Sequence[_Place], stretch: Span) -> Iterator[tuple[Span, _Place | None]]:
    """The stretch in pieces, which joined are all of it: places, and what lies between them with None."""
    at = stretch.start
    first = bisect_left(places, stretch.start, key=lambda place: place.span.end)
    last = bisect_left(places, stretch.end, key=lambda place: place.span.start)
    for place in places[first:last]:
        start, end = max(place.span.start, stretch.start), min(place.span.end, stretch.end)
        if at <= start < end:
            if at < start:
                yield Span(at, start), None
            yield Span(start, end), place
            at = end
    if at < stretch.end:
        yield Span(at, stretch.end), None
