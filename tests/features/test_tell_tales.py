"""Known spinner phrases, marked alone or in groups."""

import math

import pytest

from features.document import Document
from features.lexicon import COLUMNS, HEADER, Wording, read_lexicon
from features.tell_tales import TellTales, bits, weight

FEATURE = TellTales()

# A table with fixed lifts, so that these tests do not depend on the shipped one.
TABLE = TellTales(
    read_lexicon(
        HEADER + "\n" + "\t".join(COLUMNS) + "\n"
        "assurance\tguarantee\twire_noun\tthesaurus\t3.50\n"
        "counterfeit consciousness\tartificial intelligence\ttortured_term\tliterature\t\n"
        "discussions\ttalks\twire_noun\tthesaurus\t1.00\n"
        "instantly\timmediately\tadverb\tthesaurus\t3.00\n"
        "mediations\tnegotiations\twire_noun\tthesaurus\t3.90\n"
        "stated\tsaid\tverb_of_saying\tthesaurus\t2.50\n"
        "Wall Road\tWall Street\tname\tname_rewrite\t5.00\n",
        "table",
    )
)


def _marks(text: str, feature: TellTales = FEATURE) -> list[tuple[str, str]]:
    document = Document(text)
    return [(document[mark.span], mark.expected[0]) for mark in feature.measure(document).evidence]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Shares fell on Wall Road.", [("Wall Road", "Wall Street")]),
        ("The New York Occasions reported it first.", [("New York Occasions", "New York Times")]),
        ("The Supreme Courtroom will hear the case.", [("Supreme Courtroom", "Supreme Court")]),
        ("The White Home had no comment.", [("White Home", "White House")]),
        ("A maker of counterfeit consciousness.", [("counterfeit consciousness", "artificial intelligence")]),
        ("A source, on situation of anonymity.", [("on situation of anonymity", "on condition of anonymity")]),
        ("PROFOUND LEARNING is here.", [("PROFOUND LEARNING", "Deep learning")]),
    ],
)
def test_must_flag(text: str, expected: list[tuple[str, str]]) -> None:
    """A wording that people do not write is marked alone, with the original first."""
    found = [(wording, original.lower()) for wording, original in _marks(text)]
    assert found == [(wording, original.lower()) for wording, original in expected]


@pytest.mark.parametrize(
    "text",
    [
        "The minister stated on Monday that the talks went well.",
        "Following the meeting, both sides said they were pleased.",
        "However, the discussions were held prior to the vote, whereas the count came later.",
        "She bought the house. He instantly knew. Further talks are planned.",
        "The company provides health care; the court heard the case on Wall Street.",
    ],
)
def test_must_not_flag(text: str) -> None:
    """Ordinary English is not marked alone, even if spinners use it often."""
    assert _marks(text) == []


@pytest.mark.parametrize(
    "text",
    [
        "They built a wall. Road works go on along the wall road.",
        "He has a white home by the sea.",
        "The condition of anonymity was kept.",
        "On special occasions New York shines.",
        "The United Nations met; the Security Council did not.",
        "A counterfeit note; consciousness returned.",
    ],
)
def test_near_misses(text: str) -> None:
    """Words that only look like a spinner phrase are not marked."""
    assert _marks(text) == []


def test_ordinary_words_are_marked_in_company() -> None:
    """Four different words with 12 bits together are all marked."""
    alone = "He stated it. An assurance was given, and mediations began."
    assert _marks(alone, TABLE) == []
    assert _marks(alone + " They met instantly.", TABLE) == [
        ("stated", "said"),
        ("assurance", "guarantee"),
        ("mediations", "negotiations"),
        ("instantly", "immediately"),
    ]


def test_company_must_be_dense() -> None:
    """The same four words in a long article are not marked."""
    text = "He stated it. An assurance was given, and mediations began. They met instantly. "
    assert _marks(text, TABLE) != []
    assert _marks(text + "The council said no. " * 200, TABLE) == []


def test_repetition_is_no_company() -> None:
    """A writer may overuse one word, so a wording's bits count once."""
    assert _marks("He stated it. She stated it. " * 20, TABLE) == []


def test_faint_words_are_never_marked() -> None:
    """A wording below 2 bits is never marked, whatever is around it."""
    text = "He stated instantly that discussions, mediations and an assurance moved Wall Road."
    assert "discussions" not in [wording for wording, _ in _marks(text, TABLE)]


def test_speech_is_not_the_writers() -> None:
    """Ordinary wordings inside quotes do not count; swapped names do."""
    inside = "“I stated it instantly, an assurance in the mediations,” he said of “Wall Road”."
    assert _marks(inside, TABLE) == [("Wall Road", "Wall Street")]
    assert TABLE.measure(Document("“I stated so.”")).values["tell_tales_per_1000_words"] == 0.0


def test_columns() -> None:
    """Columns are rates per 1,000 words, kinds, and bits counted once for each wording."""
    text = "He stated it on Wall Road. He stated it twice more."
    values = TABLE.measure(Document(text)).values
    assert values == {
        "tell_tales_per_1000_words": pytest.approx(3000 / 11),
        "tell_tale_kinds": 2.0,
        "strong_tell_tales_per_1000_words": pytest.approx(1000 / 11),
        "names_rewritten_per_1000_words": pytest.approx(1000 / 11),
        "tell_tale_bits_per_100_words": pytest.approx(100 * 7.5 / 11),
    }


@pytest.mark.parametrize("text", ["", " \n", "…!?"])
def test_nothing_to_measure(text: str) -> None:
    """Without words every column is NaN."""
    measurement = FEATURE.measure(Document(text))
    assert all(math.isnan(value) for value in measurement.values.values())
    assert set(measurement.values) == {column.name for column in FEATURE.columns}
    assert measurement.evidence == ()


def test_clean_copy_scores_nought() -> None:
    """A plain sentence has no spinner phrases: the value is 0, not NaN."""
    values = TABLE.measure(Document("The council met on Tuesday and said no.")).values
    assert set(values.values()) == {0.0}


class TestWeight:
    """The weight of a mark."""

    def test_grows_with_the_lift(self) -> None:
        """The weight grows with the bits, between 0.2 and 0.95."""
        lifts = [-1.0, 0.0, 2.0, 3.0, 4.0, 6.0, 9.0]
        weights = [weight(Wording("w", ("o",), "noun", "thesaurus", lift)) for lift in lifts]
        assert weights == sorted(weights)
        assert weights[0] == 0.2
        assert weights[3] == 0.5
        assert weights[-1] == 0.95

    def test_unmeasured_wordings_go_by_kind(self) -> None:
        """Among wordings without a lift, swapped names weigh most, then odd phrases, then rare words."""
        name, phrase, word = (
            Wording(wording, ("o",), kind, "thesaurus", math.nan)
            for wording, kind in (("Wall Road", "name"), ("odd phrase", "phrase"), ("inflictable", "adjective"))
        )
        assert bits(name) > bits(phrase) > bits(word) > 0


def test_message_quotes_the_text() -> None:
    """The message quotes the text and the original."""
    text = "Traders on Wall Road and makers of counterfeit consciousness cheered."
    for mark in TABLE.measure(Document(text)).evidence:
        assert f"“{text[mark.span.start : mark.span.end]}”" in mark.message
        assert mark.expected[0] in mark.message


def test_original_takes_the_capital_of_the_text() -> None:
    """`Instantly` at the beginning of a sentence was `Immediately`."""
    text = "Instantly an assurance came, he stated after mediations."
    assert _marks(text, TABLE)[0] == ("Instantly", "Immediately")
