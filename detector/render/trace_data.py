"""A trace as JSON, schema ``unspin.trace/1``, defined in detector/schema/trace-1.json."""

from typing import Any

from detector.render.data import dump
from detector.render.plain import finite
from detector.render.trace_words import source_words, summary
from detector.tracing.answer import Source, Trace
from detector.tracing.columns import COLUMNS
from detector.tracing.wording import AlignedPair
from features.document import Span

SCHEMA = "unspin.trace/1"


def trace_as_dict(trace: Trace, *, include_text: bool = False) -> dict[str, Any]:
    """Returns the trace as plain values. A value that could not be measured is None.

    Parameters
    ----------
    include_text : bool
        Add ``text``, the whole text of the article and of each source. Off by default, as for verdicts.
    """
    answer: dict[str, Any] = {
        "schema": SCHEMA,
        "source": trace.source,
        "date": trace.date,
        "outlet": trace.outlet,
        "words": int(trace.words),
        "rewrite": trace.rewrite,
        "summary": summary(trace),
        "note": trace.note,
        "signature": trace.signature,
        "sources": [_source(trace, source, include_text=include_text) for source in trace.sources],
    }
    if include_text:
        answer["text"] = trace.text
    return answer


def trace_as_json(trace: Trace, *, include_text: bool = False, indent: int | None = 2) -> str:
    """Returns the trace as JSON text without a final line break; ``indent=None`` puts it on one line."""
    return dump(trace_as_dict(trace, include_text=include_text), indent=indent)


def _source(trace: Trace, source: Source, *, include_text: bool) -> dict[str, Any]:
    story = source.story
    answer: dict[str, Any] = {
        "id": story.id,
        "title": story.title,
        "outlet": story.outlet,
        "date": story.date,
        "url": story.url,
        "author": story.author,
        "relation": source.relation.value,
        "probability": finite(source.probability),
        "coverage": finite(source.coverage),
        "counts": source.counts,
        "younger": source.younger,
        "same_outlet": source.same_outlet,
        "same_text": source.same_text,
        "licensed": source.licensed,
        "duplicates": list(source.duplicates),
        "summary": source_words(source),
        "note": source.note,
        "pairs": [_pair(trace.text, story.text, pair) for pair in source.pairs],
        "columns": [
            {"name": c.name, "value": finite(source.columns[c.name]), "unit": c.unit, "meaning": c.meaning}
            for c in COLUMNS
            if c.name in source.columns
        ],
    }
    if include_text:
        answer["text"] = story.text
    return answer


def _pair(article: str, source: str, pair: AlignedPair) -> dict[str, Any]:
    return {
        "article": _stretch(article, pair.article),
        "source": _stretch(source, pair.source),
        "similarity": finite(pair.similarity),
        "kept": finite(pair.kept),
        "changes": [
            {
                "kind": change.kind.value,
                "article": _stretch(article, change.article),
                "source": _stretch(source, change.source),
            }
            for change in pair.changes
        ],
        "facts": [
            {
                "kind": fact.kind.value,
                "article": _stretch(article, fact.article),
                "source": _stretch(source, fact.source),
            }
            for fact in pair.facts
        ],
    }


def _stretch(text: str, span: Span) -> dict[str, Any]:
    return {"start": int(span.start), "end": int(span.end), "text": text[span.start : span.end]}
