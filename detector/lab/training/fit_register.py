"""The training stage that learns what written news looks like: :mod:`features.news_register`."""

import random
from collections import defaultdict
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from joblib import Parallel, delayed
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from detector.lab.data.corpus import sets_in, stories
from detector.lab.data.stories import Article, human_articles
from detector.measuring import read
from features.document import Document
from features.language_model.ngrams import NgramModel, plain_forms
from features.language_model.register import Register, rates

OTHER_GENRES = ("detectrl", "pan-mturk-spun")
"""Sets with human originals of other genres: papers, reviews, fiction and old prose. Their news is not used here."""

LEARNERS = ("esl-ellipse", "esl-jfleg", "esl-m2")
NEWS_DOMAINS = frozenset({"xsum-news", "news"})

SMALL_WORDS = 150
"""How many of the commonest words of the reference copy are counted. Hardly any of them names a subject."""

SHARE = 0.06
"""Total weight of each other genre relative to all news, whatever its number of texts."""

MOST = 300
PENALTY = 0.02
_JOINED_WORDS = 200
_LEAST_WORDS = 60
_BATCH = 100


def small_words(ngrams: NgramModel) -> tuple[str, ...]:
    """The commonest alphabetic words of a vocabulary."""
    order = np.argsort(-ngrams.counts.astype(np.int64), kind="stable")
    found = (ngrams.words[int(i)] for i in order)
    return tuple(word for word, _ in zip((w for w in found if w.isalpha()), range(SMALL_WORDS), strict=False))


def other_genres(data: Path, seed: int) -> dict[str, list[str]]:
    """Human texts that are not news, by genre, without stories of the role ``test``."""
    found: dict[str, list[str]] = defaultdict(list)
    there = sets_in(data)
    for name in (n for n in OTHER_GENRES if n in there):
        for story in stories(data, name):
            domain = str(story.fields.get("domain") or name)
            if story.role != "test" and story.label == "human" and domain not in NEWS_DOMAINS:
                found[domain].append(story.text)
    genres = {}
    for genre, texts in found.items():
        random.Random(f"{seed} {genre}").shuffle(texts)
        # Single sentences are too short to judge.
        short = np.median([len(t.split()) for t in texts]) < _LEAST_WORDS
        genres[genre] = (_joined(texts) if short else texts)[:MOST]
    genres["learners"] = [
        a.text
        for n in LEARNERS
        if n in there
        for a in human_articles(data, "fit", [n], most=MOST, seed=seed, cap_group=MOST)
    ]
    return {genre: kept for genre, texts in genres.items() if (kept := [t for t in texts if _long_enough(t)])}


def _joined(sentences: Sequence[str]) -> list[str]:
    texts, current, words = [], [], 0
    for sentence in sentences:
        current.append(sentence)
        words += len(sentence.split())
        if words >= _JOINED_WORDS:
            texts.append(" ".join(current))
            current, words = [], 0
    return texts


def _long_enough(text: str) -> bool:
    return read(Document(text)).countable_words >= _LEAST_WORDS


def fit_register(data: Path, tables: Path, news: Sequence[Article], *, seed: int, jobs: int) -> Register:
    """Learn to tell news, whether by people or rewritten, from other genres.

    Parameters
    ----------
    data, tables : Path
        The data folder and the folder of the n-gram tables.
    news : sequence of Article
        Reporters' copy and its rewrites.
    """
    words = small_words(NgramModel.load(tables))
    genres = other_genres(data, seed)
    texts = [a.text for a in news] + [t for own in genres.values() for t in own]
    weight = np.concatenate(
        [np.ones(len(news)), *(np.full(len(own), SHARE * len(news) / len(own)) for own in genres.values())]
    )
    is_news = np.arange(len(texts)) < len(news)
    batches = [texts[i : i + _BATCH] for i in range(0, len(texts), _BATCH)]
    table = np.concatenate(Parallel(n_jobs=jobs)(delayed(_rates)(batch, tables, words) for batch in batches))
    mean, scale = table.mean(axis=0), table.std(axis=0) + 1e-6
    if is_news.all():
        # Without other genres, nothing can be learnt: every text counts as news.
        return Register(words, mean, scale, np.zeros(table.shape[1]), 0.0)
    fitted = LogisticRegression(C=PENALTY, max_iter=3000).fit((table - mean) / scale, is_news, sample_weight=weight)
    return Register(words, mean, scale, fitted.coef_[0], float(fitted.intercept_[0]))


def _rates(texts: Sequence[str], tables: Path, words: tuple[str, ...]) -> NDArray[np.float64]:
    ngrams = NgramModel.load(tables)
    documents = [Document(text) for text in texts]
    return np.array([rates(d, plain_forms(d), ngrams, words) for d in documents])
