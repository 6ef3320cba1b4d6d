"""Which words follow which in general English, behind what the reference copy has counted.

News that is about none of the subjects of the reference copy is still English. The language model that PocketSphinx brings
for speech (two million pairs of 72,500 words; BSD licence) knows an eighth of the pairs of words that human news has and
the reference copy lacks, and a quarter of those of essays and papers.

Only the package's file is read, not its library, which names no pairs and crashes where it should write them down.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from detector.errors import DataError
from features.language_model.ngrams import Floats, Ids

_MARK = b"Trie Language Model\x03"
"""How the file of a model of pairs and runs of three words begins."""

_BINS = 1 << 16
_BITS = 16
"""Probabilities and back-off weights are places in lists of so many values."""

_LOG_BASE = np.log(1.0001)
"""One unit of the file's logarithms, in nats."""

_WORD = np.dtype([("log_p", "<f4"), ("back_off", "<f4"), ("next", "<u4")])


@dataclass(frozen=True)
class Pairs:
    """Pairs of words, each once.

    Parameters
    ----------
    first, second : ndarray of int32, shape (pairs,)
        Ids of a vocabulary.
    p : ndarray of float32, shape (pairs,)
        How probable the second word is after the first.
    """

    first: Ids
    second: Ids
    p: Floats


def general_pairs(ids: Mapping[str, int]) -> Pairs:
    """The pairs of general English whose words are both in a vocabulary.

    The mark ``<s>`` is the beginning of a sentence in both; the ends of sentences have a mark of their own there and are left.

    Raises
    ------
    DataError
        If PocketSphinx is not installed, or of a version whose file is another.
    """
    try:
        file = resources.files("pocketsphinx") / "model" / "en-us" / "en-us.lm.bin"
        data = file.read_bytes()
    except (ImportError, OSError):
        raise DataError(
            "The pairs of general English are missing; install the package pocketsphinx (it is in unspin's extra 'train')."
        ) from None
    try:
        return read_pairs(data, ids)
    except (ValueError, IndexError, UnicodeDecodeError):
        raise DataError(
            "The language model of the package pocketsphinx cannot be read; install version 5.1 of it."
        ) from None


def read_pairs(data: bytes, ids: Mapping[str, int]) -> Pairs:
    """The pairs of a language model whose words are both in a vocabulary.

    The format is PocketSphinx's of a trie in bits, as ``src/lm/lm_trie.c`` writes it: the values of probabilities and
    weights; the words, with the place where the list of each begins; for every word the words that may stand *before* it,
    each as its number, the number of its weight, of its probability, and where its own list begins; the runs of three; the
    words' letters.

    Parameters
    ----------
    data : bytes
        The whole file, little-endian.
    ids : mapping
        Word -> id.

    Raises
    ------
    ValueError
        If it is no such file, or cut short.
    """
    if not data.startswith(_MARK):
        message = "not a model of pairs and runs of three words"
        raise ValueError(message)
    words, pairs, runs = (int(n) for n in np.frombuffer(data, "<u4", 3, len(_MARK)))
    at = len(_MARK) + 4 * 3 + 4
    log_p = np.frombuffer(data, "<f4", _BINS, at)
    at += 3 * log_p.nbytes
    table = np.frombuffer(data, _WORD, words + 1, at)
    at += table.nbytes
    of_word, of_next = words.bit_length(), runs.bit_length()
    width = of_word + 2 * _BITS + of_next
    packed = np.frombuffer(data, np.uint8, _size(pairs, width), at)
    at += _size(pairs, width) + _size(runs, of_word + _BITS)
    letters = data[at + 4 : at + 4 + int(np.frombuffer(data, "<u4", 1, at)[0])]
    named = [ids.get(word.decode(), -1) for word in letters.split(b"\0")[:words]]
    known = np.array(named, np.int32)
    lists: NDArray[np.int64] = table["next"].astype(np.int64)
    second = np.repeat(known, lists[1:] - lists[:-1])
    begins = np.arange(len(second), dtype=np.int64) * width
    first = known[_bits(packed, begins, of_word)]
    p = np.exp(log_p[_bits(packed, begins + of_word + _BITS, _BITS)].astype(float) * _LOG_BASE)
    kept = (first >= 0) & (second >= 0)
    return Pairs(first[kept], second[kept], p[kept].astype(np.float32))


def _size(entries: int, width: int) -> int:
    """Bytes of a list of so many entries and one that ends it, with room to read past its end."""
    return ((1 + entries) * width + 7) // 8 + 8


def _bits(packed: NDArray[np.uint8], begins: NDArray[np.int64], width: int) -> NDArray[np.int64]:
    """Numbers of ``width`` bits, 25 at most, that begin at bits counted from 0."""
    byte = begins >> 3
    found = np.zeros(len(begins), np.int64)
    for i in range(4):
        found |= packed[byte + i].astype(np.int64) << (8 * i)
    return (found >> (begins & 7)) & ((1 << width) - 1)
