"""Phrasing, the use of common words and their pairs: the table and the feature."""

import itertools
import math
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import features
from features.document import Document, Span
from features.language_model.analysis import Analyst
from features.language_model.ngrams import plain_forms
from features.language_model.phrase_table import (
    FILE,
    FIRST,
    FORMAT,
    MARKS,
    NUMBER,
    OTHER,
    TIMES_FILE,
    PhraseTable,
    items_at,
    items_of,
    rates_of,
)
from features.phrasing import LEAST, LEAST_TIMES, MOST_MARKS, Phrasing, kind_of

TABLES = Path(features.__file__).parent / "tables"
SEEDS = Path(__file__).parents[2] / "seeds" / "texts"

THE, OF, HOWEVER, COMMA = range(FIRST, FIRST + 4)
WORDS = ("the", "of", "however", ",")
SYMBOLS = {word: place for place, word in enumerate(WORDS, FIRST)}
DICTIONARY, LANGUAGE_MODEL, TRANSLATION, RULE_BASED = (column.name for column in Phrasing.columns)


def pair(first: int, second: int) -> int:
    """Returns the item of two adjacent symbols."""
    return (first + 1) * 65_536 + second


def table_of(kinds: tuple[str, ...] = ("language_model", "rule_based"), size: float = 1.0) -> PhraseTable:
    """Returns a small table: polish has `however` and `however,`; rule-based translation has `of the`."""
    weights = size * np.array([[0.0, 1.0, 2.0, 0.0], [0.0, -1.0, 0.0, 4.0]], np.float32)[: len(kinds)]
    items = np.array([THE, HOWEVER, pair(HOWEVER, COMMA), pair(OF, THE)], np.uint32)
    order = np.argsort(items)
    return PhraseTable(kinds, WORDS, len(WORDS), items[order], weights[:, order], np.array([-0.5, 0.25])[: len(kinds)])


@pytest.fixture(scope="module")
def shipped() -> Analyst:
    """The shipped tables."""
    return Analyst.load(TABLES)


def over(shipped: Analyst, table: PhraseTable | None) -> Phrasing:
    """Returns the feature with another table."""
    return Phrasing(Analyst(shipped.resources, shipped.word_model, shipped.register, table))


def seed(name: str) -> Document:
    """Returns a seed article."""
    return Document((SEEDS / name).read_text(encoding="utf-8"))


class TestItems:
    """The items that are counted."""

    def test_words_and_pairs(self) -> None:
        """Words of the table are counted singly, and adjacent ones also as a pair."""
        assert items_of(["of", "the", "the"], SYMBOLS, 4).tolist() == [OF, THE, THE, pair(OF, THE), pair(THE, THE)]

    @pytest.mark.parametrize("mark", ['"', "'", "-", "--", "(", ")", "/", "…", "🙂"])
    def test_marks_of_the_house_style_are_passed_over(self, mark: str) -> None:
        """Quotes, dashes and brackets neither count nor separate two words."""
        assert items_of(["of", mark, "the", mark], SYMBOLS, 4).tolist() == items_of(["of", "the"], SYMBOLS, 4).tolist()

    def test_marks_that_a_writer_chooses_count(self) -> None:
        """A comma in the table counts as a word."""
        assert items_of(["however", ","], SYMBOLS, 4).tolist() == [HOWEVER, COMMA, pair(HOWEVER, COMMA)]

    def test_figures_and_unknown_words_are_symbols(self) -> None:
        """Neither counts singly. Next to a word of the table, each forms its own kind of pair."""
        assert items_of(["the", "00-day", "of", "truce"], SYMBOLS, 4).tolist() == [
            THE,
            OF,
            pair(THE, NUMBER),
            pair(NUMBER, OF),
            pair(OF, OTHER),
        ]

    def test_pairs_of_two_unknown_words_are_left_out(self) -> None:
        """Pairs of names and figures show the topic and are left out."""
        assert items_of(["mara", "quill", "000", "000", "boats"], SYMBOLS, 4).tolist() == []

    def test_only_the_first_words_are_paired(self) -> None:
        """Rarer words count singly, but their pairs do not."""
        assert items_of(["the", "however", "the"], SYMBOLS, 2).tolist() == [THE, HOWEVER, THE]

    def test_places(self) -> None:
        """Each item comes with the places of its first and last form. What is passed over has no place."""
        items, first, last = items_at(["of", '"', "the", "mara"], SYMBOLS, 4)
        assert items.tolist() == [OF, THE, pair(OF, THE), pair(THE, OTHER)]
        assert list(zip(first.tolist(), last.tolist(), strict=True)) == [(0, 0), (2, 2), (0, 2), (2, 3)]

    def test_nothing_to_count(self) -> None:
        """A text without words has no items, and a single word has no pair."""
        assert items_of([], SYMBOLS, 4).tolist() == []
        assert items_of(["the"], SYMBOLS, 4).tolist() == [THE]

    def test_pairs_are_never_taken_for_words(self) -> None:
        """The smallest pair is above the largest symbol that a table may have."""
        assert pair(OTHER, OTHER) > FIRST + 60_000


class TestRates:
    """Rates are square roots of shares."""

    def test_shares_are_of_what_was_counted(self) -> None:
        """Items outside the table do not lower the shares."""
        items = np.array([3, 5, 8], np.uint32)
        at, rate = rates_of(np.array([8, 3, 8, 4, 900, 8], np.uint32), items)
        assert at.tolist() == [0, 2]
        assert (rate**2).tolist() == pytest.approx([0.25, 0.75])

    @pytest.mark.parametrize("items", [[], [3, 5]])
    def test_nothing_that_is_counted(self, items: list[int]) -> None:
        """A text without items of the table, or an empty table, gives no rates."""
        for found in ([], [900]):
            at, rate = rates_of(np.array(found, np.uint32), np.array(items, np.uint32))
            assert (at.tolist(), rate.tolist()) == ([], [])


class TestTable:
    """The table and its file."""

    def test_log_odds_by_hand(self) -> None:
        """Log-odds are the intercept plus the weights times the square roots of shares."""
        forms = plain_forms(Document("However, the tide turned of the moon."))
        found = table_of().log_odds(forms)
        # The items: however, however+comma, the, of+the, and the again.
        share = {"however": 1 / 5, "however,": 1 / 5, "the": 2 / 5, "of the": 1 / 5}
        assert found.tolist() == pytest.approx(
            [
                -0.5 + math.sqrt(share["however"]) + 2 * math.sqrt(share["however,"]),
                0.25 - math.sqrt(share["however"]) + 4 * math.sqrt(share["of the"]),
            ]
        )

    def test_nothing_known_leaves_the_intercepts(self) -> None:
        """A text of unknown words only gets the intercepts."""
        assert table_of().log_odds(["mara", "quill"]).tolist() == [-0.5, 0.25]

    def test_capitals_and_curly_marks_change_nothing(self) -> None:
        """The table uses plain forms, so typography has no effect."""
        plain, typeset = (
            plain_forms(Document(text))
            for text in ('the end of the "road", however, is - here', "The end of the “road”, However, is – here")
        )
        assert table_of().log_odds(plain).tolist() == table_of().log_odds(typeset).tolist()

    def test_what_is_saved_is_read(self, tmp_path: Path) -> None:
        """Every field is loaded unchanged."""
        table = table_of()
        table.save(tmp_path)
        again = PhraseTable.load(tmp_path)
        assert (again.kinds, again.words, again.paired) == (table.kinds, table.words, table.paired)
        for name in ("items", "weights", "intercepts"):
            assert getattr(again, name).tolist() == getattr(table, name).tolist()
            assert getattr(again, name).dtype == getattr(table, name).dtype
        assert again.symbols == SYMBOLS

    def test_a_table_without_kinds_is_read(self, tmp_path: Path) -> None:
        """Training without rewriters of these kinds writes such a table."""
        table_of(()).save(tmp_path)
        assert PhraseTable.load(tmp_path).kinds == ()
        assert PhraseTable.load(tmp_path).log_odds(["the"]).shape == (0,)

    def test_another_format_is_refused(self, tmp_path: Path) -> None:
        """The sentence names the file and the expected format."""
        table_of().save(tmp_path)
        with np.load(tmp_path / FILE) as arrays:
            fields = {**{name: arrays[name] for name in arrays.files}, "format": "unspin phrasing 0"}
        np.savez(tmp_path / FILE, **fields)
        with pytest.raises(ValueError, match=rf"{FILE} is not in the format “{FORMAT}”"):
            PhraseTable.load(tmp_path)

    @pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 0.99])
    def test_a_file_that_was_cut_off_is_refused(self, tmp_path: Path, share: float) -> None:
        """A truncated file of any length is refused."""
        table_of().save(tmp_path)
        whole = (tmp_path / FILE).read_bytes()
        (tmp_path / FILE).write_bytes(whole[: int(share * len(whole))])
        with pytest.raises(ValueError, match=f"{FILE} is damaged"):
            PhraseTable.load(tmp_path)

    @pytest.mark.parametrize("content", [b"no archive at all", b"\x80\x04K\x01.", b"PK\x03\x04"])
    def test_another_file_is_refused(self, tmp_path: Path, content: bytes) -> None:
        """Other content under the table's name, such as a pickle, counts as damage."""
        (tmp_path / FILE).write_bytes(content)
        with pytest.raises(ValueError, match=f"{FILE} is damaged"):
            PhraseTable.load(tmp_path)

    def test_no_byte_can_be_changed_unnoticed(self, tmp_path: Path) -> None:
        """A flipped byte gives the same table or the documented error, never another table."""
        table = table_of()
        table.save(tmp_path)
        whole = (tmp_path / FILE).read_bytes()
        refused = 0
        for at in range(0, len(whole), 7):
            flipped = bytearray(whole)
            flipped[at] ^= 0x55
            (tmp_path / FILE).write_bytes(flipped)
            try:
                again = PhraseTable.load(tmp_path)
            except (ValueError, OSError):
                refused += 1
            else:
                assert again.items.tolist() == table.items.tolist()
                assert again.weights.tolist() == table.weights.tolist()
        assert refused > len(whole) / 7 / 2

    @pytest.mark.parametrize("missing", ["format", "kinds", "words", "paired", "items", "weights", "intercepts"])
    def test_a_part_that_lacks_is_damage(self, tmp_path: Path, missing: str) -> None:
        """Every part is needed."""
        table_of().save(tmp_path)
        with np.load(tmp_path / FILE) as arrays:
            fields = {name: arrays[name] for name in arrays.files if name != missing}
        np.savez(tmp_path / FILE, **fields)
        with pytest.raises(ValueError, match=f"{FILE} is damaged"):
            PhraseTable.load(tmp_path)

    def test_times_are_a_file_of_their_own(self, tmp_path: Path) -> None:
        """They are read unchanged. Without their file, there are none and the table is the same."""
        times = np.arange(8, dtype=np.float16).reshape(2, 4)
        replace(table_of(), times=times).save(tmp_path)
        again = PhraseTable.load(tmp_path).times
        assert again is not None
        assert again.tolist() == times.tolist()
        (tmp_path / TIMES_FILE).unlink()
        assert PhraseTable.load(tmp_path).times is None

    @pytest.mark.parametrize("content", [b"no archive", b""])
    def test_damaged_times_are_refused(self, tmp_path: Path, content: bytes) -> None:
        """The sentence names their file, also if they belong to another table."""
        replace(table_of(), times=np.zeros((2, 3), np.float16)).save(tmp_path)
        with pytest.raises(ValueError, match=f"{TIMES_FILE} is damaged"):
            PhraseTable.load(tmp_path)
        (tmp_path / TIMES_FILE).write_bytes(content)
        with pytest.raises(ValueError, match=f"{TIMES_FILE} is damaged"):
            PhraseTable.load(tmp_path)

    def test_shown_items(self) -> None:
        """A pair with an unknown word or over a full stop is not shown as a phrase, nor is a mark alone."""
        words = ("however", ",", ".")
        however, comma, stop = range(FIRST, FIRST + 3)
        items = [however, comma, pair(however, comma), pair(comma, however), pair(stop, however), pair(OTHER, however)]
        items += [pair(however, NUMBER)]
        table = PhraseTable(("x",), words, 3, np.array(items, np.uint32), np.zeros((1, 7), np.float32), np.zeros(1))
        assert table.shown.tolist() == [True, False, True, True, False, False, False]

    def test_a_missing_file_is_told_as_such(self, tmp_path: Path) -> None:
        """A missing file is not reported as damaged."""
        with pytest.raises(FileNotFoundError):
            PhraseTable.load(tmp_path)


class TestFeature:
    """The four columns of an article."""

    def test_columns_say_what_the_table_says(self, shipped: Analyst) -> None:
        """Each column has the log-odds of its kind. A kind that the table lacks is not measured."""
        document = seed("river-flood.txt")
        measured = over(shipped, table_of()).measure(document)
        model, rules = table_of().log_odds(plain_forms(document))
        assert measured.values[LANGUAGE_MODEL] == pytest.approx(model)
        assert measured.values[RULE_BASED] == pytest.approx(rules)
        assert math.isnan(measured.values[TRANSLATION])
        assert math.isnan(measured.values[DICTIONARY])
        assert list(measured.evidence) == []

    def test_columns_are_named_after_the_kinds(self) -> None:
        """Each column belongs to one kind, and no two to the same."""
        assert [kind_of(c.name) for c in Phrasing.columns] == [
            "dictionary",
            "language_model",
            "translation",
            "rule_based",
        ]

    def test_short_texts_are_not_measured(self, shipped: Analyst) -> None:
        """A text of the minimum length is measured; with one word less, it is not."""
        feature = over(shipped, table_of())
        enough, short = (Document("the " * n) for n in (LEAST, LEAST - 1))
        assert not math.isnan(feature.measure(enough).values[LANGUAGE_MODEL])
        assert all(math.isnan(value) for value in feature.measure(short).values.values())

    def test_without_a_table_nothing_is_measured(self, shipped: Analyst) -> None:
        """Training reads the other tables before this one exists."""
        values = over(shipped, None).measure(seed("river-flood.txt")).values
        assert list(values) == [c.name for c in Phrasing.columns]
        assert all(math.isnan(value) for value in values.values())

    def test_values_are_clipped(self, shipped: Analyst) -> None:
        """Values stay within the range of their column, even for extreme texts."""
        highest, lowest = Phrasing.columns[0].high, Phrasing.columns[0].low
        document = Document("However, the tide turned. " * 20)
        values = over(shipped, table_of(size=1000.0)).measure(document).values
        assert values[LANGUAGE_MODEL] == highest
        assert values[RULE_BASED] == lowest


TURNED = "However, the tide turned and the boats came home late in the evening."


def marking(times: float = 12.0) -> PhraseTable:
    """Returns a table in which language models have each item this many times as often as news."""
    return replace(table_of(size=20.0), times=np.full((2, 4), times, np.float16))


class TestMarks:
    """The marks of phrases that raise a column."""

    def test_a_mark_says_how_often(self, shipped: Analyst) -> None:
        """The phrase with the largest share is marked, with its kind of writer and how often they write it."""
        document = Document(f"{TURNED} Boats came home at night. " * 5)
        marks = over(shipped, marking()).measure(document).evidence
        assert [m.span for m in marks] == [Span(0, 8)]
        message = "“however,” occurs 12 times as often in rewrites by language models as in published news."
        assert {(m.message, m.expected, m.feature, m.weight) for m in marks} == {(message, (), "phrasing", 0.6)}

    def test_marks_change_no_column(self, shipped: Analyst) -> None:
        """The values are equal to the last bit with and without marks."""
        document = Document(TURNED * 20)
        with_marks, without = (over(shipped, t).measure(document) for t in (marking(), table_of(size=20.0)))
        assert with_marks.evidence
        assert not without.evidence
        assert dict(with_marks.values) == pytest.approx(dict(without.values), rel=0, abs=0, nan_ok=True)

    def test_marks_are_few_and_apart(self, shipped: Analyst) -> None:
        """No two marks overlap, no phrase is marked twice, and a text has no more than the limit."""
        words = tuple(a + b for a in "bcdfg" for b in "aeiou")
        items = np.arange(FIRST, FIRST + len(words), dtype=np.uint32)
        weights = np.ones((1, len(words)), np.float32)
        table = PhraseTable(("translation",), words, 0, items, weights, np.zeros(1), np.full((1, 25), 9.0, np.float16))
        document = Document(f"{' '.join(words)} " * 20)
        marks = over(shipped, table).measure(document).evidence
        assert len(marks) == math.ceil(MOST_MARKS * len(document.words) / 1000) == 6
        assert len({document[m.span] for m in marks}) == 6
        assert all(a.span.end <= b.span.start for a, b in itertools.pairwise(marks))

    def test_news_has_no_marks(self, shipped: Analyst) -> None:
        """A text that resembles no kind of rewriting has none, whatever phrases it has."""
        low = replace(marking(), intercepts=np.array([-30.0, -30.0]))
        assert not over(shipped, low).measure(Document(f"{TURNED} " * 10)).evidence

    def test_phrases_that_news_has_too_are_not_marked(self, shipped: Analyst) -> None:
        """However much such a phrase adds to the column."""
        document = Document(f"{TURNED} " * 10)
        assert over(shipped, marking(LEAST_TIMES)).measure(document).evidence
        assert not over(shipped, marking(LEAST_TIMES - 0.1)).measure(document).evidence


class TestShipped:
    """The shipped table."""

    def test_all_kinds_are_known(self, shipped: Analyst) -> None:
        """Every column of a full-length article is measured."""
        values = Phrasing(shipped).measure(seed("river-flood.txt")).values
        assert not any(math.isnan(value) for value in values.values())

    def test_the_table_keeps_its_contract(self) -> None:
        """Items are sorted and fit the words; weights are finite and of the right shape; words are plain and common."""
        table = PhraseTable.load(TABLES)
        assert set(table.kinds) == {kind_of(c.name) for c in Phrasing.columns}
        assert table.weights.shape == (len(table.kinds), len(table.items))
        assert table.intercepts.shape == (len(table.kinds),)
        assert np.isfinite(table.weights).all()
        assert np.isfinite(table.intercepts).all()
        assert (np.diff(table.items.astype(np.int64)) > 0).all()
        assert len(set(table.words)) == len(table.words) <= 60_000
        assert all(word == word.lower() for word in table.words)
        assert all(word in MARKS or word.replace("'", "").isalpha() for word in table.words)
        assert table.times is not None
        assert np.isfinite(table.times).all()
        assert table.times.min() >= 0
        alone = table.items[table.items < pair(OTHER, OTHER)]
        assert int(alone.min()) >= FIRST
        assert int(alone.max()) < FIRST + len(table.words)
        assert {"the", ",", "of", "however"} <= set(table.words)

    def test_our_own_stories_are_nobodys_rewrite(self, shipped: Analyst) -> None:
        """No clean story looks more like a language model's or a translation's work than like a person's."""
        clean = sorted(p.name for p in SEEDS.glob("*.txt") if p.name.count(".") == 1)
        assert len(clean) > 10
        for name in clean:
            assert max(Phrasing(shipped).measure(seed(name)).values.values()) < 0, name

    @pytest.mark.parametrize(
        ("column", "way"),
        [(DICTIONARY, "spun-dictionary"), (RULE_BASED, "spun-round-trip"), (LANGUAGE_MODEL, "spun-paraphraser")],
    )
    def test_rewrites_of_a_kind_come_nearer_to_it(self, shipped: Analyst, column: str, way: str) -> None:
        """Seed rewrites in the manner of a kind of rewriter score higher for it than their originals."""
        rewrites = sorted(p.name for p in SEEDS.glob(f"*.{way}.txt"))
        assert rewrites
        for name in rewrites:
            story = name.replace(f".{way}", "")
            spun, clean = (Phrasing(shipped).measure(seed(n)).values[column] for n in (name, story))
            assert spun > clean, name
