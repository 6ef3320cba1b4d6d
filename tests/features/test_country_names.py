"""Articles before possessive countries, and names that lost their capital."""

import pytest

from features.country_names import CountryNames
from features.document import Document
from features.nationalities import COUNTRIES, NAMES_ALWAYS_CAPITALISED

FEATURE = CountryNames()


def _marks(text: str) -> list[tuple[str, tuple[str, ...]]]:
    document = Document(text)
    return [(document[mark.span], mark.expected) for mark in FEATURE.measure(document).evidence]


@pytest.mark.parametrize(
    ("text", "span", "expected"),
    [
        ("A Ukraine’s delegation", "A Ukraine’s", ("A Ukrainian", "Ukraine’s")),
        ("The Ukraine's spoke", "The Ukraine's", ("The Ukrainian", "The Ukrainians", "Ukraine's")),
        ("at the Russia’s position", "the Russia’s", ("the Russian", "the Russians", "Russia’s")),
        ("with a India’s request", "a India’s", ("an Indian", "India’s")),
        ("in an Europe’s bank", "an Europe’s", ("a European", "Europe’s")),
        ("from the France's side", "the France's", ("the French", "France's")),
    ],
)
def test_article_before_a_possessive_country_names_the_adjective(
    text: str, span: str, expected: tuple[str, ...]
) -> None:
    """The mark covers article and country. The first expected wording is the adjective with its article."""
    assert _marks(text) == [(span, expected)]


@pytest.mark.parametrize(
    "text",
    [
        "He won the America’s Cup as a Britain’s Got Talent star.",
        "the Netherlands’ and the Gambia’s ports",
        "Russia’s position and the Russian’s hat",
        "the country’s port",
        "They live in the Ukraine, and the Ukraine’s port is big.",
        "The BBC’s man",
    ],
)
def test_right_articles_are_left_alone(text: str) -> None:
    """Titles, countries that take an article, and writers who say `the Ukraine` are right."""
    assert _marks(text) == []


def test_lost_capital_is_marked_where_other_names_kept_theirs() -> None:
    """A missing capital is marked if the text keeps its others."""
    text = "Kyiv and Moscow met in London on Friday, but kyiv sent a ukrainian clerk on monday."
    assert _marks(text) == [("kyiv", ("Kyiv",)), ("ukrainian", ("Ukrainian",)), ("monday", ("Monday",))]


def test_as_many_lost_as_kept_is_a_habit() -> None:
    """Names that often lack capitals are the writer's habit and are not marked."""
    assert _marks("Kyiv and Moscow met, but kyiv sent a ukrainian clerk.") == []


def test_lost_capitals_are_counted_per_1000_words() -> None:
    """One in four words is 250 in 1,000."""
    assert FEATURE.measure(Document("Kyiv, Moscow and kyiv")).values["lower_cased_names_per_1000_words"] == 250.0


@pytest.mark.parametrize(
    "text",
    [
        "Kyiv, Moscow: see www.kyiv.example, @ukraine, #russia, news/iraq and kyiv.example.",
        "Russia and Spain sell turkey, fine china, french fries and polish in may.",
    ],
    ids=["addresses", "words_of_their_own"],
)
def test_lower_case_in_its_place_is_left_alone(text: str) -> None:
    """Addresses, handles, tags and words that only look like names are not marked."""
    assert _marks(text) == []


def test_writers_without_capitals_are_left_alone() -> None:
    """A text without any capitals gets no mark."""
    assert _marks("i met a british friend in london on monday. we flew to iran.") == []


def test_table_is_sorted_and_whole() -> None:
    """Every country has two capitalised words, and countries are in alphabetical order."""
    assert list(COUNTRIES) == sorted(COUNTRIES)
    assert all(word[0].isupper() for row in COUNTRIES.items() for word in (row[0], *row[1]))


def test_words_of_their_own_are_not_among_the_names() -> None:
    """`turkey` and `polish` are also common words."""
    assert NAMES_ALWAYS_CAPITALISED.isdisjoint({"Turkey", "China", "Polish", "French", "March", "May", "August"})
