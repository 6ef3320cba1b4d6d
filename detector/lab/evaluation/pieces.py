"""Stories cut to article lengths, the same way in every table: a text that stands in two tables is measured once."""

import random
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from detector.lab.data.corpus import Story
from detector.lab.data.stories import JOINED, LENGTHS, Article, count_words, cut, draw_length
from detector.lab.evaluation.held_out import shingle

LEAST_WORDS = round(LENGTHS[0] * 0.8)
"""Shorter pieces are no articles."""

MOST_WORDS = LENGTHS[1]
JOIN_WORDS = 250
"""Length to which rewritten sentences are joined."""

REWORDED = ("mrpc", "turkcorpus-human-simplified")
"""Sets of single sentences of which several say the same in other words; a group is one source."""

LEAST_SHINGLES = 4
"""Text with fewer, about forty words, is too short to be told a copy: one run of words in eight is a shingle."""

COPIED = 0.5
"""A text of which more than this share stands in an earlier one is a copy of it; below is what papers put under every story."""


def article(story: Story, group: str, *, kind: str = "human", seed: int = 0) -> Article | None:
    """A story cut to a length drawn for it, None where it is too short."""
    rng = random.Random(f"{seed} cut {story.key}")
    text = cut(story.text, draw_length(rng), rng)
    words = count_words(text)
    return Article(story.key, text, kind, group, story.group, words) if words >= LEAST_WORDS else None


def whole(story: Story, group: str, *, kind: str = "human") -> Article | None:
    """A story as it is, cut where it is longer than the articles; None where it is too short."""
    text = cut(story.text, MOST_WORDS, random.Random(f"whole {story.key}"))
    words = count_words(text)
    return Article(story.key, text, kind, group, story.group, words) if words >= LEAST_WORDS else None


def shuffled(stories: Iterable[Story], what: str, seed: int) -> list[Story]:
    """The stories in an order drawn by seed, whatever order they came in."""
    ordered = sorted(stories, key=lambda s: s.key)
    random.Random(f"{seed} {what}").shuffle(ordered)
    return ordered


def one_of_each_source(stories: Iterable[Story]) -> list[Story]:
    """Of sentences that reword one another, as both sides of a paraphrase, only the first; all of other sets.

    Joined to articles, six ways to simplify one sentence would stand in six articles that look like six witnesses.
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
    """The stories in their order, without those whose running text an earlier one has.

    Sets borrow from one another, and papers print what agencies send: a story that stands twice in a group would count
    twice, and be taken for two witnesses. Text of fewer than :data:`LEAST_SHINGLES` shingles, such as single sentences,
    is always kept.
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
    """Sentences or leads joined to articles of at least ``words`` words; a rest that is too short is left."""
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
    """Human copy as articles: at most ``most``, and ``cap_group`` of a group, drawn by seed; joined where it is short."""
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
