"""What a trace answers: the stories that an article was made from, and how sure that is."""

from collections.abc import Mapping
from dataclasses import dataclass

from detector.archive.story import ArchivedStory
from detector.tracing.relation import DERIVED, Relation
from detector.tracing.wording import AlignedPair


@dataclass(frozen=True)
class Source:
    """A story of the archive beside the article.

    Parameters
    ----------
    story : ArchivedStory
    relation : Relation
    probability : float
        That the article is a rewrite of this story, calibrated, 0 to 1.
    coverage : float
        Share of the article's words in sentences that have a counterpart in this story, 0 to 1.
    pairs : tuple of AlignedPair
        Sentences that belong together, in the order of the article: of every copy and rewrite, and of the best shared
        source where there is neither.
    columns : mapping of str to float
        What was measured (:data:`detector.tracing.columns.COLUMNS`).
    duplicates : tuple of str
        Ids of near-duplicates of this story in the archive.
    younger : bool
        Whether the story is dated after the article: then it cannot be its source.
    same_outlet : bool
        Whether the article's own outlet published the story: an earlier version, and no misconduct.
    same_text : bool
        Whether the story is the article itself.
    licensed : bool
        Whether the article's outlet may republish this outlet's stories.
    note : str
        One sentence where the relation was held back; else empty.
    """

    story: ArchivedStory
    relation: Relation
    probability: float
    coverage: float
    pairs: tuple[AlignedPair, ...] = ()
    columns: Mapping[str, float] = ()  # type: ignore[assignment] # an empty mapping, for tests and notebooks
    duplicates: tuple[str, ...] = ()
    younger: bool = False
    same_outlet: bool = False
    same_text: bool = False
    licensed: bool = False
    note: str = ""

    @property
    def derived(self) -> bool:
        """Whether the article has this story's words or facts in its order."""
        return self.relation in DERIVED

    @property
    def counts(self) -> bool:
        """Whether this is a rewrite of somebody else's older story, which nobody licensed: the one accusation."""
        return self.relation is Relation.REWRITE and not (self.younger or self.same_outlet or self.licensed)


@dataclass(frozen=True)
class Trace:
    """The answer about one article.

    Parameters
    ----------
    text : str
        As given; spans of the article index it.
    source : str
        Where the article came from, for people.
    date, outlet : str
        Of the article; empty where unknown.
    sources : tuple of Source
        Best first; with relation ``none`` where nothing was found in common.
    words : int
    signature : str
        Version and judge: a trace can be reproduced from it.
    note : str
        One sentence where the article could not be traced as a whole; else empty.
    """

    text: str
    source: str
    date: str
    outlet: str
    sources: tuple[Source, ...]
    words: int
    signature: str
    note: str = ""

    @property
    def found(self) -> tuple[Source, ...]:
        """The sources that the article was made from, best first."""
        return tuple(source for source in self.sources if source.derived)

    @property
    def shown(self) -> tuple[Source, ...]:
        """The sources that a report shows: those that the article was made from, else those that share theirs with it."""
        return self.found or tuple(s for s in self.sources if s.relation is Relation.SHARED_SOURCE)

    @property
    def best(self) -> Source | None:
        """The first source, if it has anything in common with the article."""
        return next((source for source in self.sources if source.relation is not Relation.NONE), None)

    @property
    def rewrite(self) -> bool:
        """Whether a rewrite of somebody else's older story was found."""
        return any(source.counts for source in self.sources)

    def _repr_html_(self) -> str:
        from detector.render.trace_page import as_html_fragment

        return as_html_fragment(self)
