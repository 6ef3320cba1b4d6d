"""The report of a trace for a terminal: the answer, and each source next to the article."""

from collections.abc import Iterator, Sequence

from rich.console import Group, RenderableType
from rich.text import Text

from detector.render import trace_words as say
from detector.render.console import cell, printed, section, short, table, wide
from detector.render.words import count, probability_words, squeeze, visible
from detector.tracing.answer import Source, Trace
from detector.tracing.relation import Relation
from detector.tracing.wording import AlignedPair, ChangeKind
from features.document import Span

WIDEST = 140
MOST_PAIRS, MOST_FACTS, MOST_SHARED_PAIRS = 60, 20, 8
_LONGEST_PAIR = 1_500

_STYLE = {
    Relation.COPY: "bold yellow",
    Relation.REWRITE: "bold red",
    Relation.SHARED_SOURCE: "bold",
    Relation.NONE: "bold green",
}


def trace_as_text(trace: Trace, *, width: int = 80, color: bool = False) -> str:
    """Returns the report with a final line break. Brackets mark changed wordings, so colour is never needed."""
    return printed(_report(trace), width=width, widest=WIDEST, color=color)


def _report(trace: Trace) -> Iterator[RenderableType]:
    best = trace.best
    relation = best.relation if best is not None else Relation.NONE
    title = say.TITLE[relation].upper() if best is not None else "NO SOURCE FOUND"
    yield Group(
        Text.assemble((title, _STYLE[relation]), f"  {visible(squeeze(trace.source))}, {count(trace.words, 'word')}"),
        Text(say.summary(trace)),
        *([Text(trace.note)] if trace.note else []),
    )
    for source in trace.shown:
        yield from _source(trace, source)
    yield Text()
    yield Text(trace.signature, style="dim")


def _source(trace: Trace, source: Source) -> Iterator[RenderableType]:
    story = source.story
    facts = [
        (Text(name, style="dim"), cell(told))
        for name, told in (
            ("id", story.id),
            ("headline", story.title),
            ("outlet", story.outlet),
            ("date", story.date),
            ("address", story.url),
            ("of the article", say.percent_words(source.coverage)),
            ("probability of a rewrite", probability_words(source.probability)),
            ("near-duplicates", ", ".join(source.duplicates[:5])),
        )
        if told
    ]
    notes = [Text(source.note)] if source.note else []
    yield section(say.TITLE[source.relation], Text(say.source_words(source)), *notes, table([short(), wide()], facts))
    for title, changed in say.facts_words(trace, source):
        rows = [(cell(now), cell(was)) for now, was in changed[:MOST_FACTS]]
        yield section(title, table([wide("article"), wide("source")], rows), _rest(len(changed) - MOST_FACTS))
    most = MOST_PAIRS if source.derived else MOST_SHARED_PAIRS
    if source.pairs:
        yield section(
            "Side by side", _beside(trace.text, story.text, source.pairs[:most]), _rest(len(source.pairs) - most)
        )


def _beside(article: str, source: str, pairs: Sequence[AlignedPair]) -> RenderableType:
    rows: list[tuple[Text, Text]] = []
    for pair in pairs:
        ours = [(c.article, c.kind) for c in pair.changes if c.article.start < c.article.end]
        theirs = [(c.source, c.kind) for c in pair.changes if c.source.start < c.source.end]
        rows += [(_marked(article, pair.article, ours), _marked(source, pair.source, theirs)), (Text(), Text())]
    return table([wide("article"), wide("source")], rows, expand=True)


def _marked(text: str, stretch: Span, places: Sequence[tuple[Span, ChangeKind]]) -> Text:
    shown = Text(overflow="fold")
    end = min(stretch.end, stretch.start + _LONGEST_PAIR)
    at = stretch.start
    for span, kind in sorted(places):
        if span.start < at or span.end > end:
            continue
        shown.append(_plain(text[at : span.start]))
        style = "bold magenta" if kind in {ChangeKind.REPLACED, ChangeKind.REWORDED} else "cyan"
        shown.append(f"[{visible(squeeze(text[span.start : span.end]))}]", style=style)
        at = span.end
    shown.append(_plain(text[at:end]) + (" …" if end < stretch.end else ""))
    return shown


def _plain(text: str) -> str:
    """Returns the text on one line. Spaces at both ends stay, to separate words."""
    if not text.strip():
        return " " if text else ""
    return f"{' ' if text[0].isspace() else ''}{visible(squeeze(text))}{' ' if text[-1].isspace() else ''}"


def _rest(number: int) -> RenderableType | None:
    return Text(f"and {number:,} more; the page and the JSON have all of them", style="dim") if number > 0 else None
