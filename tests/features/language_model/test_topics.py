"""What an article is about: vectors of words, and how near each is to the rest of its article."""

import math
import random
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from features.language_model.topics import FEWEST, FILE, UNIT, Topics

UNKNOWN, THE = 0, 3
# Four words of sport, two of money, and one of something between the two.
GOAL, MATCH, CLUB, COACH, SHARES, PROFIT, TRANSFER = range(4, 11)
RARE = 11
SPORT, MONEY = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0)


def small() -> Topics:
    """Sport lies along the first axis and money along the second; ids from 11 on have no vector."""
    nothing = (0.0, 0.0, 0.0)
    vectors = [nothing] * GOAL + [SPORT] * 4 + [MONEY] * 2 + [(0.6, 0.8, 0.0)]
    return Topics(np.rint(UNIT * np.array(vectors)).astype(np.int8))


def ids(*values: int) -> NDArray[np.int32]:
    """Vocabulary ids."""
    return np.array(values, np.int32)


def fits(words: list[int], others: list[int] | None = None) -> tuple[list[float], list[float], list[bool]]:
    """What the table says of an article."""
    own, other, known = small().fits(ids(*words), ids(*(others or [UNKNOWN] * len(words))))
    assert own.dtype == other.dtype == np.float32
    return own.tolist(), other.tolist(), known.tolist()


class TestVectors:
    """Vectors of single words."""

    def test_vectors_have_length_one(self) -> None:
        """However coarsely they are stored."""
        assert small().of(ids(GOAL, SHARES)).tolist() == [list(SPORT), list(MONEY)]
        assert float(np.linalg.norm(small().of(ids(TRANSFER)))) == pytest.approx(1.0, abs=0.01)

    def test_words_outside_the_table_have_none(self) -> None:
        """Neither have grammar and unknown words, which the table has as zeros."""
        assert small().of(ids(UNKNOWN, THE, RARE, 90_000)).tolist() == [[0.0, 0.0, 0.0]] * 4


class TestFits:
    """Words in their article."""

    def test_cosines_by_hand(self) -> None:
        """Each word is held against the sum of the others: a stranger is at right angles, and draws the others away."""
        own, _, known = fits([GOAL, MATCH, CLUB, COACH, SHARES])
        assert own == pytest.approx([3 / math.sqrt(10)] * 4 + [0.0])
        assert known == [True] * 5

    def test_an_alternative_stands_in_the_place_of_its_word(self) -> None:
        """It is held against the same others as the word: sport belongs where the stranger stood."""
        _, other, _ = fits([GOAL, MATCH, CLUB, COACH, SHARES], [PROFIT, UNKNOWN, RARE, UNKNOWN, GOAL])
        assert other == pytest.approx([1 / math.sqrt(10), 0.0, 0.0, 0.0, 1.0])

    def test_a_word_counts_once(self) -> None:
        """What an article repeats is no more of its subject, and each place of it says the same."""
        once, _, _ = fits([GOAL, MATCH, CLUB, COACH, SHARES])
        often, _, _ = fits([SHARES, GOAL, SHARES, MATCH, CLUB, SHARES, COACH, SHARES])
        assert often == pytest.approx([once[4], once[0], once[4], *once[1:3], once[4], once[3], once[4]])

    def test_words_without_a_vector_change_nothing(self) -> None:
        """They are not known, fit nothing, and others would stand in their places all the same."""
        plain, _, _ = fits([GOAL, MATCH, CLUB, COACH, SHARES])
        own, other, known = fits(
            [THE, GOAL, MATCH, RARE, CLUB, COACH, SHARES], [GOAL, *[UNKNOWN] * 2, SHARES, *[UNKNOWN] * 3]
        )
        assert own == pytest.approx([0.0, *plain[:2], 0.0, *plain[2:]])
        assert known == [False, True, True, False, True, True, True]
        assert other == pytest.approx([4 / math.sqrt(17), 0.0, 0.0, 1 / math.sqrt(17), 0.0, 0.0, 0.0])

    def test_few_words_have_no_subject(self) -> None:
        """One different word short of the least number nothing is known, however often the words stand there."""
        few = [GOAL, MATCH, CLUB, COACH][: FEWEST - 1] * 3 + [THE, RARE]
        assert fits(few, [GOAL] * len(few)) == ([0.0] * len(few), [0.0] * len(few), [False] * len(few))
        assert any(fits([*few, SHARES])[2])

    def test_an_article_of_nothing(self) -> None:
        """No words, no answers."""
        assert fits([]) == ([], [], [])

    @given(st.lists(st.integers(UNKNOWN, RARE), max_size=40), st.randoms())
    def test_places_do_not_matter(self, words: list[int], rng: random.Random) -> None:
        """An article is about the same in whatever order its words stand; cosines are cosines."""
        order = list(range(len(words)))
        rng.shuffle(order)
        own, other, known = fits(words, words[::-1])
        moved = fits([words[i] for i in order], [words[::-1][i] for i in order])
        assert moved[0] == pytest.approx([own[i] for i in order], abs=1e-6)
        assert moved[1] == pytest.approx([other[i] for i in order], abs=1e-6)
        assert moved[2] == [known[i] for i in order]
        assert all(-1.001 <= value <= 1.001 for value in (*own, *other))


class TestFile:
    """The table's file."""

    def test_what_is_saved_is_read(self, tmp_path: Path) -> None:
        """Exactly, and mapped into memory."""
        small().save(tmp_path)
        again = Topics.load(tmp_path)
        assert again.vectors.tolist() == small().vectors.tolist()
        assert again.vectors.dtype == np.int8
        assert isinstance(again.vectors.base, np.memmap)
        assert again.of(ids(GOAL)).tolist() == [list(SPORT)]

    @pytest.mark.parametrize(
        "other",
        [
            np.zeros((4, 3), np.float32),
            np.zeros((4, 3), np.uint8),
            np.zeros(12, np.int8),
            np.zeros((2, 2, 3), np.int8),
            np.int8(1),
        ],
    )
    def test_another_table_is_refused(self, tmp_path: Path, other: NDArray[np.generic]) -> None:
        """The sentence names the file and says what to do."""
        np.save(tmp_path / FILE, other)
        with pytest.raises(ValueError, match=rf"{FILE} is damaged: train again or reinstall unspin"):
            Topics.load(tmp_path)

    def test_pickled_objects_are_refused(self, tmp_path: Path) -> None:
        """A file that would run code when it is opened is not opened."""
        np.save(tmp_path / FILE, np.array([{}], object))
        with pytest.raises(ValueError, match=r"Python objects|train again"):
            Topics.load(tmp_path)

    @pytest.mark.parametrize("share", [0.01, 0.5, 0.99])
    def test_a_file_that_was_cut_off_is_refused(self, tmp_path: Path, share: float) -> None:
        """Whatever is left of it."""
        small().save(tmp_path)
        whole = (tmp_path / FILE).read_bytes()
        (tmp_path / FILE).write_bytes(whole[: int(share * len(whole))])
        with pytest.raises(ValueError, match=r"pickled|EOF|mmap length|train again"):
            Topics.load(tmp_path)

    def test_an_emptied_file_is_refused(self, tmp_path: Path) -> None:
        """With the promised error, and a word on what to do."""
        (tmp_path / FILE).write_bytes(b"")
        with pytest.raises(ValueError, match="train again or reinstall unspin"):
            Topics.load(tmp_path)

    def test_a_missing_file_is_told_as_such(self, tmp_path: Path) -> None:
        """Nothing there is no damage."""
        with pytest.raises(FileNotFoundError, match=FILE):
            Topics.load(tmp_path)
