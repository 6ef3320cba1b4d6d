"""Turns stories into articles of realistic lengths."""

import math
import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from detector.lab.data.corpus import Story, held_out, stories
from features.document import Document

LENGTHS = (60, 900)
"""Shortest and longest article in words. Lengths are drawn evenly on a log scale between them."""

JOINED = frozenset(
    {"mrpc", "turkcorpus-human-simplified", "esl-jfleg", "esl-m2", "pan-mturk-spun", "agnews-textfooler", "agnews-test"}
)
"""Sets of single sentences or leads, which are joined to articles."""


READ = 5
"""Stories read from a large set for each article drawn from it."""


@dataclass(frozen=True)
class Article:
    """A text with a known kind of writer.

    Parameters
    ----------
    key : str
        The story's key. Joined articles have the key of their first story.
    kind : str
        ``human`` or a family of rewriting.
    group : str
        Who wrote it, for figures by group: the set, or the set and an outlet, tool or level.
    story : str
        The unit of splits and bootstraps. A rewrite has the same value as its original.
    words : int
        Tokens that begin with a letter or digit.
    """

    key: str
    text: str
    kind: str
    group: str
    story: str
    words: int


def count_words(text: str) -> int:
    """Number of tokens that begin with a letter or digit."""
    return len(Document(text).words)


def draw_length(rng: random.Random) -> int:
    """A random number of words, evenly distributed on a log scale over :data:`LENGTHS`."""
    low, high = LENGTHS
    return round(math.exp(rng.uniform(math.log(low), math.log(high))))


def cut(text: str, words: int, rng: random.Random) -> str:
    """A run of whole sentences with about ``words`` words, from the start in two of three cases.

    >>> cut("One two three. Four five six. Seven.", 3, random.Random(1))
    'One two three.'
    """
    document = Document(text)
    sentences = document.sentences
    if len(document.words) <= words or not sentences:
        return text
    starts = [w.start for w in document.words]
    first = 0 if rng.random() < 2 / 3 else rng.randrange(max(1, len(sentences) // 2))
    begin = sentences[first].start
    count = 0
    at = 0
    end = sentences[first].end
    for sentence in sentences[first:]:
        while at < len(starts) and starts[at] < sentence.start:
            at += 1
        inside = sum(1 for s in starts[at : at + 400] if s < sentence.end)
        if count and count + inside > words * 1.15:
            break
        count += inside
        end = sentence.end
        if count >= words:
            break
    return text[begin:end]


def human_articles(
    data: Path,
    role: str,
    names: Iterable[str],
    *,
    most: int,
    seed: int,
    cap_group: int = 10**9,
    wanted: Callable[[Story], bool] = lambda _: True,
) -> Iterator[Article]:
    """Human copy of one role, drawn by seed: at most ``most`` articles a set and ``cap_group`` a group.

    ``wanted`` may narrow the stories that are drawn from.
    """
    for name in names:
        rng = random.Random(f"{seed} {role} {name}")
        pool = [s for s in held_out(data, name) if s.role == role and s.label in ("human", "esl") and wanted(s)]
        pool.sort(key=lambda s: s.key)
        rng.shuffle(pool)
        yield from _pieces(name, pool, rng, most, cap_group)


def reference_articles(data: Path, name: str, *, most: int, seed: int, cap_group: int = 10**9) -> list[Article]:
    """Articles of the reference copy, which is counted into the n-gram model, drawn as in :func:`human_articles`.

    Use them only for training stages that do not use the n-gram model. There is much more of this copy. For speed, only
    the first :data:`READ` stories for each wanted article are read.
    """
    rng = random.Random(f"{seed} reference {name}")
    human = (s for s in stories(data, name) if s.role == "reference" and s.label == "human")
    pool = list(islice(human, READ * most))
    rng.shuffle(pool)
    return list(_pieces(name, pool, rng, most, cap_group))


def _pieces(name: str, pool: list[Story], rng: random.Random, most: int, cap_group: int) -> Iterator[Article]:
    made = 0
    per_group: dict[str, int] = defaultdict(int)
    source = _joined(pool, rng) if name in JOINED else ((s, s.text) for s in pool)
    for story, text in source:
        group = group_of(story)
        if made >= most:
            break
        if per_group[group] >= cap_group:
            continue
        piece = cut(text, draw_length(rng), rng)
        words = count_words(piece)
        if words < LENGTHS[0] * 0.8:
            continue
        per_group[group] += 1
        made += 1
        yield Article(story.key, piece, "human", group, story.group, words)


def _joined(pool: list[Story], rng: random.Random) -> Iterator[tuple[Story, str]]:
    held: list[Story] = []
    goal = draw_length(rng)
    for story in pool:
        held.append(story)
        if sum(len(s.text.split()) for s in held) >= goal:
            yield held[0], "\n".join(s.text for s in held)
            held = []
            goal = draw_length(rng)


def group_of(story: Story) -> str:
    """The group of human copy that a story belongs to in figures by group."""
    fields = story.fields
    if story.set == "world-news":
        return f"world-news: {fields.get('outlet') or fields.get('set')}"
    if story.set == "intl-news-2024":
        return f"intl-news: {fields.get('outlet')}"
    if story.set == "onestop":
        return f"onestop: {fields.get('level')}"
    if story.set == "esl-ellipse":
        return f"esl-ellipse: {fields.get('score')}"
    if story.set in {"detectrl", "mixset", "ai-polished"}:
        return f"{story.set}: {fields.get('domain')}"
    return story.set
