"""The n-gram model of published news: which word follows which, in memory-mapped NumPy arrays.

It holds interpolated Kneser-Ney trigrams (Chen & Goodman 1999), pruned, with log-probabilities rounded to 1/16 nat. An
n-gram is stored as a 16-bit fingerprint of its hash in one of two buckets of four (cuckoo hashing, Pagh & Rodler 2004;
fingerprints as in Fan et al. 2014). A lookup takes two gathers and a few integer operations, whatever the size of the
table, so a few vectorised calls score all positions and alternatives of an article. An n-gram takes 3 bytes. In return,
about one unseen n-gram in 8,000 is mistaken for a seen one.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.resources import as_file, files
from itertools import repeat
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from features.document import Document

Ids = NDArray[np.int32]
Floats = NDArray[np.float32]
Hashes = NDArray[np.uint64]

FORMAT = "unspin n-grams 1"
"""First field of ``ngrams.json``. Change it when the meaning of an array changes; the reader refuses other formats."""

HEADER = "ngrams.json"

UNKNOWN, NAME, BOUNDARY = 0, 1, 2
"""Ids of an unknown word, of an unknown word with a capital, and of the boundary between sentences."""
SPECIAL = ("<unk>", "<name>", "<s>")

STEPS = 16.0
"""Log-probabilities are stored in steps of 1/16 nat. This is finer than the counts support, and reaches e**-15.9."""

_LOG_P = (np.arange(256) / -STEPS).astype(np.float32)
_ONES = np.uint64(0x0001000100010001)
_HIGHS = np.uint64(0x8000800080008000)
_MIX = (np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB))
_SALTS = tuple(
    np.uint64(salt) for salt in (0x9E3779B97F4A7C15, 0xC2B2AE3D27D4EB4F, 0x165667B19E3779F9, 0xD6E8FEB86659FD93)
)

_MARKS = (("’", "'"), ("‘", "'"), ("“", '"'), ("”", '"'), ("‐", "-"), ("‑", "-"), ("–", "-"), ("—", "-"))
_DIGITS = str.maketrans({str(d): "0" for d in range(1, 10)})


def plain_forms(document: Document) -> list[str]:
    """Return the document's tokens as the model counts them: lower case, digits as ``0``, straight quotes and dashes.

    >>> plain_forms(Document("Kyiv’s 30-day truce – “agreed” in 2022"))
    ['kyiv', "'s", '00-day', 'truce', '-', '"', 'agreed', '"', 'in', '0000']
    """
    plain = document.lowered
    # `translate` is fast only for ASCII, and most articles are ASCII except for their quotation marks.
    if not plain.isascii():
        for mark, straight in _MARKS:
            plain = plain.replace(mark, straight)
    if plain.isascii():
        plain = plain.translate(_DIGITS)
    else:
        for digit in "123456789":
            plain = plain.replace(digit, "0")
    return [plain[start:end] for start, end in document.tokens]


def hash_ngrams(*ids: Ids) -> Hashes:
    """Hash n-grams, given as ``n`` id arrays of one shape, first word first (64 bits, splitmix64's finaliser)."""
    mixed = np.zeros(ids[0].shape, np.uint64)
    for place, column in enumerate(ids):
        mixed = extend_hashes(mixed, column, place)
    return mixed


def extend_hashes(hashes: Hashes, ids: Ids, place: int) -> Hashes:
    """Extend hashes of n-grams by the word at ``place``, counted from 0.

    >>> a, b = np.array([7], np.int32), np.array([9], np.int32)
    >>> bool(extend_hashes(hash_ngrams(a), b, 1) == hash_ngrams(a, b))
    True
    """
    mixed = hashes ^ ids.astype(np.uint64)
    mixed += _SALTS[place]
    mixed ^= mixed >> np.uint64(30)
    mixed *= _MIX[0]
    mixed ^= mixed >> np.uint64(27)
    mixed *= _MIX[1]
    mixed ^= mixed >> np.uint64(31)
    return mixed


def fingerprints_and_buckets(hashes: Hashes, buckets: int) -> tuple[Hashes, NDArray[np.int64], NDArray[np.int64]]:
    """Return a fingerprint of 1 to 65,535 and the two buckets that may hold the entry."""
    return _fingerprint(hashes), _bucket(hashes, buckets), _bucket(hashes * _SALTS[1], buckets)


def _fingerprint(hashes: Hashes) -> Hashes:
    fingerprint: Hashes = np.maximum(hashes & np.uint64(0xFFFF), np.uint64(1))
    return fingerprint


def _bucket(hashes: Hashes, buckets: int) -> NDArray[np.int64]:
    high = hashes >> np.uint64(32)
    high *= np.uint64(buckets)
    high >>= np.uint64(32)
    return high.view(np.int64)


@dataclass(frozen=True)
class HashTable:
    """A read-only map from n-gram hashes to small integers.

    Parameters
    ----------
    keys : ndarray of uint64, shape (buckets,)
        Four 16-bit fingerprints per bucket, lowest bits first; 0 is an empty slot.
    values : ndarray of shape (4 * buckets,)
        The value of each slot.
    """

    keys: Hashes
    values: NDArray[np.uint8] | NDArray[np.uint16]

    def find(self, hashes: Hashes) -> NDArray[np.int64]:
        """Return the slot of each hash, in the shape of ``hashes``; -1 if the table lacks it."""
        buckets = len(self.keys)
        spread = _fingerprint(hashes) * _ONES
        slot, missing = self._in(_bucket(hashes, buckets), spread)
        if missing.size:
            bucket = _bucket(hashes[missing] * _SALTS[1], buckets)
            slot[missing], absent = self._in(bucket, spread[missing])
            slot[missing[absent]] = -1
        return slot

    def _in(self, bucket: NDArray[np.int64], spread: Hashes) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Return the slot of each fingerprint in its bucket, and which fingerprints are missing."""
        # Find the lowest zero 16-bit lane of each word (Hacker's Delight 6-1). Borrows only spoil lanes above it.
        difference = self.keys[bucket]
        difference ^= spread
        zero = difference - _ONES
        zero &= ~difference
        zero &= _HIGHS
        # The number of bits below the lowest zero lane's top bit is 16 per lane before it, plus 15.
        below = zero - np.uint64(1)
        below &= ~zero
        lane = np.bitwise_count(below) >> 4
        return bucket * 4 + lane, np.flatnonzero(lane == 4)


class NgramModel:
    """Kneser-Ney trigram probabilities over lower-cased tokens.

    Parameters
    ----------
    words : sequence of str
        The vocabulary, in order of id. The first three are :data:`SPECIAL`.
    unigrams : ndarray of float32, shape (2, vocabulary)
        Natural log of each word's Kneser-Ney probability, and of its back-off weight as a context.
    counts : ndarray of uint32, shape (vocabulary,)
        How often each word occurs in the published news. All unknown words share the counts of :data:`UNKNOWN` and
        :data:`NAME`.
    bigrams : HashTable
        Values of 16 bits: low byte -log p in 1/16 nat, high byte -log of the back-off weight as a context.
    trigrams : HashTable
        Values of 8 bits: -log p in 1/16 nat.

    Attributes
    ----------
    own_counts : ndarray of uint32, shape (vocabulary,)
        The same counts, but 0 for :data:`UNKNOWN` and :data:`NAME`.
    """

    def __init__(
        self,
        words: Sequence[str],
        unigrams: Floats,
        counts: NDArray[np.uint32],
        bigrams: HashTable,
        trigrams: HashTable,
    ) -> None:
        self.words = words
        self.ids = {word: i for i, word in enumerate(words)}
        self.unigrams = unigrams
        self.counts = counts
        self.own_counts = counts.copy()
        self.own_counts[[UNKNOWN, NAME]] = 0
        self.bigrams = bigrams
        self.trigrams = trigrams
        self.total = float(counts.sum())

    @classmethod
    def load(cls, folder: Path) -> "NgramModel":
        """Open the tables in a folder as memory maps, which processes share.

        Raises ValueError if the folder holds another format or sizes that do not match.
        """
        header = json.loads((folder / HEADER).read_text(encoding="utf-8"))
        if header.get("format") != FORMAT:
            message = f"{folder / HEADER} is not in the format “{FORMAT}”: train again or reinstall unspin"
            raise ValueError(message)
        words = (folder / "vocabulary.txt").read_text(encoding="utf-8").split("\n")[:-1]
        arrays = {
            name: np.load(folder / f"{name}.npy", mmap_mode="r", allow_pickle=False)
            for name in ("unigrams", "counts", "bigram_keys", "bigram_values", "trigram_keys", "trigram_values")
        }
        if arrays["unigrams"].shape != (2, len(words)) or any(
            len(arrays[f"{n}_values"]) != 4 * len(arrays[f"{n}_keys"]) for n in ("bigram", "trigram")
        ):
            message = f"the n-gram tables in {folder} do not fit together: train again or reinstall unspin"
            raise ValueError(message)
        return cls(
            words,
            np.array(arrays["unigrams"]),
            np.array(arrays["counts"]),
            HashTable(arrays["bigram_keys"].view(np.ndarray), arrays["bigram_values"].view(np.ndarray)),
            HashTable(arrays["trigram_keys"].view(np.ndarray), arrays["trigram_values"].view(np.ndarray)),
        )

    def knows(self, word: str) -> bool:
        """Whether the vocabulary has a word, in any case."""
        return word.lower().replace("’", "'") in self.ids

    def encode(self, document: Document) -> "Encoded":
        """Return the token ids of a document with sentence boundaries; see :class:`Encoded`."""
        get = self.ids.get
        forms = plain_forms(document)
        text = document.text
        tokens = document.tokens
        ids = np.fromiter(map(get, forms, repeat(UNKNOWN)), np.int32, len(forms))
        for i in np.flatnonzero(ids == UNKNOWN):
            if text[tokens[i].start].isupper():
                ids[i] = NAME
        begins = np.searchsorted(document.bounds[:, 0], [s.start for s in document.sentences])
        begins = begins[begins < len(tokens)]
        stream = np.insert(ids, begins, BOUNDARY)
        position = np.arange(len(ids)) + np.searchsorted(begins, np.arange(len(ids)), side="right")
        stream = np.concatenate([stream, np.full(2, BOUNDARY, np.int32)]).astype(np.int32)
        return Encoded(forms, ids, stream, position)

    def log_p(self, first: Ids, second: Ids, third: Ids) -> Floats:
        """log p(third | first second) in nats, elementwise over arrays of one shape."""
        shape = third.shape
        first, second, third = first.ravel(), second.ravel(), third.ravel()
        slot = self.trigrams.find(hash_ngrams(first, second, third))
        seen = slot >= 0
        out = np.empty(third.shape, np.float32)
        out[seen] = self.trigrams.values[slot[seen]] / -STEPS
        rest = np.flatnonzero(~seen)
        if rest.size:
            context = self.bigrams.find(hash_ngrams(first[rest], second[rest]))
            weight = np.where(context >= 0, (self.bigrams.values[context] >> 8) / -STEPS, 0.0)
            out[rest] = weight + self.log_p_bigram(second[rest], third[rest])
        return out.reshape(shape)

    def log_p_of(
        self, hashes: Hashes, context: NDArray[np.int64], pair: NDArray[np.int64], second: Ids, third: Ids
    ) -> Floats:
        """Return what :meth:`log_p` does, for a caller that has already looked up the two pairs in each trigram.

        Parameters
        ----------
        hashes : ndarray of uint64
            Hashes of the trigrams.
        context, pair : ndarray of int64
            Slots in ``bigrams`` of the first two words and of the last two; -1 if the table lacks them.
        second, third : ndarray of int32
            Ids of the last two words.
        """
        slot = self.trigrams.find(hashes)
        values = self.bigrams.values
        result = _LOG_P[self.trigrams.values[slot]]
        rest = np.flatnonzero(slot < 0)
        context, pair = context[rest], pair[rest]
        weight = _LOG_P[values[context] >> 8]
        weight[context < 0] = 0.0
        lower = _LOG_P[values[pair] & 0xFF]
        unseen = np.flatnonzero(pair < 0)
        at = rest[unseen]
        lower[unseen] = self.unigrams[1][second[at]] + self.unigrams[0][third[at]]
        weight += lower
        result[rest] = weight
        return result

    def log_p_bigram(self, first: Ids, second: Ids) -> Floats:
        """log p(second | first) in nats, elementwise over one-dimensional arrays."""
        slot = self.bigrams.find(hash_ngrams(first, second))
        backed_off = self.unigrams[1][first] + self.unigrams[0][second]
        return np.where(slot >= 0, (self.bigrams.values[slot] & 0xFF) / -STEPS, backed_off).astype(np.float32)


@dataclass(frozen=True)
class Encoded:
    """A document as the n-gram model sees it.

    Parameters
    ----------
    forms : list of str
        Plain form of each token of the document.
    ids : ndarray of int32, shape (tokens,)
        Vocabulary id of each token.
    stream : ndarray of int32
        The ids with a :data:`BOUNDARY` before each sentence and two at the end.
    position : ndarray of int64, shape (tokens,)
        Place of each token in ``stream``; at least 1 unless the document has no sentence.
    """

    forms: list[str]
    ids: Ids
    stream: Ids
    position: NDArray[np.int64]

    @cached_property
    def kinds(self) -> Ids:
        """A number for each different word, shape (tokens,): its id, or a negative number for each unknown form."""
        missing = np.flatnonzero((self.ids == UNKNOWN) | (self.ids == NAME))
        if not len(missing):
            return self.ids
        numbers: dict[str, int] = {}
        kinds = self.ids.copy()
        kinds[missing] = [numbers.setdefault(self.forms[i], -1 - len(numbers)) for i in missing.tolist()]
        return kinds


@cache
def embedded() -> NgramModel:
    """Return the n-gram model of the package, opened once per process."""
    with as_file(files("features") / "tables") as folder:
        return NgramModel.load(folder)
