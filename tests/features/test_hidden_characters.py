"""Look-alike letters, invisible characters, and their legitimate uses."""

from functools import cache
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import features
from features.document import Document
from features.hidden_characters import MOST_EVIDENCE, HiddenCharacters
from features.language_model.analysis import Analyst

COLUMN = "hidden_characters_per_1000_words"

FLAGGED = [
    ("The p\u0430yment was made", "p\u0430yment", "payment"),  # Cyrillic a
    ("A \u0441omp\u0430ny report", "\u0441omp\u0430ny", "company"),
    ("CNN said the M\u0410YOR left", "M\u0410YOR", "MAYOR"),
    ("The \u03bfther side", "\u03bfther", "other"),  # Greek omicron
    ("The gr\u03bfup agreed", "gr\u03bfup", "group"),
    ("They met in L\u043endon.", "L\u043endon", "London"),
    ("She was \u0261oing there", "\u0261oing", "going"),  # phonetic g
    ("It was \uff47ood to see", "\uff47ood", "good"),  # full-width g
    ("a \U0001d41b\U0001d428\U0001d425\U0001d41d claim", "\U0001d41b\U0001d428\U0001d425\U0001d41d", "bold"),
    ("it is \u0430 report on", "\u0430", "a"),  # a whole word of one Cyrillic letter
    ("read the \u0441\u043e\u0440\u0443 again", "\u0441\u043e\u0440\u0443", "copy"),
    ("was go\u200bing to", "go\u200bing", "going"),
    ("was go\u2060ing to", "go\u2060ing", "going"),
    ("the end\u2003of it", "\u2003", " "),
    ("the end\u3000of it", "\u3000", " "),
    ("the end\u2009of it", "\u2009", " "),
]

HONEST = [
    "was go\u200ding on Mon\u00adday to the la\u2066wsuit, go\ufeffing",
    "see \u202dthe dog",
    "plain words only",
    "Curly “quotes”, ‘singles’ — dashes … and €5",
    "naïve café Ångström, Łódź, Dvořák and İstanbul",
    "Yıldız and Işık went",
    "cafe\u0301 at night",
    "5 μm, 3 µg, 10 kΩ and a μSv",
    "TNFα, PPARγ, NFκB, IFNγ and β-carotene",
    "the Δt of π r and Σ",
    "the Greek name Παπαδόπουλος and ΝΑΤΟ",
    "Москва and the river Нева in spring",
    "the river Оса in the north",
    "the band KoЯn played",
    "Путин и Зеленский",
    "👩\u200d👩\u200d👧 the family ❤\ufe0f",
    "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f won",
    "می\u200cخواهم he wrote",
    "क्\u200dष is a letter",
    "\u2067שלום\u2069 he said",
    "שלום\u200f, he said",
    "\ufeffThe story",
    "10\u00a0km and Mr\u00a0Day to\u00a0go",
    "10\u202fkm and 5\u2009kg",
    "LONDON\u2003— The",
    "the word\u200b and the next",
    "ＮＨＫ・ニュース",
    "pronounced /ɡɑd/",
    "where 𝑥 is the unknown",
]


@cache
def feature() -> HiddenCharacters:
    """The feature with the shipped tables."""
    return HiddenCharacters(Analyst.load(Path(features.__file__).parent / "tables"))


def marks(text: str) -> list[tuple[str, tuple[str, ...]]]:
    """Returns the marked wordings with their plain wordings."""
    document = Document(text)
    return [(document[e.span], e.expected) for e in feature().measure(document).evidence]


class TestHiddenCharacters:
    """The feature."""

    @pytest.mark.parametrize(("text", "marked", "plain"), FLAGGED)
    def test_flagged(self, text: str, marked: str, plain: str) -> None:
        """The word is marked as written, with its plain spelling as the expected wording."""
        assert marks(text) == [(marked, (plain,))]

    @pytest.mark.parametrize("text", HONEST)
    def test_honest(self, text: str) -> None:
        """Real foreign words, units, emoji and typesetting are not marked."""
        assert marks(text) == []
        assert feature().measure(Document(text)).values[COLUMN] == 0.0

    def test_rate(self) -> None:
        """Each affected word counts once, per 1,000 words."""
        document = Document("The p\u0430ym\u0435nt was made " * 10)

        assert feature().measure(document).values == {COLUMN: 250.0}

    def test_no_words(self) -> None:
        """Without words there is nothing to measure."""
        measured = feature().measure(Document("—"))

        assert measured.values[COLUMN] != measured.values[COLUMN]
        assert measured.evidence == ()

    def test_message_names_the_character(self) -> None:
        """The message names the character, so that people can look it up."""
        (evidence,) = feature().measure(Document("The p\u0430yment")).evidence

        assert "cyrillic small letter a (U+0430)" in evidence.message
        assert "“payment”" in evidence.message

    def test_evidence_is_bounded(self) -> None:
        """In a text full of tricks, all are counted and only some are marked."""
        measured = feature().measure(Document("p\u0430y " * (MOST_EVIDENCE + 100)))

        assert measured.values[COLUMN] == 1000.0
        assert len(measured.evidence) == MOST_EVIDENCE

    @pytest.mark.parametrize(
        "piece", ["\u202e", "\u200b", "a\u200b", "\u2003", "a\u2003", "\u0430", "\u00ad", "\u0301"]
    )
    def test_hostile_runs(self, piece: str) -> None:
        """Runs of a hundred thousand characters are measured too."""
        feature().measure(Document(piece * 100_000 + "a"))

    @given(
        st.one_of(
            st.text(alphabet="ab then \u0430\u03bf\u0422\u200b\u200d\u202e\u00ad\u2003é👩\uff41\U0001d41b०②ﬁı.'\n"),
            st.text(),
        )
    )
    def test_any_mixture(self, text: str) -> None:
        """Marks are inside the text and in order, and the count is at least their number."""
        document = Document(text)
        measured = feature().measure(document)
        spans = [e.span for e in measured.evidence]

        assert spans == sorted(spans)
        assert all(0 <= span.start < span.end <= len(text) for span in spans)
