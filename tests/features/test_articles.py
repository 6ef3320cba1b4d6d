"""Wrong `a` and `an`."""

import pytest

from features.articles import Articles
from features.document import Document

FEATURE = Articles()


def _marks(text: str) -> list[tuple[str, str]]:
    document = Document(text)
    return [(document[mark.span], mark.expected[0]) for mark in FEATURE.measure(document).evidence]


@pytest.mark.parametrize(
    ("text", "mark"),
    [
        ("It sought a assurance.", ("a assurance", "an assurance")),
        ("A idea came.", ("A idea", "An idea")),
        ("He made an preliminary offer.", ("an preliminary", "a preliminary")),
        ("It ended. An look shows why.", ("An look", "A look")),
        ("In a\u00a0unidentified place", ("a\u00a0unidentified", "an unidentified")),
        ("It was an unique case.", ("an unique", "a unique")),
    ],
)
def test_wrong_article_is_mended(text: str, mark: tuple[str, str]) -> None:
    """The mark covers the article and the word, and the expected wording has the right article."""
    assert _marks(text) == [mark]


@pytest.mark.parametrize(
    "text",
    [
        "a unit, a unanimous vote, a European bank, a euro, a one-off, a one, a once, a user, a usual day, a ukulele",
        "an hour, an honest man, an historic day, an hotel, an heir, a house",
        "an unnamed man, an unimportant one, an uninvited guest, an umbrella, an urgent call",
        "an nfl coach, an MP, an 18-year-old, an FBI agent, an x-ray, an S-400",
        "M&A activity, below the A investment grade, vitamin a and others, AT&A outlets, U.S.A important",
        "a or b, a.m. a is a letter",
        "an o’clock, a e’er",
    ],
)
def test_right_articles_are_left_alone(text: str) -> None:
    """Sound decides, not spelling; letters and grades are not articles."""
    assert _marks(text) == []


def test_only_an_before_a_consonant_is_counted() -> None:
    """Learners write `a important`, which is marked as an error but not counted."""
    measured = FEATURE.measure(Document("It is a important day and an preliminary offer."))
    assert len(measured.evidence) == 2
    assert measured.values["an_before_consonant_per_1000_words"] == pytest.approx(1000 / 9)
    assert FEATURE.measure(Document("an unique case")).values["an_before_consonant_per_1000_words"] == 0.0
