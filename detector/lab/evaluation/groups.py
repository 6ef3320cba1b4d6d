"""Human copy in groups by kind of writer, to check that no group is wrongly flagged too often."""

import random
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from detector.lab.data.corpus import Story
from detector.lab.data.stories import Article, count_words
from detector.lab.evaluation.amounts import Amounts
from detector.lab.evaluation.held_out import Held
from detector.lab.evaluation.pieces import LEAST_WORDS, human_pieces, one_of_each_source, without_copies
from features.document import Document

LEAST = 20
"""Minimum number of articles of a group. Smaller groups are not listed."""

OUTLET_LEAST = 45
"""Minimum number of articles for a separate row of an outlet."""

NEWS = (
    "world-news",
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
    "agnews-test",
)
"""Sets of news articles, whose test stories are the human copy in every table of rewrites."""


@dataclass(frozen=True)
class HumanGroup:
    """A group of human copy."""

    kind: str
    name: str
    articles: tuple[Article, ...]


def negatives(held: Held, amounts: Amounts, seed: int) -> list[Article]:
    """News articles without copies, with which rewrites are compared. The outlets of ``world-news`` are all unseen."""
    articles: list[Article] = []
    for name in NEWS:
        world = name == "world-news"
        articles += human_pieces(
            held.of(name),
            lambda s: f"{s.set}: {s.fields.get('outlet')}" if s.set == "world-news" else s.set,
            most=amounts.world if world else amounts.news,
            seed=seed,
            cap_group=amounts.outlet if world else None,
        )
    # Shuffle, so that the first articles are a sample of all sets.
    random.Random(f"{seed} negatives").shuffle(articles)
    of = {story.key: story for story in held.of(*NEWS)}
    once = {story.key for story in without_copies(of[a.key] for a in articles)}
    return [a for a in articles if a.key in once]


def groups(held: Held, news: Sequence[Article], amounts: Amounts, seed: int) -> list[HumanGroup]:
    """All groups. The last kind, damaged copy, is made from ``news``."""

    def of(kind: str, names: Iterable[str], name_of: Callable[[Story], str | None]) -> list[HumanGroup]:
        named: dict[str, list[Story]] = {}
        for story in held.of(*names):
            if story.label in ("human", "esl") and (name := name_of(story)) is not None:
                named.setdefault(name, []).append(story)
        result = []
        for name, members in sorted(named.items()):
            once = without_copies(one_of_each_source(members))
            pieces = tuple(human_pieces(once, lambda _, n=name: n, most=amounts.group, seed=seed))  # type: ignore[misc]
            if len(pieces) >= LEAST:
                result.append(HumanGroup(kind, name, pieces))
        return result

    outlets = Counter(str(s.fields.get("outlet")) for s in held.of("world-news"))

    def outlet(story: Story) -> str:
        name = str(story.fields.get("outlet"))
        return name if outlets[name] >= OUTLET_LEAST else "other outlets together"

    return [
        *of("wire by time", ["reuters21578"], lambda _: "Reuters 1987"),
        *of("wire by time", ["reuters-c50"], lambda _: "Reuters 1996-97"),
        *of("wire by time", ["conll2003"], lambda _: "Reuters 1996, tokenised"),
        *of("wire by time", ["reuters-fin"], _reuters_years),
        *of("outlets never seen", ["world-news"], outlet),
        *of("countries, outlets never seen", ["world-news"], lambda s: str(s.fields.get("country")) or None),
        *of("outlets seen", ["intl-news-2024"], lambda s: str(s.fields.get("outlet"))),
        *of("outlets seen", ["bbc2005"], lambda _: "BBC 2004-05"),
        *of("outlets seen", ["masakhane-eng"], lambda _: "BBC 2022-23"),
        *of("outlets seen", ["nltk-news"], lambda s: f"NLTK {s.fields.get('corpus')}"),
        *of("outlets seen", ["agnews-test"], lambda _: "AG News leads, joined"),
        *of("outlets seen", ["usnews2023"], lambda _: "US local news 2023"),
        *of("outlets seen", ["horne2017"], lambda _: "US politics 2016"),
        *of("outlets seen", ["wmt-english-originals"], lambda _: "WMT English originals"),
        *of("outlets seen", ["newstest-2013-2015"], lambda _: "WMT newstest, tokenised"),
        *of("registers", ["world-news"], lambda s: str(s.fields.get("register"))),
        *of("registers", ["bbc2005"], lambda s: f"BBC {s.fields.get('section')}"),
        *of("registers", ["mixset", "ai-polished"], lambda s: _GENRES.get(str(s.fields["domain"]))),
        *of("registers", ["detectrl"], lambda s: _GENRES.get(str(s.fields["domain"]))),
        *of("human rewriting", ["wmt-human-translations"], lambda _: "human translations"),
        *of("human rewriting", ["onestop"], lambda s: f"teachers' rewrites, {_LEVELS[str(s.fields['level'])]}"),
        *of("human rewriting", ["mrpc"], lambda _: "paraphrases of news, joined"),
        *of(
            "human rewriting",
            ["turkcorpus-human-simplified"],
            lambda s: "simplifications, lower-cased, joined" if s.fields.get("rewriter") else None,
        ),
        *of("learners", ["esl-ellipse"], _essay_level),
        *of("learners", ["esl-jfleg"], lambda _: "TOEFL essays' sentences, joined"),
        *of("learners", ["esl-m2"], lambda s: f"{str(s.fields['source']).split()[0]} sentences, joined"),
        *of("British and American", _BOTH, lambda s: "British" if _is_british(s) else None),
        *of("British and American", _BOTH, lambda s: "American" if _is_american(s) else None),
        *of("other human copy", ["wild-human"], _kind_of_copy),
        *of("other human copy", ["same-event"], lambda _: "one event in several outlets"),
        *of("other human copy", ["llm-rewrites"], lambda s: _LLMFAKE.get(str(s.fields["domain"]))),
        *of("old prose", ["pan-mturk-spun"], lambda _: "19th-century books' sentences, joined"),
        *_damaged(news, amounts),
    ]


_GENRES = {
    "speech": "speeches (transcripts)",
    "news": "news (MixSet)",
    "xsum-news": "BBC (DetectRL)",
    "blog": "blogs",
    "game_review": "game reviews",
    "yelp": "restaurant reviews",
    "arxiv": "paper abstracts",
    "paper_abstract": "paper abstracts (MixSet)",
    "writing-prompt": "fiction",
    "email_content": "emails",
}
_LLMFAKE = {"gossipcop": "celebrity gossip (LLMFake)", "politifact": "political news (LLMFake)"}
_LEVELS = {"adv": "advanced (near the original)", "int": "intermediate", "ele": "elementary"}
_BOTH = ("world-news", "intl-news-2024", "bbc2005", "masakhane-eng", "usnews2023", "horne2017")


def _reuters_years(story: Story) -> str:
    return "Reuters 2006-09" if str(story.fields["date"]) < "2010" else "Reuters 2010-13"


def _kind_of_copy(story: Story) -> str:
    source, register = str(story.fields["set"]), str(story.fields.get("register"))
    if source == "local_us":
        return "a local paper in Maryland"
    if source.startswith("gum_"):
        return "interviews, biographies and essays (GUM)"
    return register if register in _LARGE_REGISTERS else "other registers together"


_LARGE_REGISTERS = frozenset({"news", "news/opinion", "news, human-translated", "government blog / notices"})


def _essay_level(story: Story) -> str:
    score = float(story.fields["score"])
    return f"essays scored {'1-2' if score <= 2 else '4-5' if score >= 4 else f'{score:g}'} of 5"


def _is_british(story: Story) -> bool:
    return (
        story.set in ("bbc2005", "masakhane-eng")
        or story.fields.get("country") == "United Kingdom"
        or (story.set == "intl-news-2024" and story.fields.get("outlet") == "BBC")
    )


def _is_american(story: Story) -> bool:
    return (
        story.set in ("usnews2023", "horne2017")
        or story.fields.get("country") == "United States"
        or (story.set == "intl-news-2024" and story.fields.get("outlet") in ("CNN", "Fox News"))
    )


def _damaged(news: Sequence[Article], amounts: Amounts) -> list[HumanGroup]:
    some = news[: amounts.group]
    kinds: dict[str, Callable[[str, random.Random], str]] = {
        "the same, undamaged": lambda text, _: text,
        "lower-cased": lambda text, _: text.lower(),
        "upper-cased headline and lead": lambda text, _: _shout(text),
        "sentences glued together": glue,
        "one word in sixty glued to the next": _glue_words,
        "paragraph breaks lost": lambda text, _: " ".join(text.split()),
        "set in short lines": lambda text, _: _short_lines(text),
        "set apart as tokens": lambda text, _: " ".join(Document(text)[t] for t in Document(text).tokens),
    }
    result = []
    for name, damage in kinds.items():
        made = []
        for a in some:
            text = damage(a.text, random.Random(f"{name} {a.key}"))
            words = count_words(text)
            if words >= LEAST_WORDS:
                made.append(replace(a, text=text, words=words))
        result.append(HumanGroup("damaged copy", name, tuple(made)))
    return result


def glue(text: str, rng: random.Random) -> str:
    """Remove the space after one full stop in three, as text extraction does at links.

    >>> glue("It rose. It fell. It rose. It fell. It rose.", random.Random(1))
    'It rose.It fell. It rose. It fell.It rose.'
    """
    return re.sub(r"(?<=[a-z]\.) (?=[A-Z])", lambda m: "" if rng.random() < 1 / 3 else m.group(), text)


def _glue_words(text: str, rng: random.Random) -> str:
    words = text.split(" ")
    glued = [words[0]]
    for word in words[1:]:
        # About one word in sixty, as text extraction does at the end of a link or line.
        if rng.random() < 1 / 60:
            glued[-1] += word
        else:
            glued.append(word)
    return " ".join(glued)


def _shout(text: str) -> str:
    sentences = Document(text).sentences
    return text[: sentences[0].end].upper() + text[sentences[0].end :] if sentences else text


def _short_lines(text: str) -> str:
    lines: list[str] = [""]
    for word in text.split():
        if len(lines[-1]) + len(word) > 70:
            lines.append("")
        lines[-1] = f"{lines[-1]} {word}".strip()
    return "\n".join(lines)
