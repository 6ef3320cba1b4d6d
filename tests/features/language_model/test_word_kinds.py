"""Which kinds of word are odd: each different word once, in the kinds that it belongs to."""

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import features
from features.document import Document
from features.language_model.analysis import Analyst
from features.language_model.ngrams import Floats
from features.language_model.windows import INPUTS
from features.language_model.word_kinds import COLUMNS, ODD, DifferentWords, measure_kinds
from features.odd_synonyms import OddSynonyms

RARE, UNCOMMON, COMMON, COMMONEST = (3.0, 6.0, 9.0, 11.0)
"""Frequencies, natural logs of counts, one of each band."""


def inputs(*words: dict[str, float]) -> Floats:
    """Rows of the word model's inputs; what is not given is 0."""
    table = np.zeros((len(words), len(INPUTS)), np.float32)
    for row, word in zip(table, words, strict=True):
        for name, value in word.items():
            row[INPUTS.index(name)] = value
    return table


def word(frequency: float, lift: float = 0.0, *, better: int = 0, capital: bool = False) -> dict[str, float]:
    """One word."""
    return {
        "log_frequency": frequency,
        "observed_lift": lift,
        "better_alternatives": better,
        "capital": float(capital),
    }


def measure(*words: dict[str, float], odds: float = 0.0) -> dict[str, float]:
    """Values of so many different words, all as odd as each other."""
    different = DifferentWords.of(np.arange(len(words), dtype=np.int32), np.full(len(words), odds, np.float32))
    return {name.removeprefix(ODD): value for name, value in measure_kinds(different, inputs(*words)).items()}


@pytest.fixture(scope="module")
def feature() -> OddSynonyms:
    """The shipped one, which shows the columns."""
    return OddSynonyms(Analyst.load(Path(features.__file__).parent / "tables"))


class TestDifferentWords:
    """Words that recur."""

    def test_a_word_that_recurs_counts_once_with_its_mean(self) -> None:
        """Its other columns are those of the place where it stands first."""
        rows = inputs(word(COMMON, 2.0), word(RARE), word(COMMON, 0.5))
        different = DifferentWords.of(np.array([9, 4, 9], np.int32), np.array([2.0, 0.0, -2.0], np.float32))
        values = measure_kinds(different, rows)
        assert values[f"{ODD}common_per_1000_words"] == pytest.approx(250.0)
        assert values[f"{ODD}rare_per_1000_words"] == pytest.approx(250.0)
        assert values[f"{ODD}lifted_per_1000_words"] == pytest.approx(250.0)
        assert values["rewriters_words_nats_per_word"] == pytest.approx(1.0)
        assert values["rewriters_words_per_1000_words"] == pytest.approx(500.0)

    def test_unknown_words_are_rare_and_each_a_word(self, feature: OddSynonyms) -> None:
        """Of four different words two that nobody knows are among the rare; one of them twice is still one."""
        analyst = feature.analyst
        for text in ("said zqxvorb from zqxvarb", "said zqxvorb from zqxvarb zqxvorb"):
            windows = analyst.analyse(Document(text)).windows
            different = DifferentWords.of(
                windows.encoded.kinds[windows.token], np.full(len(windows.token), 30.0, np.float32)
            )
            assert len(different.first) == 4
            values = measure_kinds(different, windows.inputs)
            assert values[f"{ODD}rare_per_1000_words"] == pytest.approx(500.0)


class TestKinds:
    """By hand."""

    def test_words_are_told_apart_by_how_common_they_are(self) -> None:
        """Each in one band; at even odds a word is half a rewriter's."""
        values = measure(word(RARE), word(UNCOMMON), word(COMMON), word(COMMONEST), word(COMMONEST))
        assert [values[f"{kind}_per_1000_words"] for kind in ("rare", "uncommon", "common", "commonest")] == (
            pytest.approx([100.0, 100.0, 100.0, 200.0])
        )

    def test_words_are_told_apart_by_who_writes_them(self) -> None:
        """Far oftener by rewriters; somewhat oftener; neither, with and without a word that fits better."""
        values = measure(word(COMMON, 1.5, better=3), word(COMMON, 0.5), word(COMMON, better=1), word(COMMON))
        kinds = ("lifted", "written", "bettered", "unmatched")
        assert [values[f"{kind}_per_1000_words"] for kind in kinds] == pytest.approx([125.0] * 4)

    def test_capitals_count_beside_the_other_kinds(self) -> None:
        """A name is rare or common as well."""
        values = measure(word(RARE, capital=True), word(RARE))
        assert values["capital_per_1000_words"] == pytest.approx(250.0)
        assert values["rare_per_1000_words"] == pytest.approx(500.0)

    def test_what_is_odd_counts_by_its_probability(self) -> None:
        """Nothing where nothing is odd, every word where all are."""
        for odds, share in ((-25.0, 0.0), (25.0, 1000.0)):
            assert measure(word(RARE), odds=odds)["rare_per_1000_words"] == pytest.approx(share, abs=1e-3)

    def test_limits_belong_to_the_kind_above_for_counts_and_below_for_lifts(self) -> None:
        """150 times is uncommon; a lift of exactly one nat is not over it."""
        assert measure(word(5.0))["uncommon_per_1000_words"] == 500.0
        assert measure(word(5.0, 1.0))["written_per_1000_words"] == 500.0


@given(
    st.lists(
        st.tuples(st.floats(0, 17, width=32), st.floats(0, 12, width=32), st.booleans(), st.booleans()),
        min_size=1,
        max_size=30,
    ),
    st.floats(-40, 40, width=32),
)
def test_every_word_has_one_band_and_one_writer(words: list[tuple[float, float, bool, bool]], odds: float) -> None:
    """The bands add up to all odd words, and so do the kinds of writer; every column keeps its range."""
    values = measure(*(word(f, lift, better=int(b), capital=c) for f, lift, b, c in words), odds=odds)
    odd = 1000.0 / (1.0 + math.exp(-max(-30.0, min(30.0, odds))))
    bands = ("rare", "uncommon", "common", "commonest")
    writers = ("lifted", "written", "bettered", "unmatched")
    for kinds in (bands, writers):
        assert sum(values[f"{kind}_per_1000_words"] for kind in kinds) == pytest.approx(odd, abs=1e-6)
    for column in COLUMNS:
        assert column.low <= values[column.name.removeprefix(ODD)] <= column.high + 1e-9


def test_the_feature_of_odd_words_shows_them(feature: OddSynonyms) -> None:
    """Beside its own, for texts that have words, and unmeasured for those that have none."""
    names = {column.name for column in COLUMNS}
    assert names <= {column.name for column in feature.columns}
    spun = feature.measure(Document("The harbor board accepted to broaden the eastern canal, officers stated.")).values
    assert spun["rewriters_words_nats_per_word"] > 0.0
    assert all(math.isnan(feature.measure(Document("7, 8.")).values[name]) for name in names)
