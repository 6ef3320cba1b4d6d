"""The human copy that the reader learns from: no word of a story of role ``calibrate`` or ``test``.

Stories of the role ``reference`` and most of those of the role ``fit``. The rest of the ``fit`` stories is kept apart:
whoever fits a head on the reader's numbers needs copy that the reader has not read.
"""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

from detector.lab.data.corpus import Story, held_out, sets_in, stories
from detector.lab.data.stories import JOINED, LENGTHS, Article, count_words, group_of, human_articles
from detector.lab.training.reference_copy import apart
from detector.lab.training.training_sets import NEWS, OTHER_HUMAN, by_reporter

MOST = 15_000
"""Stories of one set that are read, those of the lowest hashes."""

KEPT_APART = 10
"""One group of so many ``fit`` groups is kept apart."""

_HUMAN = ("human", "esl")


def kept_apart(group: str) -> bool:
    """Whether the ``fit`` stories of a group teach the reader nothing, so that heads can be fitted on them."""
    return int.from_bytes(hashlib.sha256(f"reader {group}".encode()).digest()[:4], "big") % KEPT_APART == 0


def write_stories(data: Path, out: Path, *, jobs: int, progress: Callable[[str], None]) -> None:
    """Choose the stories and write them, a JSON object a line: ``text`` and whether a ``reporter`` wrote it.

    Copy that shares running text with a story of the role ``calibrate`` or ``test``, or with one kept apart, is left
    out. So is the copy of sets that are not in the folder.
    """
    chosen: list[Article] = []
    held: list[str] = []
    for name in sets_in(data):
        if name not in NEWS and name not in OTHER_HUMAN:
            held += [s.text for s in held_out(data, name) if s.role in {"calibrate", "test"}]
            continue
        own: list[Story] = []
        for story in stories(data, name):
            if story.role in {"calibrate", "test"} or (story.role == "fit" and kept_apart(story.group)):
                held.append(story.text)
            elif story.label in _HUMAN:
                own.append(story)
        if name in JOINED:
            read = list(
                human_articles(data, "fit", [name], most=MOST, seed=0, wanted=lambda s: not kept_apart(s.group))
            )
        else:
            read = [_article(story) for story in sorted(own, key=_hash)[:MOST]]
        read = [article for article in read if article.words >= LENGTHS[0]]
        chosen += read
        progress(f"stories of {name}: {len(read):,}")
    clean = apart(data, chosen, held=held, jobs=jobs)
    progress(f"stories: {len(clean):,}; {len(chosen) - len(clean):,} share text with held-out ones and are left out")
    part = out.with_suffix(".part")
    with part.open("w", encoding="utf-8") as lines:
        for article in clean:
            row = {"text": article.text, "reporter": by_reporter(article), "group": article.group}
            lines.write(json.dumps(row) + "\n")
    part.replace(out)


def _article(story: Story) -> Article:
    return Article(story.key, story.text, "human", group_of(story), story.group, count_words(story.text))


def _hash(story: Story) -> bytes:
    return hashlib.sha256(story.key.encode()).digest()
