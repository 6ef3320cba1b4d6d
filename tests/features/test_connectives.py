"""Connectives that do not fit the grammar of their place."""

import pytest

from features.connectives import Connectives
from features.document import Document

FEATURE = Connectives()


def _marks(text: str) -> list[tuple[str, str]]:
    document = Document(text)
    return [(document[mark.span], mark.expected[0]) for mark in FEATURE.measure(document).evidence]


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("They left prior signing up.", ("prior", "before")),
        ("Prior the vote, they met.", ("Prior", "Before")),
        ("They met prior Tuesday.", ("prior", "before")),
        ("They met following he had won.", ("following", "after")),
        ("They met following Norway and Sweden failed to agree.", ("following", "after")),
        ("Following Day lost, she left.", ("Following", "After")),
    ],
)
def test_misfit_is_marked_with_the_word_that_fits(text: str, mark: tuple[str, str]) -> None:
    """A preposition or adjective in place of a conjunction is marked."""
    assert _marks(text) == [mark]
    assert FEATURE.measure(Document(text)).values["misfit_connectives_per_1000_words"] > 0


@pytest.mark.parametrize(
    "text",
    [
        "They met prior to signing, without prior training or a prior meeting, in the prior year.",
        "They met following the vote, following Norway’s lead, following it closely.",
        "Following Tuesday’s vote, they met. The following day it rained.",
        "The repairs following Katrina were costly and took years.",
        "He fled on the prior Tuesday night.",
    ],
)
def test_honest_uses_are_left_alone(text: str) -> None:
    """`prior to`, the adjective, and `following` before a noun are right."""
    assert _marks(text) == []
