"""Phrases that rewriters write: found in a stream of words, kept on disk, and chosen among where they overlap."""

from itertools import combinations
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from features.language_model.ngrams import hash_ngrams
from features.language_model.phrase_lifts import (
    FILE,
    LENGTHS,
    NO_PHRASES,
    NONE,
    PhraseLifts,
    Phrases,
    apart,
    highest_lift,
)

# “in the intervening time”, and two phrases that stand in it.
IN, THE, INTERVENING, TIME, OTHER = range(3, 8)
WHOLE, MIDDLE, TAIL = (IN, THE, INTERVENING, TIME), (THE, INTERVENING, TIME), (INTERVENING, TIME)


def ids(*values: int) -> NDArray[np.int32]:
    """Vocabulary ids."""
    return np.array(values, np.int32)


def table(entries: dict[tuple[int, ...], tuple[float, tuple[str, ...]]]) -> PhraseLifts:
    """A table of phrases, sorted as the reader wants it."""
    hashed = [(int(hash_ngrams(*(ids(i) for i in gram))[0]), *entry) for gram, entry in entries.items()]
    hashes, lift, originals = zip(*sorted(hashed), strict=True)
    return PhraseLifts(np.array(hashes, np.uint64), np.array(lift, np.float32), originals)


def small() -> PhraseLifts:
    """Three phrases, one in the other."""
    return table({WHOLE: (4.0, ("meanwhile", "then")), MIDDLE: (1.5, ()), TAIL: (2.5, ("interval",))})


def found(*stream: int) -> list[tuple[int, int, float, tuple[str, ...]]]:
    """Places of phrases in a stream, with their lifts and originals."""
    phrases = small().find(ids(*stream))
    return [
        (start, end, lift, small().originals[entry])
        for start, end, lift, entry in zip(
            phrases.start.tolist(),
            phrases.end.tolist(),
            phrases.lift.tolist(),
            phrases.entry.tolist(),
            strict=True,
        )
    ]


def places(*spans: tuple[int, int, float]) -> Phrases:
    """Phrases at places of a stream."""
    start, end = (np.array([s[i] for s in spans], np.int64) for i in (0, 1))
    return Phrases(start, end, np.array([s[2] for s in spans], np.float32), np.arange(len(spans)))


class TestFind:
    """Phrases of a stream."""

    def test_all_phrases_are_found_in_order(self) -> None:
        """Those that overlap too, by where they begin."""
        assert found(OTHER, *WHOLE, OTHER, *TAIL) == [
            (1, 5, 4.0, ("meanwhile", "then")),
            (2, 5, 1.5, ()),
            (3, 5, 2.5, ("interval",)),
            (6, 8, 2.5, ("interval",)),
        ]

    def test_phrases_that_begin_together_come_shorter_first(self) -> None:
        """Whatever their lengths and lifts."""
        both = table({WHOLE: (4.0, ()), WHOLE[:2]: (0.5, ()), WHOLE[:3]: (9.0, ())}).find(ids(*WHOLE))
        assert (both.start.tolist(), both.end.tolist()) == ([0, 0, 0], [2, 3, 4])
        assert both.lift.tolist() == [0.5, 9.0, 4.0]

    @pytest.mark.parametrize("place", range(4))
    def test_every_word_counts(self, place: int) -> None:
        """Another word in any place of a phrase makes it another phrase."""
        stream = list(WHOLE)
        stream[place] = OTHER
        assert (0, 4) not in [(start, end) for start, end, *_ in found(*stream)]
        assert (0, 4) in [(start, end) for start, end, *_ in found(*WHOLE)]

    def test_words_stand_side_by_side_in_their_order(self) -> None:
        """A word between them, or the other way round, is no phrase."""
        assert found(INTERVENING, OTHER, TIME) == []
        assert found(TIME, INTERVENING) == []

    @pytest.mark.parametrize("stream", [(), (TIME,), (TIME, OTHER)])
    def test_short_streams_have_none(self, stream: tuple[int, ...]) -> None:
        """A stream may be shorter than the shortest phrase or than the longest."""
        assert found(*stream) == []

    def test_a_stream_as_long_as_a_phrase(self) -> None:
        """The phrase at the very end of a stream is found in streams of every length."""
        for length in LENGTHS:
            gram = WHOLE[-length:]
            assert table({gram: (1.0, ())}).find(ids(*gram)).end.tolist() == [length]

    def test_a_table_without_phrases_finds_none(self) -> None:
        """A training whose rewriters write no phrases leaves one."""
        assert NONE.find(ids(*WHOLE)) is NO_PHRASES
        assert len(NO_PHRASES.start) == len(NO_PHRASES.end) == len(NO_PHRASES.lift) == len(NO_PHRASES.entry) == 0


class TestHighestLift:
    """What each place of a stream carries."""

    def test_the_strongest_phrase_counts(self) -> None:
        """Where phrases overlap, whichever comes first; the place after the end is outside."""
        assert highest_lift(places((1, 3, 2.0), (2, 5, 1.0)), 6).tolist() == [0.0, 2.0, 2.0, 1.0, 1.0, 0.0]
        assert highest_lift(places((1, 3, 1.0), (2, 5, 2.0)), 6).tolist() == [0.0, 1.0, 2.0, 2.0, 2.0, 0.0]

    def test_without_phrases_all_is_zero(self) -> None:
        """Of a stream of any length."""
        assert highest_lift(NO_PHRASES, 3).tolist() == [0.0, 0.0, 0.0]
        assert highest_lift(NO_PHRASES, 0).tolist() == []


class TestApart:
    """Which phrases are shown."""

    def test_the_strongest_of_those_that_overlap(self) -> None:
        """A weaker one goes even if it is longer or begins first."""
        assert apart(places((0, 4, 2.0), (3, 5, 3.0)), 1.0) == [1]
        assert apart(places((0, 2, 3.0), (1, 5, 2.0)), 1.0) == [0]

    def test_of_equals_the_longest_and_then_the_first(self) -> None:
        """The whole phrase is shown, and not a part of it that weighs as much."""
        assert apart(places((0, 2, 2.0), (0, 4, 2.0), (1, 4, 2.0)), 1.0) == [1]
        assert apart(places((0, 2, 2.0), (1, 3, 2.0)), 1.0) == [0]

    def test_a_weaker_one_stays_where_its_rival_went(self) -> None:
        """What overlaps only with a phrase that is not shown is shown."""
        assert apart(places((0, 2, 1.0), (1, 4, 2.0), (3, 6, 3.0)), 0.5) == [0, 2]

    def test_phrases_may_touch(self) -> None:
        """The end of one is the beginning of the next; they come in order of place, not of strength."""
        assert apart(places((0, 2, 1.0), (2, 5, 3.0), (5, 7, 2.0)), 0.5) == [0, 1, 2]

    def test_weak_phrases_are_left_out(self) -> None:
        """The least lift itself is enough."""
        assert apart(places((0, 2, 1.5), (4, 6, 1.25), (8, 10, 1.75)), 1.5) == [0, 2]
        assert apart(NO_PHRASES, 0.0) == []

    @given(
        st.lists(
            st.tuples(st.integers(0, 20), st.sampled_from(LENGTHS), st.sampled_from([0.5, 1.0, 2.0])), max_size=25
        ).map(lambda spans: [(start, start + length, lift) for start, length, lift in sorted(spans)])
    )
    def test_what_goes_was_weak_or_had_a_rival(self, spans: list[tuple[int, int, float]]) -> None:
        """What is shown is strong enough and does not overlap; what is not overlaps with something as strong."""
        chosen = apart(places(*spans), 1.0)
        assert chosen == sorted(set(chosen))
        shown = [spans[i] for i in chosen]
        assert all(lift >= 1.0 for *_, lift in shown)
        assert all(a[1] <= b[0] or b[1] <= a[0] for a, b in combinations(shown, 2))
        for start, end, lift in (span for i, span in enumerate(spans) if i not in chosen and span[2] >= 1.0):
            assert any(a < end and start < b and other >= lift for a, b, other in shown)


class TestFile:
    """The table's file."""

    def test_what_is_saved_is_read(self, tmp_path: Path) -> None:
        """Lifts are kept to half precision, the rest exactly; a phrase may have several originals, or none."""
        small().save(tmp_path)
        again = PhraseLifts.load(tmp_path)
        for name in ("hashes", "lift"):
            assert getattr(again, name).tolist() == getattr(small(), name).tolist()
            assert getattr(again, name).dtype == getattr(small(), name).dtype
        assert again.originals == small().originals
        assert set(again.originals) == {("meanwhile", "then"), (), ("interval",)}

    def test_originals_of_any_letters_are_kept(self, tmp_path: Path) -> None:
        """Spaces, curly marks and letters of other alphabets."""
        originals = ("in the end", "it’s", "façade", "Київ")
        table({TAIL: (1.0, originals)}).save(tmp_path)
        assert PhraseLifts.load(tmp_path).originals == (originals,)

    def test_a_table_without_phrases_is_read(self, tmp_path: Path) -> None:
        """And finds nothing."""
        NONE.save(tmp_path)
        again = PhraseLifts.load(tmp_path)
        assert (again.hashes.tolist(), again.lift.tolist(), again.originals) == ([], [], ())
        assert again.find(ids(*WHOLE)) is NO_PHRASES

    def test_another_format_is_refused(self, tmp_path: Path) -> None:
        """The sentence names the file and the format that was wanted."""
        np.savez(tmp_path / FILE, format=0)
        with pytest.raises(ValueError, match=r"phrase_lifts\.npz is not in format 1: train again or reinstall unspin"):
            PhraseLifts.load(tmp_path)

    @pytest.mark.parametrize("content", [b"no archive at all", b"\x80\x04K\x01."])
    def test_another_file_is_refused(self, tmp_path: Path, content: bytes) -> None:
        """A pickle among it, which would run code when it is opened."""
        (tmp_path / FILE).write_bytes(content)
        with pytest.raises(ValueError, match=r"pickle|train again"):
            PhraseLifts.load(tmp_path)

    def test_an_emptied_file_is_refused(self, tmp_path: Path) -> None:
        """With the promised error, and a word on what to do."""
        (tmp_path / FILE).write_bytes(b"")
        with pytest.raises(ValueError, match="train again or reinstall unspin"):
            PhraseLifts.load(tmp_path)

    @pytest.mark.parametrize("part", ["format", "hashes", "lift", "originals"])
    def test_a_part_that_lacks_is_damage(self, tmp_path: Path, part: str) -> None:
        """Every part is needed."""
        small().save(tmp_path)
        with np.load(tmp_path / FILE) as arrays:
            fields = {name: arrays[name] for name in arrays.files if name != part}
        np.savez(tmp_path / FILE, **fields)
        with pytest.raises(ValueError, match="train again or reinstall unspin"):
            PhraseLifts.load(tmp_path)

    @pytest.mark.parametrize("part", ["hashes", "lift", "originals"])
    def test_parts_that_do_not_fit_together_are_refused(self, tmp_path: Path, part: str) -> None:
        """A phrase has a hash, a lift and originals."""
        small().save(tmp_path)
        with np.load(tmp_path / FILE) as arrays:
            fields = {name: arrays[name][:1] if name == part else arrays[name] for name in arrays.files}
        np.savez(tmp_path / FILE, **fields)
        with pytest.raises(ValueError, match="train again or reinstall unspin"):
            PhraseLifts.load(tmp_path)

    def test_a_missing_file_is_told_as_such(self, tmp_path: Path) -> None:
        """Nothing there is no damage."""
        with pytest.raises(FileNotFoundError, match=FILE):
            PhraseLifts.load(tmp_path)
