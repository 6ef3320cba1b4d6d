"""Word pairs of general English, which supplement the pairs counted in the reference copy.

They keep ordinary English from looking odd when an article covers a topic the reference copy never did. The source is
PocketSphinx's language model for speech (two million pairs of 72,500 words; BSD licence). For human news, it has an
eighth of the word pairs that the reference copy lacks; for essays and papers, a quarter.

This module reads the package's file directly: its library cannot list the pairs and crashes when it should export them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from detector.errors import DataError
from features.language_model.ngrams import Floats, Ids

_MARK = b"Trie Language Model\x03"
"""The first bytes of a file with a trigram model."""

_BINS = 1 << 16
_BITS = 16
"""The file stores probabilities and weights as indices of :data:`_BITS` bits into lists of :data:`_BINS` values."""

_LOG_BASE = np.log(1.0001)
"""One unit of the file's logarithms, in natural logarithms."""

_WORD = np.dtype([("log_p", "<f4"), ("back_off", "<f4"), ("next", "<u4")])


@dataclass(frozen=True)
class Pairs:
    """Distinct pairs of words.

    Parameters
    ----------
    first, second : ndarray of int32, shape (pairs,)
        Vocabulary ids.
    p : ndarray of float32, shape (pairs,)
        Probability of the second word after the first.
    """

    first: Ids
    second: Ids
    p: Floats


def general_pairs(ids: Mapping[str, int]) -> Pairs:
    """The pairs of general English whose words are both in a vocabulary.

    Both models mark the beginning of a sentence with ``<s>``. PocketSphinx's mark for the end is ignored.

    Raises DataError if PocketSphinx is not installed, or if its version has a different file format.
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

    The format is PocketSphinx's bit-packed trie, as ``src/lm/lm_trie.c`` writes it. It begins with the values of
    probabilities and weights. The words follow, each with the index where its list begins. Each word's list names the
    words *before* it: word number, index of its weight, index of its probability, and the index of its own list. The
    trigrams and the spelling of the words end the file.

    Parameters
    ----------
    data : bytes
        The whole file, little-endian.
    ids : mapping
        Word -> id.

    Raises
    ------
    ValueError
        If the file has another format or is truncated.
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
    """Bytes of a list with ``entries`` entries of ``width`` bits, its closing entry and padding."""
    return ((1 + entries) * width + 7) // 8 + 8


def _bits(packed: NDArray[np.uint8], begins: NDArray[np.int64], width: int) -> NDArray[np.int64]:
    """Numbers of ``width`` bits, at most 25, that begin at the given bit positions."""
    byte = begins >> 3
    found = np.zeros(len(begins), np.int64)
    for i in range(4):
        found |= packed[byte + i].astype(np.int64) << (8 * i)
    return (found >> (begins & 7)) & ((1 << width) - 1)
