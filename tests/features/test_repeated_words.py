"""Words repeated twice in a row."""

import pytest

from features.document import Document
from features.repeated_words import RepeatedWords

FEATURE = RepeatedWords()


def test_doubled_word_is_marked_whole() -> None:
    """The mark covers both words, and the expected wording is one of them."""
    document = Document("The international settlement settlement was signed.")
    (mark,) = FEATURE.measure(document).evidence
    assert (document[mark.span], mark.expected) == ("settlement settlement", ("settlement",))


def test_only_long_words_count() -> None:
    """Doubled short words are usually typing errors: they get a weak mark and do not count."""
    slip = FEATURE.measure(Document("He saw the the ship."))
    machine = FEATURE.measure(Document("He saw foreign foreign ships."))
    assert slip.values["doubled_content_words_per_1000_words"] == 0.0
    assert machine.values["doubled_content_words_per_1000_words"] == 200.0
    assert slip.evidence[0].weight < machine.evidence[0].weight


@pytest.mark.parametrize(
    "text",
    [
        "He said that that had had a very very long run.",
        "It rained.\nrained it had",
        "beep beep beep",
        "row row row your boat",
        "the port, port of call",
        "a well-known known fact",
        "New New York",
    ],
)
def test_honest_doubles_are_left_alone(text: str) -> None:
    """Emphasis, grammar, names and breaks may double a word."""
    assert list(FEATURE.measure(Document(text)).evidence) == []
