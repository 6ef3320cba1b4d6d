"""What is new in a store, for a message to a desk.

News holds facts about articles and never their words, unless ``wordings`` is asked for.
"""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from detector.audit.outbox import New
from detector.audit.report.passages import wordings as strongest
from detector.audit.store import Store, StoredRow
from detector.audit.writing import now
from detector.render.plain import as_plain
from detector.render.words import capital, count, rate_words, squeeze, visible
from detector.verdict import Label
from features.feature import NAN

SCHEMA = "unspin.news/1"

MOST_STORIES = 50
"""A message lists no more stories. The report has them all."""

MOST_WORDINGS = 8
_MOST_LINE = 200


@dataclass(frozen=True)
class Wording:
    """Marked words of an article, and their likely originals, best first."""

    text: str
    expected: tuple[str, ...]

    def __str__(self) -> str:
        return f"{self.text} -> {self.expected[0]}" if self.expected else self.text


@dataclass(frozen=True)
class Rewritten:
    """The story in the archive that an article rewrites."""

    title: str
    outlet: str
    date: str
    url: str


@dataclass(frozen=True)
class Story:
    """A story to read; ``copies`` counts the other new articles that are near-duplicates of it.

    Other fields are those of the export (docs/report.md). ``rewrites`` is None without a proof from the archive.
    """

    id: int
    title: str
    source: str
    url: str
    outlet: str
    date: str
    label: str
    probability: float
    threshold: float
    quality: float
    words: int
    marks: int
    signature: str
    copies: int = 0
    rewrites: Rewritten | None = None
    wordings: tuple[Wording, ...] = ()

    @property
    def name(self) -> str:
        """Its title, or else where it is."""
        return self.title or self.url or self.source

    @property
    def lines(self) -> list[str]:
        """What there is to know about it, in one to three lines."""
        parts = [self.label.replace("_", " "), self.outlet, self.date[:10]]
        if self.copies:
            parts.append(count(self.copies, "near-duplicate"))
        lines = [" - ".join(filter(None, parts))]
        if self.rewrites is not None:
            lines.append(f"rewrites {' - '.join(filter(None, (self.rewrites.title, self.rewrites.outlet)))}")
        if self.wordings:
            lines.append("; ".join(map(str, self.wordings)))
        return lines


@dataclass(frozen=True)
class Counts:
    """Numbers of a run: new articles, those of them that were flagged, and articles without a verdict."""

    new: int = 0
    flagged: int = 0
    errors: int = 0


@dataclass(frozen=True)
class News:
    """What a channel was not told yet.

    Parameters
    ----------
    id : str
        Identifies the message; the same in every repetition.
    made : str
        UTC.
    store : str
        Name of the store.
    spun, suspect, rewrites : int
        Numbers of new stories with these labels, and of proven rewrites among all.
    stories : tuple of Story
        The gravest first.
    more : int
        How many further stories are new.
    spun_rate, suspect_rate : float
        Shares of human articles that are wrongly flagged; NaN if unknown.
    """

    id: str
    made: str
    store: str
    run: Counts
    spun: int
    suspect: int
    rewrites: int
    stories: tuple[Story, ...]
    more: int
    spun_rate: float
    suspect_rate: float

    @property
    def title(self) -> str:
        """The news in a line."""
        total = len(self.stories) + self.more
        parts = [f"{number:,} {what}" for number, what in ((self.spun, "spun"), (self.suspect, "suspect")) if number]
        if self.rewrites:
            parts.append(count(self.rewrites, "proven rewrite"))
        return f"{count(total, 'new story', 'new stories')} to read: {', '.join(parts)}"

    @property
    def caution(self) -> str:
        """What a label does not say."""
        said = []
        if self.spun_rate > 0:
            said.append(f"{rate_words(self.spun_rate)} human articles is wrongly labelled spun")
        if self.suspect and self.suspect_rate > 0:
            said.append(f"{rate_words(self.suspect_rate)} is wrongly labelled suspect or spun")
        return f"{capital(', and '.join(said))}. Read each story before you act." if said else ""

    @property
    def numbers(self) -> str:
        """The run in a line."""
        return f"This run: {count(self.run.new, 'new article')}, {count(self.run.errors, 'article')} not judged."

    def as_dict(self) -> dict[str, Any]:
        """As plain values, schema ``unspin.news/1``. Unknown values are None."""
        return {"schema": SCHEMA, "title": self.title, "caution": self.caution, **as_plain(self)}


def news(store: Store, key: str, found: Sequence[New], run: Counts, *, wordings: bool = False) -> News:
    """The news about some articles of a store, in their order. ``wordings`` adds their strongest marked words."""
    copies = Counter(article.story for article in found)
    leads = {article.story: article for article in reversed(found)}
    by_story = [leads[story] for story in copies]
    rows = [row for row in (store.row(lead.id) for lead in by_story[:MOST_STORIES]) if row is not None]
    rates = [(verdict.spun_rate, verdict.suspect_rate) for row in rows if (verdict := row.row.verdict) is not None]
    return News(
        id=key,
        made=now(),
        store=store.place.name,
        run=run,
        spun=sum(lead.label == Label.SPUN for lead in by_story),
        suspect=sum(lead.label == Label.SUSPECT for lead in by_story),
        rewrites=sum(lead.proven for lead in by_story),
        stories=tuple(
            _story(row, copies[lead.story] - 1, wordings=wordings) for row, lead in zip(rows, by_story, strict=False)
        ),
        more=len(by_story) - len(rows),
        spun_rate=max((spun for spun, _ in rates), default=NAN),
        suspect_rate=max((suspect for _, suspect in rates), default=NAN),
    )


def _story(stored: StoredRow, copies: int, *, wordings: bool) -> Story:
    row, verdict, traced = stored.row, stored.row.verdict, stored.row.traced
    if verdict is None:
        raise ValueError("only a judged article is news")
    return Story(
        id=stored.id,
        title=_line(row.title),
        source=row.source,
        url=row.url or "",
        outlet=_line(stored.origin),
        date=row.date or "",
        label=verdict.label.value,
        probability=verdict.probability,
        threshold=verdict.threshold,
        quality=verdict.quality,
        words=verdict.words,
        marks=verdict.marks,
        signature=verdict.signature,
        copies=copies,
        rewrites=Rewritten(_line(traced.title), _line(traced.outlet), traced.date, traced.url)
        if traced is not None and traced.proven
        else None,
        wordings=tuple(
            Wording(_line(mark.wording), tuple(map(_line, mark.expected)))
            for mark in strongest(verdict.evidence)[:MOST_WORDINGS]
        )
        if wordings
        else (),
    )


def _line(text: str | None) -> str:
    """Untrusted text as a short line without hidden characters."""
    return visible(squeeze(text or ""))[:_MOST_LINE]
