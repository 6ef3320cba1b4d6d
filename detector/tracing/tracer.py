"""From an article to its sources: candidates, alignment, columns, relation."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path

import numpy as np

from detector.archive.engine import Archive
from detector.archive.story import Candidate
from detector.tracing.answer import Source, Trace
from detector.tracing.columns import NAMES, measure_pair, shared_runs
from detector.tracing.dates import later
from detector.tracing.digest import MOST_WORDS, Digest, digest
from detector.tracing.first_look import closeness, glance
from detector.tracing.judge import Judge, Judgement, embedded_judge
from detector.tracing.quotes import rests_on_quotes
from detector.tracing.relation import Relation
from detector.tracing.sentences import Alignment, align_sentences, bridged
from detector.tracing.word_weights import WordWeights, embedded_weights
from detector.tracing.wording import compare_words
from features.document import Document

LEAST_WORDS = 50
"""Shorter articles share words by chance; they are compared, but none is called a rewrite."""

_LEAST_SENTENCES, _LEAST_SOURCE_WORDS = 2, 30
_MOST_QUOTED = 0.7
_MOST_ROUNDS = 2
_LEAST_REST = 60
"""Words that must be left over before another source is looked for."""

_CLOSE, _RIVAL = 0.245, 0.5
"""Beside the closest story, one is compared in full if it is this close, and this close in proportion to the closest.

Of 4,075 pairs that the judge calls copies or rewrites, 99.8% are as close, and so are 37% of 4,677 nearest stories.
"""

_UNLIKE = 0.15
"""An audit compares no story that is less close. Of 2,024 pairs that the judge calls copies or rewrites, 0.1% are less
close. So are 34% of 1,350 nearest stories (up to three an article), which it calls neither."""

Licences = Collection[tuple[str, str]]
"""Pairs of outlets: the first may republish the second."""


@dataclass(frozen=True)
class _Article:
    """An article with all that is known of it, and how close a story must be to be compared."""

    digest: Digest
    date: str
    outlet: str
    least: float


@dataclass(frozen=True)
class _Compared:
    """A source before its words are compared, which takes as long as all that comes before."""

    source: Source
    story: Digest
    alignment: Alignment


class Tracer:
    """Finds the sources of articles in one archive; make one and use it for many.

    Parameters
    ----------
    archive : Archive
        As :func:`detector.archive.open_archive` opens it.
    judge : Judge, optional
        By default the one that comes with the package.
    weights : WordWeights, optional
        By default those of the package.
    most : int
        Candidates that are looked at. Those that are close enough are compared in full.
    licensed : collection of (str, str)
        Pairs of outlets: the first may republish the second.

    Attributes
    ----------
    signature : str
        Version and judge: a trace can be reproduced from it.
    """

    def __init__(
        self,
        archive: Archive,
        *,
        judge: Judge | None = None,
        weights: WordWeights | None = None,
        most: int = 5,
        licensed: Licences = (),
    ) -> None:
        self.archive = archive
        self.judge = judge or embedded_judge()
        self.weights = weights or embedded_weights()
        self.most = most
        self.licensed = frozenset((ours.casefold(), theirs.casefold()) for ours, theirs in licensed)
        self.signature = f"unspin {version('unspin')} | relation {self.judge.hash}"

    def trace(
        self,
        article: str | Document,
        *,
        date: str = "",
        outlet: str = "",
        id: str = "",  # noqa: A002 - the story's own word
        pairs: bool = True,
    ) -> Trace:
        """Find the sources of one article.

        Parameters
        ----------
        article : str or Document
        date, outlet : str
            Of the article, where they are known: a source must be older, and of another outlet.
        id : str
            Of the article, if it is in the archive itself: that story is left out.
        pairs : bool
            Whether to compare the sentences word by word, and stories that are nothing like the article. An audit needs
            only the relation.

        Raises
        ------
        ArchiveError
            If the archive cannot be searched.
        TypeError
            If the article is neither a text nor a document.
        """
        if not isinstance(article, (str, Document)):
            raise TypeError(f"the article is {type(article).__name__}: give its text, or a Document")
        document = article if isinstance(article, Document) else Document(article)
        self.weights.tidy()
        read = _Article(digest(document, self.weights), date, outlet, 0.0 if pairs else _UNLIKE)
        found = self._found(read, id)
        shared = not any(one.source.derived for one in found)
        sources = []
        for number, one in enumerate(found):
            shown = one.source.derived or (shared and not number and one.source.relation is Relation.SHARED_SOURCE)
            words = compare_words(read.digest, one.story, one.alignment) if pairs and shown else ()
            sources.append(replace(one.source, pairs=words))
        return Trace(
            text=document.text,
            source=document.source,
            date=date,
            outlet=outlet,
            sources=tuple(sources),
            words=len(read.digest.words),
            signature=self.signature,
            note=_note(read.digest),
        )

    def _found(self, article: _Article, own: str) -> list[_Compared]:
        """The sources of the whole article, and then those of what none of them explains."""
        if not article.digest.words:
            return []
        candidates = {c.story.id: c for c in self.archive.candidates(article.digest.text, self.most)}
        candidates.pop(own, None)
        found = self._compared(article, article.digest, article.digest.text, candidates.values())
        chosen = [one for one in found[:1] if one.source.derived]
        for _ in range(_MOST_ROUNDS):
            rest = _rest(article.digest, chosen)
            if not chosen or rest is None:
                break
            masked, text = rest
            for candidate in self.archive.candidates(text, self.most):
                candidates.setdefault(candidate.story.id, candidate)
            left = candidates.keys() - {own, *(one.source.story.id for one in chosen)}
            others = self._compared(article, masked, text, [candidates[id_] for id_ in sorted(left)])
            if not others or not others[0].source.derived:
                break
            chosen.append(others[0])
        taken = {one.source.story.id for one in chosen}
        return [*chosen, *(one for one in found if one.source.story.id not in taken)]

    def _compared(
        self, article: _Article, seen: Digest, text: str, candidates: Collection[Candidate]
    ) -> list[_Compared]:
        """Compare what is seen of the article with the candidates that are close to it, best first."""
        own = glance(text, self.weights)
        close = [(closeness(own, glance(c.story.text, self.weights)), c) for c in candidates]
        closest = max((one for one, _ in close), default=0.0)
        least = max(article.least, min(closest, max(_CLOSE, _RIVAL * closest)))
        return _ranked(self._compare(article, seen, c) for one, c in close if one >= least)

    def _compare(self, article: _Article, seen: Digest, candidate: Candidate) -> _Compared:
        """Compare what is seen of the article with one candidate."""
        story = candidate.story
        source = digest(story.text, self.weights)
        alignment = align_sentences(seen, source)
        runs = shared_runs(seen, source)
        row = measure_pair(seen, source, alignment, runs)
        judged = self.judge.judge(row)
        relation, note = _held_back(judged, seen, source, alignment, runs.long)
        if relation is Relation.REWRITE and rests_on_quotes(self.judge, row, seen, source):
            relation, note = Relation.SHARED_SOURCE, "Without the quotes, which anybody may report, too little is left."
        whole = bridged(alignment, len(source.sentences))
        younger = later(story.date, article.date)
        same_text = np.array_equal(source.form, article.digest.form)
        found = Source(
            story=story,
            relation=Relation.COPY if same_text else relation,
            probability=0.0 if same_text else judged.probability,
            coverage=_coverage(article.digest, whole.matched),
            columns=dict(zip(NAMES, row.tolist(), strict=True)),
            duplicates=candidate.duplicates,
            younger=younger,
            same_outlet=bool(article.outlet) and article.outlet.casefold() == story.outlet.casefold(),
            same_text=same_text,
            licensed=(article.outlet.casefold(), story.outlet.casefold()) in self.licensed,
            note=note,
        )
        return _Compared(found, source, whole)


def _ranked(compared: Iterable[_Compared]) -> list[_Compared]:
    """Best first: made from it before shared before nothing, then by how much of the article it explains."""
    return sorted(compared, key=lambda one: (_place(one.source), -one.source.coverage, -one.source.probability))


def _place(source: Source) -> int:
    """What is told of the article itself stands behind what it was made from."""
    if source.derived:
        return int(source.same_text)
    return 2 if source.relation is Relation.SHARED_SOURCE else 3


def _coverage(article: Digest, covered: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> float:
    """Share of the article's sentences, by their words, of which a source was found."""
    sizes = np.diff(article.first_word)
    total = int(sizes.sum())
    return float(sizes @ covered / total) if total else 0.0


def _rest(article: Digest, chosen: list[_Compared]) -> tuple[Digest, str] | None:
    """What of the article no source explains: as a digest whose other words weigh nothing, and as a text."""
    explained = np.zeros(len(article.sentences), bool)
    for one in chosen:
        explained |= one.alignment.matched
    left = ~explained[article.sentence]
    if int(left.sum()) < _LEAST_REST or not explained.any():
        return None
    text = "\n".join(
        article.text[s.start : s.end] for s, done in zip(article.sentences, explained, strict=True) if not done
    )
    return replace(article, weight=np.where(left, article.weight, 0.0)), text


def _held_back(
    judged: Judgement,
    article: Digest,
    source: Digest,
    alignment: Alignment,
    same: np.ndarray[tuple[int], np.dtype[np.bool_]],
) -> tuple[Relation, str]:
    """The relation, and why it is less than the judge said: too little text convicts nobody."""
    if judged.relation is not Relation.REWRITE:
        return judged.relation, ""
    seen = int((article.weight > 0).any()) and len(article.words)
    matched = alignment.matched
    if seen < LEAST_WORDS:
        reason = f"The article has only {seen} words; from {LEAST_WORDS} on it can be called a rewrite."
    elif len(source.words) < _LEAST_SOURCE_WORDS:
        reason = "The story in the archive is too short to be what was rewritten."
    elif article.quoted.mean() > _MOST_QUOTED:
        reason = "The article is mostly quotes, which anybody may report."
    elif int(matched.sum()) < _LEAST_SENTENCES or len(np.unique(alignment.first[matched])) < _LEAST_SENTENCES:
        reason = "Only one sentence corresponds."
    else:
        return Relation.REWRITE, ""
    return (Relation.COPY if same.mean() > 0.5 else Relation.SHARED_SOURCE), reason


def _note(article: Digest) -> str:
    if not article.words:
        return "The article has no words."
    if len(article.words) >= MOST_WORDS:
        return f"Only the first {MOST_WORDS:,} words of the article were compared."
    if len(article.words) < LEAST_WORDS:
        return f"The article has only {len(article.words)} words: it can be a copy, but it is too short to be called a rewrite."
    return ""


def trace(
    article: str | Document, archive: Archive | str | Path, *, date: str = "", outlet: str = "", licensed: Licences = ()
) -> Trace:
    """Find the sources of one article in an archive.

    Parameters
    ----------
    article : str or Document
    archive : Archive or str or Path
        An open archive, or the place of one, which is opened and closed again.
    date, outlet : str
        Of the article, where they are known.
    licensed : collection of (str, str)
        Pairs of outlets: the first may republish the second.

    Raises
    ------
    ArchiveError
        If the archive cannot be opened or searched.
    """
    if not isinstance(archive, (str, Path)):
        return Tracer(archive, licensed=licensed).trace(article, date=date, outlet=outlet)
    from contextlib import closing

    from detector.archive import open_archive

    with closing(open_archive(archive)) as opened:
        return Tracer(opened, licensed=licensed).trace(article, date=date, outlet=outlet)
