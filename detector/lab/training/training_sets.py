"""Which articles each stage of training uses, by role, set and outlet, and the rewrites made from them.

The word model uses one half of the ``fit`` stories, and the article classifier the other. Phrasing uses reference copy.
Calibration, thresholds and the regressions of :mod:`detector.places` use the ``calibrate`` stories.
"""

import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from joblib import Parallel, delayed

from detector.classifier import DICTIONARY
from detector.lab.data.corpus import sets_in
from detector.lab.data.rewrites import WRITTEN, real_rewrites, round_trips
from detector.lab.data.stories import Article, count_words, human_articles, reference_articles
from detector.lab.spinners import Spinner, families, family
from detector.lab.training.fit_word_model import RATES
from detector.lab.training.reference_copy import apart
from detector.measuring import read
from detector.model import HUMAN
from features.document import Document

NEWS = (
    "reuters-fin",
    "reuters-c50",
    "reuters21578",
    "conll2003",
    "intl-news-2024",
    "bbc2005",
    "masakhane-eng",
    "nltk-news",
    "usnews2023",
    "horne2017",
    "wmt-english-originals",
    "newstest-2013-2015",
    "world-news",
)
"""Reporters' copy. Training rewrites it, and the quality score compares articles with it."""

OTHER_HUMAN = (
    "mrpc",
    "onestop",
    "turkcorpus-human-simplified",
    "wmt-human-translations",
    "esl-ellipse",
    "esl-jfleg",
    "esl-m2",
)
"""Human writing that is not wire copy and must not be flagged: by human rewriters, translators and learners."""

MIN_WORDS = 60
"""Fewest words of an article that unspin judges."""

SWAP = "neighbours"
"""The family that swaps words for others from the same contexts. Training uses it; evaluation uses similar tools."""

_BATCH = 100


@dataclass(frozen=True)
class Amounts:
    """How many articles each stage uses. Training with the defaults takes well under an hour on two cores."""

    word_news: int = 280
    word_other: int = 90
    fit_news: int = 600
    fit_other: int = 300
    calibrate_news: int = 320
    calibrate_other: int = 250
    per_outlet: int = 60
    world_factor: int = 5
    phrasing_news: int = 1500
    phrasing_other: int = 500
    phrasing_outlet: int = 150
    trips: int = 300
    calibrate_trips: int = 40
    place_news: int = 40
    place_other: int = 10


SHIPPED = Amounts()
"""The amounts that the shipped model is trained on."""


def trained_spinners(data: Path, leave_out: frozenset[str] = frozenset()) -> dict[str, Spinner]:
    """The families with word lists that a model is trained on, except those left out.

    Round trips are separate. Training on them made the word model and the word-swap head worse at light rewrites.
    """
    return _trained(data, leave_out, round_trip=False)


def trained_trips(data: Path, leave_out: frozenset[str] = frozenset()) -> dict[str, Spinner]:
    """The round trips that a model is trained on: every language pair installed here, except those left out."""
    return _trained(data, leave_out, round_trip=True)


def _trained(data: Path, leave_out: frozenset[str], *, round_trip: bool) -> dict[str, Spinner]:
    there = [(family(name), spinner) for name, spinner in families(data).items() if name not in leave_out]
    return {f.name: spinner for f, spinner in there if f.trained and f.round_trip == round_trip}


def word_articles(data: Path, amounts: Amounts, seed: int) -> list[Article]:
    """The training set of the word model: human copy of the first half of the ``fit`` stories."""
    return _half(
        human_copy(data, "fit", 2 * amounts.word_news, 2 * amounts.word_other, amounts, seed + 1), second=False
    )


def fit_articles(data: Path, spinners: Mapping[str, Spinner], amounts: Amounts, seed: int) -> list[Article]:
    """The second half of the ``fit`` stories, and rewrites of the reporters' copy, for the article classifier."""
    humans = human_copy(data, "fit", amounts.fit_news, amounts.fit_other, amounts, seed)
    return spin_articles(_half(humans, second=True), spinners, seed)


@dataclass(frozen=True)
class PhrasingArticles:
    """The training set of the phrasing stage: see :func:`detector.lab.training.fit_phrasing.fit_phrasing`."""

    human: tuple[Article, ...]
    other_human: tuple[Article, ...]
    spun: tuple[Article, ...]
    rewrites: tuple[Article, ...]


def phrasing_articles(
    data: Path, amounts: Amounts, *, leave_out: frozenset[str] = frozenset(), seed: int, jobs: int
) -> PhrasingArticles:
    """The training set of the phrasing stage.

    Reporters' copy is reference copy without text of held-out stories: there is much of it, and phrasing does not use
    the n-gram model. Real tools' rewrites and round trips come from ``fit`` stories.
    """
    there = [name for name in NEWS if name in sets_in(data)]
    wanted = [(name, amounts.phrasing_news * (amounts.world_factor if name == "world-news" else 1)) for name in there]
    # The largest first, so that no worker is still busy with it at the end.
    drawn = Parallel(n_jobs=jobs)(
        delayed(reference_articles)(
            data, name, most=most, seed=seed, cap_group=amounts.phrasing_outlet if name == "world-news" else most
        )
        for name, most in sorted(wanted, key=lambda each: -each[1])
    )
    human = apart(data, [article for part in drawn for article in part], jobs=jobs)
    other = _half(human_copy(data, "fit", 0, amounts.phrasing_other, amounts, seed + 3), second=False)
    lists = {n: s for n, s in trained_spinners(data, leave_out).items() if family(n).kind == DICTIONARY}
    batches = [human[i : i + _BATCH] for i in range(0, len(human), _BATCH)] if lists else []
    made = Parallel(n_jobs=jobs)(delayed(spin_articles)(batch, lists, seed) for batch in batches)
    spun = [article for part in made for article in part if article.kind != HUMAN]
    copy = _half(human_copy(data, "fit", amounts.word_news * 4, 0, amounts, seed + 3), second=False)
    trips = round_trips(copy, trained_trips(data, leave_out), amounts.trips, seed=seed, jobs=jobs)
    rewrites = [*real_rewrites(data, "fit", leave_out), *trips]
    return PhrasingArticles(tuple(human), tuple(other), tuple(spun), tuple(rewrites))


def held_articles(
    data: Path,
    spinners: Mapping[str, Spinner],
    amounts: Amounts,
    *,
    leave_out: frozenset[str] = frozenset(),
    seed: int,
    jobs: int,
) -> list[Article]:
    """The ``calibrate`` stories and their rewrites by trained families, for calibration and thresholds."""
    humans = human_copy(data, "calibrate", amounts.calibrate_news, amounts.calibrate_other, amounts, seed)
    trips = round_trips(
        [a for a in humans if by_reporter(a)],
        trained_trips(data, leave_out),
        amounts.calibrate_trips,
        seed=seed,
        jobs=jobs,
    )
    real = [a for a in real_rewrites(data, "calibrate", leave_out) if a.kind not in {HUMAN, WRITTEN}]
    return [*spin_articles(humans, spinners, seed), *(a for a in (*real, *trips) if judgeable(a.text))]


def by_reporter(article: Article) -> bool:
    """Whether an article, or the original of a rewrite, is reporters' copy and not from :data:`OTHER_HUMAN`."""
    return article.group.split(":")[0] not in OTHER_HUMAN


def place_articles(data: Path, amounts: Amounts, seed: int) -> list[Article]:
    """Human copy of the ``calibrate`` stories, for the regressions of :mod:`detector.places`."""
    return human_copy(data, "calibrate", amounts.place_news, amounts.place_other, amounts, seed + 2)


def human_copy(data: Path, role: str, news: int, other: int, amounts: Amounts, seed: int) -> list[Article]:
    """Judgeable human copy of one role: up to ``news`` articles of each news set, ``other`` of each other set."""
    articles: list[Article] = []
    there = sets_in(data)
    for name in (n for n in (*NEWS, *OTHER_HUMAN) if n in there):
        most = news * amounts.world_factor if name == "world-news" else news if name in NEWS else other
        cap = amounts.per_outlet if name == "world-news" else most
        articles += human_articles(data, role, [name], most=most, seed=seed, cap_group=cap)
    return [a for a in articles if judgeable(a.text)]


def judgeable(text: str) -> bool:
    """Whether ``unspin check`` would judge a text. Training skips texts on which unspin abstains."""
    return read(Document(text)).abstention(MIN_WORDS) is None


def _half(articles: Sequence[Article], *, second: bool) -> list[Article]:
    """One half of the articles, split by story. The classifier must not train on stories of the word model."""
    return [a for a in articles if (random.Random(a.story).random() < 0.5) != second]


def spin_articles(articles: Sequence[Article], spinners: Mapping[str, Spinner], seed: int) -> list[Article]:
    """The articles, and one rewrite of each by a reporter. The seed determines the family and rate."""
    result = list(articles)
    names = sorted(spinners)
    weights = [family(name).weight for name in names]
    for article in articles:
        if not by_reporter(article):
            continue
        rng = random.Random(f"{seed} spin {article.key}")
        name = rng.choices(names, weights)[0]
        rate = rng.choice(RATES)
        made = spinners[name].spin(article.text, rng, rate)
        if made.changes:
            group, words = f"{name} at {rate:.0%}", count_words(made.text)
            result.append(Article(article.key, made.text, name, group, article.story, words))
    return result
