"""Measure how well every word fits its window, and how much better its alternatives would fit.

This contrast separates spun from human copy. Absolute surprise does not, because news is full of rare words. The window
score of a word w is log p(w | two words before) + log p(next word | .. w) + log p(next but one | w ..). Each
alternative a gets the same score. Then

- *gain* is how much better the best alternative fits, in nats;
- *channel* is the log-odds of a noisy channel, as in spelling correction (Kernighan, Church & Gale 1990): the writer
  meant some a and a rewriter turned it into w, against the writer meant w.

The same scores are computed for classes of words (:mod:`features.language_model.word_classes`), which know
constructions whose words never met. Other inputs are how near the word and its best alternative are to the topic of the
article (:mod:`features.language_model.topics`), and whether the word stands in a phrase that rewriters write
(:mod:`features.language_model.phrase_lifts`).

:func:`measure_windows` computes these inputs, and those of the neighbours, for all words of a document at once. The
word model (:mod:`features.language_model.word_model`) turns them into the probability that a rewriter chose the word.
"""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from features.document import Document
from features.language_model.alternatives import Alternatives
from features.language_model.ngrams import (
    BOUNDARY,
    NAME,
    UNKNOWN,
    Encoded,
    Floats,
    Ids,
    NgramModel,
    extend_hashes,
    hash_ngrams,
)
from features.language_model.phrase_lifts import NO_PHRASES, PhraseLifts, Phrases, highest_lift
from features.language_model.topics import Topics
from features.language_model.word_classes import WordClasses

INPUTS = (
    "gain",
    "gain_left",
    "gain_right",
    "gain_second_right",
    "surprise_share",
    "channel",
    "left",
    "right",
    "second_right",
    "log_frequency",
    "log_frequency_best",
    "better_alternatives",
    "alternatives",
    "lift",
    "recurrence",
    "recurrence_best",
    "absence_best",
    "left_deficit",
    "right_deficit",
    "left_pair_seen",
    "right_pair_seen",
    "left_pair_seen_best",
    "right_pair_seen_best",
    "capital",
    "quoted",
    "sentence_start",
    "unknown",
    "channel_before",
    "channel_after",
    "channel_2_before",
    "channel_2_after",
    "surprise_before",
    "surprise_after",
    "length",
    "channel_same",
    "gain_same",
    "observed_lift",
    "class_left",
    "class_right",
    "class_second_right",
    "share_of_class",
    "class_gain",
    "class_gain_left",
    "class_gain_right",
    "class_gain_second_right",
    "class_gain_highest",
    "class_gain_of_same",
    "class_gain_highest_of_same",
    "topic",
    "topic_best",
    "topic_gain",
    "topic_known",
    "phrase_lift",
)
"""The word model's inputs, in order; see :func:`measure_windows` for their units."""

_RANGE = 12.0
_BOUNDED = (*(n for n in INPUTS if "gain" in n and "same" not in n), "surprise_share", "channel")
_LONGEST = 20
_SAME = {
    "channel_same": "channel",
    "gain_same": "gain",
    "class_gain_of_same": "class_gain",
    "class_gain_highest_of_same": "class_gain_highest",
}


@dataclass(frozen=True)
class Resources:
    """What published news teaches: n-grams, alternatives, and how much more often rewriters than people write a word.

    ``lift`` is float32 of shape (vocabulary,): log of each word's expected count if every word were replaced by a word
    that it is an alternative of, minus log of its count in published news.
    """

    ngrams: NgramModel
    alternatives: Alternatives
    lift: Floats
    classes: WordClasses
    topics: Topics
    phrase_lifts: PhraseLifts


def load_resources(folder: Path) -> Resources:
    """Open the tables of a folder.

    Raises ValueError if one of them is of another format, and OSError if one of them cannot be read.
    """
    ngrams = NgramModel.load(folder)
    alternatives = Alternatives.load(folder / "alternatives.npz")
    return Resources(
        ngrams,
        alternatives,
        word_lift(ngrams, alternatives),
        WordClasses.load(folder, ngrams.counts),
        Topics.load(folder),
        PhraseLifts.load(folder),
    )


def word_lift(ngrams: NgramModel, alternatives: Alternatives) -> Floats:
    """Return how much more often a thesaurus would write each word than people do, in nats; 0 without alternatives."""
    counts = ngrams.counts.astype(np.float64)
    uses = np.bincount(alternatives.ids, minlength=len(counts))
    lengths = np.diff(alternatives.offsets)
    row = np.repeat(np.arange(len(lengths)), lengths)
    expected = np.bincount(row, counts[alternatives.ids] / uses[alternatives.ids], len(counts))
    return np.where(lengths > 0, np.log(expected + 1.0) - np.log(counts + 1.0), 0.0).astype(np.float32)


@dataclass(frozen=True)
class Windows:
    """Measurements of all words of a document.

    Parameters
    ----------
    token : ndarray of int64, shape (words,)
        Index of each word into ``document.tokens``.
    inputs : ndarray of float32, shape (words, len(INPUTS))
        One row per word.
    row, alternative, fit : ndarrays of shape (pairs,)
        For each alternative: the row of its word; its vocabulary id; and its window score plus log prior, minus the
        word's own window score, in nats.
    surprise : ndarray of float32, shape (words,)
        -log p(word | two words before), in nats.
    encoded : Encoded
        The document's ids.
    phrases : Phrases
        Phrases of rewriters, as places in ``encoded.stream``.
    """

    token: NDArray[np.int64]
    inputs: Floats
    row: NDArray[np.int64]
    alternative: Ids
    fit: Floats
    surprise: Floats
    encoded: Encoded
    phrases: Phrases


def measure_windows(document: Document, resources: Resources) -> Windows:
    """Measure every alphabetic word of a document.

    Gains, channels and surprises are in nats, clipped to plus or minus 12; a neighbour's surprise only from below.
    Frequencies are natural logs of one plus a word's own count. Recurrences are natural logs of one plus a count.
    Topics are cosines. Flags are 0 or 1.
    """
    ngrams = resources.ngrams
    encoded = ngrams.encode(document)
    text = document.text
    token = np.flatnonzero([text[start].isalpha() for start in document.bounds[:, 0].tolist()])
    n = len(token)
    if not n:
        return _no_words(encoded)
    stream, at = encoded.stream, encoded.position[token]
    word = encoded.ids[token]
    context = (stream[np.maximum(at - 2, 0)], stream[at - 1], stream[at + 1], stream[at + 2])
    own, seen = window_terms(ngrams, context, word, np.arange(n))
    row, alternative, prior = resources.alternatives.of(word)
    fits, seen_alternative = window_terms(ngrams, context, alternative, row)
    relative = fits - own[:, row]
    total = relative.sum(axis=0)
    fit = total + prior

    inputs = np.zeros((n, len(INPUTS)), np.float32)
    column = {name: inputs[:, i] for i, name in enumerate(INPUTS)}
    best = _best(row, fit, n)
    has = best >= 0
    chosen = best[has]
    column["gain"][has] = total[chosen]
    for name, part in zip(("gain_left", "gain_right", "gain_second_right"), relative, strict=True):
        column[name][has] = part[chosen]
    column["surprise_share"][:] = _log_sum(row, total, n, with_zero=True)
    column["channel"][:] = -_RANGE
    column["channel"][has] = (_log_sum(row, fit, n, with_zero=False) + resources.lift[word])[has]
    column["left"][:], column["right"][:], column["second_right"][:] = own
    column["log_frequency"][:] = np.log1p(ngrams.own_counts[word])
    column["log_frequency_best"][has] = np.log1p(ngrams.own_counts[alternative[chosen]])
    column["better_alternatives"][:] = np.bincount(row, total > 0, n)
    column["alternatives"][:] = np.bincount(row, minlength=n)
    column["lift"][:] = resources.lift[word]
    _seams(column, ngrams, context, word, seen)
    column["left_pair_seen_best"][has], column["right_pair_seen_best"][has] = seen_alternative[:, chosen]
    _places(column, document, token)
    column["sentence_start"][:] = context[1] == BOUNDARY
    column["unknown"][:] = (word == UNKNOWN) | (word == NAME)
    _classes(column, resources.classes, context, word, row, alternative, best)
    _topic(column, resources.topics, word, alternative, best)
    phrases = resources.phrase_lifts.find(stream)
    column["phrase_lift"][:] = highest_lift(phrases, len(stream))[at]
    np.clip(inputs, -_RANGE, None, out=inputs)
    for name in _BOUNDED:
        np.minimum(column[name], _RANGE, out=column[name])
    surprise = -own[0]
    _neighbours(column, surprise)
    column["observed_lift"][:] = resources.alternatives.lift[word]
    _recurrences(column, ngrams, encoded.kinds[token], has, alternative[chosen])
    return Windows(token, inputs, row, alternative, fit.astype(np.float32), surprise, encoded, phrases)


def _no_words(encoded: Encoded) -> Windows:
    ids, numbers = np.empty(0, np.int64), np.empty(0, np.float32)
    return Windows(
        ids, numbers.reshape(0, len(INPUTS)), ids, ids.astype(np.int32), numbers, numbers, encoded, NO_PHRASES
    )


def pairs(ngrams: NgramModel, first: Ids, second: Ids) -> tuple[NDArray[np.bool_], Floats]:
    """Return whether each pair of words occurs in published news, and how surprising its absence is.

    The surprise is log(1 + expected), where *expected* is how often chance alone would put the two words side by side
    in the published news. It is 0 for seen pairs and for words without counts of their own.
    """
    seen = ngrams.bigrams.find(hash_ngrams(first, second)) >= 0
    return seen, _deficit(ngrams, first, second, seen)


def _deficit(ngrams: NgramModel, first: Ids, second: Ids, seen: NDArray[np.bool_]) -> Floats:
    expected = ngrams.counts[first].astype(np.float64) * ngrams.counts[second] / ngrams.total
    unjudged = seen | (first <= BOUNDARY) | (second <= BOUNDARY)
    return np.where(unjudged, 0.0, np.log1p(expected)).astype(np.float32)


def inside(document: Document, starts: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Return which code points lie inside a quote of the document."""
    quotes = document.quotes
    if not quotes:
        return np.zeros(len(starts), bool)
    begins = np.array([q.start for q in quotes])
    ends = np.array([q.end for q in quotes])
    last = np.searchsorted(begins, starts, side="right") - 1
    return (last >= 0) & (starts < ends[np.maximum(last, 0)])


def window_terms(
    ngrams: NgramModel, context: tuple[Ids, ...], word: Ids, row: NDArray[np.int64]
) -> tuple[Floats, NDArray[np.bool_]]:
    """Return the window score of each word in the context of its row, and whether it was seen beside its neighbours.

    The three trigrams overlap, so each pair of neighbours is looked up once. Pairs without the word are looked up once
    per row.

    Parameters
    ----------
    ngrams : NgramModel
        The model of published news.
    context : tuple of ndarray of int32, shape (rows,) each
        The two words before and the two after.
    word : ndarray of int32, shape (words,)
        Vocabulary ids.
    row : ndarray of int64, shape (words,)
        Which context each word has.

    Returns
    -------
    terms : ndarray of float32, shape (3, words)
        Log-probabilities of the word, of the next one and of the one after that, in nats.
    seen : ndarray of bool, shape (2, words)
        Whether published news has the word after its left neighbour, and before its right one.
    """
    find = ngrams.bigrams.find
    before, after = hash_ngrams(*context[:2]), hash_ngrams(*context[2:])
    before_slot, after_slot = find(before)[row], find(after)[row]
    left, right, second_right = (column[row] for column in context[1:])
    into, out_of = hash_ngrams(left, word), hash_ngrams(word, right)
    into_slot, out_of_slot = find(into), find(out_of)
    terms = np.stack(
        [
            ngrams.log_p_of(extend_hashes(before[row], word, 2), before_slot, into_slot, left, word),
            ngrams.log_p_of(extend_hashes(into, right, 2), into_slot, out_of_slot, word, right),
            ngrams.log_p_of(extend_hashes(out_of, second_right, 2), out_of_slot, after_slot, right, second_right),
        ]
    )
    return terms, np.stack([into_slot, out_of_slot]) >= 0


def _best(row: NDArray[np.int64], fit: Floats, n: int) -> NDArray[np.int64]:
    """Return the pair of each row that fits best, the first of equals; -1 if the row has none."""
    best = np.full(n, -1, np.int64)
    if len(row):
        first = np.flatnonzero(np.diff(row, prepend=-1))
        top = np.repeat(np.maximum.reduceat(fit, first), np.diff(first, append=len(row)))
        at = np.flatnonzero(fit == top)[::-1]
        best[row[at]] = at
    return best


def _log_sum(row: NDArray[np.int64], values: Floats, n: int, *, with_zero: bool) -> NDArray[np.float64]:
    """Return the log of the sum of exponentials per row, if asked with one more value of 0 in each row."""
    top = np.zeros(n) if with_zero else np.full(n, -np.inf)
    if len(row):  # rows ascend
        first = np.flatnonzero(np.diff(row, prepend=-1))
        own = row[first]
        top[own] = np.maximum(top[own], np.maximum.reduceat(values, first))
    top = np.where(np.isfinite(top), top, 0.0)
    sums = np.bincount(row, np.exp(values - top[row]), n)
    if with_zero:
        sums = sums + np.exp(-top)
    with np.errstate(divide="ignore"):
        return top + np.log(sums)


def _seams(
    column: dict[str, Floats], ngrams: NgramModel, context: tuple[Ids, ...], word: Ids, seen: NDArray[np.bool_]
) -> None:
    column["left_pair_seen"][:], column["right_pair_seen"][:] = seen
    column["left_deficit"][:] = _deficit(ngrams, context[1], word, seen[0])
    column["right_deficit"][:] = _deficit(ngrams, word, context[2], seen[1])


def _classes(
    column: dict[str, Floats],
    classes: WordClasses,
    context: tuple[Ids, ...],
    word: Ids,
    row: NDArray[np.int64],
    alternative: Ids,
    best: NDArray[np.int64],
) -> None:
    own = classes.terms(context, word, np.arange(len(word)))
    column["class_left"][:], column["class_right"][:], column["class_second_right"][:] = own
    column["share_of_class"][:] = classes.within[word]
    has = best >= 0
    relative = classes.terms(context, alternative, row) - own[:, row]
    total = relative.sum(axis=0)
    column["class_gain"][has] = total[best[has]]
    for name, part in zip(("class_gain_left", "class_gain_right", "class_gain_second_right"), relative, strict=True):
        column[name][has] = part[best[has]]
    column["class_gain_highest"][:] = -_RANGE
    if len(row):
        first = np.flatnonzero(np.diff(row, prepend=-1))
        own_too = total + classes.within[alternative] - classes.within[word][row]
        column["class_gain_highest"][row[first]] = np.maximum(np.maximum.reduceat(own_too, first), -_RANGE)


def _topic(column: dict[str, Floats], topics: Topics, word: Ids, alternative: Ids, best: NDArray[np.int64]) -> None:
    others = np.full(len(word), UNKNOWN, np.int32)
    has = best >= 0
    others[has] = alternative[best[has]]
    own, other, known = topics.fits(word, others)
    both = known & (other != 0)
    column["topic"][:], column["topic_best"][:], column["topic_known"][:] = own, other, known
    column["topic_gain"][both] = (other - own)[both]


def _places(column: dict[str, Floats], document: Document, token: NDArray[np.int64]) -> None:
    text, bounds = document.text, document.bounds[token]
    column["capital"][:] = [text[start].isupper() for start in bounds[:, 0].tolist()]
    column["quoted"][:] = inside(document, bounds[:, 0])
    column["length"][:] = np.minimum(bounds[:, 1] - bounds[:, 0], _LONGEST)


def _neighbours(column: dict[str, Floats], surprise: Floats) -> None:
    _shift(column, "channel_before", column["channel"], 1)
    _shift(column, "channel_after", column["channel"], -1)
    _shift(column, "channel_2_before", column["channel"], 2)
    _shift(column, "channel_2_after", column["channel"], -2)
    _shift(column, "surprise_before", surprise, 1)
    _shift(column, "surprise_after", surprise, -1)


def _recurrences(column: dict[str, Floats], ngrams: NgramModel, kind: Ids, has: NDArray[np.bool_], best: Ids) -> None:
    # A word that recurs is probably the topic. If the likely original never occurs in a text long enough to have it
    # a few times, a rewriter may have replaced it everywhere.
    kinds, at, counts = np.unique(kind, return_inverse=True, return_counts=True)
    column["recurrence"][:] = np.log1p(counts[at] - 1.0)
    place = np.minimum(np.searchsorted(kinds, best), len(kinds) - 1)
    in_text = np.where(kinds[place] == best, counts[place], 0)
    column["recurrence_best"][has] = np.log1p(in_text)
    expected = ngrams.counts[best] / ngrams.total * len(kind)
    column["absence_best"][has] = np.clip(expected - in_text, -5.0, 5.0)
    # Means over all occurrences of a word: a topic word fits in some of its places, a replacement in none.
    for name, values in _SAME.items():
        column[name][:] = (np.bincount(at, column[values]) / counts)[at]


def _shift(column: dict[str, Floats], name: str, values: Floats, by: int) -> None:
    if abs(by) >= len(values):
        return
    if by > 0:
        column[name][by:] = values[:-by]
    else:
        column[name][:by] = values[-by:]
