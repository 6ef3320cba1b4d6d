"""The figures of a report as plain values, computed once for all renderings.

An *article* is a row of the store. Near-duplicates (one agency story on thirty sites) are one *story*. Shares, the time
line and the histogram count stories, so that a widely syndicated story weighs no more than any other. Only judged
stories count. Stories on which unspin abstained are not evidence for or against anybody.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Any, NamedTuple

from detector.audit.report.chance import Standing
from detector.intervals import NOTHING, Figure


class Tally(NamedTuple):
    """Numbers of stories by label; ``judged`` is their sum."""

    clean: int = 0
    suspect: int = 0
    spun: int = 0

    @property
    def judged(self) -> int:
        """Stories that got a probability."""
        return self.clean + self.suspect + self.spun

    @property
    def flagged(self) -> int:
        """Stories labelled suspect or spun."""
        return self.suspect + self.spun


@dataclass(frozen=True)
class Outlet:
    """The figures of one outlet.

    Parameters
    ----------
    rank : int
        From 1. Outlets with more spun stories than errors explain come first. Each group is sorted by the lower end of
        the interval of ``share``, so that three stories cannot top the list.
    name : str
        The outlet as the feed names it, else the host of the address, else the file or folder.
    tally : Tally
        Number of stories by label. A near-duplicate counts once for each outlet that ran it.
    share : Figure
        Share of judged stories with the label ``spun``, 0 to 1, with Wilson's 95% interval.
    false_alarms : float
        Expected number of wrongly flagged stories if people had written all of them; NaN if the model states no rate.
    standing : Standing
        Whether wrongly flagged human articles explain the number of spun stories.
    """

    rank: int
    name: str
    tally: Tally
    share: Figure
    false_alarms: float
    standing: Standing


@dataclass(frozen=True)
class Byline(Outlet):
    """The figures of a byline at one outlet, as of an :class:`Outlet`. ``name`` is the byline.

    ``standing`` is never ``BEYOND``: unspin's error rates are those of many writers, and nobody knows that of one.
    """

    outlet: str = ""


class Bylines(NamedTuple):
    """The bylines with at least ``least`` judged stories, best rank first, out of ``all`` bylines."""

    listed: tuple[Byline, ...]
    all: int
    least: int


class Change(StrEnum):
    """How an outlet's share of flagged stories compares with its past.

    ``NONE``: the difference may be chance.
    """

    NONE = "none"
    MORE = "more"
    FEWER = "fewer"


class Rate(NamedTuple):
    """The stories of some days: how many were judged and flagged (suspect or spun), and the share with its 95% interval."""

    first: str
    last: str
    judged: int
    flagged: int
    share: Figure


class Trend(NamedTuple):
    """An outlet against its own past.

    Parameters
    ----------
    days : int
        Length of a period in days: 7, or 30 for a long past.
    recent, before : Rate
        The last period and all days before it, among the stories that the outlet's latest model judged.
    periods : tuple of Rate
        The last periods without gaps, oldest first.
    """

    outlet: str
    days: int
    recent: Rate
    before: Rate
    periods: tuple[Rate, ...]
    change: Change


class Period(NamedTuple):
    """A range of days, ``first`` to ``last`` (ISO dates, inclusive), and the stories dated in it."""

    first: str
    last: str
    tally: Tally


class Bin(NamedTuple):
    """The number of judged stories with ``low <= probability < high`` (the last bin includes 1)."""

    low: float
    high: float
    stories: int


class Kind(NamedTuple):
    """The articles with one kind of error. ``sentence`` and ``source`` are the error and the place of one example."""

    name: str
    articles: int
    sentence: str
    source: str


class Judge(NamedTuple):
    """A model with its grammar checker, and the number of stories it judged.

    ``signature`` makes a score reproducible. ``spun_rate`` and ``suspect_rate`` are the expected shares of human
    stories at or above each threshold (NaN if unknown), measured on ``calibration_articles`` articles.
    """

    signature: str
    stories: int
    threshold: float
    suspect_threshold: float
    spun_rate: float
    suspect_rate: float
    calibration_articles: int


class Wording(NamedTuple):
    """A marked wording, its likely originals or corrections (best first), its frequency, and its strength, 0 to 1."""

    wording: str
    expected: tuple[str, ...]
    feature: str
    message: str
    times: int
    weight: float


class Piece(NamedTuple):
    """A piece of a passage. ``feature`` is the name of the feature that marked it, "" for plain text."""

    text: str
    feature: str = ""
    expected: tuple[str, ...] = ()


@dataclass(frozen=True)
class Finding:
    """One of the articles to read first.

    ``passages`` are the parts of the text with the strongest marks, in order, each a tuple of pieces; empty if the
    store keeps no text. ``marks`` is the number of all marks, of which a store keeps the strongest. ``copies`` is the
    number of other near-duplicates. NaN and "" mean unknown.
    """

    id: int
    source: str
    url: str
    outlet: str
    title: str
    date: str
    label: str
    probability: float
    quality: float
    words: int
    marks: int
    signature: str
    copies: int
    wordings: tuple[Wording, ...]
    passages: tuple[tuple[Piece, ...], ...]


class Rewriter(NamedTuple):
    """An outlet with proven rewrites.

    ``proven`` counts its stories that are rewrites of stories in the archive, ``hidden`` those of them that are clean by
    their words. ``suspected`` counts its suspect and spun stories without a proof, ``traced`` all stories that were
    looked up.
    """

    outlet: str
    proven: int
    hidden: int
    suspected: int
    traced: int


class Route(NamedTuple):
    """Whose stories an outlet rewrites.

    ``hours`` is the median time from the publication of the source to that of the article; NaN where dates lack. It is a
    whole number of days unless ``exact``.
    """

    outlet: str
    source_outlet: str
    stories: int
    hours: float
    exact: bool


class Proof(NamedTuple):
    """An article that is a rewrite of a story in the archive; ``source_`` names are those of the story.

    ``hours`` and ``exact`` as of :class:`Route`. ``label`` and ``probability`` are the verdict on the words alone.
    """

    id: int
    source: str
    url: str
    outlet: str
    title: str
    date: str
    label: str
    probability: float
    coverage: float
    source_id: str
    source_title: str
    source_outlet: str
    source_date: str
    source_url: str
    hours: float
    exact: bool

    @property
    def hidden(self) -> bool:
        """Whether the words alone show nothing."""
        return self.label == "clean"


class Sources(NamedTuple):
    """What an archive says about the articles of a store.

    Parameters
    ----------
    traced : int
        Articles that were looked up in an archive.
    rewrites, copies, shared, unrelated : int
        Articles by the relation to their best source. Rewrites that count against nobody are among ``rewrites``.
    proven : int
        Stories that are rewrites of older stories of other outlets, which nobody licensed; once for each outlet.
    hidden : int
        Those of them that are clean by their words.
    failed : int
        Articles for which the archive could not be searched; ``error`` says why, for one of them.
    rewriters : tuple of Rewriter
        Most proven rewrites first.
    routes : tuple of Route
        Most stories first.
    proofs : tuple of Proof
        Those that are clean by their words first, then by coverage; out of ``proven``.
    """

    traced: int
    rewrites: int
    copies: int
    shared: int
    unrelated: int
    proven: int
    hidden: int
    failed: int
    error: str
    rewriters: tuple[Rewriter, ...] = ()
    routes: tuple[Route, ...] = ()
    proofs: tuple[Proof, ...] = ()


@dataclass(frozen=True, repr=False)
class Summary:
    """All figures of a report on the articles that match the filters.

    Parameters
    ----------
    store : str
        Name of the store's file.
    filters : str
        The filters in words; "" for none.
    articles : int
        Matching rows of the store: judged, abstained and failed.
    judged_articles : int
        Articles with a probability, near-duplicates counted separately.
    stories : Tally
        Judged stories by label, near-duplicates counted once.
    share : Figure
        Share of the judged stories with the label ``spun``.
    false_alarms : float
        Expected number of wrongly flagged stories if people had written all of them; NaN if a model states no rate.
    false_alarm_range : tuple of int
        Range of that number in 95 of 100 such audits of human articles; (0, 0) if unknown.
    too_short, not_english, failed : int
        Articles on which unspin abstained, and articles that failed.
    first, last : str
        ISO dates of the oldest and the newest story; "" if there is none.
    undated : int
        Judged stories without a date, placed in time by the day they were added.
    outside : int
        Judged stories that the time line leaves out, because their date is far from all others or is not a date.
    outlets : tuple of Outlet
        The first of ``all_outlets`` outlets, best rank first.
    bylines : Bylines or None
        None unless they were asked for.
    trends : tuple of Trend
        Those of ``outlets`` with stories of the last days and of before, changed ones first.
    periods : tuple of Period
        The time line without gaps, oldest first.
    bins : tuple of Bin
        The histogram of probabilities, 0 to 1.
    findings : tuple of Finding
        The first of ``all_findings`` suspect or spun stories, highest probability first.
    errors : tuple of Kind
        Kinds of errors, most frequent first.
    judges : tuple of Judge
        Models that judged, most stories first.
    sources : Sources or None
        What an archive says; None where none was searched.
    """

    store: str
    filters: str
    articles: int
    judged_articles: int
    stories: Tally
    share: Figure
    false_alarms: float
    false_alarm_range: tuple[int, int]
    too_short: int
    not_english: int
    failed: int
    first: str
    last: str
    undated: int
    outside: int = 0
    outlets: tuple[Outlet, ...] = ()
    all_outlets: int = 0
    trends: tuple[Trend, ...] = ()
    periods: tuple[Period, ...] = ()
    bins: tuple[Bin, ...] = ()
    findings: tuple[Finding, ...] = ()
    all_findings: int = 0
    errors: tuple[Kind, ...] = ()
    judges: tuple[Judge, ...] = ()
    sources: Sources | None = None
    bylines: Bylines | None = None

    @property
    def duplicates(self) -> int:
        """The number of judged articles that are near-duplicates of another one."""
        return self.judged_articles - self.stories.judged

    def __str__(self) -> str:
        from detector.audit.report.words import caution, headline

        return f"{self.store}: {headline(self)} {caution(self)}".rstrip()

    def __repr__(self) -> str:
        return f"<Summary of {self}>"

    def _repr_html_(self) -> str:
        from detector.audit.report.page import as_html_fragment

        return as_html_fragment(self)

    def as_dict(self) -> dict[str, Any]:
        """The summary as plain values, schema ``unspin.report/1``. Unknown values are None."""
        from detector.audit.report.data import as_dict

        return as_dict(self)


__all__ = [
    "NOTHING",
    "Bin",
    "Byline",
    "Bylines",
    "Change",
    "Figure",
    "Finding",
    "Judge",
    "Kind",
    "Outlet",
    "Period",
    "Piece",
    "Proof",
    "Rate",
    "Rewriter",
    "Route",
    "Sources",
    "Standing",
    "Summary",
    "Tally",
    "Trend",
    "Wording",
]  # fmt: skip
