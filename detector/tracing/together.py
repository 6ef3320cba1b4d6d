"""Two signals, one answer: what the words of an article say, and what its source says."""

from dataclasses import replace

from detector.tracing.answer import Trace
from detector.tracing.relation import Relation
from detector.tracing.wording import ChangeKind
from detector.verdict import Label, Verdict
from features.document import Span
from features.feature import Evidence


def with_originals(verdict: Verdict, trace: Trace) -> Verdict:
    """The verdict, in which marks name the true original first where a source was found. Nothing else changes."""
    changes = [
        (change.article, source.story.text[slice(*change.source)])
        for source in trace.found
        for pair in source.pairs
        for change in pair.changes
        if change.kind is ChangeKind.REPLACED
    ]
    if not changes:
        return verdict
    changes.sort(key=lambda change: change[0])
    return replace(verdict, evidence=tuple(_with_original(mark, changes) for mark in verdict.evidence))


def _with_original(mark: Evidence, changes: list[tuple[Span, str]]) -> Evidence:
    touched = [(span, text) for span, text in changes if span.start < mark.span.end and mark.span.start < span.end]
    if not touched or not any(mark.expected):
        return mark
    original = " ".join(" ".join(text.split()) for _, text in touched)
    return replace(mark, expected=(original, *(e for e in mark.expected if e.lower() != original.lower())))


def explain(verdict: Verdict, trace: Trace) -> str:
    """Both signals in one sentence; neither changes the other."""
    words = {
        Label.SPUN: "The words read like a machine rewrite",
        Label.SUSPECT: "The words are suspicious",
        Label.CLEAN: "The words alone show nothing",
        Label.TOO_SHORT: "The words are too few to judge",
        Label.NOT_ENGLISH: "The words cannot be judged, because they are not English",
    }[verdict.label]
    best = next((s for s in trace.found if s.counts), None) or next(iter(trace.found), None)
    accused = verdict.label in {Label.SPUN, Label.SUSPECT}
    if best is None:
        shared = trace.best is not None
        source = (
            "the archive holds another report of the same event" if shared else "no source was found in the archive"
        )
        return f"{words}, and {source}{'; without a source this is no proof' if accused else ''}."
    share = f"{100 * best.coverage:.0f}%"
    if best.counts:
        joint = "and the source proves it" if accused else "but the source shows a rewrite"
        return f"{words}, {joint}: {share} of the article comes from “{best.story.title or best.story.id}”, in other words."
    if best.relation is Relation.COPY:
        return f"{words}; {share} of the article is a copy of “{best.story.title or best.story.id}”, word for word."
    if best.younger:
        return f"{words}; the archive holds a younger story that tells the same, which cannot be the source."
    reason = "the outlet may republish it" if best.licensed else "both are of the same outlet"
    return f"{words}; {share} of the article comes from “{best.story.title or best.story.id}”, and {reason}."
