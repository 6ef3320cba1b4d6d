"""Counting: cuckoo tables that lose nothing, probabilities that sum to one, pruning, and copies left out."""

import itertools
from pathlib import Path

import numpy as np
import pytest

from detector.lab.training.count_ngrams import (
    OVERLAP,
    Sizes,
    Stream,
    build,
    lay,
    merge,
    overlapping,
    select,
    shingles,
    tokenise,
)
from detector.lab.training.general_english import Pairs
from features.language_model.ngrams import BOUNDARY, NAME, SPECIAL, UNKNOWN, HashTable, NgramModel, hash_ngrams

STORIES = (
    "The mayor said the river would rise. The river rose. Officials said people left.",
    "The mayor said people left the town. The town said the river rose.",
    "The river rose. People left the town. The mayor said the town would rise.",
    "Officials said the river would rise. The mayor left. People said the mayor left the town.",
)


def test_every_key_is_found_and_few_strangers_are(subtests: pytest.Subtests) -> None:
    """At full load each hash has its own slot and is found; of strangers, few in a thousand are mistaken."""
    for n in (0, 1, 3, 20_000):
        with subtests.test(n=n):
            hashes = hash_ngrams(np.arange(n, dtype=np.int32), np.full(n, 7, np.int32))
            keys, slots = lay(hashes)
            assert len(set(slots.tolist())) == len(hashes)
            values = np.zeros(4 * len(keys), np.uint16)
            values[slots] = np.arange(len(hashes)) % 60_000
            table = HashTable(keys, values)
            found = table.find(hashes)
            assert (found >= 0).all()
            # A fingerprint that two entries of a bucket share gives the first one's value.
            assert (found == slots).mean() > 0.999 if n else not len(found)
            strangers = hash_ngrams(np.arange(50_000, dtype=np.int32), np.full(50_000, 8, np.int32))
            assert (table.find(strangers) >= 0).mean() < 0.001


def toy(tmp_path: Path, **sizes: int) -> tuple[dict[str, int], NgramModel]:
    """Tables of the toy stories, told many times over by different orders."""
    stream = tokenise([" ".join(order) for order in itertools.permutations(STORIES, 3)])
    summary, ids = build(stream, tmp_path, Sizes(**{"min_word_count": 1, **sizes}), lambda _: None)
    assert len(ids) == summary["tokens"]
    return summary, NgramModel.load(tmp_path)


def test_probabilities_sum_to_one(tmp_path: Path) -> None:
    """After any seen context the probabilities of all words sum to one, as far as sixteenths of a nat allow."""
    summary, model = toy(tmp_path)
    size = summary["words"]
    every = np.arange(size, dtype=np.int32)
    for context in (("the", "mayor"), ("mayor", "said"), ("people", "left"), ("river", "would")):
        a, b = (np.full(size, model.ids[word], np.int32) for word in context)
        assert np.exp(model.log_p(a, b, every)).sum() == pytest.approx(1.0, abs=0.06)
        assert np.exp(model.log_p_bigram(b, every)).sum() == pytest.approx(1.0, abs=0.06)
    assert np.exp(model.unigrams[0]).sum() == pytest.approx(1.0, abs=1e-5)


def test_general_english_stands_beside_the_copy(tmp_path: Path) -> None:
    """A pair that the copy lacks is known and likelier than one that nobody has; seen ones and the sum stay as they are."""
    _, before = toy(tmp_path / "before")
    words = ("the", "left", "river", "officials")
    the, left, river, officials = (np.array([before.ids[w]], np.int32) for w in words)
    pairs = Pairs(np.concatenate([left, the]), np.concatenate([river, river]), np.array([0.6, 0.9], np.float32))
    stream = tokenise([" ".join(order) for order in itertools.permutations(STORIES, 3)])
    summary, _ = build(stream, tmp_path / "after", Sizes(min_word_count=1), lambda _: None, lambda _: pairs)
    after = NgramModel.load(tmp_path / "after")
    assert summary["general_bigrams"] == 1
    assert (before.bigrams.find(hash_ngrams(left, river)) < 0).all()
    assert (after.bigrams.find(hash_ngrams(left, river)) >= 0).all()
    assert after.log_p_bigram(left, river) > before.log_p_bigram(left, river)
    assert after.log_p_bigram(left, officials) < before.log_p_bigram(left, officials)
    assert after.log_p_bigram(the, river) == before.log_p_bigram(the, river)
    every = np.arange(summary["words"], dtype=np.int32)
    total = np.exp(after.log_p_bigram(np.full(len(every), left[0]), every)).sum()
    assert total == pytest.approx(1.0, abs=0.06)


def test_seen_words_are_likelier(tmp_path: Path) -> None:
    """What was seen after a context is likelier there than what was not."""
    _, model = toy(tmp_path)
    the, mayor, said, river = (np.array([model.ids[w]], np.int32) for w in ("the", "mayor", "said", "river"))
    assert model.log_p(the, mayor, said) > model.log_p(the, mayor, river) + 1.0


def test_tables_are_pruned_to_their_sizes(tmp_path: Path) -> None:
    """No more types are kept than asked for, and the rest of the probability goes to the back-off."""
    whole, _ = toy(tmp_path / "whole")
    summary, model = toy(tmp_path / "pruned", words=9, bigrams=12, trigrams=10)
    assert summary["words"] <= 9
    assert summary["bigrams"] <= 12 < whole["bigrams"]
    assert summary["trigrams"] <= 10 < whole["trigrams"]
    every = np.arange(summary["words"], dtype=np.int32)
    total = np.exp(model.log_p_bigram(np.full(len(every), model.ids["the"], np.int32), every)).sum()
    assert total == pytest.approx(1.0, abs=0.06)


def test_vocabulary_is_in_order_of_count_and_names_are_apart(tmp_path: Path) -> None:
    """Rare words are unknown or, with a capital, names; the vocabulary begins with the special words."""
    stream = tokenise(["the the the town town Delacroix flummoxed."])
    build(stream, tmp_path, Sizes(min_word_count=2), lambda _: None)
    model = NgramModel.load(tmp_path)
    assert model.words == [*SPECIAL, "the", "town"]
    assert model.counts[[UNKNOWN, NAME, BOUNDARY]].tolist() == [2, 1, 2]


def test_streams_are_merged_over_one_list_of_words() -> None:
    """Two batches make what one batch makes."""
    whole = tokenise(STORIES)
    both = merge([tokenise(STORIES[:1]), tokenise(STORIES[1:])])
    assert both.words == whole.words
    assert both.ids.tolist() == whole.ids.tolist()
    assert both.offsets.tolist() == whole.offsets.tolist()
    assert tokenise([]).ids.size == 0


def test_capitals_survive() -> None:
    """A capitalised token carries the negative id of its plain form, less one."""
    stream = tokenise(["Talks talks"])
    assert stream.words == [SPECIAL[BOUNDARY], "talks"]
    assert stream.ids.tolist() == [0, -2, 1, 0]


def numbered(stories: list[np.ndarray[tuple[int], np.dtype[np.int32]]]) -> Stream:
    """A stream of stories of ids."""
    offsets = np.concatenate([[0], np.cumsum([len(s) for s in stories])]).astype(np.int64)
    return Stream(np.concatenate(stories), offsets, [str(i) for i in range(5000)])


def test_a_copy_is_left_out() -> None:
    """A story that holds a held-out one overlaps; others, and one that shares a short phrase, do not."""
    rng = np.random.default_rng(1)
    held, other, third = (rng.integers(1, 5000, 400).astype(np.int32) for _ in range(3))
    copied = np.concatenate([rng.integers(1, 5000, 60).astype(np.int32), held])
    phrase = np.concatenate([other, held[:6]])
    short = held[:3]
    found = overlapping(numbered([copied, phrase, third, short]), numbered([held]))
    assert found.tolist() == [True, False, False, False]
    assert 0.0 < OVERLAP < 1.0


def test_nothing_overlaps_with_nothing() -> None:
    """Without held-out stories every story is counted."""
    story = np.arange(1, 200, dtype=np.int32)
    assert overlapping(numbered([story]), Stream(story[:0], np.zeros(1, np.int64), [])).tolist() == [False]
    assert shingles(story[:3]).size == 0


def test_selected_stories_stay_whole() -> None:
    """Selecting keeps each story's ids and moves the offsets together."""
    stream = tokenise(STORIES)
    some = select(stream, np.array([False, True, False, True]))
    assert some.offsets.tolist()[0] == 0
    for new, old in ((0, 1), (1, 3)):
        kept = some.ids[some.offsets[new] : some.offsets[new + 1]]
        assert kept.tolist() == stream.ids[stream.offsets[old] : stream.offsets[old + 1]].tolist()


def test_hashes_tell_order_and_length() -> None:
    """The hash of a pair is not that of its mirror, nor of its beginning."""
    a, b = np.array([7], np.int32), np.array([9], np.int32)
    assert len({int(h[0]) for h in (hash_ngrams(a, b), hash_ngrams(b, a), hash_ngrams(a))}) == 3
