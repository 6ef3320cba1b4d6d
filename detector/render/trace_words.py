"""The sentences that all reports of a trace share."""

from collections.abc import Sequence

from detector.render.words import count, squeeze, visible
from detector.tracing.answer import Source, Trace
from detector.tracing.relation import Relation
from detector.tracing.wording import AlignedPair, ChangedFact, ChangeKind, FactKind

TITLE = {
    Relation.COPY: "Copy",
    Relation.REWRITE: "Rewrite",
    Relation.SHARED_SOURCE: "Shared source",
    Relation.NONE: "No relation",
}

MEANING = {
    Relation.COPY: "The article has the same words as this story.",
    Relation.REWRITE: "The article tells this story in other words.",
    Relation.SHARED_SOURCE: "Both report the same event or share quotes, and each was told independently.",
    Relation.NONE: "The texts have nothing in common that matters.",
}

FACTS = {
    FactKind.FIGURE: ("figure", "Figures that changed"),
    FactKind.NAME: ("name", "Names that changed"),
    FactKind.QUOTE: ("quote", "Quotes that changed"),
}

CHANGE = {
    ChangeKind.REPLACED: "replaced",
    ChangeKind.REWORDED: "reworded",
    ChangeKind.ADDED: "added",
    ChangeKind.DROPPED: "dropped",
}

_LONGEST_TITLE = 90


def story_words(source: Source) -> str:
    """Returns the name of a story for a sentence: its headline or opening, with its outlet and date."""
    story = source.story
    title = visible(squeeze(story.title or story.text[:400]))
    title = title if len(title) <= _LONGEST_TITLE else f"{title[:_LONGEST_TITLE].rsplit(' ', 1)[0]} …"
    told = [visible(squeeze(part)) for part in (story.outlet, story.date[:10]) if part]
    return f"“{title}”" + (f" ({', '.join(told)})" if told else "")


def percent_words(share: float) -> str:
    """Returns a share in whole per cent.

    >>> percent_words(0.875)
    '88%'
    """
    return f"{100 * share:.0f}%"


def source_words(source: Source) -> str:
    """Returns one sentence on an article and one story."""
    story, share = story_words(source), percent_words(source.coverage)
    if source.same_text:
        return f"The article has exactly the text of {story}."
    if source.relation is Relation.COPY:
        said = f"This is a copy of {story}: {share} of the article comes from it, word for word"
    elif source.relation is Relation.REWRITE:
        said = f"This is a rewrite of {story}: {share} of the article comes from it, in other words"
    elif source.relation is Relation.SHARED_SOURCE:
        return (
            f"This and {story} report the same event or share quotes; nothing shows that one was made from the other."
        )
    else:
        return f"This has nothing in common with {story}."
    for holds, reason in (
        (source.younger, "but that story is the younger one, so it cannot be the source"),
        (source.same_outlet, "and both are of one outlet, so that it is another version of its own story"),
        (source.licensed, "and the outlet may republish it"),
    ):
        if holds:
            said += f", {reason}"
    return f"{said}."


def summary(trace: Trace) -> str:
    """Returns the answer in one sentence, or in one for each of several sources."""
    if not trace.sources:
        return "The archive holds no story like this one."
    if trace.found:
        return " ".join(source_words(source) for source in trace.found)
    best = trace.best
    if best is not None:
        return source_words(best)
    return "No source was found in the archive."


def facts_words(trace: Trace, source: Source) -> list[tuple[str, list[tuple[str, str]]]]:
    """Returns changed names, figures and quotes: for each heading, the values of the article and of the source."""
    found: dict[FactKind, list[tuple[str, str]]] = {}
    for fact in facts_of(source.pairs):
        both = (trace.text[slice(*fact.article)], source.story.text[slice(*fact.source)])
        found.setdefault(fact.kind, []).append((visible(squeeze(both[0])), visible(squeeze(both[1]))))
    return [(FACTS[kind][1], found[kind]) for kind in FactKind if kind in found]


def facts_of(pairs: Sequence[AlignedPair]) -> list[ChangedFact]:
    """Returns the changed facts of all pairs, in article order."""
    return [fact for pair in pairs for fact in pair.facts]


def duplicates_words(source: Source) -> str:
    """Returns how many near-duplicates of a story the archive holds; empty if none."""
    number = len(source.duplicates)
    return f"The archive holds {count(number, 'near-duplicate')} of this story." if number else ""


def line(trace: Trace) -> str:
    """Returns the trace in one line."""
    best = trace.best
    if best is None:
        return f"{visible(trace.source)}: no source found, {count(trace.words, 'word')}"
    return (
        f"{visible(trace.source)}: {TITLE[best.relation].lower()}, {percent_words(best.coverage)} of the article, "
        f"{visible(squeeze(best.story.id))}, {story_words(best)}"
    )
