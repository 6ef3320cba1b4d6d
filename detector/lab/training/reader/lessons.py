"""Lessons for the reader, made on the fly: human copy and its rewrites, with a label for each word.

A chunk of lessons depends on the seed and its number alone, so a run that was stopped goes on with the very lessons
that would have come next. A story returns only when all the others have been read, and then with another rewrite.
"""

import json
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from detector.lab.data.stories import cut, draw_length
from detector.lab.spinners import Change, Spinner
from features.document import Document
from features.reader.word_pieces import BEGIN, END, WordPieces

LENGTH = 128
"""Pieces of a window, the two at its ends included."""

STORIES = 192
"""Stories of a chunk."""

UNTOUCHED = 0.25
"""Share of the reporters' stories that are read as they are."""

OTHER = 0.12
"""Share of the stories that are human copy of other kinds: learners, translations, teachers' versions."""

RATES = (0.08, 1.0)
"""Shares of the replaceable words that a rewriter replaces, drawn evenly between these."""

UNLABELLED = -1
"""Label of a piece that does not begin a word."""


class Windows(NamedTuple):
    """What the network reads and what it should say.

    Parameters
    ----------
    ids : ndarray of int32, shape (windows, LENGTH)
    labels : ndarray of int8, shape (windows, LENGTH)
        1 where a rewriter put the word that begins with this piece, 0 where the reporter wrote it.
    """

    ids: NDArray[np.int32]
    labels: NDArray[np.int8]


@dataclass(frozen=True)
class Lessons:
    """The endless stream of lessons.

    Parameters
    ----------
    reporters, others : sequence of str
        Human copy that may be rewritten, and that is always read as it is.
    spinners : mapping of str to Spinner
        The families that rewrite it.
    weights : mapping of str to float
        How often a family is drawn against the others; 1 where nothing is said.
    pieces : WordPieces
        The network's vocabulary.
    seed : int
        Fixes every lesson.
    """

    reporters: Sequence[str]
    others: Sequence[str]
    spinners: Mapping[str, Spinner]
    weights: Mapping[str, float]
    pieces: WordPieces
    seed: int

    def chunk(self, number: int) -> Windows:
        """The windows of one chunk, shuffled."""
        made = [self._story(number * STORIES + i) for i in range(STORIES)]
        ids, labels = (np.concatenate([each[part] for each in made]) for part in (0, 1))
        order = np.random.default_rng([self.seed, number]).permutation(len(ids))
        return Windows(ids[order], labels[order])

    def _story(self, index: int) -> Windows:
        rng = random.Random(f"{self.seed} lesson {index}")
        if self.others and rng.random() < OTHER:
            return windows_of(cut(rng.choice(self.others), draw_length(rng), rng), (), self.pieces)
        lap, at = divmod(index, len(self.reporters))
        text = cut(self.reporters[_order(self.seed, lap, len(self.reporters))[at]], draw_length(rng), rng)
        if rng.random() < UNTOUCHED:
            return windows_of(text, (), self.pieces)
        names = sorted(self.spinners)
        family = rng.choices(names, [self.weights.get(name, 1.0) for name in names])[0]
        rate = rng.uniform(*RATES)
        spun = self.spinners[family].spin(text, rng, rate)
        return windows_of(spun.text, spun.changes, self.pieces)


@lru_cache(maxsize=2)
def _order(seed: int, lap: int, size: int) -> NDArray[np.int64]:
    return np.random.default_rng([seed, lap, size]).permutation(size)


def windows_of(text: str, changes: Sequence[Change], pieces: WordPieces) -> Windows:
    """A text cut into windows. The last one begins early enough to be full, if the text is that long."""
    ids, starts = pieces.encode(text)
    labels = piece_labels(Document(text), changes, starts)
    body = LENGTH - 2
    begins = list(range(0, max(1, len(ids) - body + 1), body))
    if begins[-1] + body < len(ids):
        begins.append(len(ids) - body)
    out = Windows(np.zeros((len(begins), LENGTH), np.int32), np.full((len(begins), LENGTH), UNLABELLED, np.int8))
    for row, begin in enumerate(begins):
        part = ids[begin : begin + body]
        out.ids[row, : len(part) + 2] = [pieces[BEGIN], *part, pieces[END]]
        out.labels[row, 1 : len(part) + 1] = labels[begin : begin + body]
    return out


def piece_labels(document: Document, changes: Sequence[Change], starts: NDArray[np.int32]) -> NDArray[np.int8]:
    """The label of each piece of a text; only the first piece of a word has one."""
    words = np.array([span.start for span in document.words], np.int64)
    changed = np.zeros(len(words), np.int8)
    for change in changes:
        changed[np.searchsorted(words, change.start) : np.searchsorted(words, change.end)] = 1
    labels = np.full(len(starts), UNLABELLED, np.int8)
    if not len(words) or not len(starts):
        return labels
    at = np.minimum(np.searchsorted(starts, words), len(starts) - 1)
    begun = starts[at] == words
    labels[at[begun]] = changed[begun]
    return labels


def load_lessons(
    stories: Path, spinners: Mapping[str, Spinner], weights: Mapping[str, float], pieces: WordPieces, seed: int
) -> Lessons:
    """Lessons of the stories that :func:`detector.lab.training.reader.stories.write_stories` chose."""
    reporters: list[str] = []
    others: list[str] = []
    with stories.open(encoding="utf-8") as lines:
        for line in lines:
            row = json.loads(line)
            (reporters if row["reporter"] else others).append(row["text"])
    return Lessons(reporters, others, spinners, weights, pieces, seed)
