"""Builds the tables of the n-gram model from reference copy.

Trigrams and bigrams are counted by sorting packed ids, smoothed by interpolated Kneser-Ney, pruned to a size, and
stored in cuckoo hash tables. Word pairs of general English that the copy lacks are added
(:mod:`detector.lab.training.general_english`). Stories that share running text with a held-out story are not counted.
Otherwise, syndicated copies and updates would make held-out stories look familiar.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from detector.lab.training.general_english import Pairs
from features.document import Document
from features.language_model.ngrams import (
    BOUNDARY,
    FORMAT,
    HEADER,
    NAME,
    SPECIAL,
    STEPS,
    UNKNOWN,
    Hashes,
    Ids,
    fingerprints_and_buckets,
    hash_ngrams,
    plain_forms,
)

SHINGLE = 8
"""Tokens in a shingle, a run of text that two stories can share. Names and set phrases are shorter."""

OVERLAP = 0.15
"""Highest share of a reference story's shingles that may occur in held-out stories."""

GENERAL_SHARE = 0.5
"""Share of the probability of unseen bigrams that follows general English instead of the unigram distribution."""

_LOAD = 0.93
_BITS = 21  # so that three ids fit in 64 bits


@dataclass(frozen=True)
class Stream:
    """Token ids of many stories, concatenated.

    Parameters
    ----------
    ids : ndarray of int32
        Ids into ``words``. A capitalised token with the id ``i`` is stored as ``-i - 1``.
    offsets : ndarray of int64, shape (stories + 1,)
        Where each story begins.
    words : list of str
        Plain forms.
    """

    ids: Ids
    offsets: NDArray[np.int64]
    words: list[str]


def tokenise(texts: Sequence[str]) -> Stream:
    """Token ids of a batch of texts, with a boundary before each sentence and at the end of each text."""
    index: dict[str, int] = {BOUNDARY_MARK: 0}
    pieces: list[Ids] = []
    offsets = [0]
    for text in texts:
        document = Document(text)
        forms = plain_forms(document)
        tokens = document.tokens
        ids = np.fromiter(
            (
                -index.setdefault(form, len(index)) - 1
                if text[token.start].isupper()
                else index.setdefault(form, len(index))
                for form, token in zip(forms, tokens, strict=True)
            ),
            np.int32,
            len(forms),
        )
        starts = np.fromiter((t.start for t in tokens), np.int64, len(tokens))
        begins = np.searchsorted(starts, [s.start for s in document.sentences])
        piece = np.append(np.insert(ids, begins[begins < len(ids)], 0), 0).astype(np.int32)
        pieces.append(piece)
        offsets.append(offsets[-1] + len(piece))
    joined = np.concatenate(pieces) if pieces else np.empty(0, np.int32)
    return Stream(joined, np.array(offsets, np.int64), list(index))


BOUNDARY_MARK = SPECIAL[BOUNDARY]


def merge(streams: Iterable[Stream]) -> Stream:
    """Concatenates streams over one common list of words."""
    index: dict[str, int] = {BOUNDARY_MARK: 0}
    pieces: list[Ids] = []
    offsets: list[NDArray[np.int64]] = [np.zeros(1, np.int64)]
    base = 0
    for stream in streams:
        to = np.fromiter((index.setdefault(w, len(index)) for w in stream.words), np.int32, len(stream.words))
        capital = stream.ids < 0
        plain = to[np.where(capital, -stream.ids - 1, stream.ids)]
        pieces.append(np.where(capital, -plain - 1, plain).astype(np.int32))
        offsets.append(stream.offsets[1:] + base)
        base += len(stream.ids)
    return Stream(np.concatenate(pieces or [np.empty(0, np.int32)]), np.concatenate(offsets), list(index))


def shingles(ids: Ids) -> Hashes:
    """Hashes of one in eight runs of :data:`SHINGLE` tokens, the same runs in every text (Broder 1997)."""
    if len(ids) < SHINGLE:
        return np.empty(0, np.uint64)
    mixed = hash_ngrams(ids)
    rolled = np.zeros(len(ids) - SHINGLE + 1, np.uint64)
    for step in range(SHINGLE):
        rolled = rolled * np.uint64(0x100000001B3) + mixed[step : len(ids) - SHINGLE + 1 + step]
    kept: Hashes = rolled[rolled >> np.uint64(61) == 0]
    return kept


def overlapping(reference: Stream, held_out: Stream) -> NDArray[np.bool_]:
    """Which reference stories share more than :data:`OVERLAP` of their shingles with held-out stories.

    Both streams must have the same list of words. Returns an array of shape (reference stories,).
    """
    known = np.unique(np.concatenate([shingles(ids) for ids in _plain_stories(held_out)] or [np.empty(0, np.uint64)]))
    result = np.zeros(len(reference.offsets) - 1, bool)
    for i, ids in enumerate(_plain_stories(reference)):
        own = shingles(ids)
        if own.size and known.size:
            at = np.minimum(np.searchsorted(known, own), len(known) - 1)
            result[i] = np.mean(known[at] == own) > OVERLAP
    return result


def _plain_stories(stream: Stream) -> Iterable[Ids]:
    plain = np.where(stream.ids < 0, -stream.ids - 1, stream.ids).astype(np.int32)
    for start, end in zip(stream.offsets[:-1], stream.offsets[1:], strict=True):
        story = plain[start:end]
        yield story[story != 0]


def select(stream: Stream, keep: NDArray[np.bool_]) -> Stream:
    """The stories to keep."""
    lengths = np.diff(stream.offsets)
    return Stream(
        stream.ids[np.repeat(keep, lengths)],
        np.concatenate([[0], np.cumsum(lengths[keep])]).astype(np.int64),
        stream.words,
    )


@dataclass(frozen=True)
class Sizes:
    """Size limits of the tables. The defaults leave room for the model's other files within 60 MB."""

    min_word_count: int = 3
    words: int = 120_000
    bigrams: int = 5_400_000
    trigrams: int = 6_400_000


def build(
    stream: Stream,
    folder: Path,
    sizes: Sizes,
    progress: Callable[[str], None],
    general: Callable[[Mapping[str, int]], Pairs] | None = None,
) -> tuple[dict[str, int], Ids]:
    """Count, smooth, prune and write the tables of :class:`features.language_model.ngrams.NgramModel`.

    Parameters
    ----------
    stream : Stream
        The reference copy.
    sizes : Sizes
        Size limits of the tables.
    general : callable, optional
        Gives the pairs of general English over a vocabulary. Pairs that the copy lacks are added.

    Returns
    -------
    dict
        Numbers of tokens, words, bigrams, trigrams and added pairs of general English.
    ndarray of int32
        The whole reference copy as vocabulary ids.
    """
    words, counts, ids = _vocabulary(stream, sizes)
    size = len(words)
    progress(f"n-grams: {len(ids):,} tokens, {size:,} words")
    a, b, c = (ids[i : len(ids) - 2 + i].astype(np.uint64) for i in range(3))
    shift = np.uint64(_BITS)
    tri, tri_counts = np.unique((a << (shift + shift)) | (b << shift) | c, return_counts=True)
    bi, bi_counts = np.unique((ids[:-1].astype(np.uint64) << shift) | ids[1:].astype(np.uint64), return_counts=True)
    progress(f"n-grams: {len(bi):,} kinds of bigram, {len(tri):,} of trigram")

    # Kneser-Ney: lower orders count an n-gram's distinct contexts, not its occurrences.
    tail = tri & np.uint64((1 << (2 * _BITS)) - 1)
    bi_continuations = _count_in(bi, tail)
    bi_continuations = np.maximum(bi_continuations, 1)
    first, second = (bi >> shift).astype(np.int64), (bi & np.uint64((1 << _BITS) - 1)).astype(np.int64)
    uni_continuations = np.bincount(second, minlength=size).astype(float)
    uni = np.maximum(uni_continuations, 0.5)
    log_uni = np.log(uni / uni.sum())

    bi_discount = _discount(bi_continuations)
    bi_total = np.bincount(first, bi_continuations, size)
    kept_bi = _heaviest(bi_counts, sizes.bigrams, 1)
    bi_explicit = np.maximum(bi_continuations - bi_discount, 0.05) / bi_total[first]
    uni_weight = 1.0 - np.bincount(first[kept_bi], bi_explicit[kept_bi], size)
    uni_weight = np.clip(uni_weight, 1e-4, 1.0)
    new = _unseen(general({word: i for i, word in enumerate(words)}) if general else _NO_PAIRS, bi)
    progress(f"n-grams: {len(new.p):,} pairs of general English beside them")
    new_p, uni_weight = _shared_out(new, uni_weight, log_uni)
    bi_p = bi_explicit + uni_weight[first] * np.exp(log_uni)[second]

    tri_discount = _discount(tri_counts)
    context = np.searchsorted(bi, tri >> shift)
    bi_tokens = np.bincount(context, tri_counts, len(bi))
    kept_tri = _heaviest(tri_counts, sizes.trigrams, 2)
    tri_explicit = (tri_counts[kept_tri] - tri_discount) / bi_tokens[context[kept_tri]]
    bi_weight = np.clip(1.0 - np.bincount(context[kept_tri], tri_explicit, len(bi)), 1e-4, 1.0)
    lower = np.searchsorted(bi, tail[kept_tri])
    tri_p = tri_explicit + bi_weight[context[kept_tri]] * _bigram_p(
        lower, kept_bi, bi_p, uni_weight, log_uni, first, second
    )

    # An added pair is the context of no counted trigram, so its back-off weight is 1.
    log_p, log_weight = np.log([np.append(bi_p[kept_bi], new_p), np.append(bi_weight[kept_bi], np.ones(len(new_p)))])
    packed = _steps(log_p).astype(np.uint16) | (_steps(log_weight).astype(np.uint16) << 8)
    bi_ids = tuple(
        np.append(own[kept_bi].astype(np.int32), more) for own, more in ((first, new.first), (second, new.second))
    )
    tri_ids = tuple(
        ((tri[kept_tri] >> (shift * np.uint64(2 - i))) & np.uint64((1 << _BITS) - 1)).astype(np.int32) for i in range(3)
    )
    folder.mkdir(parents=True, exist_ok=True)
    for name, hashes, values in (
        ("bigram", hash_ngrams(*bi_ids), packed),
        ("trigram", hash_ngrams(*tri_ids), _steps(np.log(tri_p)).astype(np.uint8)),
    ):
        keys, slots = lay(hashes)
        laid = np.zeros(4 * len(keys), values.dtype)
        laid[slots] = values
        np.save(folder / f"{name}_keys.npy", keys)
        np.save(folder / f"{name}_values.npy", laid)
        progress(f"n-grams: laid {len(hashes):,} {name}s")
    np.save(folder / "unigrams.npy", np.stack([log_uni, np.log(uni_weight)]).astype(np.float32))
    np.save(folder / "counts.npy", np.minimum(counts, 2**32 - 1).astype(np.uint32))
    (folder / "vocabulary.txt").write_text("".join(f"{w}\n" for w in words), encoding="utf-8", newline="\n")
    summary = {
        "tokens": len(ids),
        "words": size,
        "bigrams": int(kept_bi.sum()),
        "general_bigrams": len(new_p),
        "trigrams": int(kept_tri.sum()),
    }
    (folder / HEADER).write_text(json.dumps({"format": FORMAT, **summary}, indent=1) + "\n", encoding="utf-8")
    return summary, ids


def _vocabulary(stream: Stream, sizes: Sizes) -> tuple[list[str], NDArray[np.int64], Ids]:
    capital = stream.ids < 0
    plain = np.where(capital, -stream.ids - 1, stream.ids)
    counts = np.bincount(plain, minlength=len(stream.words))
    order = np.lexsort((np.arange(len(counts)), -counts))
    order = order[(order != 0) & (counts[order] >= sizes.min_word_count)][: sizes.words - len(SPECIAL)]
    order = np.array([i for i in order if "\n" not in stream.words[i] and stream.words[i].isprintable()], np.int64)
    to = np.full(len(counts), UNKNOWN, np.int32)
    to[0] = BOUNDARY
    to[order] = np.arange(len(order), dtype=np.int32) + len(SPECIAL)
    ids = to[plain]
    ids[(ids == UNKNOWN) & capital] = NAME
    words = [*SPECIAL, *(stream.words[i] for i in order)]
    return words, np.bincount(ids, minlength=len(words)), ids


_NO_PAIRS = Pairs(np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.float32))


def _unseen(pairs: Pairs, sorted_keys: Hashes) -> Pairs:
    """The pairs that do not occur in the reference copy."""
    keys = (pairs.first.astype(np.uint64) << np.uint64(_BITS)) | pairs.second.astype(np.uint64)
    at = np.minimum(np.searchsorted(sorted_keys, keys), len(sorted_keys) - 1)
    new = sorted_keys[at] != keys
    return Pairs(pairs.first[new], pairs.second[new], pairs.p[new])


def _shared_out(
    new: Pairs, weight: NDArray[np.float64], log_uni: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Probabilities of the pairs that only general English has, and the reduced back-off weights of all words.

    Each word reserves some probability for bigrams that the copy lacks. :data:`GENERAL_SHARE` of it is weighted by
    the pairs' probabilities in general English. The rest follows the unigram distribution, as for all other words.
    """
    own = GENERAL_SHARE * weight[new.first] * new.p
    left = weight * (1.0 - GENERAL_SHARE * np.bincount(new.first, new.p, len(weight)))
    return own + left[new.first] * np.exp(log_uni)[new.second], left


def _count_in(sorted_keys: Hashes, keys: Hashes) -> NDArray[np.int64]:
    return np.bincount(np.searchsorted(sorted_keys, keys), minlength=len(sorted_keys)).astype(np.int64)


def _discount(counts: NDArray[np.int64]) -> float:
    """Ney's estimate n1 / (n1 + 2 n2) of the absolute discount."""
    ones, twos = int(np.sum(counts == 1)), int(np.sum(counts == 2))
    return ones / (ones + 2 * twos) if ones and twos else 0.5


def _heaviest(counts: NDArray[np.int64], most: int, least: int) -> NDArray[np.bool_]:
    """A mask of at most ``most`` of the most frequent n-grams, each counted at least ``least`` times."""
    tally = Counter(
        dict(zip(*(x.tolist() for x in np.unique(np.minimum(counts, 1000), return_counts=True)), strict=True))
    )
    floor = 1001
    kept = 0
    for count in sorted(tally, reverse=True):
        if count < least or kept + tally[count] > most:
            break
        floor, kept = count, kept + tally[count]
    return counts >= floor


def _bigram_p(
    at: NDArray[np.int64],
    kept: NDArray[np.bool_],
    p: NDArray[np.float64],
    weight: NDArray[np.float64],
    log_uni: NDArray[np.float64],
    first: NDArray[np.int64],
    second: NDArray[np.int64],
) -> NDArray[np.float64]:
    return np.where(kept[at], p[at], weight[first[at]] * np.exp(log_uni[second[at]]))


def _steps(logs: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.clip(np.rint(-logs * STEPS), 0, 255).astype(np.int64)


def lay(hashes: Hashes, *, load: float = _LOAD) -> tuple[Hashes, NDArray[np.int64]]:
    """Assign every hash a slot in a cuckoo hash table with four slots a bucket.

    Parameters
    ----------
    hashes : ndarray of uint64, shape (n,)
        Distinct hashes.
    load : float
        Share of slots to fill. Four slots a bucket and two choices allow up to about 0.97.

    Returns
    -------
    keys : ndarray of uint64, shape (buckets,)
        The fingerprints, as :class:`features.language_model.ngrams.HashTable` reads them.
    slots : ndarray of int64, shape (n,)
        Slot of each hash.
    """
    buckets = max(2, int(np.ceil(len(hashes) / (4 * load))))
    fingerprint, first, second = fingerprints_and_buckets(hashes, buckets)
    choices = np.stack([first, second])
    owner = np.full((buckets, 4), -1, np.int64)
    homeless = np.arange(len(hashes))
    choice = np.zeros(len(hashes), np.int8)
    failed = np.zeros(len(hashes), np.int8)
    rng = np.random.default_rng(0)
    while homeless.size:
        bucket = choices[choice[homeless], homeless]
        order = np.argsort(bucket, kind="stable")
        homeless, bucket = homeless[order], bucket[order]
        head = np.r_[True, bucket[1:] != bucket[:-1]]
        rank = np.arange(len(bucket)) - np.flatnonzero(head)[np.cumsum(head) - 1]
        used = (owner[bucket] >= 0).sum(axis=1)
        fits = used + rank < 4
        owner[bucket[fits], (used + rank)[fits]] = homeless[fits]
        rest, rest_bucket, rest_head = homeless[~fits], bucket[~fits], rank[~fits] - np.maximum(4 - used[~fits], 0) == 0
        failed[rest] += 1
        evicts = rest_head & (failed[rest] >= 2)
        lane = rng.integers(0, 4, evicts.sum())
        victims = owner[rest_bucket[evicts], lane]
        owner[rest_bucket[evicts], lane] = rest[evicts]
        failed[rest[evicts]] = 0
        waiting = rest[~evicts]
        choice[waiting] ^= 1
        choice[victims] ^= 1
        failed[victims] = 1
        homeless = np.concatenate([waiting, victims])
        failed[waiting] = np.minimum(failed[waiting], 2)
    keys = np.zeros(buckets, np.uint64)
    slots = np.empty(len(hashes), np.int64)
    for lane_number in range(4):
        filled = owner[:, lane_number] >= 0
        held = owner[filled, lane_number]
        keys[filled] |= fingerprint[held] << np.uint64(16 * lane_number)
        slots[held] = np.flatnonzero(filled) * 4 + lane_number
    return keys, slots
