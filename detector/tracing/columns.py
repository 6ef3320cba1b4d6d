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
    at = np.flatnonzero(np.isin(_hashes(here, size), _hashes(there, size)))
    for offset in range(size):
        covered[at + offset] = True
    return covered


def _hashes(forms: Ints, size: int) -> NDArray[np.uint64]:
    hashed = np.zeros(len(forms) - size + 1, np.uint64)
    for offset in range(size):
        hashed = (
            hashed * np.uint64(0x9E3779B97F4A7C15)
            + forms[offset : len(forms) - size + 1 + offset].astype(np.uint64)
            + np.uint64(1)
        )
    return hashed


def measure_pair(article: Digest, source: Digest, alignment: Alignment, runs: Runs | None = None) -> Floats:
    """The columns of a pair, in the order of :data:`COLUMNS`; NaN where there is nothing to measure."""
    runs = runs or shared_runs(article, source)
    here, there = _parts(article), _parts(source)
    sizes = np.bincount(article.sentence[article.weight > 0], minlength=len(article.sentences)).astype(float)
    sizes[sizes < _LEAST_WORDS] = 0.0
    matched = alignment.matched
    similarity, best = alignment.similarity, alignment.best
    counts = np.bincount(source.sentence[source.weight > 0], minlength=len(source.sentences)).astype(float)
    used = _used(alignment, similarity >= 0.3, len(source.sentences))
    within = _within(used)
    inside = matched[article.sentence] if len(article.words) else np.zeros(0, bool)
    taken, plain_taken = _taken(article, source, alignment)
    values = (
        _cosine(article, source),
        _found(here.all, there.all),
        _found(there.all, here.all),
        _found(here.plain, there.all),
        _found(there.plain, here.all),
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
        *_order(article, source),
        _share(here.names, there.names),
        _share(there.names, here.names),
        _share(here.figures, there.figures),
        _share(there.figures, here.figures),
        _contradicted(article, source, alignment, article.figure, source.figure),
        _contradicted(article, source, alignment, article.name, source.name),
        _mean(runs.short[article.quoted], np.ones(int(article.quoted.sum()))),
        _mean(article.quoted, np.ones(len(article.words))),
        _mean(runs.long, np.ones(len(article.words))),
        _mean(runs.long[~article.quoted], np.ones(int((~article.quoted).sum()))),
        _mean(runs.short[~article.quoted], np.ones(int((~article.quoted).sum()))),
        _mean(runs.long[inside], np.ones(int(inside.sum()))),
        float(np.log1p(runs.longest)),
        float(np.log1p(len(article.words))),
        float(np.log1p(len(source.words))),
        float(np.log1p(len(article.words)) - np.log1p(len(source.words))),
    )
    return np.array(values)


class _Bag(NamedTuple):
    term: Ints
    weight: Floats


class _Parts(NamedTuple):
    all: _Bag
    plain: _Bag
    names: Ints
    figures: Ints


def _parts(text: Digest) -> _Parts:
    every = _Bag(*text.bag)
    weighty = text.weight > 0
    plain = np.unique(text.term[weighty & ~text.name & ~text.figure & ~text.quoted])
    of_plain = np.isin(every.term, plain, assume_unique=True)
    return _Parts(
        every,
        _Bag(every.term[of_plain], every.weight[of_plain]),
        np.unique(text.term[weighty & text.name]),
        np.unique(text.term[text.figure & weighty]),
    )


def _cosine(article: Digest, source: Digest) -> float:
    (here, ours), (there, theirs) = article.bag, source.bag
    _, at, beside = np.intersect1d(here, there, assume_unique=True, return_indices=True)
    norm = np.sqrt((ours**2).sum() * (theirs**2).sum())
    return float(ours[at] @ theirs[beside] / norm) if norm else 0.0


def _found(bag: _Bag, other: _Bag) -> float:
    return _mean(np.isin(bag.term, other.term, assume_unique=True), bag.weight)


def _share(terms: Ints, other: Ints) -> float:
    return float(np.isin(terms, other, assume_unique=True).mean()) if len(terms) else NAN


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


def _taken(article: Digest, source: Digest, alignment: Alignment) -> tuple[float, float]:
    """Shares of the weighted words of matched sentences, all and plain ones, that stand in their counterparts."""
    width = np.int64(max(int(article.term.max(initial=0)), int(source.term.max(initial=0))) + 1)
    inside = (
        np.flatnonzero((article.weight > 0) & alignment.matched[article.sentence])
        if len(article.words)
        else np.zeros(0, np.int64)
    )
    if not len(inside):
        return NAN, NAN
    known = source.sentence * width + source.term
    sentence, term = article.sentence[inside], article.term[inside]
    hit = np.isin(alignment.first[sentence] * width + term, known)
    hit |= np.isin((alignment.last[sentence] - 1) * width + term, known)
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


def _order(article: Digest, source: Digest) -> tuple[float, float]:
    """How far shared weighted words come in the same order, by where each stands first."""
    here, at = _firsts(article)
    there, beside = _firsts(source)
    _, ours, theirs = np.intersect1d(here, there, assume_unique=True, return_indices=True)
    if len(ours) < _FEWEST_SHARED:
        return NAN, NAN
    order = np.argsort(at[ours])
    ranks = np.argsort(np.argsort(beside[theirs]))[order]
    return _above_chance(_rising(ranks.tolist()), len(ranks)), float((np.diff(ranks) == 1).mean())


def _firsts(text: Digest) -> tuple[Ints, Ints]:
    weighty = np.flatnonzero(text.weight > 0)
    terms, first = np.unique(text.term[weighty], return_index=True)
    return terms, weighty[first]


def _contradicted(article: Digest, source: Digest, alignment: Alignment, ours: Bools, theirs: Bools) -> float:
    """Of the matched sentences in which both sides have such words, the share in which they have none in common."""
    own = _sets(article, ours)
    other = _sets(source, theirs)
    told = wrong = 0
    for at in np.flatnonzero(alignment.matched).tolist():
        mine = own.get(at)
        if not mine:
            continue
        counterpart: set[int] = set()
        for place in range(alignment.first[at], alignment.last[at]):
            counterpart |= other.get(place, set())
        if counterpart:
            told += 1
            wrong += not (mine & counterpart)
    return wrong / told if told else NAN


def _sets(text: Digest, wanted: Bools) -> dict[int, set[int]]:
    found: dict[int, set[int]] = {}
    at = np.flatnonzero(wanted)
    for sentence, term in zip(text.sentence[at].tolist(), text.term[at].tolist(), strict=True):
        found.setdefault(sentence, set()).add(term)
    return found
