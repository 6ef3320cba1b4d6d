"""The contract of all features."""

import itertools
import math
from collections import Counter
from pathlib import Path

import grimp
import pytest
from hypothesis import given
from hypothesis import strategies as st

import features
from detector.render.words import OTHER, kind_of
from features import build
from features.document import Document
from features.feature import Feature, Measurement
from features.language_model.analysis import Analyst

# All features of unspin in their order, with the shipped tables and without a grammar checker.
FEATURES: tuple[Feature, ...] = (*build(Analyst.load(Path(features.__file__).parent / "tables"), None),)

# Features with tables read each word with the two before it, so text before the article affects its first sentence.
# Or they weigh the text as a whole, in which an emoji is a token.
CONTEXTUAL = frozenset(feature.name for feature in FEATURES if hasattr(feature, "analyst"))

CLEAN = """The harbour board in Port Ellis agreed on Tuesday to widen the eastern channel, officials said.

“We have waited nine years for this,” said Mara Quill, who chairs the board. She told reporters that work would begin in
the spring. The board’s own engineers had asked for an earlier start, but the money was not there, Quill said."""

SPUN = """The harbor board in Port Ellis accepted on Tuesday to broaden a eastern canal canal, officers stated. “We have
waited nine years for this,” Mara Quill stated. She stated reporters that work will commence prior signing a Norway’s
contract, according to an preliminary schedule. Two sources known with the plan, on situation of anonymity, stated
Norway was content; norway has paid half. The other half was lent, Quill mentioned."""

AWKWARD = {
    "crlf": CLEAN.replace("\n", "\r\n"),
    "capitals": SPUN.upper(),
    "lower": SPUN.lower(),
    "french": "Le conseil du port a accepté mardi d’élargir le chenal, a déclaré un responsable. A un moment donné, a dit.",
    "homoglyphs": SPUN.replace("a", "а"),
    "zero_width": SPUN.replace(" ", " \u200b"),
    "right_to_left": "\u202e" + SPUN + " שלום עולם",
    "nul": SPUN.replace(" ", "\x00", 3),
    "surrogate": "The \ud800 board stated \udfff this.",
    "only_quotes": '“Yes.” ‘No.’ "Perhaps."',
    "unpaired_quotes": '“““ He stated " that ‘ and ’ stated „',
    "prices": "1,000 2.5 €30 4:15\n7,000 8.5 €90 5:45",
    "one_word": "stated",
    "marks": "... !!! ??? —— ––",
}
# Pieces that the features look for. Their random combinations test more than random letters would.
PIECES = (
    *("a", "A", "an", "An", "the", "The", "stated", "said", "told", "mentioned", "that", "reporters", "Reuters"),
    *("Ukraine’s", "Russia's", "kyiv", "Kyiv", "monday", "Monday", "idea", "plan", "plan", "unique", "hour"),
    *("prior", "following", "he", "had", "meeting", "on", "of", "anonymity", "situation", "sources", "known", "with"),
    *(".", ",", "”", "“", '"', "’", "?", "\n", "\r\n", "\t", "\u00a0", "🙂", "\u200b", "\u0301", "1,000", "U.S."),
)
feature_of = pytest.mark.parametrize("feature", FEATURES, ids=lambda feature: feature.name)
anything = st.one_of(
    st.text(max_size=300),
    st.lists(st.sampled_from(PIECES), max_size=60).map(" ".join),
    st.lists(st.sampled_from(PIECES), max_size=60).map("".join),
)


def _check(feature: Feature, document: Document) -> Measurement:
    measured = feature.measure(document)
    assert list(measured.values) == [column.name for column in feature.columns]
    for column in feature.columns:
        value = measured.values[column.name]
        assert isinstance(value, (int, float))
        assert math.isnan(value) or column.low <= value <= column.high, f"{column.name} = {value}"
    for mark in measured.evidence:
        assert mark.feature == feature.name
        assert 0 <= mark.span.start < mark.span.end <= len(document.text)
        assert document[mark.span].strip()
        assert mark.message
        assert all(mark.expected)
        assert 0.0 <= mark.weight <= 1.0
    return measured


def _as_comparable(measured: Measurement, shift: int = 0) -> tuple[list[str], list[object]]:
    marks = [
        (mark.span.start - shift, mark.span.end - shift, mark.message, mark.expected, mark.weight)
        for mark in measured.evidence
    ]
    return [f"{name} {value:.9g}" for name, value in measured.values.items()], [*marks]


def test_column_names_are_unique() -> None:
    """No two columns share a name."""
    names = Counter(column.name for feature in FEATURES for column in feature.columns)
    assert [name for name, count in names.items() if count > 1] == []


def test_feature_names_are_unique() -> None:
    """No two features share a name."""
    assert len({feature.name for feature in FEATURES}) == len(FEATURES)


@feature_of
def test_feature_is_named_after_its_module(feature: Feature) -> None:
    """A mark can be traced to the file that made it."""
    assert type(feature).__module__.rpartition(".")[2] == feature.name


def test_every_module_that_measures_is_registered() -> None:
    """A feature that is not registered measures nothing."""
    folder = Path(features.__file__).parent
    measuring = {
        p.stem for p in folder.glob("*.py") if "\n    def measure(self, document" in p.read_text(encoding="utf-8")
    }
    assert measuring - {"feature"} == {feature.name for feature in FEATURES}


def test_no_feature_imports_another() -> None:
    """No import is indirect either, so each feature can be read, tested and removed alone."""
    graph = grimp.build_graph("features")
    modules = [f"features.{feature.name}" for feature in FEATURES]
    for module in modules:
        # The package itself imports all features to register them.
        graph.remove_import(importer="features", imported=module)
    chains = [graph.find_shortest_chain(a, b) for a, b in itertools.permutations(modules, 2)]
    assert [chain for chain in chains if chain is not None] == []


@feature_of
def test_the_screen_has_words_for_it(feature: Feature) -> None:
    """Every rendering knows the kind of its marks, and its measurements have a title."""
    assert kind_of(feature.name).key == getattr(feature, "marks", None) != OTHER.key
    assert getattr(feature, "title", "")


@feature_of
def test_columns_are_described_for_people(feature: Feature) -> None:
    """Every column has a unit, an ordered range and one sentence."""
    assert feature.columns or feature.name == "inflection"  # its marks only count in the quality score
    for column in feature.columns:
        assert column.unit
        assert column.low < column.high
        assert column.meaning.endswith(".")
        assert column.meaning[0].isupper()
        assert column.name == column.name.lower()
        assert column.name.isidentifier()


@feature_of
@pytest.mark.parametrize("text", [CLEAN, SPUN, *AWKWARD.values()], ids=["clean", "spun", *AWKWARD])
def test_contract_holds_for_any_kind_of_text(feature: Feature, text: str) -> None:
    """Values are in declared columns and in range or NaN. Marks are inside the text with weights from 0 to 1."""
    _check(feature, Document(text))


@feature_of
@given(text=anything)
def test_contract_holds_for_random_text(feature: Feature, text: str) -> None:
    """No text makes a feature raise or break its contract."""
    _check(feature, Document(text))


@feature_of
@pytest.mark.parametrize("text", ["", " \n\t "], ids=["empty", "blank"])
def test_nothing_to_read_is_not_measured(feature: Feature, text: str) -> None:
    """A text without words gives NaN in every column, not zero, and no marks."""
    measured = feature.measure(Document(text))
    assert all(math.isnan(value) for value in measured.values.values())
    assert list(measured.evidence) == []


@feature_of
@pytest.mark.parametrize("text", [CLEAN, SPUN], ids=["clean", "spun"])
def test_measuring_twice_gives_the_same(feature: Feature, text: str) -> None:
    """The same text gives the same numbers and the same marks in the same order."""
    assert _as_comparable(feature.measure(Document(text))) == _as_comparable(feature.measure(Document(text)))


@feature_of
@pytest.mark.parametrize("text", [CLEAN, SPUN], ids=["clean", "spun"])
def test_source_plays_no_part(feature: Feature, text: str) -> None:
    """The source of an article changes nothing."""
    here, there = Document(text, "a.txt"), Document(text, "https://example.org/spun")
    assert _as_comparable(feature.measure(here)) == _as_comparable(feature.measure(there))


@feature_of
@pytest.mark.parametrize("text", [CLEAN, SPUN], ids=["clean", "spun"])
def test_emoji_before_the_text_shifts_spans_and_nothing_else(feature: Feature, text: str) -> None:
    """Spans count code points of the given text."""
    prefix = "🙂\n\n"
    here, moved = feature.measure(Document(text)), feature.measure(Document(prefix + text))
    if feature.name in CONTEXTUAL:
        first = Document(text).sentences[0].end
        assert _places(moved, first, shift=len(prefix)) == _places(here, first, shift=0)
    else:
        assert _as_comparable(moved, shift=len(prefix)) == _as_comparable(here)


def _places(measured: Measurement, after: int, *, shift: int) -> list[tuple[int, int, tuple[str, ...]]]:
    places = [(mark.span.start - shift, mark.span.end - shift, mark.expected) for mark in measured.evidence]
    return [place for place in places if place[0] >= after]


@feature_of
def test_evidence_is_in_order_of_position(feature: Feature) -> None:
    """Marks are in reading order."""
    starts = [mark.span.start for mark in feature.measure(Document(SPUN)).evidence]
    assert starts == sorted(starts)


@feature_of
def test_clean_copy_has_no_more_marks_than_its_rewrite(feature: Feature) -> None:
    """A rewrite has at least as many marks as its original."""
    clean, spun = (feature.measure(Document(text)).evidence for text in (CLEAN, SPUN))
    assert len(clean) <= len(spun)
