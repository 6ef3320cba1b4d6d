"""What an audit keeps of a trace: the best source of an article, and how both relate."""

from dataclasses import dataclass

from detector.audit.identity import origin_of
from detector.tracing.answer import Source, Trace
from detector.tracing.relation import Relation
from features.feature import NAN


@dataclass(frozen=True)
class Tracing:
    """Where workers look for sources. Sent to every worker.

    Parameters
    ----------
    place : str
        Of the archive.
    licensed : frozenset of (str, str)
        Pairs of outlets: the first may republish the second.
    """

    place: str
    licensed: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True)
class Traced:
    """The best source of an article.

    Parameters
    ----------
    relation : Relation or None
        None if the archive could not be searched.
    error : str
        One sentence that says why, else empty.
    proven : bool
        Whether the article is a rewrite of an older story of another outlet that nobody licensed.
    id, title, outlet, date, url : str
        Of the story in the archive. The outlet is the host of its address where the archive names none.
    probability, coverage : float
        As of :class:`~detector.tracing.answer.Source`; NaN where nothing was found.
    note : str
        Why a rewrite or copy is held against nobody; else empty.
    """

    relation: Relation | None
    error: str = ""
    proven: bool = False
    id: str = ""
    title: str = ""
    outlet: str = ""
    date: str = ""
    url: str = ""
    probability: float = NAN
    coverage: float = NAN
    note: str = ""


def best_source(trace: Trace, origin: str) -> Traced:
    """What is kept of a trace.

    Parameters
    ----------
    origin : str
        Whom the article is counted for. A story of the same origin is the article's own earlier version.
    """
    best = next((s for s in trace.found if _is_proof(s, origin)), trace.best)
    if best is None:
        return Traced(Relation.NONE)
    story = best.story
    return Traced(
        relation=best.relation,
        proven=_is_proof(best, origin),
        id=story.id,
        title=story.title,
        outlet=_outlet(best),
        date=story.date,
        url=story.url,
        probability=best.probability,
        coverage=best.coverage,
        note=_note(best, origin),
    )


def _outlet(source: Source) -> str:
    return origin_of("", source.story.url, source.story.outlet)


def _is_own(source: Source, origin: str) -> bool:
    return source.same_outlet or _outlet(source).casefold() == origin.casefold()


def _is_proof(source: Source, origin: str) -> bool:
    return source.counts and not _is_own(source, origin)


def _note(source: Source, origin: str) -> str:
    if not source.derived:
        return source.note
    if source.younger:
        return "The story is younger than the article, so it cannot be the source."
    if _is_own(source, origin):
        return "Both are of one outlet."
    if source.licensed:
        return "The outlet may republish the story."
    return source.note
