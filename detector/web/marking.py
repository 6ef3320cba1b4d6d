"""The article with its marks: as HTML to read, and as pieces to make the cleaned text of."""

import math
import re
from collections.abc import Iterator, Sequence
from typing import Any

from detector.render import words as say
from detector.render.markup import cut, esc, paragraphs
from detector.verdict import Verdict
from features.document import Document, Span

MOST_SUGGESTIONS = 5
_SHADES = 10
_ARTICLE_BEFORE = re.compile(r"(?<![\w'’-])([Aa]n?)[ \u00a0]\Z")


def article(verdict: Verdict, placed: Sequence[say.Mark]) -> str:
    """The text as HTML: paragraphs, sentences with their probability, marks with their number in ``data-m``."""
    numbered = {mark.span.start: number for number, mark in enumerate(placed)}
    articles = _articles_before(verdict.text, placed)
    lines = []
    for paragraph in paragraphs(verdict.text):
        inner = "".join(_sentences(verdict, placed, paragraph, numbered, articles))
        lines.append(f'<p dir="auto">{inner}</p>')
    return "".join(lines)


def _sentences(
    verdict: Verdict,
    placed: Sequence[say.Mark],
    paragraph: Span,
    numbered: dict[int, int],
    articles: dict[int, Span],
) -> Iterator[str]:
    for span, sentence in cut(verdict.sentences, paragraph):
        inner = "".join(_marked(verdict.text, placed, span, numbered, articles))
        if sentence is None:
            yield inner
        elif math.isnan(sentence.probability):
            yield f'<span class="s">{inner}</span>'
        else:
            p = min(1.0, max(0.0, sentence.probability))
            shade = min(_SHADES - 1, int(p * _SHADES))
            yield f'<span class="s s{shade}" data-p="{p:.2f}">{inner}</span>'


def _marked(
    text: str, placed: Sequence[say.Mark], stretch: Span, numbered: dict[int, int], articles: dict[int, Span]
) -> Iterator[str]:
    between = stretch
    for span, mark in cut(placed, stretch):
        if mark is None:
            between = span
            continue
        number = numbered[mark.span.start]
        yield from _before(text, between, number, articles.get(number))
        yield (
            f'<span class="m k-{mark.kind.key}" role="button" tabindex="-1" data-m="{number}" data-n="{mark.numbers[0]}">'
            f"{esc(text[span.start : span.end])}</span>"
        )
    yield esc(text[between.start : between.end])


def _before(text: str, stretch: Span, number: int, indefinite: Span | None) -> Iterator[str]:
    """What stands before a mark; ``a`` or ``an`` in it can be found, because it must follow a new wording's sound."""
    if indefinite is None or indefinite.start < stretch.start:
        yield esc(text[stretch.start : stretch.end])
        return
    yield esc(text[stretch.start : indefinite.start])
    yield f'<span data-a="{number}">{esc(text[indefinite.start : indefinite.end])}</span>'
    yield esc(text[indefinite.end : stretch.end])


def _articles_before(text: str, placed: Sequence[say.Mark]) -> dict[int, Span]:
    """Where ``a`` or ``an`` stands right before a mark and is not marked itself, by the mark's number."""
    found = {}
    end = 0
    for number, mark in enumerate(placed):
        start = max(end, mark.span.start - 4)
        hit = _ARTICLE_BEFORE.search(text[max(0, start - 1) : mark.span.start])
        if hit and max(0, start - 1) + hit.start() >= end:
            offset = max(0, start - 1)
            found[number] = Span(offset + hit.start(1), offset + hit.end(1))
        end = mark.span.end
    return found


def pieces(text: str, placed: Sequence[say.Mark]) -> list[str]:
    """The text cut at the marks: every second piece is a marked one, and joined they are the text again."""
    cut = []
    at = 0
    for mark in placed:
        cut += [text[at : mark.span.start], text[mark.span.start : mark.span.end]]
        at = mark.span.end
    return [*cut, text[at:]]


def marks(verdict: Verdict, placed: Sequence[say.Mark], by_number: dict[int, say.Row]) -> list[dict[str, Any]]:
    """What the page knows of each mark: its rows, what may stand in its place, whether somebody is quoted there."""
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
    """What may be put in a mark's place: the expected wordings of all rows that mark exactly this place."""
    wording = text[mark.span.start : mark.span.end]
    offers: dict[str, None] = {}
    for number in mark.numbers:
        row = by_number[number]
        if mark.span in row.places:
            offers.update(dict.fromkeys(cased(wording, expected) for expected in row.expected[:MOST_SUGGESTIONS]))
    offers.pop(wording, None)
    return list(offers)


def cased(wording: str, expected: str) -> str:
    """The expected wording with the capitals of the one it would replace.

    >>> [cased("Stated", "said"), cased("STATED", "said"), cased("stated", "Reuters said"), cased("A", "an")]
    ['Said', 'SAID', 'Reuters said', 'An']
    """
    if len(wording) > 1 and wording.isupper():
        return expected.upper()
    if wording[:1].isupper() and expected[:1].islower():
        return expected[:1].upper() + expected[1:]
    return expected
