"""The embedded checker: what it finds, where, and what it leaves alone."""

import pickle
import sys
from concurrent.futures import ThreadPoolExecutor
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from features.checkers.harper import RULES, Harper
from features.grammar import Category, CheckerUnavailable, Finding

WRONG = {
    "IDo": "I does not know what the board wants.",
    "PronounInflectionBe": "They was glad of it.",
    "PronounVerbAgreement": "On Monday he have agreed to go.",
    "AnA": "The bank wants a assurance from the state.",
    "AnAnother": "They asked for an another day.",
    "TheAnother": "They asked the another side.",
    "TheProperNounPossessive": "Late on Friday The Ukraine’s envoy left.",
    "DidPast": "The board did not went to the talks.",
    "DoubleModal": "The board might could agree.",
    "InflectedVerbAfterTo": "The board wants to brings more trains.",
    "IsBeenAuxSequence": "The plan is been changed twice.",
    "ModalOf": "The board should of known that.",
    "ProgressiveNeedsBe": "They have going to the harbour.",
    "SimplePastToPastParticiple": "The envoy has went home.",
    "WillNonLemma": "The board will agreeing to it.",
    "AccuseOf": "They accused him for theft.",
    "AdjectiveDoubleDegree": "The losses were more bigger than feared.",
    "AwareOf": "The board was aware about it.",
    "CommitmentTo": "He spoke of a commitment towards peace.",
    "Discuss": "They will discuss about the plan.",
    "FascinatedBy": "He was fascinated in ships.",
    "InterestedIn": "He is interested on ships.",
    "LetToDo": "They let him to go.",
    "ResponsibilityFor": "The group took responsibility of the fire.",
    "ResponsibleFor": "She is responsible about the port.",
    "TheirToThere": "Their is no plan for that.",
    "ThenThan": "The talks were longer then expected.",
    "ModalBeAdjective": "They can executed by any of us.",
    "MultipleSequentialPronouns": "They liked its their way of working.",
    "RepeatedWords": "They paid for for the trains.",
    "TheMy": "They sold the their trains.",
    "ToTo": "They went to to the harbour.",
    "Everybody": "In the town every body knows it.",
    "Myself": "I wrote it my self.",
    "Without": "They left with out a word.",
    "Yourself": "You can challenge your self to do it.",
    "CapitalizePersonalPronouns": "On Monday i left the town.",
    "Cant": "The board cant agree to it.",
    "NominalWants": "They wont agree to it.",
}

CLEAN = """The harbour board in Port Ellis agreed on Tuesday to widen the eastern channel, officials said.

“We have waited nine years for this,” said Mara Quill, who chairs the board. She told reporters that work would begin in
the spring. The board’s own engineers had asked for an earlier start, but the money was not there, Quill said. It was an
honest mistake, a U.S. official said; a European union of dockers and an MP agreed. He did not say when it would end."""


@pytest.fixture(scope="module")
def harper() -> Harper:
    """One checker for the module: its dictionary takes half a second to load."""
    return Harper()


def wordings(text: str, findings: list[Finding]) -> list[str]:
    """What the findings mark."""
    return [text[slice(*finding.span)] for finding in findings]


def test_every_rule_has_an_example() -> None:
    """A rule without a sentence that it must flag would rot unseen."""
    assert set(WRONG) == set(RULES)


def test_harper_has_every_rule() -> None:
    """A rule that the installed Harper does not know would never fire."""
    import harper as library

    assert set(RULES) <= library.get_default_lint_config().keys()


@pytest.mark.parametrize("rule", WRONG)
def test_each_rule_fires_on_its_example(harper: Harper, rule: str) -> None:
    """The trigger lets the sentence through, and Harper confirms the error under the rule's category."""
    found = [finding for finding in harper.check(f"All was well. {WRONG[rule]} It went on.") if finding.rule == rule]

    assert [finding.category for finding in found] == [RULES[rule][0]]


def test_clean_copy_gets_no_finding(harper: Harper) -> None:
    """Names, initialisms, both spellings of English and a plain style are fine."""
    assert harper.check(CLEAN) == []


@pytest.mark.parametrize("word", ["colour", "color", "organise", "organize", "travelled", "traveled", "tyre", "grey"])
def test_both_spellings_of_english_are_fine(harper: Harper, word: str) -> None:
    """British and American spelling are no errors."""
    assert harper.check(f"They said {word} and left.") == []


def test_a_misspelt_word_comes_with_the_likely_one(harper: Harper) -> None:
    """The proposals are in order, the span is the word, and each place is marked."""
    text = "🙂 They acepted it, and acepted it again."
    found = harper.check(text)

    assert wordings(text, found) == ["acepted", "acepted"]
    assert found[0].span == (7, 14)
    assert {finding.category for finding in found} == {Category.SPELLING}
    assert found[0].replacements[0] == "accepted"


@pytest.mark.parametrize(
    "text",
    ["See desk.example/acepted now.", "Write to acepted@desk.example.", "It is #acepted.", "The re-acepted plan."],
)
def test_addresses_and_compounds_are_not_spelt(harper: Harper, text: str) -> None:
    """Only words that stand alone are looked up."""
    assert harper.check(text) == []


def test_known_words_are_asked_only_for_the_sake_of_their_capital() -> None:
    """A word the n-gram model knows is fine, unless the same text also writes it with a capital."""
    checker = Harper(known={"kyiv", "acepted"}.__contains__)
    text = "Kyiv acepted it, and kyiv was glad."

    assert wordings(text, checker.check(text)) == ["kyiv"]
    assert checker.check("The talks in kyiv ended.") == []


def test_what_was_checked_before_makes_no_difference() -> None:
    """The memory of words is no memory of texts."""
    text = "The talks in kyiv ended; they acepted it."
    fresh, used = Harper(known="kyiv".__eq__), Harper(known="kyiv".__eq__)
    used.check("Kyiv and kyiv.")

    assert used.check(text) == fresh.check(text)


@pytest.mark.parametrize("word", ["a" * 200_000, "é" * 60_000, "ant" * 16 + "s"])
def test_an_endless_word_costs_nothing(harper: Harper, word: str) -> None:
    """Harper would ask for gigabytes and end the process; the rest of the text is checked all the same."""
    text = f"{word} they has agreed to an truce, acepted"
    assert [text[f.span.start : f.span.end] for f in harper.check(text)] == ["has", "an", "acepted"]


def test_letter_salad_is_looked_up_in_part() -> None:
    """Thousands of words that are none take as long as sixty: the first, whatever was checked before."""
    salad = ["".join(letters) for letters in permutations("bcdfg", 4)]
    fresh, used = Harper(), Harper()
    used.check(" ".join(salad[80:]))
    found = fresh.check(" ".join(salad))
    assert used.check(" ".join(salad)) == found
    assert 40 < len(found) <= 60
    assert found[-1].span.end <= 5 * 60


def test_sentences_are_judged_as_in_the_whole_text(harper: Harper) -> None:
    """Asking about a few sentences finds what asking about all would, at the same places."""
    import harper as library

    text = "\r\n".join(f"Item {n}: all was well. {wrong}" for n, wrong in enumerate(WRONG.values()))
    linter = library.Linter(library.Dialect.BRITISH)
    linter.set_lint_config({rule: rule in RULES for rule in library.get_default_lint_config()})
    whole = {
        (rule, lint.span.start)
        for rule, found in linter.organized_lints(text, language="plaintext").items()
        for lint in found
    }

    assert {(f.rule, f.span.start) for f in harper.check(text) if f.rule != "SpellCheck"} == whole


pieces = st.sampled_from(
    [
        *WRONG.values(),
        CLEAN,
        "\x00",
        "🙂",
        "\ud800",
        "İ",
        "\u202e",
        "\u200b",
        "\r\n",
        "acepted",
        "“",
        ".",
        "a\u0301",
        " ",
    ]
)


@settings(max_examples=60, deadline=None)
@given(st.one_of(st.text(max_size=200), st.lists(pieces, max_size=8).map("".join)))
def test_no_text_breaks_the_checker(harper: Harper, text: str) -> None:
    """Any string gets findings that lie within it, in order."""
    found = harper.check(text)

    assert found == sorted(found, key=lambda finding: finding.span)
    assert all(0 <= finding.span.start < finding.span.end <= len(text) for finding in found)


def test_a_copy_for_another_process_checks_alike(harper: Harper) -> None:
    """The engine stays behind, and the copy builds its own."""
    again = pickle.loads(pickle.dumps(harper))  # noqa: S301 (our own)

    assert again.check("They has agreed.") == harper.check("They has agreed.") != []


def test_threads_may_share_a_checker(harper: Harper) -> None:
    """The library's engine is not made for two threads; the checker sees to it."""
    with ThreadPoolExecutor(4) as pool:
        found = list(pool.map(harper.check, ["They has agreed."] * 40))

    assert all(each == found[0] != [] for each in found)


def test_closing_lets_go_and_a_later_check_starts_anew() -> None:
    """Closing twice is fine, and so is checking afterwards."""
    checker = Harper()
    before = checker.check("They has agreed.")
    checker.close()
    checker.close()

    assert checker.check("They has agreed.") == before != []


def test_preparing_changes_nothing_but_when_the_work_is_done() -> None:
    """A prepared checker answers as any other."""
    checker = Harper()
    checker.prepare()

    assert [finding.rule for finding in checker.check("They has agreed.")] == ["PronounVerbAgreement"]


def test_a_missing_library_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where Harper cannot be loaded, the message says what to do."""
    monkeypatch.setitem(sys.modules, "harper", None)

    with pytest.raises(CheckerUnavailable, match="install harper-py"):
        Harper().check("They has agreed.")
