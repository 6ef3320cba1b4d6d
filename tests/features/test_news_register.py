"""Whether a text is written like news."""

import math
from pathlib import Path

import numpy as np
import pytest

import features
from features.document import Document
from features.language_model.analysis import Analyst
from features.language_model.ngrams import embedded, plain_forms
from features.language_model.register import FILE, MAKE_UP, Register, rates
from features.news_register import NewsRegister

SEEDS = Path(__file__).parents[2] / "seeds" / "texts"
NEWS = sorted(p for p in SEEDS.glob("*.txt") if p.name.count(".") == 1)
ESSAY = (
    "I think that we should all try to understand what it is that makes us happy, because if we do not, then we may "
    "find that we have spent our lives on things which we never really wanted. My own view is that happiness is not a "
    "thing you can look for. It is something that comes to you when you are busy with other things, and if you stop to "
    "ask yourself whether you are happy, you will cease to be so. Some people would say that this is too simple. "
)


@pytest.fixture(scope="module")
def feature() -> NewsRegister:
    """The feature with the shipped tables."""
    return NewsRegister(Analyst.load(Path(features.__file__).parent / "tables"))


def value(feature: NewsRegister, text: str) -> float:
    """Returns the value of the only column."""
    (found,) = feature.measure(Document(text)).values.values()
    return found


def test_news_is_told_from_an_essay(feature: NewsRegister) -> None:
    """Every clean seed article scores above an essay on happiness, and the essay is not like news."""
    essay = value(feature, ESSAY)
    assert essay < 0
    assert NEWS
    assert min(value(feature, path.read_text(encoding="utf-8")) for path in NEWS) > essay


def test_spinning_does_not_change_the_genre(feature: NewsRegister) -> None:
    """Spun seed articles are still written like news: rewriters swap other words."""
    spun = [p for p in SEEDS.glob("*.spun-*.txt") if ".gold" not in p.name]
    assert len(spun) > 10
    assert sum(value(feature, path.read_text(encoding="utf-8")) > 0 for path in spun) >= 0.9 * len(spun)


def test_too_few_words_to_tell(feature: NewsRegister) -> None:
    """A single sentence is not measured."""
    assert math.isnan(value(feature, "The mayor resigned on Tuesday."))


def test_without_a_table_nothing_is_measured() -> None:
    """Training reads the other tables before this one exists."""
    whole = Analyst.load(Path(features.__file__).parent / "tables")
    assert math.isnan(value(NewsRegister(Analyst(whole.resources, whole.word_model)), ESSAY))


def test_rates_are_square_roots_of_shares() -> None:
    """The rates of words come first, then the composition of the text."""
    document = Document("The cat and the dog met “The Hague” in 1999. The end.")
    found = rates(document, plain_forms(document), embedded(), ("the", "dog"))
    words = len(document.words)
    assert found.shape == (2 + len(MAKE_UP),)
    assert found[0] == pytest.approx(math.sqrt(4 / words))
    assert found[1] == pytest.approx(math.sqrt(1 / words))
    capitals, figures, quotes = (float(f) ** 2 * words for f in found[2:5])
    assert (round(capitals), round(figures), round(quotes)) == (4, 1, 10)


def test_unknown_words_are_rare() -> None:
    """Unknown words count as rare. The cases have none, one and three of them."""
    text = "the man said that the {} had been in the {}, {}"
    rare = []
    for words in (("house", "house", "said"), ("zqxvorb", "house", "said"), ("zqxvorb", "Zqxvarb", "zqxvurb")):
        document = Document(text.format(*words))
        rare.append(float(rates(document, plain_forms(document), embedded(), ())[MAKE_UP.index("rare_words")] ** 2))
    count = len(Document(text.format("a", "b", "c")).tokens)
    assert rare == pytest.approx([0.0, 1 / count, 3 / count])


def test_a_table_is_read_as_it_was_written(tmp_path: Path) -> None:
    """A saved table loads unchanged. Another format is refused with a sentence that names the file."""
    register = Register(("the",), np.zeros(7), np.ones(7), np.arange(7.0), -0.5)
    register.save(tmp_path)
    again = Register.load(tmp_path)
    assert again.words == register.words
    assert again.log_odds(np.ones(7)) == register.log_odds(np.ones(7)) == pytest.approx(20.5)
    (tmp_path / FILE).write_text('{"format": "other"}', encoding="utf-8")
    with pytest.raises(ValueError, match=FILE):
        Register.load(tmp_path)
