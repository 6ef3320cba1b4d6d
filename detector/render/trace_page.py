"""A trace as a self-contained web page, and as a fragment for notebooks. Neither loads or runs anything."""

from collections.abc import Iterator, Sequence
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from detector.render import trace_words as say
from detector.render.document import document, look
from detector.render.templating import render
from detector.render.words import count, probability_words, squeeze
from detector.tracing.answer import Source, Trace
from detector.tracing.wording import AlignedPair
from features.document import Span

MOST_PAIRS = 400


class Piece(NamedTuple):
    """A part of a text and its kind: ``kept`` or the kind of change. ``other`` is the wording of the other text."""

    text: str
    kind: str
    other: str


def trace_as_html(trace: Trace) -> str:
    """Returns the report as a self-contained page."""
    return document("unspin: source of an article", look() + _style(), as_html_fragment(trace, style=False))


def as_html_fragment(trace: Trace, *, style: bool = True) -> str:
    """Returns the report as a fragment, with its CSS if ``style``."""
    from markupsafe import Markup

    body = render(
        "trace.html",
        trace=trace,
        trace_words=say,
        source=squeeze(trace.source),
        words=count(trace.words, "word"),
        sources=[_View(trace, s) for s in trace.shown],
    )
    css = f"<style>{look()}{_style()}</style>" if style else ""
    return f"{Markup(css)}{body}"  # noqa: S704 - our own CSS


@cache
def _style() -> str:
    return files("detector.render").joinpath("trace.css").read_text(encoding="utf-8")


class _View:
    """The template's view of a source."""

    def __init__(self, trace: Trace, source: Source) -> None:
        self.source = source
        self.story = source.story
        self.title = say.TITLE[source.relation]
        self.name = squeeze(source.story.title or source.story.id)
        self.said = say.source_words(source)
        self.duplicates = say.duplicates_words(source)
        self.coverage = say.percent_words(source.coverage)
        self.probability = probability_words(source.probability)
        self.facts = say.facts_words(trace, source)
        self.rows = [_row(trace.text, source.story.text, pair) for pair in source.pairs[:MOST_PAIRS]]
        self.rest = len(source.pairs) - len(self.rows)


def _row(article: str, source: str, pair: AlignedPair) -> tuple[list[Piece], list[Piece]]:
    ours = [(c.article, c.kind.value, source[slice(*c.source)]) for c in pair.changes]
    theirs = [(c.source, c.kind.value, article[slice(*c.article)]) for c in pair.changes]
    return list(_pieces(article, pair.article, ours)), list(_pieces(source, pair.source, theirs))


def _pieces(text: str, stretch: Span, places: Sequence[tuple[Span, str, str]]) -> Iterator[Piece]:
    at = stretch.start
    for span, kind, other in sorted(places):
        if span.start < at or span.start == span.end:
            continue
        yield Piece(text[at : span.start], "kept", "")
        yield Piece(text[span.start : span.end], kind, squeeze(other))
        at = span.end
    yield Piece(text[at : stretch.end], "kept", "")
