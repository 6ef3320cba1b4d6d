"""Counts of the replacements that rewriters make, and of how often rewriters use each word compared with people.

Simulated spinners rewrite human stories of the role ``reference`` and record their changes. The counts have two uses.
With the thesauri, they rank the likely originals of a word. The word model uses them to recognise rewriters' words.
"""

import random
from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import islice
from pathlib import Path

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray

from detector.lab.data.corpus import sets_in, stories
from detector.lab.spinners import Change, Spinner
from features.document import Document
from features.language_model.ngrams import SPECIAL, Floats, NgramModel, hash_ngrams, plain_forms
from features.language_model.phrase_lifts import LENGTHS, PARTED, PhraseLifts

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
"""Set -> how many of its stories are rewritten."""

LONGEST = 2500
"""Code points of a story that are rewritten, so that long stories do not outweigh others."""

FEWEST = 2
"""Fewest occurrences of a pair or phrase that is kept."""

LEAST_PHRASE_LIFT = 0.3
"""Lowest lift of a phrase that is kept, as a natural logarithm."""

_ORIGINALS = 3
_PSEUDO = 1.0
_BATCH = 60

Gram = tuple[int, ...]


@dataclass(frozen=True)
class Lifts:
    """How much more often rewriters use words and phrases than people do.

    Parameters
    ----------
    words : ndarray of float32, shape (vocabulary,)
        The smoothed natural log of each word's rate in rewrites divided by its human rate. The human rate is that in
        the original stories or in all reference copy, whichever is higher. Negative values are set to 0, because one
        rewriter may use a word that another replaces.
    phrases : PhraseLifts
        The same for phrases, relative to the rate that the n-gram model expects.
    """

    words: Floats
    phrases: PhraseLifts


@dataclass(frozen=True)
class Confusions:
    """Counts over vocabulary ids.

    Parameters
    ----------
    pairs : mapping
        (word in the rewrite, original) -> number of replacements, if at least :data:`FEWEST`.
    lifts : Lifts
        Counted on all spinners.
    lifts_without : tuple of Lifts
        For each spinner, counted on the spinners that use other lists.
    """

    pairs: Mapping[tuple[int, int], int]
    lifts: Lifts
    lifts_without: tuple[Lifts, ...]


@dataclass
class _Seen:
    """Counts for one list: words before and after rewriting, shape (2, vocabulary), and phrases with originals."""

    words: NDArray[np.float64]
    phrases: defaultdict[Gram, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))

    def add(self, other: "_Seen") -> None:
        self.words += other.words
        for gram, originals in other.phrases.items():
            self.phrases[gram].update(originals)


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
    """Rewrite reference stories, each with one spinner drawn by weight, and count. ``lists`` names each one's list."""
    texts = []
    there = sets_in(data)
    for name, most in ((n, most) for n, most in STORIES.items() if n in there):
        usable = (s.text[:LONGEST] for s in stories(data, name) if s.role == "reference")
        # Files are sorted by time or outlet; every third story gives more variety.
        texts += list(islice(usable, 0, 3 * most, 3))
    rng = random.Random(f"{seed} confusions")
    drawn = rng.choices(range(len(spinners)), weights, k=len(texts))
    items = [(f"{seed} {i}", text, which) for i, (text, which) in enumerate(zip(texts, drawn, strict=True))]
    items.sort(key=lambda item: item[2])  # so that a worker builds few spinners
    batches = [items[i : i + _BATCH] for i in range(0, len(items), _BATCH)]
    pairs: Counter[tuple[int, int]] = Counter()
    ngrams = _ngrams(tables)
    seen = {name: _Seen(np.zeros((2, len(ngrams.words)))) for name in sorted(set(lists))}
    for part_pairs, part in Parallel(n_jobs=jobs, return_as="generator")(
        delayed(_count)(batch, spinners, lists, tables) for batch in batches
    ):
        pairs.update(part_pairs)
        for name, counted in part.items():
            seen[name].add(counted)
    lifts = _lifts(list(seen.values()), ngrams)
    without = {name: _lifts([s for other, s in seen.items() if other != name] or [seen[name]], ngrams) for name in seen}
    kept = {pair: n for pair, n in pairs.items() if n >= FEWEST}
    return Confusions(kept, lifts, tuple(without[name] for name in lists))


def _lifts(seen: Sequence[_Seen], ngrams: NgramModel) -> Lifts:
    before, after = np.sum([s.words for s in seen], axis=0)
    # The stories' own rates reflect their subjects. All copy gives better rates for words that few stories have.
    by_people = np.maximum(before, ngrams.counts * (after.sum() / ngrams.total))
    words: Floats = np.maximum(np.log((after + _PSEUDO) / (by_people + _PSEUDO)), 0.0).astype(np.float32)
    phrases: defaultdict[Gram, Counter[str]] = defaultdict(Counter)
    for own in seen:
        for gram, originals in own.phrases.items():
            phrases[gram].update(originals)
    return Lifts(words, phrase_lifts(phrases, float(after.sum()), ngrams))


def phrase_lifts(phrases: Mapping[Gram, Counter[str]], tokens: float, ngrams: NgramModel) -> PhraseLifts:
    """The table of phrases with enough occurrences and a high enough lift.

    Parameters
    ----------
    phrases : mapping
        Vocabulary ids of a phrase -> count of each original; ``""`` if the phrase is only part of a replacement.
    tokens : float
        Number of tokens in the rewrites.
    ngrams : NgramModel
        Gives the expected number of occurrences in human copy of the same length.
    """
    hashes, lifts, originals = [np.empty(0, np.uint64)], [np.empty(0)], []
    for length in LENGTHS:
        grams = sorted(gram for gram, own in phrases.items() if len(gram) == length and own.total() >= FEWEST)
        if not grams:
            continue
        ids = tuple(np.array(grams, np.int32).T)
        expected = tokens * np.exp(_log_share(ngrams, ids))
        written = np.array([phrases[gram].total() for gram in grams], float)
        lift = np.log((written + expected + _PSEUDO) / (expected + _PSEUDO))
        kept = np.flatnonzero(lift > LEAST_PHRASE_LIFT)
        hashes.append(hash_ngrams(*ids)[kept])
        lifts.append(lift[kept])
        originals += [_commonest(phrases[grams[i]]) for i in kept]
    together = np.concatenate(hashes)
    order = np.argsort(together)
    return PhraseLifts(
        together[order],
        np.concatenate(lifts)[order].astype(np.float32),
        tuple(originals[i] for i in order),
    )


def _log_share(ngrams: NgramModel, ids: Sequence[NDArray[np.int32]]) -> NDArray[np.float64]:
    """Natural log of the expected share of positions in reference copy at which each phrase begins."""
    share = np.log(ngrams.counts[ids[0]].astype(float)) - np.log(ngrams.total) + ngrams.log_p_bigram(ids[0], ids[1])
    for i in range(2, len(ids)):
        share = share + ngrams.log_p(ids[i - 2], ids[i - 1], ids[i])
    return np.asarray(share, float)


def _commonest(originals: Counter[str]) -> tuple[str, ...]:
    """The commonest originals, in lower case if any occurrence was."""
    totals: Counter[str] = Counter()
    for original, n in originals.items():
        totals[original.lower()] += n
    usable = sorted((-n, plain) for plain, n in totals.items() if plain and PARTED not in plain)[:_ORIGINALS]
    written = sorted(originals, reverse=True)  # lower case first
    return tuple(next(own for own in written if own.lower() == plain) for _, plain in usable)


def _count(
    items: Sequence[tuple[str, str, int]], spinners: Sequence[Spinner], lists: Sequence[str], tables: Path
) -> tuple[Counter[tuple[int, int]], dict[str, _Seen]]:
    ids = _ngrams(tables).ids
    pairs: Counter[tuple[int, int]] = Counter()
    seen: dict[str, _Seen] = {}
    for seed, text, which in items:
        made = spinners[which].spin(text, random.Random(seed), 1.0)
        own = seen.setdefault(lists[which], _Seen(np.zeros((2, len(ids)))))
        rewritten = Document(made.text)
        forms = plain_forms(rewritten)
        for row, version in enumerate((plain_forms(Document(text)), forms)):
            np.add.at(own.words[row], [ids[form] for form in version if form in ids], 1.0)
        for change in made.changes:
            new, old = (ids.get(w.lower()) for w in (made.text[change.start : change.end], change.original))
            if new is not None and old is not None and new != old:
                pairs[new, old] += 1
        starts = [token.start for token in rewritten.tokens]
        for gram, original in _phrases_of(made.changes, starts, [ids.get(form, 0) for form in forms]):
            own.phrases[gram][original] += 1
    return pairs, seen


def _phrases_of(changes: Iterable[Change], starts: Sequence[int], ids: Sequence[int]) -> Iterable[tuple[Gram, str]]:
    """The phrases inside the changes of a text, each with its original if it is the whole replacement, else ``""``."""
    for change in changes:
        put = ids[bisect_left(starts, change.start) : bisect_left(starts, change.end)]
        for length in LENGTHS:
            for i in range(len(put) - length + 1):
                gram = tuple(put[i : i + length])
                if min(gram) >= len(SPECIAL):
                    yield gram, change.original if length == len(put) else ""


@cache
def _ngrams(tables: Path) -> NgramModel:
    return NgramModel.load(tables)
