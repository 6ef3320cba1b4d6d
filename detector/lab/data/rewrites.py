"""Rewrites to learn from that no spinner of ours made: by real tools, and by round trips through a rule-based engine."""

import hashlib
import random
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path

from joblib import Parallel, delayed

from detector.lab.data.corpus import Story, held_out, sets_in
from detector.lab.data.stories import Article, count_words, group_of
from detector.lab.spinners import FAMILIES, Spinner, spin_many
from detector.model import HUMAN

REAL = {f.name: f.rows for f in FAMILIES if f.rows is not None}
"""Families that real tools left -> their rows in the data folder."""

POLISH, MIXED, GRADED, WRITTEN, TRIP = REAL
"""Their names. POLISH, WRITTEN and TRIP are of DetectRL; MIXED and GRADED rewrite the same originals in two other sets."""

SETS_LEARNT = tuple(dict.fromkeys(rows.set for rows in REAL.values()))
"""Sets of real rewrites that are learnt from."""

LEAST_CHANGED = 0.15
"""Share of a text that a graded polish must have changed to teach what polish is."""

EACH_STORY = 8
"""Rewrites of one story that are learnt from; one set has dozens of some."""

TRIP_RATES = (1.0, 1.0, 0.6)
"""Shares of the sentences that make the trip."""

_BATCH = 25
# A model that was told to polish says so first, and a text that an editor gets has lost that line.
_PREAMBLE = re.compile(
    r"^\W{0,4}(?:(?:sure|certainly)\b\W*)?(?:here is|here's|here’s|sure|certainly)\b[^\n:.!?]{0,160}:\s*", re.IGNORECASE
)


def without_preamble(text: str) -> str:
    """A rewrite without the line in which a language model says what follows.

    >>> without_preamble("Here is a polished version of the article: The ferry sails again.")
    'The ferry sails again.'
    """
    return _PREAMBLE.sub("", text)


def real_rewrites(data: Path, role: str, leave_out: frozenset[str] = frozenset()) -> list[Article]:
    """Rewrites by real tools of one role, and the human originals (kind ``human``); none of a set that is not there.

    ``leave_out`` holds families that may not be seen. Of a story :data:`EACH_STORY` rewrites of a family are taken, those
    of the lowest hashes of their keys.
    """
    articles: list[Article] = []
    originals: set[str] = set()
    there = sets_in(data)
    for name in (n for n in SETS_LEARNT if n in there):
        taken: Counter[tuple[str, str]] = Counter()
        for story in sorted((s for s in held_out(data, name) if s.role == role), key=_hash):
            family = family_of(story)
            if family is None or family in leave_out:
                continue
            if family == HUMAN:
                # Two sets rewrite the same originals.
                if story.group in originals:
                    continue
                originals.add(story.group)
            elif taken[story.group, family] >= EACH_STORY:
                continue
            taken[story.group, family] += 1
            text = without_preamble(story.text)
            articles.append(Article(story.key, text, family, group_of(story), story.group, count_words(text)))
    return articles


def family_of(story: Story) -> str | None:
    """The family of a text of the sets that are learnt from, ``human`` for an original; None for what teaches nothing."""
    if story.label == HUMAN:
        return HUMAN
    tool = str(story.fields.get("tool"))
    found = next((name for name, rows in REAL.items() if rows.hold(story.set, tool, story.label)), None)
    # Mail, speeches and blogs teach what those are, not what polish of news is: their originals alone are learnt from.
    teaches = float(story.fields.get("lev", 1.0)) >= LEAST_CHANGED and is_news(group_of(story))
    return found if found is not None and (teaches or not REAL[found].news_only) else None


def is_news(group: str) -> bool:
    """Whether a group of articles of the sets that are learnt from is news, and not of another genre.

    >>> is_news("detectrl: xsum-news"), is_news("mixset: speech")
    (True, False)
    """
    return group.partition(": ")[2] in {"news", "xsum-news"}


def _hash(story: Story) -> bytes:
    return hashlib.sha256(story.key.encode()).digest()


def round_trips(
    articles: Sequence[Article], spinners: Mapping[str, Spinner], each: int, *, seed: int, jobs: int
) -> list[Article]:
    """Round trips of reporters' copy: ``each`` articles by every engine, no article by two.

    Articles that come back as they were are left out, and with too few articles every engine gets its share of them.
    """
    names = sorted(spinners)
    each = min(each, len(articles) // len(names)) if names else 0
    drawn = random.Random(f"{seed} round trips").sample(list(articles), each * len(names))
    parts = [
        (name, drawn[i : min(i + _BATCH, (k + 1) * each)])
        for k, name in enumerate(names)
        for i in range(k * each, (k + 1) * each, _BATCH)
    ]
    made = Parallel(n_jobs=jobs)(delayed(_trip)(name, spinners[name], part, seed) for name, part in parts)
    return [article for part in made for article in part]


def _trip(name: str, spinner: Spinner, articles: Sequence[Article], seed: int) -> list[Article]:
    rngs = [random.Random(f"{seed} {name} {a.key}") for a in articles]
    found = []
    for rate in sorted(set(TRIP_RATES)):
        own = [(a, rng) for a, rng in zip(articles, rngs, strict=True) if _rate_of(a, seed) == rate]
        made = spin_many(spinner, [a.text for a, _ in own], [rng for _, rng in own], rate)
        found += [
            Article(a.key, m.text, name, f"{name} at {rate:.0%}", a.story, count_words(m.text))
            for (a, _), m in zip(own, made, strict=True)
            if m.changes
        ]
    return found


def _rate_of(article: Article, seed: int) -> float:
    return random.Random(f"{seed} share {article.key}").choice(TRIP_RATES)
