"""What the reader finds by itself: its columns, a logistic regression, and rewrites that it never met.

The regression is fitted on ``fit`` stories that the reader has not read. The threshold lets 1 % of the human news of the
role ``test`` through. This is a look at a checkpoint, not the evaluation of a model: unspin's own columns play no part.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from detector.lab.data.corpus import held_out, sets_in
from detector.lab.data.stories import Article, human_articles
from detector.lab.evaluation.amounts import Amounts
from detector.lab.evaluation.held_out import Held
from detector.lab.evaluation.samples import SURELY_SPUN, real
from detector.lab.spinners import Spinner, families, family
from detector.lab.training.fit_word_model import RATES
from detector.lab.training.reader.stories import kept_apart
from detector.lab.training.training_sets import NEWS, OTHER_HUMAN, spin_articles, trained_spinners
from detector.model import HUMAN
from features.document import Document
from features.reader import Reader

REAL_SETS = ("detectrl", "agnews-textfooler", "pan-mturk-spun")
"""Rewrites by tools that are in no lesson."""

FALSE_POSITIVES = 0.01
"""Share of human news above the threshold."""

LEARNERS = ("esl-ellipse", "esl-jfleg", "esl-m2")


@dataclass(frozen=True)
class Row:
    """Articles of one kind, and the share of them above the threshold.

    Parameters
    ----------
    name : str
        What they are.
    met : bool
        Whether the lessons have this family.
    articles : int
        How many.
    found : float
        Share above the threshold.
    area : float
        Chance that one of them scores above a human news article: less at the mercy of the threshold's few articles.
    """

    name: str
    met: bool
    articles: int
    found: float
    area: float


@dataclass(frozen=True)
class Amount:
    """How many articles: human news to fit on, human news that sets the threshold, and those of each row."""

    fit: int = 150
    news: int = 300
    row: int = 50


@dataclass(frozen=True)
class Samples:
    """The texts, drawn once for all checkpoints that are compared.

    Parameters
    ----------
    human, spun : sequence of Article
        What the regression is fitted on.
    news : sequence of Article
        Human news that sets the threshold.
    kinds : sequence of (str, bool, sequence of Article)
        What is measured: name, whether the lessons have it, articles.
    """

    human: Sequence[Article]
    spun: Sequence[Article]
    news: Sequence[Article]
    kinds: Sequence[tuple[str, bool, Sequence[Article]]]


def draw_samples(data: Path, amount: Amount = Amount(), seed: int = 0) -> Samples:
    """Texts of the data folder."""
    fit = _drawn(data, "fit", NEWS, amount.fit, seed, apart=True)
    others = _drawn(data, "fit", OTHER_HUMAN, amount.fit // 2, seed, apart=True)
    spun = [a for a in spin_articles(fit, trained_spinners(data), seed) if a.kind != HUMAN]
    news = _drawn(data, "test", NEWS, amount.news, seed)
    return Samples([*fit, *others], spun, news, kinds(data, news, amount, seed))


def measure_reader(reader: Reader, samples: Samples) -> list[Row]:
    """The rows of one reader."""
    model = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=2000))
    taught = [0] * len(samples.human) + [1] * len(samples.spun)
    model.fit(rows_of(reader, [*samples.human, *samples.spun]), taught)

    def scores(articles: Sequence[Article]) -> NDArray[np.float64]:
        return np.asarray(model.decision_function(rows_of(reader, articles)), np.float64)

    news = scores(samples.news)
    threshold = float(np.quantile(news, 1 - FALSE_POSITIVES))
    rows = []
    for name, met, articles in samples.kinds:
        if articles:
            own = scores(articles)
            above = own[:, np.newaxis] - news
            area = float(np.mean((above > 0) + 0.5 * (above == 0)))
            rows.append(Row(name, met, len(articles), float(np.mean(own > threshold)), area))
    return rows


def rows_of(reader: Reader, articles: Sequence[Article]) -> NDArray[np.float64]:
    """The reader's columns of articles, shape (articles, columns)."""
    return np.array([list(reader.measure(Document(a.text)).values.values()) for a in articles], np.float64)


def kinds(data: Path, news: Sequence[Article], amount: Amount, seed: int) -> list[tuple[str, bool, Sequence[Article]]]:
    """What is measured: name, whether the lessons have it, articles."""
    spinners = families(data)
    base = news[: amount.row]
    met = [("dictionary", rate) for rate in RATES] + [("wordnet-inflected", 0.3), ("careful", 0.3)]
    found: list[tuple[str, bool, Sequence[Article]]] = [
        (f"{name} at {rate:.0%}", True, spun_by(spinners[name], base, rate, seed)) for name, rate in met
    ]
    found += [
        (f"{name} at {rate:.0%}", False, spun_by(spinner, base, rate, seed))
        for name, spinner in spinners.items()
        if not family(name).trained
        for rate in (1.0, 0.3)
    ]
    tests = {
        name: tuple(s for s in held_out(data, name) if s.role == "test") for name in REAL_SETS if name in sets_in(data)
    }
    found += [
        (f"{sample.family}, {sample.variant}", False, sample.articles)
        for sample in real(Held(tests, {}), Amounts(real=amount.row), seed)
        if not sample.short and sample.variant in {"news", "joined", SURELY_SPUN}
    ]
    found.append(("learners", True, _drawn(data, "test", LEARNERS, amount.news // 3, seed)))
    rest = [name for name in OTHER_HUMAN if name not in LEARNERS]
    found.append(
        ("translations, teachers, paraphrases by people", True, _drawn(data, "test", rest, amount.news // 3, seed))
    )
    return found


def spun_by(spinner: Spinner, articles: Sequence[Article], rate: float, seed: int) -> list[Article]:
    """Rewrites of the articles; those that came out as they were are left out."""
    made = [(a, spinner.spin(a.text, random.Random(f"{seed} {rate} {a.key}"), rate)) for a in articles]
    return [Article(a.key, m.text, "spun", a.group, a.story, a.words) for a, m in made if m.changes]


def _drawn(data: Path, role: str, names: Sequence[str], most: int, seed: int, *, apart: bool = False) -> list[Article]:
    """Human articles of a role, of many sets and outlets in equal parts."""
    drawn: list[list[Article]] = []
    for name in (n for n in names if n in sets_in(data)):
        own = human_articles(
            data,
            role,
            [name],
            most=most,
            seed=seed,
            cap_group=max(2, most // 20) if name == "world-news" else most,
            wanted=lambda story: not apart or kept_apart(story.group),
        )
        drawn.append(list(own))
    turns = [article for turn in range(most) for part in drawn for article in part[turn : turn + 1]]
    return turns[:most]
