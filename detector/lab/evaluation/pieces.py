"""Cut stories to article lengths in the same way for every table, so that each text is measured only once."""

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from detector.lab.data.corpus import Story
from detector.lab.data.stories import JOINED, LENGTHS, Article, count_words, cut, draw_length
from detector.lab.evaluation.held_out import shingle

LEAST_WORDS = round(LENGTHS[0] * 0.8)
"""Minimum length of an article."""

MOST_WORDS = LENGTHS[1]
JOIN_WORDS = 250
"""Minimum length of an article that is joined from sentences."""

REWORDED = ("mrpc", "turkcorpus-human-simplified")
"""Sets of single sentences in which several sentences paraphrase each other. Those share a group."""

LEAST_SHINGLES = 4
"""Minimum number of shingles to recognise a copy, about forty words: one run of words in eight is a shingle."""

COPIED = 0.5
"""A text is a copy if earlier texts contain more than this share of it. Less may be a paper's standard text."""


def article(story: Story, group: str, *, kind: str = "human", seed: int = 0) -> Article | None:
    """A story cut to a random length; None if it is too short."""
    rng = random.Random(f"{seed} cut {story.key}")
    text = cut(story.text, draw_length(rng), rng)
    words = count_words(text)
    return Article(story.key, text, kind, group, story.group, words) if words >= LEAST_WORDS else None


def whole(story: Story, group: str, *, kind: str = "human") -> Article | None:
    """A story, cut only to the maximum length; None if it is too short."""
    text = cut(story.text, MOST_WORDS, random.Random(f"whole {story.key}"))
    words = count_words(text)
    return Article(story.key, text, kind, group, story.group, words) if words >= LEAST_WORDS else None


def shuffled(stories: Iterable[Story], what: str, seed: int) -> list[Story]:
    """The stories in a random order that depends on the seed, but not on their input order."""
    ordered = sorted(stories, key=lambda s: s.key)
    random.Random(f"{seed} {what}").shuffle(ordered)
    return ordered


def one_of_each_source(stories: Iterable[Story]) -> list[Story]:
    """The stories with only the first of each group of paraphrased sentences. Stories of other sets are all kept.

    Otherwise, six simplifications of one sentence would appear in six articles that look independent.
    """
    met: set[tuple[str, str]] = set()
    result = []
    for story in stories:
        source = (story.set, story.group)
        if story.set not in REWORDED or source not in met:
            result.append(story)
            met.add(source)
    return result


def without_copies(stories: Iterable[Story]) -> list[Story]:
    """The stories in order, without those whose running text is in earlier ones.

    Data sets overlap, and papers print agency copy. A repeated story would count twice and look like two independent
    ones. Texts with fewer than :data:`LEAST_SHINGLES` shingles, such as single sentences, are always kept.
    """
    result = []
    known: set[int] = set()
    for story in stories:
        own = shingle([story.text]).hashes.tolist()
        if len(own) < LEAST_SHINGLES or sum(h in known for h in own) <= COPIED * len(own):
            result.append(story)
            known.update(own)
    return result


def join(stories: Iterable[Story], group: str, *, kind: str = "human", words: int = JOIN_WORDS) -> list[Article]:
    """Sentences or leads, joined to articles of at least ``words`` words. A shorter remainder is dropped."""
    articles: list[Article] = []
    held: list[Story] = []
    count = 0
    for story in stories:
        held.append(story)
        count += count_words(story.text)
        if count >= words:
            text = "\n".join(s.text for s in held)
            articles.append(Article(held[0].key, text, kind, group, held[0].group, count))
            held, count = [], 0
    return articles


def human_pieces(
    stories: Sequence[Story],
    group_of: Callable[[Story], str],
    *,
    most: int,
    seed: int,
    cap_group: int | None = None,
) -> list[Article]:
    """A random sample of human articles: at most ``most``, and ``cap_group`` in a group. Short texts are joined."""
    chosen = shuffled((s for s in stories if s.label in ("human", "esl")), "human", seed)
    if chosen and chosen[0].set in JOINED:
        joined: list[Article] = []
        by_group: dict[str, list[Story]] = defaultdict(list)
        for story in chosen:
            by_group[group_of(story)].append(story)
        for group, members in sorted(by_group.items()):
            joined += join(members, group)[: cap_group or most]
        return joined[:most]
    result: list[Article] = []
    counts: dict[str, int] = defaultdict(int)
    for story in chosen:
        if len(result) >= most:
            break
        group = group_of(story)
        if cap_group is not None and counts[group] >= cap_group:
            continue
        piece = article(story, group, seed=seed)
        if piece is not None:
            counts[group] += 1
            result.append(piece)
    return result
