"""Learning how rewriters put words together, and what the classifier is given of it."""

import random
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

import features
from detector.classifier import DICTIONARY, RULE_BASED
from detector.lab.data.rewrites import MIXED, POLISH, TRIP, WRITTEN
from detector.lab.data.stories import Article
from detector.lab.training.fit_phrasing import (
    FOLDS,
    GENRE_WEIGHT,
    LEAST_RATED,
    LEAST_TEXTS,
    ORIGINAL_WEIGHT,
    WORDS,
    _folds,
    _weights,
    common_words,
    fit_phrasing,
    times_of,
)
from detector.lab.training.lessons import Lesson, lesson_of
from detector.model import HUMAN
from features.document import Document
from features.language_model.ngrams import embedded, plain_forms
from features.language_model.phrase_table import MARKS, PhraseTable
from features.phrasing import Phrasing
from features.phrasing import kind_of as kind_of_column

TABLES = Path(features.__file__).parent / "tables"
KINDS = tuple(kind_of_column(c.name) for c in Phrasing.columns)
SMALL = (
    "the",
    "of",
    "to",
    "and",
    "in",
    "was",
    "he",
    "had",
    "people",
    "they",
    "on",
    "said",
    "would",
    "out",
    "up",
    "year",
)
STORIES = 30
ENGINE = "round-trip-esperanto"


def article(kind: str, story: str, *, more: str = "", words: int = 120) -> Article:
    """A text of common words, among them more of some."""
    rng = random.Random(f"{kind} {story}")
    pool = [*SMALL, *(more.split() * 3)]
    text = " ".join(rng.choice(pool) for _ in range(words)) + "."
    return Article(f"{kind} {story}", text, kind, "group", story, words)


HUMANS = [article(HUMAN, f"h{i}") for i in range(60)]
REWRITES = [
    a
    for i in range(STORIES)
    for a in (
        article(HUMAN, f"s{i}"),
        article(POLISH, f"s{i}", more="however ,"),
        article(WRITTEN, f"w{i}", more="additionally ,"),
        article(ENGINE, f"t{i}", more="very this is"),
    )
]
SPUN = [article("dictionary", f"d{i}", more="inside as a result of") for i in range(STORIES)]


@cache
def fitted() -> tuple[PhraseTable, NDArray[np.float64]]:
    """Learnt from all of it."""
    return fit_phrasing(TABLES, HUMANS, SPUN, REWRITES, seed=0, jobs=1)


def column(kind: str) -> NDArray[np.float64]:
    """What stands for a kind's column of each rewrite."""
    return fitted()[1][:, KINDS.index(kind)]


def told(table: PhraseTable, kind: str, articles: list[Article]) -> NDArray[np.float64]:
    """What the whole table says."""
    at = table.kinds.index(kind)
    return np.array([table.log_odds(plain_forms(Document(a.text)))[at] for a in articles])


def test_counted_words_are_common_and_plain() -> None:
    """The commonest words and the marks that a writer chooses; no quotation mark and no special word."""
    words = common_words(embedded())
    assert len(words) == len(set(words)) == WORDS
    assert {"the", "said", ",", "."} <= set(words[:100])
    assert all(w in MARKS or w.replace("'", "").isalpha() for w in words)


def test_kinds_are_those_that_somebody_is_of() -> None:
    """Spinners teach what there is a column for; a kind that nobody is of is not in the table."""
    table, columns = fitted()
    assert table.kinds == (DICTIONARY, "language_model", RULE_BASED)
    assert columns.shape == (len(REWRITES), len(KINDS))
    assert np.isnan(column("translation")).all()
    assert not np.isnan(column("language_model")).any()
    assert not np.isnan(column(RULE_BASED)).any()


def test_each_kind_is_told_by_what_it_puts_more_often() -> None:
    """On texts that taught nothing."""
    table, _ = fitted()
    people = [article(HUMAN, f"new {i}") for i in range(10)]
    for kind, more in (
        (DICTIONARY, "inside as a result of"),
        ("language_model", "however ,"),
        (RULE_BASED, "very this is"),
    ):
        new = [article(kind, f"new {i}", more=more) for i in range(10)]
        assert told(table, kind, new).min() > told(table, kind, people).max(), kind


def test_times_by_hand() -> None:
    """How often the news rewrites have an item, against news or their own originals, whichever has it more often."""
    items = np.array([3, 5, 8], np.uint32)
    news, other = article(HUMAN, "n"), article(HUMAN, "o")
    originals = [article(HUMAN, f"s{i}") for i in range(LEAST_RATED)]
    rewrites = [replace(a, kind=POLISH, group="detectrl: xsum-news") for a in originals]
    essay = replace(article(POLISH, "e"), group="detectrl: arxiv")
    texts = [[3, 3, 5, 5]] * LEAST_RATED + [[8] * 4, [3, 8, 8, 8], [3, 3, 3, 3]] + [[5, 8, 8, 8]] * LEAST_RATED
    articles = [*rewrites, essay, news, other, *originals]
    found = [np.array(text, np.uint32) for text in texts]
    at = LEAST_RATED + 1
    times = times_of(items, ["language_model"], articles, found, published=range(at, at + 1))
    # Item 3: half of the rewrites' items, against (1 + 1) / 4 in news and none in the originals. Item 5: half, against
    # a quarter in the originals. Item 8: in no rewrite of news.
    assert times.tolist() == [[1.0, 2.0, 0.0]]


@pytest.mark.parametrize(("kind", "family"), [("language_model", POLISH), (RULE_BASED, ENGINE)])
def test_what_was_learnt_from_looks_better_than_it_is(kind: str, family: str) -> None:
    """The whole table is surer of its own lesson than tables that have not seen the story, which the columns are of."""
    own = np.array([a.kind == family for a in REWRITES])
    whole, crossed = told(fitted()[0], kind, REWRITES), column(kind)
    assert (whole != crossed).all()
    assert whole[own].mean() - crossed[own].mean() > 0
    human = np.array([a.kind == HUMAN for a in REWRITES])
    assert whole[human].mean() - crossed[human].mean() < 0
    assert crossed[own].mean() > crossed[human].mean()


def test_originals_do_not_look_better_to_kinds_that_no_rewrite_is_of() -> None:
    """They taught those what human copy is like, and are told by tables that have not seen them; rewrites taught nothing."""
    human = np.array([a.kind == HUMAN for a in REWRITES])
    crossed = column(DICTIONARY)
    assert np.isnan(crossed).tolist() == (~human).tolist()
    assert told(fitted()[0], DICTIONARY, REWRITES)[human].mean() < crossed[human].mean()
    _, without_originals = fit_phrasing(TABLES, HUMANS, SPUN, [a for a in REWRITES if a.kind != HUMAN], seed=0, jobs=1)
    assert np.isnan(without_originals[:, KINDS.index(DICTIONARY)]).all()


def test_columns_are_within_range() -> None:
    """As the feature's own values are."""
    known = column("language_model")
    assert known.min() >= Phrasing.columns[0].low
    assert known.max() <= Phrasing.columns[0].high


def test_a_story_is_in_one_fold() -> None:
    """However many texts there are of it; the folds are of like size, and the same by the same seed."""
    stories = [f"story {i % 400}" for i in range(1200)]
    folds = _folds(stories, 0)
    assert len({(s, f) for s, f in zip(stories, folds.tolist(), strict=True)}) == 400
    assert np.bincount(folds, minlength=FOLDS).min() > 150
    assert (folds == _folds(stories, 0)).all()
    assert (folds != _folds(stories, 1)).any()


def test_the_same_lesson_gives_the_same_table() -> None:
    """Byte for byte: a training can be repeated."""
    again, columns = fit_phrasing(TABLES, HUMANS, SPUN, REWRITES, seed=0, jobs=1)
    table, before = fitted()
    assert again.items.tolist() == table.items.tolist()
    assert again.weights.tolist() == table.weights.tolist()
    assert again.intercepts.tolist() == table.intercepts.tolist()
    assert np.array_equal(columns, before, equal_nan=True)


def test_items_are_of_many_texts() -> None:
    """What a few texts have says what they are about."""
    few = [article(HUMAN, f"few {i}", more="banana") for i in range(LEAST_TEXTS - 1)]
    many = [article(HUMAN, f"many {i}", more="banana") for i in range(LEAST_TEXTS)]
    symbol = common_words(embedded())
    word = "council"
    assert word in symbol
    for texts, counted in ((few, False), (many, True)):
        own = [Article(a.key, a.text.replace("banana", word), a.kind, a.group, a.story, a.words) for a in texts]
        table, _ = fit_phrasing(TABLES, [*HUMANS, *own], [], [], seed=0, jobs=1)
        assert (table.symbols[word] in table.items.tolist()) is counted


def test_learners_weigh_more() -> None:
    """Learners' way of writing is held against nobody: what they write more of speaks less for a translation."""
    learners = [article(HUMAN, f"l{i}", more="very this is") for i in range(12)]
    as_reporters, _ = fit_phrasing(TABLES, [*HUMANS, *learners], [], REWRITES, seed=0, jobs=1)
    as_learners, _ = fit_phrasing(TABLES, HUMANS, [], REWRITES, learners, seed=0, jobs=1)
    new = [article(HUMAN, f"nl{i}", more="very this is") for i in range(6)]
    assert told(as_learners, RULE_BASED, new).mean() < told(as_reporters, RULE_BASED, new).mean()


def of_group(group: str, *articles: Article) -> list[Article]:
    """The same articles as if of another group."""
    return [replace(a, group=group) for a in articles]


class TestWeights:
    """What each rewrite weighs, and each original among them."""

    def test_an_original_weighs_by_its_rewrites(self) -> None:
        """Those of its own story alone; without any it weighs what a rewrite does, and wherever it stands."""
        a, b, alone = (article(HUMAN, story) for story in ("a", "b", "alone"))
        polished = [article(kind, "a") for kind in (POLISH, MIXED, TRIP)]
        given = of_group("mixset: news", *polished[:2], a, b, alone, *polished[2:], article(POLISH, "b"))
        weight = [1.0, 1.0, 3 * ORIGINAL_WEIGHT, ORIGINAL_WEIGHT, 1.0, 1.0, 1.0]
        assert _weights(given).tolist() == weight

    def test_news_weighs_more_than_other_genres(self) -> None:
        """Round trips are of news; an original's weight is not its genre's."""
        groups = ("detectrl: xsum-news", "mixset: news", "detectrl: yelp", "mixset: speech", "detectrl: xsum-news")
        given = [replace(article(POLISH, f"s{i}"), group=group) for i, group in enumerate(groups)]
        original = of_group("detectrl: yelp", article(HUMAN, "s2"))
        assert _weights([*given, *original]).tolist() == [1.0, 1.0, GENRE_WEIGHT, GENRE_WEIGHT, 1.0, ORIGINAL_WEIGHT]

    def test_nothing_weighs_nothing(self) -> None:
        """A training may have no rewrites."""
        assert _weights([]).shape == (0,)

    def test_the_habits_of_news_are_learnt_first(self) -> None:
        """Of two habits of polish the one that news has tells more, whichever it is."""
        habits = {
            more: [article(POLISH, f"{more}{i}", more=more) for i in range(20)] for more in ("however ,", "this is")
        }
        new = {more: [article(POLISH, f"new {i}", more=more) for i in range(6)] for more in habits}
        for news, other in (("however ,", "this is"), ("this is", "however ,")):
            given = [*of_group("mixset: news", *habits[news]), *of_group("mixset: speech", *habits[other])]
            table, _ = fit_phrasing(TABLES, HUMANS, [], given, seed=0, jobs=1)
            of_news, of_other = (told(table, "language_model", new[more]).mean() for more in (news, other))
            assert of_news > of_other, news

    def test_what_an_original_shares_with_its_rewrites_is_its_subject(self) -> None:
        """A word that the rewrites of a story have tells less where the original has it, and less the more it weighs."""
        rewrites = [article(POLISH, f"s{i % 10}", more="council", words=100 + i) for i in range(40)]
        originals = [article(HUMAN, f"s{i}", more="council") for i in range(10)]
        strangers = [replace(a, story=f"of nobody {i}") for i, a in enumerate(originals)]
        weight = []
        for humans in (originals, strangers):
            table, _ = fit_phrasing(TABLES, HUMANS, [], of_group("mixset: news", *rewrites, *humans), seed=0, jobs=1)
            weight.append(float(table.weights[0, table.items.tolist().index(table.symbols["council"])]))
        assert 0 < weight[0] < weight[1]


def test_without_rewrites_there_is_an_empty_table() -> None:
    """Nothing to learn from is no error."""
    table, columns = fit_phrasing(TABLES, HUMANS, [], [], seed=0, jobs=1)
    assert table.kinds == ()
    assert columns.shape == (0, len(KINDS))


class TestLesson:
    """What the classifier is fitted on."""

    def test_what_models_wrote_on_their_own_is_left_out(self) -> None:
        """So is what would not be judged; the others come after the articles, each with its columns."""
        articles = [article(HUMAN, "a"), article("careful", "a")]
        lesson = lesson_of(articles, REWRITES, fitted()[1], lambda text: text != REWRITES[1].text)
        kept = [i for i, a in enumerate(REWRITES) if a.kind != WRITTEN and i != 1]
        assert list(lesson.articles) == [*articles, *(REWRITES[i] for i in kept)]
        assert lesson.texts == [a.text for a in lesson.articles]
        assert set(lesson.kinds) == {HUMAN, "synonyms", "language_model", RULE_BASED}
        assert np.isnan(lesson.phrasing[:2]).all()
        assert np.array_equal(lesson.phrasing[2:], fitted()[1][kept], equal_nan=True)

    def test_cross_fitted_values_take_the_place_of_measured_ones(self) -> None:
        """Where there are any; all else stays as it was measured, and the measured rows themselves are not touched."""
        names = ["odd", *(c.name for c in reversed(Phrasing.columns)), "other"]
        own = np.full((2, len(KINDS)), np.nan)
        own[1, KINDS.index(RULE_BASED)] = 7.0
        lesson = Lesson((article(HUMAN, "a"), article(TRIP, "b")), own)
        measured = np.arange(2.0 * len(names)).reshape(2, len(names))
        before = measured.copy()
        rows = lesson.rows(names, measured)
        expected = before.copy()
        expected[1, names.index("phrasing_rule_based_log_odds")] = 7.0
        assert rows.tolist() == expected.tolist()
        assert measured.tolist() == before.tolist()
