"""What a report says, as plain values: everything that the renderings show and nothing that they must work out.

An *article* is a row of the store. Near-duplicates (one agency story on thirty sites) are one *story*: shares, the time
line and the histogram count stories, so that a story weighs as much as any other however often it was syndicated.
Only stories that were judged count; those on which unspin abstained say nothing about anybody.
"""

from dataclasses import dataclass
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
    """How the stories of one outlet stand.

    Parameters
    ----------
    rank : int
        From 1: outlets with more spun stories than mistakes explain come first, each by the lower end of the
        interval of ``share``, so that three stories cannot top the list.
    name : str
        The outlet as the feed names it, else the host of the address, else the file or folder.
    tally : Tally
        Its stories; a near-duplicate counts once for each outlet that ran it.
    share : Figure
        Share of its judged stories with the label ``spun``, 0 to 1, with Wilson's 95 % interval.
    false_alarms : float
        How many of them would get the label if a person had written all of them; NaN where the model states no rate.
    standing : Standing
        Whether wrongly flagged human articles explain the number.
    """

    rank: int
    name: str
    tally: Tally
    share: Figure
    false_alarms: float
    standing: Standing


class Period(NamedTuple):
    """A stretch of days, ``first`` to ``last`` (ISO dates, both inside), and the stories dated in it."""

    first: str
    last: str
    tally: Tally


class Bin(NamedTuple):
    """Judged stories with ``low <= probability < high`` (the last bin holds 1 as well)."""

    low: float
    high: float
    stories: int


class Kind(NamedTuple):
    """Articles that failed in one way: ``sentence`` is the error of one of them, ``source`` the place of that one."""

    name: str
    articles: int
    sentence: str
    source: str


class Judge(NamedTuple):
    """A model with its grammar checker, and how many stories it judged.

    ``signature`` reproduces a score; ``spun_rate`` and ``suspect_rate`` are the shares of human stories expected at or
    above each threshold (NaN where unknown), measured on ``calibration_articles`` of them.
    """

    signature: str
    stories: int
    threshold: float
    suspect_threshold: float
    spun_rate: float
    suspect_rate: float
    calibration_articles: int


class Wording(NamedTuple):
    """A marked wording, its likely originals or corrections (best first), how often, and its weight, 0 to 1."""

    wording: str
    expected: tuple[str, ...]
    feature: str
    message: str
    times: int
    weight: float


class Piece(NamedTuple):
    """A stretch of a passage; ``feature`` names what marked it, "" for plain text."""

    text: str
    feature: str = ""
    expected: tuple[str, ...] = ()


@dataclass(frozen=True)
class Finding:
    """One of the articles to read first.

    ``passages`` holds the stretches with the strongest marks, in order, each as its pieces; empty where the store keeps
    no text. ``marks`` counts all marked places, of which a store keeps the strongest. ``copies`` is the number of its
    near-duplicates besides it. NaN and "" stand for what is not known.
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


@dataclass(frozen=True, repr=False)
class Summary:
    """Everything a report says of the articles that met the filters.

    Parameters
    ----------
    store : str
        Name of the store's file.
    filters : str
        The filters in words; "" for none.
    articles : int
        Rows of the store that met them: judged, abstained and failed.
    judged_articles : int
        Those that got a probability, near-duplicates each for itself.
    stories : Tally
        The same with near-duplicates counted once.
    share : Figure
        Share of the judged stories with the label ``spun``.
    false_alarms : float
        How many of the judged stories would get the label ``spun`` if people had written all of them; NaN where a
        model states no rate.
    false_alarm_range : tuple of int
        Numbers between which 95 of 100 such audits of human articles fall; (0, 0) where unknown.
    too_short, not_english, failed : int
        Articles on which unspin abstained, and those that could not be checked.
    first, last : str
        ISO dates of the oldest and the newest article; "" where none has a date.
    undated : int
        Judged stories placed in time by the day they were added.
    outside : int
        Judged stories that the time line leaves out, because their date is far from all others or none at all.
    outlets : tuple of Outlet
        Best rank first, at most as many as asked for, out of ``all_outlets``.
    periods : tuple of Period
        The time line without gaps, oldest first.
    bins : tuple of Bin
        The histogram of probabilities, 0 to 1.
    findings : tuple of Finding
        Highest probability first, out of ``all_findings`` stories that are suspect or spun.
    errors : tuple of Kind
        Most frequent first.
    judges : tuple of Judge
        Who judged, most stories first.
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
    periods: tuple[Period, ...] = ()
    bins: tuple[Bin, ...] = ()
    findings: tuple[Finding, ...] = ()
    all_findings: int = 0
    errors: tuple[Kind, ...] = ()
    judges: tuple[Judge, ...] = ()

    @property
    def duplicates(self) -> int:
        """Judged articles that are near-duplicates of another one."""
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
        """The summary as plain values, schema ``unspin.report/1``; what is not known is None."""
        from detector.audit.report.data import as_dict

        return as_dict(self)


__all__ = [
    "NOTHING", "Bin", "Figure", "Finding", "Judge", "Kind", "Outlet", "Period", "Piece", "Standing", "Summary", "Tally",
    "Wording",
]  # fmt: skip
