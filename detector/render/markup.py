"""Cuts a text at its sentences and marks, for a template."""

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
    """A part of the text. ``place`` is its mark or None; ``last`` says that the mark ends here."""

    text: str
    place: _Place | None
    last: bool


class Sentence(NamedTuple, Generic[_Place]):
    """The pieces of a sentence and its probability: NaN if the sentence is too short, None between sentences."""

    probability: float | None
    pieces: list[Piece[_Place]]


def marked(
    text: str, sentences: Sequence[SentenceScore], places: Sequence[_Place], within: Span | None = None
) -> list[list[Sentence[_Place]]]:
    r"""Returns the non-empty lines of a text, cut at sentences and places. Both must be in order.

    A place that crosses the end of a line or sentence is cut there. A place that overlaps an earlier one is skipped.

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


def greyed(text: str, skipped: Sequence[Span]) -> frozenset[int]:
    r"""Returns the numbers, among the lines of :func:`marked`, of those that were not judged.

    >>> greyed("Home\nTalks ended.\n", [Span(0, 5)])
    frozenset({0})
    """
    starts = {at for span in skipped for at in range(*span)} if skipped else set()
    return frozenset(number for number, line in enumerate(paragraphs(text)) if line.start in starts)


def paragraphs(text: str, within: Span | None = None) -> Iterator[Span]:
    """Yield the non-empty lines of a text, or of a part of it, without trailing white space."""
    start, end = within or (0, len(text))
    for line in text[start:end].splitlines(keepends=True):
        if line.strip():
            yield Span(start, start + len(line.rstrip()))
        start += len(line)


def _cut(places: Sequence[_Place], stretch: Span) -> Iterator[tuple[Span, _Place | None]]:
    """Yield the consecutive spans of a stretch: each place, and with None the text between places."""
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
