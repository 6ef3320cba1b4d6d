"""Wrong forms: what is marked, with which correction, and what is left alone."""

import pytest

from features.document import Document
from features.inflection import Inflection


def corrected(text: str) -> list[tuple[str, str]]:
    """Returns each marked wording with its first correction."""
    marks = Inflection().measure(Document(text)).evidence
    return [(text[slice(*mark.span)], mark.expected[0]) for mark in marks]


@pytest.mark.parametrize(
    ("text", "wrong", "right"),
    [
        ("People was waiting outside.", "People was", "People were"),
        ("She left because many people thinks so.", "people thinks", "people think"),
        ("They was late.", "They was", "They were"),
        ("You was there.", "You was", "You were"),
        ("He go to the port.", "He go", "He goes"),
        ("It don’t open, but she often need it.", "It don’t", "It doesn't"),
        ("Everyone have a ticket.", "Everyone have", "Everyone has"),
        ("Every student have a ticket.", "student have", "student has"),
        ("Those who wants it can pay.", "who wants", "who want"),
        ("There is many reasons.", "There is", "There are"),
        ("The board didn’t believed him.", "didn’t believed", "didn’t believe"),
        ("He did not really went.", "not really went", "not really go"),
        ("Why did he went home?", "he went", "he go"),
        ("They will chose a mayor.", "will chose", "will choose"),
        ("She can swimming.", "can swimming", "can swim"),
        ("They want to improved it.", "to improved", "to improve"),
        ("The hall was build in May.", "was build", "was built"),
        ("The letter was wrote by her.", "was wrote", "was written"),
        ("She has went home.", "has went", "has gone"),
        ("It is useful for improve the port.", "for improve", "for improving"),
        ("We met many worker.", "many worker", "many workers"),
        ("He spent a lot of dollar.", "of dollar", "of dollars"),
        ("One of the reason is cost.", "the reason", "the reasons"),
        ("Every students pays.", "", ""),
        ("Every students is late.", "Every students", "Every student"),
        ("A informations came.", "informations", "information"),
        ("He gave an advice.", "an advice", "advice"),
        ("The bus is more faster than the tram.", "more faster", "faster"),
        ("It is the most biggest port.", "most biggest", "biggest"),
    ],
)
def test_wrong_forms(text: str, wrong: str, right: str) -> None:
    """Each error is one mark that holds the whole correction. A word that follows no known pattern is not marked."""
    assert corrected(text) == ([(wrong, right)] if wrong else [])


@pytest.mark.parametrize(
    "text",
    [
        "If he were mayor, he would resign.",
        "They asked that he choose a date, and that the student have a lawyer.",
        "What he did was build a port. The way to win is choose early.",
        "The number of people was small. A group of two people has left.",
        "Should he need it, does she have one? Nor did he know.",
        "He told those meeting in May that strep A cases rose.",
        "A lot of school begins early, and a sports hall is a must.",
        "The trash can was full, and his will said so.",
        "The United States is large. The news was good. Rivers was charged.",
        "Two computer and software firms have come.",
        "He is broke. They can only hope to need less.",
        "The firm wants more better-paid staff and more younger readers.",
        "As of now, without fail, they deliver.",
        "They have become rich. It has come to this.",
    ],
)
def test_correct_english(text: str) -> None:
    """Sentences that only look like an error."""
    assert corrected(text) == []


def test_nobody_answers_for_a_quotation() -> None:
    """Dialect and slips of those who are quoted are not the writer's."""
    assert corrected("“People was waiting,” she said. “He don’t know.” They was late.") == [("They was", "They were")]


def test_a_rule_stays_in_its_paragraph() -> None:
    """A headline and the text under it are not neighbours."""
    assert corrected("Where people\nWas he there?\n\nNobody has\n\nwent home") == []


def test_there_is_no_column() -> None:
    """The shipped model does not know these errors, so no score can move."""
    assert Inflection().columns == ()
    assert Inflection().measure(Document("They was late.")).values == {}
