"""The sources of an article as the page shows them, beside the verdict."""

from typing import Any

from detector.render import trace_words as say
from detector.render.words import squeeze, visible
from detector.tracing.answer import Source, Trace
from detector.tracing.together import explain
from detector.verdict import Verdict
from detector.web.comparison import compare_source

_CAUTION = (
    "unspin does not know when and by whom your article was published. A younger story is no source, and an outlet may "
    "rewrite its own story."
)


def found_sources(verdict: Verdict, found: Trace | str) -> dict[str, Any]:
    """What the page shows of a trace, as plain values; ``found`` is one sentence where the archive failed.

    Returns
    -------
    dict
        ``said`` (one sentence), ``caution`` (another one, or empty), ``found`` (the stories that are shown, best first, each
        with its ``comparison`` as :func:`detector.web.comparison.compare_source` makes it, or None).
    """
    if isinstance(found, str):
        return {"said": f"The archive could not be searched: {found}", "caution": "", "found": []}
    told = found.date and found.outlet
    return {
        "said": visible(explain(verdict, found)),
        "caution": "" if told or not found.rewrite else _CAUTION,
        "found": [_source(found, source) for source in found.shown],
    }


def _source(trace: Trace, source: Source) -> dict[str, Any]:
    story = source.story
    return {
        "title": visible(squeeze(story.title or story.id)),
        "outlet": visible(squeeze(story.outlet)),
        "date": visible(squeeze(story.date[:10])),
        "relation": source.relation.value,
        "counts": source.counts,
        "relation_words": say.TITLE[source.relation],
        "meaning": say.MEANING[source.relation],
        "coverage": say.percent_words(source.coverage),
        "comparison": compare_source(trace, source) if source.pairs else None,
    }
