"""Classes of words: which follows which, how much of its class a word is, and files that do not fit refused."""

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from features.language_model.ngrams import STEPS
from features.language_model.word_classes import CLASSES, TRIGRAMS, WordClasses, share_of_class

# Two words of the first class, two of the second, one of the third.
OF = np.array([0, 0, 1, 1, 2], np.uint8)
COUNTS = np.array([30, 10, 5, 0, 7], np.uint32)


def small() -> WordClasses:
    """Three classes, of which each trigram has a value of its own: 9 a + 3 b + c sixteenths of a nat."""
    return WordClasses(OF, np.arange(27, dtype=np.uint8).reshape(3, 3, 3), share_of_class(OF, COUNTS))


def ids(*values: int) -> NDArray[np.int32]:
    """Vocabulary ids."""
    return np.array(values, np.int32)


def terms(context: tuple[int, int, int, int], *words: int) -> list[list[float]]:
    """The three terms of words that stand in one place, in steps below zero."""
    found = small().terms(tuple(ids(word) for word in context), ids(*words), np.zeros(len(words), np.int64))
    assert found.dtype == np.float32
    steps: list[list[float]] = (-STEPS * found).tolist()
    return steps


class TestTerms:
    """How well a class fits the classes around it."""

    def test_a_word_is_in_three_trigrams(self) -> None:
        """It ends the first, stands in the middle of the second and begins the third."""
        # Classes of the context: 0 and 1 before, 2 and 0 after; the word's own is 1.
        left, right, second_right = terms((0, 2, 4, 1), 3)
        assert left == [9 * 0 + 3 * 1 + 1]
        assert right == [9 * 1 + 3 * 1 + 2]
        assert second_right == [9 * 1 + 3 * 2 + 0]

    def test_words_of_a_class_fit_alike(self) -> None:
        """The rarer word of a class fits where the commoner one does, and a word of another class does not."""
        for left, right, other in terms((0, 2, 4, 1), 2, 3, 4):
            assert left == right != other

    def test_words_stand_in_their_own_rows(self) -> None:
        """Alternatives are scored in the context of the word that they may stand for."""
        context = (ids(0, 4), ids(2, 4), ids(4, 4), ids(1, 4))
        both = small().terms(context, ids(3, 3, 4), np.array([1, 0, 1]))
        second, first, third = (-STEPS * both).T.tolist()
        assert first == [4.0, 14.0, 15.0]
        assert second == [9 * 2 + 3 * 2 + 1, 9 * 2 + 3 * 1 + 2, 9 * 1 + 3 * 2 + 2]
        assert third == [26.0, 26.0, 26.0]

    def test_no_words_have_no_terms(self) -> None:
        """A text of marks alone is scored as nothing."""
        nothing = ids()
        assert small().terms((nothing,) * 4, nothing, np.empty(0, np.int64)).shape == (3, 0)


class TestShares:
    """Each word's share of its class."""

    def test_shares_by_hand(self) -> None:
        """Half a count is given to each word, so that one never seen has a share too."""
        assert np.exp(share_of_class(OF, COUNTS)).tolist() == pytest.approx(
            [30.5 / 41, 10.5 / 41, 5.5 / 6, 0.5 / 6, 7.5 / 8]
        )

    def test_a_class_apart_changes_nothing(self) -> None:
        """What another class has of words and counts does not touch a share."""
        more = share_of_class(np.append(OF, np.uint8(2)), np.append(COUNTS, np.uint32(900)))
        assert more[:4].tolist() == share_of_class(OF, COUNTS)[:4].tolist()
        assert more[4] < share_of_class(OF, COUNTS)[4]


class TestFiles:
    """What a folder of tables holds of it."""

    def test_what_is_saved_is_read(self, tmp_path: Path) -> None:
        """Classes and trigrams exactly, and the shares by the counts of the vocabulary."""
        small().save(tmp_path)
        again = WordClasses.load(tmp_path, COUNTS)
        for name in ("of", "trigrams", "within"):
            assert getattr(again, name).tolist() == getattr(small(), name).tolist()
            assert getattr(again, name).dtype == getattr(small(), name).dtype
        assert {p.name for p in tmp_path.iterdir()} == {CLASSES, TRIGRAMS}
        other = WordClasses.load(tmp_path, COUNTS[::-1].copy())
        assert other.within.tolist() == share_of_class(OF, COUNTS[::-1]).tolist()

    def test_processes_share_the_trigrams(self, tmp_path: Path) -> None:
        """The larger table is mapped into memory and not read."""
        small().save(tmp_path)
        assert isinstance(WordClasses.load(tmp_path, COUNTS).trigrams.base, np.memmap)

    @pytest.mark.parametrize("words", [0, 4, 6])
    def test_another_vocabulary_is_refused(self, tmp_path: Path, words: int) -> None:
        """Classes are of the words of one vocabulary."""
        small().save(tmp_path)
        with pytest.raises(ValueError, match=r"do not fit the vocabulary: train again or reinstall unspin"):
            WordClasses.load(tmp_path, np.ones(words, np.uint32))

    @pytest.mark.parametrize("shape", [(2, 2, 2), (3, 3, 2), (2, 3, 3), (0, 0, 0), (3, 9), (27,), (3, 3, 3, 1)])
    def test_trigrams_of_fewer_classes_are_refused(self, tmp_path: Path, shape: tuple[int, ...]) -> None:
        """So is what is no table of trigrams at all."""
        small().save(tmp_path)
        np.save(tmp_path / TRIGRAMS, np.zeros(shape, np.uint8))
        with pytest.raises(ValueError, match=r"do not fit|is damaged"):
            WordClasses.load(tmp_path, COUNTS)

    def test_a_class_that_no_word_is_of_may_be_there(self, tmp_path: Path) -> None:
        """A clustering may leave one empty at the end."""
        small().save(tmp_path)
        np.save(tmp_path / TRIGRAMS, np.zeros((4, 4, 4), np.uint8))
        assert WordClasses.load(tmp_path, COUNTS).trigrams.shape == (4, 4, 4)

    @pytest.mark.parametrize("name", [CLASSES, TRIGRAMS])
    def test_pickled_objects_are_refused(self, tmp_path: Path, name: str) -> None:
        """A file that would run code when it is opened is not opened."""
        small().save(tmp_path)
        np.save(tmp_path / name, np.array([{}], object))
        with pytest.raises(ValueError, match=r"allow_pickle|Python objects|train again"):
            WordClasses.load(tmp_path, COUNTS)

    @pytest.mark.parametrize("name", [CLASSES, TRIGRAMS])
    @pytest.mark.parametrize("share", [0.01, 0.5, 0.99])
    def test_a_file_that_was_cut_off_is_refused(self, tmp_path: Path, name: str, share: float) -> None:
        """Whatever is left of it."""
        small().save(tmp_path)
        whole = (tmp_path / name).read_bytes()
        (tmp_path / name).write_bytes(whole[: int(share * len(whole))])
        with pytest.raises(ValueError, match=r"pickled|EOF|Failed to read all data|mmap length|train again"):
            WordClasses.load(tmp_path, COUNTS)

    @pytest.mark.parametrize("name", [CLASSES, TRIGRAMS])
    def test_an_emptied_file_is_refused(self, tmp_path: Path, name: str) -> None:
        """With the promised error, and a word on what to do."""
        small().save(tmp_path)
        (tmp_path / name).write_bytes(b"")
        with pytest.raises(ValueError, match="train again or reinstall unspin"):
            WordClasses.load(tmp_path, COUNTS)

    @pytest.mark.parametrize(("name", "kind"), [(CLASSES, np.float64), (TRIGRAMS, np.float64), (TRIGRAMS, np.int64)])
    def test_another_kind_of_numbers_is_refused(self, tmp_path: Path, name: str, kind: type[np.number]) -> None:
        """Shapes may fit by chance; what is not bytes is another table."""
        small().save(tmp_path)
        np.save(tmp_path / name, np.load(tmp_path / name).astype(kind))
        with pytest.raises(ValueError, match="train again or reinstall unspin"):
            WordClasses.load(tmp_path, COUNTS)

    @pytest.mark.parametrize("name", [CLASSES, TRIGRAMS])
    def test_a_missing_file_is_told_as_such(self, tmp_path: Path, name: str) -> None:
        """Both are needed."""
        small().save(tmp_path)
        (tmp_path / name).unlink()
        with pytest.raises(FileNotFoundError, match=name):
            WordClasses.load(tmp_path, COUNTS)
