"""Learning which words are of one subject."""

import random
from itertools import chain

import numpy as np
import pytest
from numpy.typing import NDArray

from detector.lab.training import fit_topics as topic_training
from detector.lab.training.fit_topics import DIMENSIONS, STRETCH, fit_topics
from features.language_model.ngrams import SPECIAL
from features.language_model.topics import UNIT, Topics

# A quarter of the vocabulary is grammar; then come the words of two subjects, and words that no text has.
VOCABULARY = 48
GRAMMAR, SEA, MONEY, UNSEEN = range(12), range(12, 26), range(26, 40), range(40, 48)


def stretch(number: int, *, grammar: int = STRETCH // 2) -> list[int]:
    """Words of one subject, as many of grammar as asked for among them."""
    rng = random.Random(number)
    own = rng.sample((SEA, MONEY)[number % 2], 8)
    words = [*(own * STRETCH)[: STRETCH - grammar], *(rng.choice(GRAMMAR) for _ in range(grammar))]
    rng.shuffle(words)
    return words


def text(stretches: int = 60, *, grammar: int = STRETCH // 2) -> NDArray[np.int32]:
    """Stretches about the sea and about money in turn."""
    return np.array(list(chain.from_iterable(stretch(i, grammar=grammar) for i in range(stretches))), np.int32)


def learnt(ids: NDArray[np.int32], vocabulary: int = VOCABULARY, seed: int = 0) -> Topics:
    """Vectors from a text."""
    return fit_topics(ids, vocabulary, seed=seed)


def cosines(topics: Topics, some: range, others: range) -> NDArray[np.float32]:
    """Between all different words of two lists."""
    one, other = (topics.of(np.array(words, np.int32)) for words in (some, others))
    found = one @ other.T
    return found[~np.eye(len(some), dtype=bool)] if some == others else found.ravel()


def test_words_of_one_subject_are_near_each_other() -> None:
    """And far from words of the other, with which they never share a stretch."""
    topics = learnt(text())
    apart = cosines(topics, SEA, MONEY)
    for subject in (SEA, MONEY):
        assert cosines(topics, subject, subject).mean() > 0.25
        assert cosines(topics, subject, subject).mean() > apart.mean() + 0.2
    assert abs(float(apart.mean())) < 0.05


def test_an_article_is_told_by_its_words() -> None:
    """A word of money stands out among those of the sea, and one of the sea would fit in its place."""
    words = np.array([*SEA[:7], MONEY[0]], np.int32)
    others = np.array([0] * 7 + [SEA[8]], np.int32)
    own, other, known = learnt(text()).fits(words, others)
    assert known.all()
    assert own[7] < min(own[:7].min(), other[7]) - 0.2


def test_vectors_are_of_one_length() -> None:
    """As far as a byte can tell, in as many dimensions as there may be."""
    vectors = learnt(text()).vectors
    assert vectors.shape == (VOCABULARY, DIMENSIONS)
    assert vectors.dtype == np.int8
    lengths = np.linalg.norm(vectors[SEA.start : MONEY.stop].astype(float), axis=1)
    assert lengths == pytest.approx(np.full(len(lengths), UNIT), rel=0.03)


@pytest.mark.parametrize("words", [GRAMMAR, UNSEEN])
def test_grammar_and_what_no_text_has_have_no_vector(words: range) -> None:
    """Grammar stands in every article, and unknown words, names and the boundary are among it."""
    assert len(SPECIAL) < len(GRAMMAR)
    assert not learnt(text()).vectors[words.start : words.stop].any()


def test_how_often_a_word_is_repeated_does_not_matter() -> None:
    """A stretch has a word or has it not: with less grammar its other words stand there oftener, and that is all."""
    few, many = (learnt(text(grammar=n)).vectors[GRAMMAR.stop :] for n in (STRETCH // 2, STRETCH // 4))
    assert sorted(set(text(grammar=STRETCH // 4).tolist())) == sorted(set(text().tolist()))
    assert few.tolist() == many.tolist()


def test_what_met_by_chance_does_not_count() -> None:
    """Two stretches are no subject; a third of the same words makes one."""
    own = stretch(0)
    assert not learnt(np.array(own * 2, np.int32)).vectors.any()
    assert not learnt(np.empty(0, np.int32)).vectors.any()
    assert set(np.flatnonzero(learnt(text(6)).vectors.any(axis=1)).tolist()) & {i for i in own if i in SEA}


def test_a_word_that_meets_only_itself_has_no_vector() -> None:
    """Nor one that stands among nothing but grammar: it has no company to be known by."""
    alone = [GRAMMAR[-1]] * (STRETCH - 2) + [SEA[0]] * 2
    assert not learnt(np.array(alone * 9, np.int32)).vectors.any()


def test_a_long_text_is_read_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    """How many stretches are counted at once changes nothing, also where the last part is not full."""
    whole = learnt(text()[:-30]).vectors
    monkeypatch.setattr(topic_training, "_STRETCHES", 7)
    assert learnt(text()[:-30]).vectors.tolist() == whole.tolist()


def test_only_frequent_words_have_a_vector(monkeypatch: pytest.MonkeyPatch) -> None:
    """The table ends with the last of them, and the rarer words do not pull at the others."""
    monkeypatch.setattr(topic_training, "WORDS", MONEY.start)
    topics = learnt(text(), 90)
    assert len(topics.vectors) == MONEY.start
    assert topics.vectors[SEA.start :].any(axis=1).all()
    assert not topics.of(np.array(MONEY, np.int32)).any()


def test_the_same_seed_gives_the_same_vectors() -> None:
    """Byte for byte: a training can be repeated."""
    assert learnt(text()).vectors.tobytes() == learnt(text()).vectors.tobytes()
