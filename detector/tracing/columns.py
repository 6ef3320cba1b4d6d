"""An article beside a story of the archive, in numbers."""

from bisect import bisect_left
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detector.tracing.digest import Bools, Digest, Floats, Ints
from detector.tracing.sentences import Alignment
from features.feature import Column

_SHARE = "share"
_RUN, _SHORT_RUN = 5, 3
_LEAST_WORDS = 4
"""A sentence with fewer weighty words is not counted: a time, a place, `he said`."""

_FEWEST_SHARED = 5
"""Fewer shared words have no order to speak of."""

NAN = float("nan")

COLUMNS = tuple(
    Column(name, unit, low, high, meaning)
    for name, unit, low, high, meaning in (
        ("cosine", "cosine", 0.0, 1.0, "How much the weighted words of both texts have in common."),
        ("article_words_found", _SHARE, 0.0, 1.0, "Share of the article's weighted words that the source has."),
        ("source_words_found", _SHARE, 0.0, 1.0, "Share of the source's weighted words that the article has."),
        ("plain_words_found", _SHARE, 0.0, 1.0, "As above, without names, figures and quotes."),
        ("plain_source_words_found", _SHARE, 0.0, 1.0, "Share of the source's plain words that the article has."),
        ("mean_similarity", "cosine", 0.0, 1.0, "Similarity of the article's sentences with their counterparts; 0 without one."),
        ("matched_similarity", "cosine", 0.0, 1.0, "Similarity of the sentences that have a counterpart."),
        ("contrast", "cosine", 0.0, 1.0, "How much better the best counterpart of a sentence fits than the next three."),
        ("coverage_weak", _SHARE, 0.0, 1.0, "Share of the article's words in sentences with a counterpart of similarity 0.15 or more."),
        ("coverage", _SHARE, 0.0, 1.0, "The same for similarity 0.3 or more."),
        ("coverage_strong", _SHARE, 0.0, 1.0, "The same for similarity 0.5 or more."),
        ("opening_similarity", "cosine", 0.0, 1.0, "Similarity of the first three sentences with their counterparts."),
        ("source_coverage", _SHARE, 0.0, 1.0, "Share of the source's words in sentences that are somebody's counterpart."),
        ("source_coverage_near", _SHARE, 0.0, 1.0, "The same within the part of the source that the article follows."),
        ("aligned_words_found", _SHARE, 0.0, 1.0, "Share of the weighted words of matched sentences that stand in their counterparts."),
        ("aligned_plain_words_found", _SHARE, 0.0, 1.0, "The same for plain words outside quotes."),
        ("order_of_sentences", "correlation", -1.0, 1.0, "Whether counterparts follow each other in the same order (Kendall's tau)."),
        ("sentences_in_order", "share above chance", -1.0, 1.0, "Longest part of the matched sentences whose counterparts come in the same order; 0 is chance, 1 all."),
        ("order_of_words", "share above chance", -1.0, 1.0, "Longest part of the shared weighted words that comes in the same order; 0 is chance, 1 all."),
        ("neighbours_kept", _SHARE, 0.0, 1.0, "Share of shared weighted words whose next shared word is the same in both."),
        ("names_found", _SHARE, 0.0, 1.0, "Share of the article's names that the source has."),
        ("source_names_found", _SHARE, 0.0, 1.0, "Share of the source's names that the article has."),
        ("figures_found", _SHARE, 0.0, 1.0, "Share of the article's figures that the source has."),
        ("source_figures_found", _SHARE, 0.0, 1.0, "Share of the source's figures that the article has."),
        ("figures_contradicted", _SHARE, 0.0, 1.0, "Share of matched sentences with figures of which none is the counterpart's."),
        ("names_contradicted", _SHARE, 0.0, 1.0, "Share of matched sentences with names of which none is the counterpart's."),
        ("quotes_found", _SHARE, 0.0, 1.0, "Share of the article's quoted words that stand in the source in runs of 3."),
        ("quoted", _SHARE, 0.0, 1.0, "Share of the article's words that are quoted."),
        ("same_words", _SHARE, 0.0, 1.0, "Share of the article's words in runs of 5 or more that the source has as well."),
        ("same_words_unquoted", _SHARE, 0.0, 1.0, "The same outside quotes."),
        ("same_short_runs_unquoted", _SHARE, 0.0, 1.0, "Share of the article's unquoted words in shared runs of 3 or more."),
        ("same_words_matched", _SHARE, 0.0, 1.0, "Share of the words of matched sentences in shared runs of 5 or more."),
        ("longest_run", "log words", 0.0, 12.0, "Longest run of words that both texts share, as a logarithm."),
        ("words", "log words", 0.0, 12.0, "Length of the article, as a logarithm."),
        ("source_words", "log words", 0.0, 12.0, "Length of the source, as a logarithm."),
        ("length_ratio", "log ratio", -12.0, 12.0, "Length of the article against that of the source, as a logarithm."),
    )
)  # fmt: skip

NAMES = tuple(column.name for column in COLUMNS)


class Runs(NamedTuple):
    """Words of the article that stand in shared runs of words: a flag for each word."""

    long: Bools
    short: Bools
    longest: int


def shared_runs(article: Digest, source: Digest) -> Runs:
    """Where the article has runs of words that the source has as well, anywhere."""
    short = _covered(article.form, source.form, _SHORT_RUN)
    long = _covered(article.form, source.form, _RUN)
    edges = np.flatnonzero(np.diff(np.concatenate([[0], short.view(np.int8), [0]])))
    longest = int((edges[1::2] - edges[::2]).max()) if len(edges) else 0
    return Runs(long, short, longest)


def _covered(here: Ints, there: Ints, size: int) -> Bools:
    covered = np.zeros(len(here), bool)
    if min(len(here), len(there)) < size:
        return covered
    ours, theirs = _hashes(here, size), np.sort(_hashes(there, size))
    # A search in sorted hashes: numpy.isin takes three times as long for so few.
    at = np.flatnonzero(theirs[np.minimum(np.searchsorted(theirs, ours), len(theirs) - 1)] == ours)
    for offset in range(size):
        covered[at + offset] = True
    return covered


def _hashes(forms: Ints, size: int) -> NDArray[np.uint64]:
    numbers = forms.astype(np.uint64) + np.uint64(1)
    hashed = np.zeros(len(forms) - size + 1, np.uint64)
    for offset in range(size):
        hashed = hashed * np.uint64(0x9E3779B97F4A7C15) + numbers[offset : len(forms) - size + 1 + offset]
    return hashed


def measure_pair(article: Digest, source: Digest, alignment: Alignment, runs: Runs | None = None) -> Floats:
    """The columns of a pair, in the order of :data:`COLUMNS`; NaN where there is nothing to measure."""
    runs = runs or shared_runs(article, source)
    known = _KnownTerms(article, source)
    here, there = known.here, known.there
    sizes = np.bincount(article.sentence[article.weight > 0], minlength=len(article.sentences)).astype(float)
    sizes[sizes < _LEAST_WORDS] = 0.0
    matched = alignment.matched
    similarity, best = alignment.similarity, alignment.best
    counts = np.bincount(source.sentence[source.weight > 0], minlength=len(source.sentences)).astype(float)
    used = _used(alignment, similarity >= 0.3, len(source.sentences))
    within = _within(used)
    inside = matched[article.sentence] if len(article.words) else np.zeros(0, bool)
    unquoted = ~article.quoted
    taken, plain_taken = _taken(article, source, alignment, known)
    values = (
        known.cosine,
        _mean(there.all[here.term], here.weight),
        _mean(here.all[there.term], there.weight),
        _mean(there.all[here.term], here.weight * here.plain[here.term]),
        _mean(here.all[there.term], there.weight * there.plain[there.term]),
        _mean(similarity, sizes),
        _mean(similarity, sizes * matched),
        _mean(alignment.contrast, sizes),
        _mean(best >= 0.15, sizes),
        _mean(similarity >= 0.3, sizes),
        _mean(similarity >= 0.5, sizes),
        _mean(similarity[:3], sizes[:3]),
        _mean(used, counts),
        _mean(used[within], counts[within]),
        taken,
        plain_taken,
        _tau(alignment.first[matched]),
        _rising_share(alignment.first[matched]),
        *known.order,
        _share(there.names[here.term][here.names[here.term]]),
        _share(here.names[there.term][there.names[there.term]]),
        _share(there.figures[here.term][here.figures[here.term]]),
        _share(here.figures[there.term][there.figures[there.term]]),
        _contradicted(article, source, alignment, article.figure, source.figure),
        _contradicted(article, source, alignment, article.name, source.name),
        _share(runs.short[article.quoted]),
        _share(article.quoted),
        _share(runs.long),
        _share(runs.long[unquoted]),
        _share(runs.short[unquoted]),
        _share(runs.long[inside]),
        float(np.log1p(runs.longest)),
        float(np.log1p(len(article.words))),
        float(np.log1p(len(source.words))),
        float(np.log1p(len(article.words)) - np.log1p(len(source.words))),
    )
    return np.array(values)


def order_of_words(here: Ints, there: Ints) -> tuple[float, float]:
    """How far shared words come in the same order, by where each stands in both texts; NaN for too few words."""
    if len(here) < _FEWEST_SHARED:
        return NAN, NAN
    ranks = np.argsort(np.argsort(there))[np.argsort(here)]
    return _above_chance(_rising(ranks.tolist()), len(ranks)), float((np.diff(ranks) == 1).mean())


class _Text(NamedTuple):
    """The weighty terms of a text, their weights, and flags for every term of both texts."""

    term: Ints
    weight: Floats
    all: Bools
    plain: Bools
    names: Bools
    figures: Bools


class _KnownTerms:
    """The terms of two texts, in tables that are indexed by the number of a term."""

    def __init__(self, article: Digest, source: Digest) -> None:
        self.size = max(int(article.term.max(initial=0)), int(source.term.max(initial=0))) + 1
        self.here, self.there = (self._text(text) for text in (article, source))
        self._places = [self._firsts(text) for text in (article, source)]

    def _text(self, text: Digest) -> _Text:
        weighty = text.weight > 0
        term, weight = text.bag
        return _Text(
            term,
            weight,
            self.flags(term),
            self.flags(text.term[weighty & ~(text.name | text.figure | text.quoted)]),
            self.flags(text.term[weighty & text.name]),
            self.flags(text.term[weighty & text.figure]),
        )

    def flags(self, terms: Ints) -> Bools:
        """Which terms are among these."""
        flags = np.zeros(self.size, bool)
        flags[terms] = True
        return flags

    def _firsts(self, text: Digest) -> Ints:
        """Where each weighty term stands first."""
        weighty = np.flatnonzero(text.weight > 0)[::-1]
        firsts = np.zeros(self.size, np.int64)
        firsts[text.term[weighty]] = weighty
        return firsts

    @property
    def shared(self) -> Ints:
        """The weighty terms of both."""
        return self.here.term[self.there.all[self.here.term]]

    @property
    def cosine(self) -> float:
        """Of the weights."""
        theirs = np.zeros(self.size)
        theirs[self.there.term] = self.there.weight
        norm = np.sqrt((self.here.weight**2).sum() * (self.there.weight**2).sum())
        return float(self.here.weight @ theirs[self.here.term] / norm) if norm else 0.0

    @property
    def order(self) -> tuple[float, float]:
        """How far shared weighted words come in the same order, by where each stands first."""
        here, there = (places[self.shared] for places in self._places)
        return order_of_words(here, there)


def _share(flags: Bools) -> float:
    return float(flags.mean()) if len(flags) else NAN


def _mean(values: NDArray[np.bool_] | Floats, weights: Floats) -> float:
    total = weights.sum()
    return float(values @ weights / total) if total > 0 else NAN


def _used(alignment: Alignment, wanted: Bools, sentences: int) -> Bools:
    edges = np.zeros(sentences + 1, np.int64)
    np.add.at(edges, alignment.first[wanted], 1)
    np.add.at(edges, alignment.last[wanted], -1)
    return np.cumsum(edges)[:-1] > 0


def _within(used: Bools) -> slice:
    at = np.flatnonzero(used)
    return slice(int(at[0]), int(at[-1]) + 1) if len(at) else slice(0, 0)


def _taken(article: Digest, source: Digest, alignment: Alignment, known: _KnownTerms) -> tuple[float, float]:
    """Shares of the weighted words of matched sentences, all and plain ones, that stand in their counterparts."""
    if not len(article.words):
        return NAN, NAN
    inside = np.flatnonzero((article.weight > 0) & alignment.matched[article.sentence])
    if not len(inside):
        return NAN, NAN
    column = np.full(known.size, -1)
    column[known.here.term] = np.arange(len(known.here.term))
    at = column[source.term]
    held = np.zeros((len(source.sentences), len(known.here.term)), bool)
    held[source.sentence[at >= 0], at[at >= 0]] = True
    sentence, term = article.sentence[inside], column[article.term[inside]]
    hit = held[alignment.first[sentence], term] | held[alignment.last[sentence] - 1, term]
    weight = article.weight[inside]
    plain = ~(article.name | article.figure | article.quoted)[inside]
    return _mean(hit, weight), _mean(hit[plain], weight[plain])


def _tau(places: Ints) -> float:
    """Kendall's tau of places against their order; ties count for neither side."""
    if len(places) < 2:
        return NAN
    places = places[:400]
    signs = np.sign(places[None, :] - places[:, None])[np.triu_indices(len(places), 1)]
    told = np.abs(signs).sum()
    return float(signs.sum() / told) if told else NAN


def _rising_share(places: Ints) -> float:
    return _above_chance(_rising(places.tolist(), ties=True), len(places)) if len(places) > 2 else NAN


def _above_chance(longest: int, count: int) -> float:
    """How far the longest rising part of so many exceeds that of a shuffled order, which is about twice the root."""
    chance = min(2.0 * float(np.sqrt(count)) - 1.0, count - 1.0)
    return max(-1.0, (longest - chance) / (count - chance))


def _rising(places: Sequence[int], *, ties: bool = False) -> int:
    """Length of the longest part that rises (patience sorting)."""
    tops: list[int] = []
    for place in places:
        pile = bisect_left(tops, place + ties)
        if pile == len(tops):
            tops.append(place)
        else:
            tops[pile] = place
    return len(tops)


def _contradicted(article: Digest, source: Digest, alignment: Alignment, ours: Bools, theirs: Bools) -> float:
    """Of the matched sentences in which both sides have such words, the share in which they have none in common."""
    at = np.flatnonzero(alignment.matched)
    terms, columns = np.unique(np.concatenate([article.term[ours], source.term[theirs]]), return_inverse=True)
    own = np.zeros((len(article.sentences), len(terms)), bool)
    other = np.zeros((len(source.sentences), len(terms)), bool)
    count = int(ours.sum())
    own[article.sentence[ours], columns[:count]] = True
    other[source.sentence[theirs], columns[count:]] = True
    mine = own[at]
    counterpart = other[alignment.first[at]] | other[alignment.last[at] - 1]
    told = np.asarray(mine.any(axis=1) & counterpart.any(axis=1))
    common = np.asarray((mine & counterpart).any(axis=1))
    return _share(~common[told])
