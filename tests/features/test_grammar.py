"""The grammar feature: which findings count, and in which column."""

import math
import pickle
from collections.abc import Sequence

import pytest

from features.document import Document, Span
from features.feature import Measurement
from features.grammar import MOST_CHARACTERS, Category, CheckerUnavailable, Finding, Grammar


class Scripted:
    """A checker with scripted findings: the first place of each wording, with a category and suggestions."""

    name = "scripted"

    def __init__(self, *wanted: tuple[str, Category, tuple[str, ...]]) -> None:
        self.wanted = wanted
        self.asked = ""

    def check(self, text: str) -> list[Finding]:
        """Returns the scripted findings."""
        self.asked = text
        return [
            Finding(Span(text.index(wording), text.index(wording) + len(wording)), category, "Odd.", proposals)
            for wording, category, proposals in self.wanted
        ]

    def close(self) -> None:
        """Does nothing."""


def measure(text: str, *wanted: tuple[str, Category, tuple[str, ...]], known: Sequence[str] = ()) -> Measurement:
    """Returns the feature's measurement of a text with these findings."""
    return Grammar(Scripted(*wanted), known=set(known).__contains__).measure(Document(text))


def marked(text: str, measured: Measurement) -> list[str]:
    """Returns the wordings of the marks."""
    return [text[slice(*mark.span)] for mark in measured.evidence]


def test_without_a_checker_every_column_is_unknown() -> None:
    """Without a checker, columns are NaN, not zero."""
    measured = Grammar(None).measure(Document("They has agreed."))

    assert all(math.isnan(value) for value in measured.values.values())
    assert not measured.evidence


@pytest.mark.parametrize(
    ("category", "column"),
    [
        (Category.AGREEMENT, "agreement_errors_per_1000_words"),
        (Category.ARTICLE, "article_errors_per_1000_words"),
        (Category.VERB_FORM, "verb_form_errors_per_1000_words"),
        (Category.WORD_CHOICE, "wrong_words_per_1000_words"),
        (Category.WORD_ORDER_OR_MISSING, "missing_or_misplaced_words_per_1000_words"),
        (Category.REPETITION, "repeated_words_per_1000_words"),
    ],
)
def test_an_error_of_grammar_counts_in_its_column_and_in_the_total(category: Category, column: str) -> None:
    """Each category has a column, and all of them count in the total."""
    values = measure("The board have agreed it.", ("have", category, ("has",))).values

    counted = {name for name, value in values.items() if value > 0}
    assert counted == {column, "grammar_errors_per_1000_words", "sentences_with_grammar_errors_share"}
    assert values[column] == values["grammar_errors_per_1000_words"] == 200.0


@pytest.mark.parametrize(
    ("category", "column"),
    [
        (Category.SPELLING, "spelling_errors_per_1000_words"),
        (Category.CAPITALISATION, "capitalisation_errors_per_1000_words"),
        (Category.PUNCTUATION, "punctuation_errors_per_1000_words"),
    ],
)
def test_slips_of_the_pen_are_no_errors_of_grammar(category: Category, column: str) -> None:
    """Spelling, capitals and punctuation have their own columns and do not count in the total."""
    values = measure("The board acepted it all.", ("acepted", category, ("accepted",))).values

    assert {name for name, value in values.items() if value > 0} == {column}


def test_other_errors_count_in_the_total_alone() -> None:
    """An error without a category is still an error."""
    values = measure("The board have agreed it.", ("have", Category.OTHER, ())).values

    assert {name for name, value in values.items() if value > 0} == {
        "grammar_errors_per_1000_words",
        "sentences_with_grammar_errors_share",
    }


def test_matters_of_style_count_nowhere() -> None:
    """Style suggestions are not errors."""
    measured = measure("The board, banks and unions agreed.", ("banks", Category.STYLE, ("banks,",)))

    assert not any(measured.values[name] > 0 for name in measured.values)
    assert not measured.evidence


@pytest.mark.parametrize(
    ("text", "word"),
    [
        ("Talks with Quillon began.", "Quillon"),
        ("Quillon agreed to talks.", "Quillon"),
        ("The QLN agreed to talks.", "QLN"),
        ("The iQuill was sold.", "iQuill"),
        ("It flew an A320neo home.", "A320neo"),
        ("Write to quill@desk.example today.", "quill@desk.example"),
        ("Talks with Ursula von der Quill began.", "von"),
        ("Talks with Ursula von der Quill began.", "der"),
    ],
)
def test_names_are_no_spelling_errors(text: str, word: str) -> None:
    """Words with capitals, digits or marks, and the particles of names, are left alone."""
    assert not measure(text, (word, Category.SPELLING, ("quill",))).evidence


def test_a_lower_case_word_before_a_name_is_no_particle() -> None:
    """Only short words between capitalised ones belong to a name."""
    text = "Moscow acepted Kyiv."

    assert marked(text, measure(text, ("acepted", Category.SPELLING, ("accepted",)))) == ["acepted"]


def test_words_known_to_the_model_are_no_spelling_errors() -> None:
    """A word of the reference news is correct, alone or in parts."""
    text = "The covid-era vaxxer left a byelaw unread."
    wanted = [(word, Category.SPELLING, ()) for word in ("covid-era", "vaxxer", "byelaw")]

    assert marked(text, measure(text, *wanted, known=["covid", "era", "vaxxer"])) == ["byelaw"]


def test_a_name_without_its_capital_is_a_slip_of_capitals_however_well_known() -> None:
    """The n-gram model knows `kyiv` only because it reads lower case. A copy editor would correct it."""
    text = "Leaders in kyiv agreed."
    measured = measure(text, ("kyiv", Category.SPELLING, ("kid", "Kyiv")), known=["kyiv"])

    assert measured.values["capitalisation_errors_per_1000_words"] == 250.0
    assert measured.values["spelling_errors_per_1000_words"] == 0.0
    assert [mark.expected for mark in measured.evidence] == [("Kyiv",)]


@pytest.mark.parametrize("word", ["Biles", "Pan"])
def test_a_rule_that_stumbles_over_a_name_is_not_believed(word: str) -> None:
    """A single capitalised word inside a sentence is a name, whatever rule objects."""
    assert not measure(f"The crowd saw {word} was glad.", (word, Category.AGREEMENT, ("Bile",))).evidence


@pytest.mark.parametrize("doubled", ["Pago Pago", "7-6 7-6"])
def test_doubled_names_and_scores_are_meant(doubled: str) -> None:
    """Only a doubled common word is an error."""
    assert not measure(f"They won {doubled} on Monday.", (doubled, Category.REPETITION, ())).evidence


def test_a_capitalised_word_at_the_start_of_a_sentence_can_be_wrong() -> None:
    """At the start of a sentence, a capital does not show a name."""
    text = "We met. Their is no plan."

    assert marked(text, measure(text, ("Their", Category.WORD_CHOICE, ("There",)))) == ["Their"]


def test_quoted_speech_does_not_count_against_the_writer() -> None:
    """Errors inside quotes have their own column and no mark."""
    speech = "word " * 30
    measured = measure(f"“We was glad {speech}there,” he said of it.", ("was", Category.AGREEMENT, ("were",)))

    assert measured.values["agreement_errors_per_1000_words"] == 0.0
    assert measured.values["grammar_errors_per_1000_words"] == 0.0
    assert measured.values["quoted_grammar_errors_per_1000_words"] == pytest.approx(1000 / 34)
    assert not measured.evidence


def test_few_quoted_words_say_nothing() -> None:
    """With few quoted words, the rate is unknown."""
    measured = measure("“We was glad,” he said of it.", ("was", Category.AGREEMENT, ("were",)))

    assert math.isnan(measured.values["quoted_grammar_errors_per_1000_words"])


def test_rates_are_per_words_outside_quotes() -> None:
    """Rates count only the writer's own words."""
    measured = measure("“We are so very glad,” he have said.", ("have", Category.AGREEMENT, ("has",)))

    assert measured.values["agreement_errors_per_1000_words"] == pytest.approx(1000 / 3)


def test_only_quotes_cannot_be_measured() -> None:
    """Without words outside quotes, everything is unknown."""
    measured = measure("“We was glad.”", ("was", Category.AGREEMENT, ("were",)))

    assert all(math.isnan(value) for value in measured.values.values())


def test_findings_that_overlap_are_one_error() -> None:
    """Two rules at one place count as one error."""
    text = "They has agreed."
    wanted = [("They has", Category.AGREEMENT, ()), ("has", Category.VERB_FORM, ())]

    assert marked(text, measure(text, *wanted)) == ["They has"]


def test_evidence_names_three_wordings_at_most_and_no_empty_one() -> None:
    """A removal has no expected wording, and long lists are cut."""
    measured = measure("They has agreed.", ("has", Category.AGREEMENT, ("", "have", "have", "had", "having", "hast")))

    (mark,) = measured.evidence
    assert mark.expected == ("have", "had", "having")
    assert 0.3 <= mark.weight <= 0.6


def test_the_share_of_sentences_counts_sentences_once() -> None:
    """Two errors in one of two sentences are half the sentences."""
    wanted = [("They has", Category.AGREEMENT, ()), ("an truce", Category.ARTICLE, ())]

    assert measure("They has an truce. All was well.", *wanted).values["sentences_with_grammar_errors_share"] == 0.5


def test_a_very_long_text_is_judged_by_its_beginning() -> None:
    """The checker gets whole sentences up to the limit, and the rate counts only their words."""
    sentence = "The board agreed to it. "
    text = sentence * (MOST_CHARACTERS // len(sentence) + 50)
    checker = Scripted(("board", Category.AGREEMENT, ()))
    values = Grammar(checker).measure(Document(text)).values

    assert MOST_CHARACTERS - len(sentence) < len(checker.asked) <= MOST_CHARACTERS
    assert checker.asked.endswith("it.")
    assert values["grammar_errors_per_1000_words"] == pytest.approx(1000 / len(Document(checker.asked).words))


def test_a_checker_that_fails_is_reported() -> None:
    """The failure reaches the caller: without the checker, the wrong threshold would apply."""

    class Broken(Scripted):
        def check(self, text: str) -> list[Finding]:
            raise CheckerUnavailable(f"No server for {len(text)} characters.")

    with pytest.raises(CheckerUnavailable, match="No server"):
        Grammar(Broken()).measure(Document("They has agreed."))


def test_the_feature_travels_to_another_process() -> None:
    """Worker processes get the feature by pickle."""
    again = pickle.loads(pickle.dumps(Grammar(None, known="ab".__contains__)))  # noqa: S301 (our own)

    assert again.known("a")
