"""A rewriter that only the reader's lessons have: it swaps words for near ones in the pretrained network's own space.

Thesauri list a few thousand words, and a reader that meets nothing else learns what they list. Any word can be swapped here,
for a word that stands in similar places and often means something else, as attacks with word vectors do.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from detector.lab.spinners import Edit, Spun, write
from detector.lab.spinners.thesaurus import like
from features.document import Document

NAME = "near-pieces"

WEIGHT = 2.0
"""How often it is drawn against the families of unspin's own training."""

NEAREST = 24
"""Neighbours of a word that can be put for it."""

LEANS = (0.05, 0.4)
"""How fast a neighbour's chance falls with its rank: drawn for each article between nearly even and the nearest first."""

SHORTEST = 3
"""Letters of a word that is swapped."""

_BATCH = 1024


@dataclass(frozen=True)
class NearPieces:
    """Swaps lower-case words, and words that begin a sentence, for near ones.

    Parameters
    ----------
    near : mapping of str to sequence of str
        Word -> its neighbours, the nearest first.

    Examples
    --------
    >>> NearPieces({"talks": ("discussions",)}).spin("Talks failed.", random.Random(0)).text
    'Discussions failed.'
    """

    near: Mapping[str, Sequence[str]] = field(repr=False)

    def spin(self, text: str, rng: random.Random, rate: float = 1.0) -> Spun:
        """Rewrite one article."""
        document = Document(text)
        begins = {sentence.start for sentence in document.sentences}
        lean = rng.uniform(*LEANS)
        edits = []
        for span in document.words:
            word = document[span]
            others = self.near.get(word.lower())
            # Another capital is a name.
            if others is None or not (word.islower() or span.start in begins) or rng.random() >= rate:
                continue
            chosen = others[min(int(rng.expovariate(lean)), len(others) - 1)]
            edits.append(Edit(span.start, span.end, like(word, chosen)))
        return write(text, edits)


def near_pieces(vocabulary: Sequence[str], embeddings: NDArray[np.float32]) -> NearPieces:
    """The neighbours of every piece that is a whole word, by cosine.

    Parameters
    ----------
    vocabulary : sequence of str
        The network's pieces.
    embeddings : ndarray, shape (pieces, width)
        What stands for each.
    """
    rows = [
        row for row, piece in enumerate(vocabulary) if len(piece) >= SHORTEST and piece.isascii() and piece.isalpha()
    ]
    words = [vocabulary[row] for row in rows]
    # Frequent pieces lie together: without their mean, neighbours are near in meaning and not in frequency.
    own = embeddings[rows] - embeddings[rows].mean(axis=0)
    own /= np.linalg.norm(own, axis=1, keepdims=True) + 1e-9
    near: dict[str, tuple[str, ...]] = {}
    most = min(NEAREST, len(rows) - 1)
    for begin in range(0, len(rows), _BATCH):
        similar = own[begin : begin + _BATCH] @ own.T
        similar[np.arange(len(similar)), begin + np.arange(len(similar))] = -np.inf
        best = np.argpartition(-similar, most - 1, axis=1)[:, :most]
        order = np.take_along_axis(best, np.argsort(-np.take_along_axis(similar, best, axis=1), axis=1), axis=1)
        for word, others in zip(words[begin : begin + _BATCH], order.tolist(), strict=True):
            near[word] = tuple(words[other] for other in others)
    return NearPieces(near)
