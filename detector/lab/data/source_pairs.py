"""Articles with their sources, and articles with stories that are no source: what the judge of relations learns from.

Every pair has a role, drawn from its story or event as everywhere (:mod:`detector.lab.data.corpus`), so that no story
and no event is both taught and tested.
"""

import hashlib
import json
import lzma
import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Any

from joblib import Parallel, delayed

from detector.archive.engine import Archive
from detector.archive.story import ArchivedStory
from detector.lab.data.corpus import Story, held_out, mend, role_of, stories
from detector.lab.data.rewrites import without_preamble
from detector.lab.data.stories import count_words, group_of
from detector.lab.spinners import Spinner, families, spin_many
from detector.tracing.relation import COPY, NONE, REWRITE, SHARED

PAIR_SHARES, EVENT_SHARES = (0, 40, 10, 50), (0, 45, 15, 40)

LEAST_WORDS = 50
"""Shorter articles are not traced."""

LEAST_CHANGED = 0.04
"""Share of the words that a rewrite must have changed; below it the words are the same, and the pair is a copy."""

TELLING_RUN = 12
"""An unbroken run of so many shared words outside quotes means that one text was made from the other, or both from a third."""

_REPORTERS = (
    "reuters-fin",
    "reuters-c50",
    "reuters21578",
    "intl-news-2024",
    "bbc2005",
    "masakhane-eng",
    "usnews2023",
    "horne2017",
    "world-news",
)
_ARCHIVED = (*_REPORTERS, "conll2003", "nltk-news", "wmt-english-originals", "agnews-test", "newstest-2013-2015")
_HOUSES = {
    **dict.fromkeys(("reuters-fin", "reuters-c50", "reuters21578", "conll2003"), "Reuters"),
    **dict.fromkeys(("bbc2005", "masakhane-eng"), "BBC"),
}

SAME_OUTLET = "nearest story of the same outlet"
"""Updates and corrections are among these: versions of the outlet's own story, which the tracer accuses nobody of."""

_CREDIT = "By Our Correspondent"
_BATCH = 50
_WORD = re.compile(r"[^\W_]+")


@dataclass(frozen=True)
class SourcePair:
    """An article beside a story.

    Parameters
    ----------
    article, source : str
        Texts.
    relation : str
        The truth; ``""`` where only a reader could say.
    family : str
        How the article came about.
    story : str
        What splits and bootstraps go by.
    source_id : str
        Under which the source stands, or belongs, in the archive.
    share : float
        Share of the article's paragraphs that come from the source.
    """

    article: str
    source: str
    relation: str
    family: str
    story: str
    source_id: str = ""
    share: float = 1.0


def reference_stories(data: Path) -> Iterator[ArchivedStory]:
    """The archive that the judge is taught and tested with: reference copy, which no pair draws its articles from."""
    seen: set[str] = set()
    for name in _ARCHIVED:
        if not (data / f"{name}.jsonl.xz").is_file():
            continue
        for story in stories(data, name):
            if story.role == "reference" and story.label == "human" and len(story.text) > 100 and story.key not in seen:
                seen.add(story.key)
                yield archived(story)


def archived(story: Story) -> ArchivedStory:
    """A story of the data folder as the archive holds it."""
    fields = story.fields
    return ArchivedStory(
        id=story.key,
        text=story.text,
        title=str(fields.get("title") or ""),
        outlet=str(fields.get("outlet") or story.set),
        date=str(fields.get("date") or "")[:10],
    )


# --- real rewrites -------------------------------------------------------------------------------------------------

_TOOLS = {
    "TextFooler-style word attack (DetectRL)": "word swap (DetectRL)",
    "char+word attack (DetectRL)": "character and word swap (DetectRL)",
    "back-translation (DetectRL)": "round trip (DetectRL)",
    "DIPPER": "DIPPER (DetectRL)",
    "LLM polish": "LLM polish (DetectRL)",
}


def real_pairs(data: Path, role: str, *, most: int, seed: int) -> list[SourcePair]:
    """Rewrites by real tools and by people, with their originals: at most ``most`` of each family."""
    pairs: list[SourcePair] = []
    for name in ("detectrl", "mixset", "ai-polished", "llm-rewrites", "onestop"):
        pairs += _of_set(data, name, role)
    by_family: dict[str, list[SourcePair]] = defaultdict(list)
    for pair in pairs:
        by_family[pair.family].append(pair)
    return [p for family in sorted(by_family) for p in _drawn(by_family[family], most, f"{seed} {family}")]


def _drawn(pairs: Sequence[SourcePair], most: int, key: str) -> list[SourcePair]:
    ordered = sorted(pairs, key=lambda p: hashlib.sha256(f"{p.story} {p.article[:200]}".encode()).digest())
    random.Random(key).shuffle(ordered)
    return ordered[:most]


def _of_set(data: Path, name: str, role: str) -> Iterator[SourcePair]:
    members: dict[str, list[Story]] = defaultdict(list)
    for story in _pair_stories(data, name):
        if story.role == role:
            members[story.group].append(story)
    for group, own in sorted(members.items()):
        if name == "onestop":
            levels = {str(s.fields.get("level")): s for s in own}
            for harder, easier in (("adv", "int"), ("adv", "ele"), ("int", "ele")):
                if harder in levels and easier in levels:
                    family = f"teachers' rewrite ({harder} to {easier})"
                    yield from _pair(levels[easier], levels[harder], family, group)
            continue
        human = next((s for s in own if s.label == "human"), None)
        if human is None:
            continue
        for story in own:
            found = _family(story)
            if found is not None:
                yield from _pair(story, human, found, group)


def _pair(article: Story, source: Story, family: str, group: str) -> Iterator[SourcePair]:
    text = without_preamble(article.text)
    if count_words(text) >= LEAST_WORDS and count_words(source.text) >= LEAST_WORDS:
        relation = REWRITE if changed(text, source.text) >= LEAST_CHANGED else COPY
        yield SourcePair(text, source.text, relation, family, group, source.key)


def _family(story: Story) -> str | None:
    if story.label in {"human", "llm_written"}:
        return None
    tool = str(story.fields.get("tool") or story.fields.get("source"))
    news = story.fields.get("domain") in {"xsum-news", "news"}
    genre = "" if news or story.set == "llm-rewrites" else ", other genres"
    if story.set == "detectrl":
        name = next((name for told, name in _TOOLS.items() if tool.startswith(told)), None)
        return None if name is None else name + genre
    if story.set == "llm-rewrites":
        model, _, how = tool.partition(" (")
        maker = "ChatGPT" if "chatgpt" in model else model.split("-")[0].split("_")[0].capitalize()
        return f"{maker} {how.rstrip(')')}"
    if story.set == "mixset":
        return f"LLM {'rewrite' if 'rewrite' in tool else 'polish'} (MixSet){genre}"
    return f"LLM polish (APT-Eval){genre}"


def _pair_stories(data: Path, name: str) -> Iterator[Story]:
    if name != "llm-rewrites":
        if (data / f"{name}.jsonl.xz").is_file():
            yield from held_out(data, name)
        return
    for row in _rows(data, name):
        group = f"llm-rewrites:{row.get('pair_id') or row['id']}"
        yield Story(row["id"], mend(row["text"]), row["label"], group, role_of(group, PAIR_SHARES), name, row)


def _rows(data: Path, name: str) -> Iterator[dict[str, Any]]:
    path = data / f"{name}.jsonl.xz"
    if path.is_file():
        with lzma.open(path, "rt", encoding="utf-8") as lines:
            yield from map(json.loads, lines)


def changed(article: str, source: str) -> float:
    """Share of the article's words that do not stand in the source as often, in whatever order.

    >>> changed("The talks ended late.", "The talks ended early.")
    0.25
    """
    here = Counter(_WORD.findall(article.lower()))
    there = Counter(_WORD.findall(source.lower()))
    return sum((here - there).values()) / max(1, sum(here.values()))


# --- simulated rewrites --------------------------------------------------------------------------------------------


def simulated_pairs(
    data: Path,
    role: str,
    *,
    bases: int,
    rates: Sequence[float] = (1.0, 0.3, 0.15),
    each: bool = False,
    seed: int,
    jobs: int,
) -> list[SourcePair]:
    """Human stories rewritten by simulated spinners and round trips.

    ``each`` has every family rewrite every base at every rate; else every base is rewritten by one family at one rate.
    """
    spinners = families(data)
    drawn = human_stories(data, role, most=bases, seed=seed, key="bases")
    tasks: dict[tuple[str, float], list[Story]] = defaultdict(list)
    for number, story in enumerate(drawn):
        rng = random.Random(f"{seed} {story.key}")
        for name in sorted(spinners) if each else [rng.choice(sorted(spinners))]:
            for rate in rates if each else [rng.choice(rates)]:
                trip = name.startswith("round-trip")
                if not (each and trip and number >= bases // 3):
                    tasks[name, rate].append(story)
    parts = [
        (name, rate, own[i : i + _BATCH]) for (name, rate), own in tasks.items() for i in range(0, len(own), _BATCH)
    ]
    made = Parallel(n_jobs=jobs)(delayed(_spin)(spinners[name], name, rate, own, seed) for name, rate, own in parts)
    return [pair for part in made for pair in part]


def _spin(spinner: Spinner, name: str, rate: float, own: Sequence[Story], seed: int) -> list[SourcePair]:
    rngs = [random.Random(f"{seed} {name} {rate} {s.key}") for s in own]
    pairs = []
    for story, made in zip(own, spin_many(spinner, [s.text for s in own], rngs, rate), strict=True):
        relation = REWRITE if changed(made.text, story.text) >= LEAST_CHANGED else COPY
        pairs.append(SourcePair(made.text, story.text, relation, f"{name} at {rate:.0%}", story.group, story.key))
    return pairs


def human_stories(data: Path, role: str, *, most: int, seed: int, key: str = "", least: int = 100) -> list[Story]:
    """Reporters' stories of a role that are not in the archive, the same number of each set where there are enough."""
    pools = []
    for name in _REPORTERS:
        if (data / f"{name}.jsonl.xz").is_file():
            pool = [
                s
                for s in held_out(data, name)
                if s.role == role and s.label == "human" and least <= len(s.text.split()) <= 2_000
            ]
            pool.sort(key=lambda s: s.key)
            random.Random(f"{seed} {role} {name} {key}").shuffle(pool)
            pools.append(pool)
    chosen: list[Story] = []
    for number in range(max(map(len, pools), default=0)):
        chosen += [pool[number] for pool in pools if number < len(pool)]
        if len(chosen) >= most:
            break
    return chosen[:most]


# --- copies --------------------------------------------------------------------------------------------------------


def copies(data: Path, role: str, *, most: int, seed: int) -> list[SourcePair]:
    """The same words: whole, cut short, without some paragraphs, with another headline and credit, lightly corrected."""
    pairs = []
    for number, story in enumerate(human_stories(data, role, most=most, seed=seed, key="copies")):
        rng = random.Random(f"{seed} copy {story.key}")
        kinds = (_whole, _shortened, _thinned, _dressed, _corrected)
        kind = kinds[number % len(kinds)]
        text = kind(story.text, rng)
        if count_words(text) >= LEAST_WORDS:
            pairs.append(SourcePair(text, story.text, COPY, f"copy, {kind.__name__[1:]}", story.group, story.key))
    return pairs


def blocks_of(text: str) -> list[str]:
    r"""Paragraphs, or groups of three sentences where a text has none.

    >>> blocks_of("One.\n\nTwo.\n\nThree.")
    ['One.', 'Two.', 'Three.']
    """
    blocks = [block.strip() for block in text.split("\n") if block.strip()]
    if len(blocks) >= 3:
        return blocks
    sentences = re.split(r"(?<=[.!?][\s”\"’'])\s*(?=[A-Z“\"])", text)
    return [" ".join(s.strip() for s in sentences[i : i + 3]) for i in range(0, len(sentences), 3)]


def _whole(text: str, _rng: random.Random) -> str:
    return text


def _shortened(text: str, rng: random.Random) -> str:
    blocks = blocks_of(text)
    return "\n\n".join(blocks[: max(2, round(len(blocks) * rng.uniform(0.4, 0.9)))])


def _thinned(text: str, rng: random.Random) -> str:
    blocks = [block for block in blocks_of(text) if rng.random() < 0.75]
    return "\n\n".join(blocks)


def _dressed(text: str, rng: random.Random) -> str:
    blocks = blocks_of(text)
    return "\n\n".join(
        [_CREDIT, *blocks, rng.choice(("All rights reserved.", "Read more on our website.", "Photo: File"))]
    )


def _corrected(text: str, rng: random.Random) -> str:
    """One word in sixty goes, as where an editor tightens."""
    return " ".join(word for word in text.split(" ") if rng.random() > 1 / 60)


def partial_pairs(data: Path, role: str, *, most: int, seed: int) -> list[SourcePair]:
    """Articles of which a third of the paragraphs comes from a source, copied or spun, among paragraphs of another story."""
    spinners = families(data)
    names = ("dictionary", "moby-inflected", "careful", "")
    drawn = human_stories(data, role, most=2 * most, seed=seed, key="partial", least=200)
    pairs = []
    for number, (host, source) in enumerate(zip(drawn[::2], drawn[1::2], strict=False)):
        rng = random.Random(f"{seed} partial {host.key}")
        name = names[number % len(names)]
        ours, theirs = blocks_of(host.text), blocks_of(source.text)
        size = sum(map(len, ours))
        taken: list[str] = []
        start = rng.randrange(max(1, len(theirs) // 2))
        for block in theirs[start:]:
            if taken and sum(map(len, [*taken, block])) > size / 2 * 1.1:
                break
            taken.append(block)
        text = "\n\n".join(taken)
        share = len(text) / (len(text) + size)
        if not 0.25 <= share <= 0.42:
            continue
        made = spinners[name].spin(text, rng).text if name else text
        at = rng.randrange(len(ours) + 1)
        article = "\n\n".join([*ours[:at], made, *ours[at:]])
        relation = REWRITE if changed(made, text) >= LEAST_CHANGED else COPY
        family = f"a third of the paragraphs, {'spun by ' + name if name else 'copied'}"
        pairs.append(SourcePair(article, source.text, relation, family, source.group, source.key, share))
    return pairs


# --- stories that are no source ------------------------------------------------------------------------------------


def event_pairs(data: Path, role: str, *, per_event: int, seed: int) -> list[SourcePair]:
    """Two reports of one event. They are told independently where one of them shares no run of five words with any other."""
    events: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in _rows(data, "same-event"):
        if role_of(f"event:{row['event_id']}", EVENT_SHARES) == role and count_words(row["text"]) >= LEAST_WORDS:
            events[str(row["event_id"])].append(row)
    pairs = []
    for event, rows in sorted(events.items()):
        both = list(combinations(sorted(rows, key=lambda r: str(r["id"])), 2))
        random.Random(f"{seed} {event}").shuffle(both)
        taken = 0
        for one, other in both:
            if one["text"] == other["text"] or one["outlet"] == other["outlet"]:
                continue
            independent = "independent" in {one["relation"], other["relation"]}
            if not independent or taken >= per_event:
                continue
            taken += 1
            texts = mend(one["text"]), mend(other["text"])
            for article, source, row in ((texts[0], texts[1], other), (texts[1], texts[0], one)):
                pairs.append(
                    SourcePair(
                        article, source, SHARED, "independent reports of one event", f"event:{event}", str(row["id"])
                    )
                )
    return pairs


def neighbour_pairs(
    data: Path, archive: Archive, role: str, *, most: int, each: int = 3, seed: int
) -> list[SourcePair]:
    """Human stories beside the most similar stories of the archive.

    A neighbour with a run of :data:`TELLING_RUN` shared words outside quotes is related, and only a reader could say how;
    it has no relation here unless most words are the same.
    """
    return [
        neighbour(story, candidate.story)
        for story in human_stories(data, role, most=most, seed=seed, key="neighbours", least=LEAST_WORDS)
        for candidate in archive.candidates(story.text, each)
    ]


def neighbour(story: Story, other: ArchivedStory) -> SourcePair:
    """A human story beside one of the archive that is like it."""
    own = archived(story)
    date, group = own.date, group_of(story)
    run = longest_unquoted_run(story.text, other.text)
    if run >= TELLING_RUN:
        relation, family = "", "neighbour that shares a passage"
    elif house(story.key.split(":")[0], own.outlet) == house(other.id.split(":")[0], other.outlet):
        relation, family = NONE, SAME_OUTLET
    elif date and other.date and abs(_day(date) - _day(other.date)) <= 1:
        relation, family = NONE, "another outlet's nearest story of the day"
    else:
        relation, family = NONE, "another outlet's nearest story"
    return SourcePair(story.text, other.text, relation, family, f"{story.set}: {group} {story.group}", other.id)


def house(name: str, outlet: str) -> str:
    """Who published a story of a set: an agency's archives of other years are the same house.

    >>> house("reuters21578", "reuters21578"), house("intl-news-2024", "BBC"), house("world-news", "Daily Example")
    ('Reuters', 'BBC', 'Daily Example')
    """
    return _HOUSES.get(name, outlet)


def _day(date: str) -> int:
    from datetime import date as day

    try:
        return day.fromisoformat(date).toordinal()
    except ValueError:
        return -(10**6)


_QUOTED = re.compile(r"[“\"][^“”\"]{1,2000}[”\"]")


def longest_unquoted_run(article: str, source: str, *, step: int = TELLING_RUN) -> int:
    """``step`` if the texts share a run of so many words outside the article's quotes, else 0."""
    theirs = [w.lower() for w in _WORD.findall(source)]
    runs = {tuple(theirs[i : i + step]) for i in range(len(theirs) - step + 1)}
    for stretch in _QUOTED.split(article):
        ours = [w.lower() for w in _WORD.findall(stretch)]
        if any(tuple(ours[i : i + step]) in runs for i in range(len(ours) - step + 1)):
            return step
    return 0
