"""Word pieces: the units that a pretrained network reads, each with its place in the text.

The rules are those of BERT's uncased tokenizer. Every place is an offset into the text as given, which the marks need.
Names of special pieces in a text (`[SEP]`) are ordinary text here: an article cannot fake the end of a window.
"""

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

PAD, UNKNOWN, BEGIN, END = "[PAD]", "[UNK]", "[CLS]", "[SEP]"

LONGEST = 100
"""Characters of a word from which it becomes one unknown piece."""

_CACHED = 50_000
"""Wordings whose pieces are remembered."""


class Encoded(NamedTuple):
    """The pieces of a text.

    Parameters
    ----------
    ids : ndarray of int32, shape (pieces,)
        Rows of the vocabulary.
    starts : ndarray of int32, shape (pieces,)
        Where each piece begins, in code points of the text as given.
    """

    ids: NDArray[np.int32]
    starts: NDArray[np.int32]


@dataclass(frozen=True)
class WordPieces:
    """The tokenizer of one vocabulary.

    Parameters
    ----------
    vocabulary : sequence of str
        The pieces in the order of their rows. A piece that continues a word begins with ``##``.

    Examples
    --------
    >>> pieces = WordPieces(("[PAD]", "[UNK]", "[CLS]", "[SEP]", "talk", "##s", "fail", "##ed", "."))
    >>> pieces.encode("Talks failed.").ids.tolist()
    [4, 5, 6, 7, 8]
    >>> pieces.encode("Talks failed.").starts.tolist()
    [0, 4, 6, 10, 12]
    """

    vocabulary: Sequence[str]
    _rows: dict[str, int] = field(init=False, repr=False, compare=False)
    _known: dict[str, tuple[tuple[int, int], ...]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_rows", {piece: row for row, piece in enumerate(self.vocabulary)})

    def __getitem__(self, piece: str) -> int:
        """The row of a piece."""
        return self._rows[piece]

    def encode(self, text: str) -> Encoded:
        """The pieces of a text, without the marks of begin and end."""
        ids: list[int] = []
        starts: list[int] = []
        at = 0
        # A line of text splits at the same white space as the pieces do, so each run can be looked up whole.
        for run in text.split(" "):
            for row, start in self._of_run(run):
                ids.append(row)
                starts.append(at + start)
            at += len(run) + 1
        return Encoded(np.array(ids, np.int32), np.array(starts, np.int32))

    def _of_run(self, run: str) -> tuple[tuple[int, int], ...]:
        found = self._known.get(run)
        if found is None:
            found = tuple(piece for word in _words(run) for piece in self._of_word(word))
            if len(self._known) < _CACHED and len(run) < LONGEST:
                self._known[run] = found
        return found

    def _of_word(self, word: Sequence[tuple[str, int]]) -> list[tuple[int, int]]:
        """Longest pieces first; a word with a part that is no piece is unknown as a whole."""
        unknown = [(self._rows[UNKNOWN], word[0][1])]
        if len(word) > LONGEST:
            return unknown
        letters = "".join(letter for letter, _ in word)
        found: list[tuple[int, int]] = []
        begin = 0
        while begin < len(letters):
            prefix = "##" if begin else ""
            for end in range(len(letters), begin, -1):
                row = self._rows.get(prefix + letters[begin:end])
                if row is not None:
                    found.append((row, word[begin][1]))
                    begin = end
                    break
            else:
                return unknown
        return found


def _words(run: str) -> list[list[tuple[str, int]]]:
    """Words and single marks of a text: each letter in its plain lower-case form, with its offset."""
    words: list[list[tuple[str, int]]] = []
    open_word = False
    for at, character in enumerate(run):
        for letter in _plain(character):
            if letter == " ":
                open_word = False
            elif _stands_alone(letter):
                words.append([(letter, at)])
                open_word = False
            elif open_word:
                words[-1].append((letter, at))
            else:
                words.append([(letter, at)])
                open_word = True
    return words


@lru_cache(maxsize=4096)
def _plain(character: str) -> str:
    """A character in lower case without accents: a space for white space, empty for control characters."""
    if character in "\t\n\r":
        return " "
    category = unicodedata.category(character)[0]
    if category == "Z":
        return " "
    if category == "C" or character == "\ufffd":
        return ""
    decomposed = unicodedata.normalize("NFD", character)
    return "".join(c.lower() for c in decomposed if unicodedata.category(c) != "Mn")


@lru_cache(maxsize=4096)
def _stands_alone(letter: str) -> bool:
    """Whether a character is a word by itself: punctuation, and ideographs, which have no spaces between words."""
    code = ord(letter)
    if code < 128:
        return not letter.isalnum()
    if unicodedata.category(letter)[0] == "P":
        return True
    return any(low <= code <= high for low, high in _IDEOGRAPHS)


_IDEOGRAPHS = (
    (0x4E00, 0x9FFF),
    (0x3400, 0x4DBF),
    (0x20000, 0x2A6DF),
    (0x2A700, 0x2B73F),
    (0x2B740, 0x2B81F),
    (0x2B920, 0x2CEAF),
    (0xF900, 0xFAFF),
    (0x2F800, 0x2FA1F),
)
