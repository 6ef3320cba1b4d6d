"""The word swap by what stands in the same places."""

import random
from pathlib import Path

import numpy as np
import pytest

from detector.lab.spinners.neighbours import LEAST_SIMILAR, NeighbourSwap, write_neighbours
from detector.lab.spinners.spun import restore
from features.language_model.ngrams import HashTable, NgramModel, embedded

WORDS = ("<unk>", "<name>", "<s>", "talks", "votes", "agreed", "refused", "cat", "lovely", "the")
NEAR = {"talks": 0, "votes": 0, "agreed": 1, "refused": 1, "lovely": 0}


def model() -> NgramModel:
    """A vocabulary without n-grams."""
    nothing = HashTable(np.zeros(1, np.uint64), np.zeros(4, np.uint16))
    counts = np.array([0, 0, 0, 50, 50, 50, 50, 50, 50, 900_000], np.uint32)
    return NgramModel(WORDS, np.zeros((2, len(WORDS)), np.float32), counts, nothing, nothing)


@pytest.fixture
def lists(tmp_path: Path) -> Path:
    """Lists in which words of one axis are near."""
    vectors = np.zeros((len(WORDS), 2), np.float32)
    for word, axis in NEAR.items():
        vectors[WORDS.index(word), axis] = 1.0
    write_neighbours(model(), vectors, tmp_path / "made" / "neighbours.npz")
    return tmp_path / "made" / "neighbours.npz"


def test_near_words_of_one_ending_are_listed(lists: Path) -> None:
    """`agreed` has `refused`, `talks` has `votes`; `lovely`, as near, has another ending, and short words stay."""
    with np.load(lists, allow_pickle=False) as arrays:
        parts = np.split(arrays["ids"], np.cumsum(arrays["lengths"])[:-1])
        found = {WORDS[w]: [WORDS[i] for i in part] for w, part in zip(arrays["words"], parts, strict=True)}
    assert found == {"talks": ["votes"], "votes": ["talks"], "agreed": ["refused"], "refused": ["agreed"], "lovely": []}


def test_cosine_has_a_floor(tmp_path: Path) -> None:
    """Words that are hardly alike are no neighbours."""
    vectors = np.zeros((len(WORDS), 2), np.float32)
    vectors[WORDS.index("talks")] = 1.0, 0.0
    vectors[WORDS.index("votes")] = LEAST_SIMILAR - 0.05, 0.9
    write_neighbours(model(), vectors, tmp_path / "n.npz")
    with np.load(tmp_path / "n.npz", allow_pickle=False) as arrays:
        assert not arrays["lengths"].any()


def test_swaps_remember_what_stood_there(tmp_path: Path) -> None:
    """Over the package's own vocabulary: a text comes back exactly, names stay, a rate of 0 changes nothing."""
    words = embedded()
    vectors = np.zeros((words.ids["talks"] + 20_000, 2), np.float32)
    for word in ("talks", "votes", "agreed", "refused"):
        vectors[words.ids[word], 0] = 1.0
    write_neighbours(words, vectors, tmp_path / "n.npz")
    spinner = NeighbourSwap(Path(__file__).parents[4] / "features" / "tables", tmp_path / "n.npz")
    text = "Talks went on. Both agreed that the talks, and the Votes, were over; one refused. " * 5
    made = spinner.spin(text, random.Random(3), 1.0)
    assert restore(made) == text
    assert {(c.original, made.text[c.start : c.end]) for c in made.changes} == {
        ("talks", "votes"),
        ("agreed", "refused"),
        ("refused", "agreed"),
    }
    assert spinner.spin(text, random.Random(3), 0.0).changes == ()
    assert spinner.spin(text, random.Random(3), 1.0) == made
