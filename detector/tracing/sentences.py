"""Which sentences of a source stand behind each sentence of an article.

Rewriters merge, split, move and drop sentences. So each sentence of the article may come from one source sentence or
from two neighbours, several may come from the same one, and jumps are allowed at a price. What survives a rewrite
(names, figures, rare words) decides; order decides between places that are alike.
"""

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from detector.tracing.digest import Digest, Floats, Ints

LEAST = 0.16
"""Similarity below which a sentence has no counterpart."""

_JUMP = 0.12
"""Price of going back, or far ahead."""

_WIDER = 0.04
"""What a second sentence must add before it is taken along."""

_LEAST_MASS = 60.0
"""A sentence with fewer names and rare words than this is too thin to be recognised by itself: its similarity is damped."""


_LONGEST_BRIDGE = 2
"""Sentences in a row that are matched by their place alone."""


@dataclass(frozen=True)
class Alignment:
    """The counterpart of each sentence of the article.

    Parameters
    ----------
    first, last : ndarray of int, shape (sentences of the article,)
        The source's sentences ``first..last`` (half-open); both -1 where there is none.
    similarity : ndarray of float, shape (sentences of the article,)
        Cosine of the weighted words with those of the counterpart; 0 where there is none.
    best : ndarray of float, shape (sentences of the article,)
        Cosine with the most similar single source sentence, wherever it stands.
    contrast : ndarray of float, shape (sentences of the article,)
        ``best`` less the mean of the next three: a rewritten sentence has one counterpart, a topic has many.
    """

    first: Ints
    last: Ints
    similarity: Floats
    best: Floats
    contrast: Floats

    @cached_property
    def matched(self) -> NDArray[np.bool_]:
        """Which sentences of the article have a counterpart."""
        return self.first >= 0


def similarities(article: Digest, source: Digest) -> tuple[Floats, Floats]:
    """Cosines of each sentence of the article with each of the source, and with each two neighbours of the source.

    Returns
    -------
    single : ndarray, shape (sentences of the article, sentences of the source)
    double : ndarray, of the same shape
        Column ``j`` is for the sentences ``j`` and ``j + 1``; the last column is 0.
    """
    here, there = _vectors(article, source)
    norms = np.maximum(article.mass, 1e-9), np.maximum(source.mass, 1e-9)
    single = (here @ there.T) / np.sqrt(
        np.maximum(norms[0], _LEAST_MASS)[:, None] * np.maximum(norms[1], _LEAST_MASS)[None, :]
    )
    double = np.zeros_like(single)
    if there.shape[0] > 1:
        both = np.maximum(there[:-1], there[1:])
        # What both hold is counted once.
        mass = norms[1][:-1] + norms[1][1:] - (np.minimum(there[:-1], there[1:]) ** 2).sum(axis=1)
        double[:, :-1] = (here @ both.T) / np.sqrt(
            np.maximum(norms[0], _LEAST_MASS)[:, None] * np.maximum(mass, _LEAST_MASS)[None, :]
        )
    return single, double


def _vectors(article: Digest, source: Digest) -> tuple[Floats, Floats]:
    """Weights of the shared terms in each sentence, shape (sentences, shared terms)."""
    shared = np.intersect1d(article.bag[0], source.bag[0], assume_unique=True)
    vectors = []
    for text in (article, source):
        sentence, term, weight = text.bags
        column = np.searchsorted(shared, term)
        known = column < len(shared)
        known[known] = shared[column[known]] == term[known]
        dense = np.zeros((len(text.sentences), len(shared)))
        dense[sentence[known], column[known]] = weight[known]
        vectors.append(dense)
    return vectors[0], vectors[1]


def align_sentences(article: Digest, source: Digest) -> Alignment:
    """Find the counterparts.

    The best path through the source (Viterbi): at each sentence of the article it stands at a place of the source, where
    it takes a counterpart or none. Staying or going ahead is free, any other jump costs :data:`_JUMP`.
    """
    single, double = similarities(article, source)
    count, places = single.shape
    if not count or not places:
        nothing = np.zeros(count)
        return Alignment(np.full(count, -1), np.full(count, -1), nothing, nothing, nothing)
    wider = double > single + _WIDER
    cosine = np.where(wider, double, single)
    gain = np.maximum(cosine - LEAST, 0.0)
    # A pair of sentences is longer by one than the place that it stands at; the path goes on from its first.
    came_from = np.zeros((count, places), np.int64)
    score = gain[0].copy()
    for at in range(1, count):
        ahead = np.maximum.accumulate(score)
        # Where each of the running maxima stands.
        where = np.maximum.accumulate(np.where(score >= ahead, np.arange(places), 0))
        top = int(score.argmax())
        jump = score[top] - _JUMP
        jumps = jump > ahead
        came_from[at] = np.where(jumps, top, where)
        score = np.where(jumps, jump, ahead) + gain[at]
    path = np.empty(count, np.int64)
    path[-1] = int(score.argmax())
    for at in range(count - 1, 0, -1):
        path[at - 1] = came_from[at, path[at]]
    rows = np.arange(count)
    found = gain[rows, path] > 0
    first = np.where(found, path, -1)
    last = np.where(found, path + 1 + wider[rows, path], -1)
    ranked = np.sort(single, axis=1)[:, ::-1]
    contrast = ranked[:, 0] - ranked[:, 1:4].sum(axis=1) / 3
    return Alignment(first, last, np.where(found, cosine[rows, path], 0.0), ranked[:, 0], contrast)


def bridged(alignment: Alignment, sentences: int) -> Alignment:
    """The alignment with thin sentences that stand between two matched ones, where the source has as many in between.

    A sentence such as ``The talks will last three days`` is too thin to be recognised by itself. Its place tells what
    it was. This is for showing and for coverage; the columns of a pair are measured without it.

    Parameters
    ----------
    sentences : int
        Sentences of the source.
    """
    first, last, similarity = alignment.first.copy(), alignment.last.copy(), alignment.similarity.copy()
    count = len(first)
    at = 0
    while at < count:
        if first[at] >= 0:
            at += 1
            continue
        end = at
        while end < count and first[end] < 0:
            end += 1
        size = end - at
        begin = int(last[at - 1]) if at else 0
        stop = int(first[end]) if end < count else sentences
        if size <= _LONGEST_BRIDGE and stop - begin == size and (at or end < count):
            first[at:end] = np.arange(begin, stop)
            last[at:end] = np.arange(begin, stop) + 1
            near = [float(similarity[n]) for n in (at - 1, end) if 0 <= n < count]
            similarity[at:end] = min(near)
        at = end
    return replace(alignment, first=first, last=last, similarity=similarity)
