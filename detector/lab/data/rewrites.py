"""Rewrites for the training set that come from real tools and from round trips through a rule-based engine."""

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
"""Families of real tools -> their rows in the data folder."""

POLISH, MIXED, GRADED, WRITTEN, TRIP = REAL
"""Their names. POLISH, WRITTEN and TRIP come from DetectRL. MIXED and GRADED are two sets with the same originals."""

SETS_LEARNT = tuple(dict.fromkeys(rows.set for rows in REAL.values()))
"""Sets of real rewrites in the training set."""

LEAST_CHANGED = 0.15
"""Lowest share of changed text for a graded polish to be in the training set."""

EACH_STORY = 8
"""Most rewrites of one story and family in the training set; one set has dozens of some stories."""

TRIP_RATES = (1.0, 1.0, 0.6)
"""Shares of sentences that are translated, drawn evenly."""

_BATCH = 25
# Language models often announce their polish in a first line. Texts that editors receive lack that line.
_PREAMBLE = re.compile(
    r"^\W{0,4}(?:(?:sure|certainly)\b\W*)?(?:here is|here's|here’s|sure|certainly)\b[^\n:.!?]{0,160}:\s*", re.IGNORECASE
)


def without_preamble(text: str) -> str:
    """A rewrite without the language model's announcement at its beginning.

    >>> without_preamble("Here is a polished version of the article: The ferry sails again.")
    'The ferry sails again.'
    """
    return _PREAMBLE.sub("", text)


def real_rewrites(data: Path, role: str, leave_out: frozenset[str] = frozenset()) -> list[Article]:
    """Real tools' rewrites of one role and their human originals (kind ``human``), from the sets in the data folder.

    ``leave_out`` has the held-out families. If a story has more than :data:`EACH_STORY` rewrites of one family, those
    with the lowest hashes of their keys are used.
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
                # Two sets contain the same originals.
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
    """The family of a text from :data:`SETS_LEARNT`: ``human`` for an original, None if training ignores the text."""
    if story.label == HUMAN:
        return HUMAN
    tool = str(story.fields.get("tool"))
    found = next((name for name, rows in REAL.items() if rows.hold(story.set, tool, story.label)), None)
    # From polished mail, speeches and blogs, a model would learn their genre and not polish. Only originals are used.
    teaches = float(story.fields.get("lev", 1.0)) >= LEAST_CHANGED and is_news(group_of(story))
    return found if found is not None and (teaches or not REAL[found].news_only) else None


def is_news(group: str) -> bool:
    """Whether a group of articles from :data:`SETS_LEARNT` is news and not another genre.

    >>> is_news("detectrl: xsum-news"), is_news("mixset: speech")
    (True, False)
    """
    return group.partition(": ")[2] in {"news", "xsum-news"}


def _hash(story: Story) -> bytes:
    return hashlib.sha256(story.key.encode()).digest()


def round_trips(
    articles: Sequence[Article], spinners: Mapping[str, Spinner], each: int, *, seed: int, jobs: int
) -> list[Article]:
    """Round trips of reporters' copy: ``each`` articles for every spinner, and each article for at most one.

    If there are too few articles, they are divided evenly. Articles that come back unchanged are left out.
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
