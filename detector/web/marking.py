"""The article with its marks: as HTML, and as pieces from which the page builds the cleaned text."""

import re
from collections.abc import Sequence
from typing import Any, NamedTuple

from detector.render import words as say
from detector.render.markup import greyed, marked
from detector.render.templating import render
from detector.verdict import Verdict
from features.document import Document, Span

MOST_SUGGESTIONS = 5
_ARTICLE_BEFORE = re.compile(r"(?<![\w'’-])([Aa]n?)[ \u00a0]\Z")


class _Place(NamedTuple):
    """A span that the page must find: a mark, or the ``a`` or ``an`` before mark ``number``."""

    span: Span
    number: int
    mark: say.Mark | None


def article(verdict: Verdict, placed: Sequence[say.Mark]) -> str:
    """Returns the text as HTML: paragraphs, sentences with their probability, marks with their number in ``data-m``.

    ``a`` or ``an`` before a mark has the mark's number in ``data-a``, because a new wording may need the other form.
    """
    places = [_Place(mark.span, number, mark) for number, mark in enumerate(placed)]
    places += [_Place(span, number, None) for number, span in _articles_before(verdict.text, placed).items()]
    lines = marked(verdict.text, verdict.sentences, sorted(places, key=lambda place: place.span))
    return str(render("page_article.html", lines=lines, grey=greyed(verdict.text, verdict.skipped)))


def _articles_before(text: str, placed: Sequence[say.Mark]) -> dict[int, Span]:
    """Returns the span of each unmarked ``a`` or ``an`` right before a mark, by the mark's number."""
    found = {}
    end = 0
    for number, mark in enumerate(placed):
        if hit := _ARTICLE_BEFORE.search(text, max(end, mark.span.start - 3), mark.span.start):
            found[number] = Span(*hit.span(1))
        end = mark.span.end
    return found


def pieces(text: str, placed: Sequence[say.Mark]) -> list[str]:
    """Returns the text cut at the marks. Every second piece is marked; joined, the pieces are the text."""
    cut = []
    at = 0
    for mark in placed:
        cut += [text[at : mark.span.start], text[mark.span.start : mark.span.end]]
        at = mark.span.end
    return [*cut, text[at:]]


def marks(verdict: Verdict, placed: Sequence[say.Mark], by_number: dict[int, say.Row]) -> list[dict[str, Any]]:
    """Returns for each mark its rows, its possible replacements, and whether it is inside a quotation."""
    quotes = Document(verdict.text).quotes
    indefinite = _articles_before(verdict.text, placed)
    made = []
    quote = 0
    for number, mark in enumerate(placed):
        while quote < len(quotes) and quotes[quote].end <= mark.span.start:
            quote += 1
        made.append(
            {
                "rows": list(mark.numbers),
                "kind": mark.kind.key,
                "offers": _offers(verdict.text, mark, by_number),
                "speech": quote < len(quotes) and quotes[quote].start <= mark.span.start,
                "article": verdict.text[slice(*indefinite[number])] if number in indefinite else "",
            }
        )
    return made


def _offers(text: str, mark: say.Mark, by_number: dict[int, say.Row]) -> list[str]:
    """Returns the possible replacements: the expected wordings of all rows that mark exactly this span."""
    wording = text[mark.span.start : mark.span.end]
    offers: dict[str, None] = {}
    for number in mark.numbers:
        row = by_number[number]
        if mark.span in row.places:
            offers.update(dict.fromkeys(cased(wording, expected) for expected in row.expected[:MOST_SUGGESTIONS]))
    offers.pop(wording, None)
    return list(offers)


def cased(wording: str, expected: str) -> str:
    """Returns the expected wording with the capitals of the wording it would replace.

    >>> [cased("Stated", "said"), cased("STATED", "said"), cased("stated", "Reuters said"), cased("A", "an")]
    ['Said', 'SAID', 'Reuters said', 'An']
    """
    if len(wording) > 1 and wording.isupper():
        return expected.upper()
    if wording[:1].isupper() and expected[:1].islower():
        return expected[:1].upper() + expected[1:]
    return expected
