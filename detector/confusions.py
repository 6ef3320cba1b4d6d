"""What rewriters do to words, counted: which word they put for which, and how much oftener they write a word than people.

Human stories of the role ``reference`` are rewritten by simulated spinners whose truth is known. What comes out are
statistics over the vocabulary of the n-gram model: they rank the likely originals of a word, beside the thesauri, and
tell the word model which words are a rewriter's.
"""

import random
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from itertools import islice
from pathlib import Path

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

from detector.corpus import stories
from detector.spinners import Spinner
from features.document import Document
from features.ngrams import Floats, NgramModel, plain_forms

STORIES = {
    "world-news": 3000,
    "reuters-fin": 1500,
    "reuters21578": 800,
    "reuters-c50": 500,
    "intl-news-2024": 500,
    "bbc2005": 500,
    "masakhane-eng": 400,
    "nltk-news": 400,
}
"""Sets, and how many of their stories are rewritten."""

LONGEST = 2500
"""Code points of a story that are rewritten: its opening says enough, and long stories must not outweigh others."""

FEWEST = 2
"""Times a pair must be seen to be kept."""

_PSEUDO = 3.0
_BATCH = 60


@dataclass(frozen=True)
class Confusions:
    """Counts over vocabulary ids.

    Parameters
    ----------
    pairs : mapping
        (word in the rewrite, original) -> how often, for pairs seen at least :data:`FEWEST` times.
    lift : ndarray of float32, shape (vocabulary,)
        Natural log of each word's rate in rewrites over its rate in the same stories by people, smoothed, and 0 where
        it is below: a word that one rewriter replaces is one that another may write.
    lift_without : tuple of ndarray of float32, shape (vocabulary,)
        For each spinner, the lift as the spinners that share no list with it give it.
    """

    pairs: Mapping[tuple[int, int], int]
    lift: Floats
    lift_without: tuple[Floats, ...]


def count_confusions(
    data: Path,
    tables: Path,
    spinners: Sequence[Spinner],
    weights: Sequence[float],
    lists: Sequence[str],
    *,
    seed: int,
    jobs: int,
) -> Confusions:
    """Rewrite reference stories, each by one spinner drawn by weight, and count.

    ``lists`` names for each spinner the list it works from: spinners with the same name share it.
    """
    texts = []
    for name, most in STORIES.items():
        usable = (s.text[:LONGEST] for s in stories(data, name) if s.role == "reference")
        # Every third story: files are in order of time or outlet.
        texts += list(islice(usable, 0, 3 * most, 3))
    rng = random.Random(f"{seed} confusions")
    drawn = rng.choices(range(len(spinners)), weights, k=len(texts))
    items = [(f"{seed} {i}", text, which) for i, (text, which) in enumerate(zip(texts, drawn, strict=True))]
    items.sort(key=lambda item: item[2])  # a spinner is built once for a run of stories
    batches = [items[i : i + _BATCH] for i in range(0, len(items), _BATCH)]
    names = sorted(set(lists))
    pairs: Counter[tuple[int, int]] = Counter()
    vocabulary = len(_ngrams(tables).words)
    totals = {name: np.zeros((2, vocabulary)) for name in names}
    for part_pairs, part_totals in Parallel(n_jobs=jobs, return_as="generator")(
        delayed(_count)(batch, spinners, lists, tables) for batch in batches
    ):
        pairs.update(part_pairs)
        for name, counted in part_totals.items():
            totals[name] += counted
    lift = _lift(list(totals.values()))
    without = {name: _lift([t for other, t in totals.items() if other != name] or [totals[name]]) for name in names}
    kept = {pair: n for pair, n in pairs.items() if n >= FEWEST}
    return Confusions(kept, lift, tuple(without[name] for name in lists))


def _lift(totals: Sequence[NDArray[np.float64]]) -> Floats:
    before, after = np.sum(totals, axis=0)
    result: Floats = np.maximum(np.log((after + _PSEUDO) / (before + _PSEUDO)), 0.0).astype(np.float32)
    return result


def _count(
    items: Sequence[tuple[str, str, int]], spinners: Sequence[Spinner], lists: Sequence[str], tables: Path
) -> tuple[Counter[tuple[int, int]], dict[str, NDArray[np.float64]]]:
    ids = _ngrams(tables).ids
    pairs: Counter[tuple[int, int]] = Counter()
    totals: dict[str, NDArray[np.float64]] = {}
    for seed, text, which in items:
        made = spinners[which].spin(text, random.Random(seed), 1.0)
        counted = totals.setdefault(lists[which], np.zeros((2, len(ids))))
        for row, version in enumerate((text, made.text)):
            found = [ids[form] for form in plain_forms(Document(version)) if form in ids]
            np.add.at(counted[row], found, 1.0)
        for change in made.changes:
            new, old = (ids.get(w.lower()) for w in (made.text[change.start : change.end], change.original))
            if new is not None and old is not None and new != old:
                pairs[new, old] += 1
    return pairs, totals


@cache
def _ngrams(tables: Path) -> NgramModel:
    return NgramModel.load(tables)
