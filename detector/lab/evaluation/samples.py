"""Collect the rewrites: by simulated spinners, whose changes are known, and by real tools.

Every rewrite is of a story with the role ``test``. Real pairs keep their human originals, because human copy of another
genre would be too easy to distinguish.
"""

import csv
import random
import re
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from joblib import Parallel, delayed

from detector.lab.data.corpus import Story
from detector.lab.data.rewrites import GRADED, MIXED, POLISH, without_preamble
from detector.lab.data.rewrites import TRIP as GOOD_TRIP
from detector.lab.data.stories import Article, count_words
from detector.lab.evaluation.amounts import Amounts
from detector.lab.evaluation.held_out import Held
from detector.lab.evaluation.pieces import join, shuffled, whole
from detector.lab.spinners import DictionarySpinner, Group, Spinner, families, family, keep_quotes, partial, spin_many

SIMULATED, UNMET, TRIP, COMBINED, REAL, MODEL = (
    "simulated spinner",
    "simulated spinner, never trained on",
    "round trip",
    "sparing spinner",
    "real tool",
    "language model",
)

SURELY_SPUN = "joined, surely spun"
"""The variant with those crowd workers' sentences in which many words were changed."""

_BATCH = 25


@dataclass(frozen=True)
class Sample:
    """Rewrites of one kind.

    Parameters
    ----------
    family : str
        The rewriter.
    variant : str
        Share of words, tool, domain or grade.
    sort : str
        Kind of rewriter.
    articles : tuple of Article
        The rewrites.
    originals : tuple of Article
        Human originals of the same texts, if available.
    short : bool
        Whether these are single sentences, which are too short for unspin to judge. Only their ranking is measured.
    """

    family: str
    variant: str
    sort: str
    articles: tuple[Article, ...]
    originals: tuple[Article, ...] = ()
    short: bool = False


def percent(rate: float) -> str:
    """The name of a rate in tables.

    >>> percent(0.15)
    '15 %'
    """
    return f"{rate * 100:.0f} %"


def simulated(bases: Sequence[Article], data: Path, amounts: Amounts, *, seed: int, jobs: int) -> list[Sample]:
    """Rewrites of the same human articles by each family at each rate, and rewrites that leave parts unchanged."""
    spinners = families(data)
    samples = []
    for name, spinner in spinners.items():
        record = family(name)
        some = bases[: amounts.trips] if record.round_trip else bases
        sort = TRIP if record.round_trip else SIMULATED if record.trained else UNMET
        samples += [_spun(name, percent(rate), sort, spinner, some, rate, seed, jobs) for rate in amounts.rates]
    sparing = (
        ("dictionary", "a third of the paragraphs", lambda spinner: partial(spinner, 1 / 3)),
        ("moby-inflected", "a third of the paragraphs", lambda spinner: partial(spinner, 1 / 3)),
        ("dictionary", "quotes intact", keep_quotes),
        ("wordnet-inflected", "quotes intact", keep_quotes),
    )
    samples += [
        _spun(f"{name}, {manner}", percent(1.0), COMBINED, spare(spinners[name]), bases, 1.0, seed, jobs)
        for name, manner, spare in sparing
        if name in spinners
    ]
    return samples


def _spun(
    family: str, variant: str, sort: str, spinner: Spinner, bases: Sequence[Article], rate: float, seed: int, jobs: int
) -> Sample:
    batches = [bases[i : i + _BATCH] for i in range(0, len(bases), _BATCH)]
    made = Parallel(n_jobs=jobs)(
        delayed(_spin)(spinner, [(f"{seed} {family} {rate} {a.key}", a.text) for a in b], rate) for b in batches
    )
    texts = [t for part in made for t in part]
    articles, originals = [], []
    for base, text in zip(bases, texts, strict=True):
        if text is not None:
            articles.append(replace(base, text=text, kind=family, words=count_words(text)))
            originals.append(base)
    return Sample(family, variant, sort, tuple(articles), tuple(originals))


def _spin(spinner: Spinner, items: Sequence[tuple[str, str]], rate: float) -> list[str | None]:
    """The rewrites; None if the spinner found nothing to change."""
    rngs = [random.Random(seed) for seed, _ in items]
    return [s.text if s.changes else None for s in spin_many(spinner, [t for _, t in items], rngs, rate)]


def tortured(held: Held, names: Sequence[str], data: Path, amounts: Amounts, seed: int) -> list[Sample]:
    """News in which fixed terms are replaced by tortured phrases, as paraphrasing tools do in papers."""
    path = data / "tortured_phrases.csv"
    if not path.is_file():
        return []
    spinner = DictionarySpinner(_tortured_groups(path), may_keep=False)
    found: dict[str, list[tuple[Article, Article]]] = defaultdict(list)
    for story in shuffled(held.of(*names), "tortured", seed):
        piece = whole(story, story.set)
        if piece is None:
            continue
        made = spinner.spin(piece.text, random.Random(f"{seed} tortured {story.key}"))
        if made.changes:
            variant = "one phrase" if len(made.changes) == 1 else "two phrases or more"
            found[variant].append((replace(piece, text=made.text, kind="tortured phrases"), piece))
    return [
        Sample(
            "tortured phrases",
            variant,
            COMBINED,
            tuple(a for a, _ in pairs[: amounts.real]),
            tuple(o for _, o in pairs[: amounts.real]),
        )
        for variant, pairs in sorted(found.items())
    ]


def _tortured_groups(path: Path) -> list[Group]:
    alternatives: dict[str, set[str]] = defaultdict(set)
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            phrase, expected = row["tortured_phrase"].strip().strip('"'), (row["expected_phrase"] or "").strip().lower()
            # Skip query syntax, wildcards and comments. A single expected word is too common to be a term.
            if re.fullmatch(r"[A-Za-z][A-Za-z -]+", phrase) and re.fullmatch(r"[a-z]+(?:[ -][a-z]+)+", expected):
                alternatives[expected].add(phrase.lower())
    return [Group(head, tuple(sorted(words))) for head, words in sorted(alternatives.items())]


def real(held: Held, amounts: Amounts, seed: int) -> list[Sample]:
    """The rewrites by real tools in the data folder."""
    most = amounts.real
    samples: list[Sample] = []
    samples += _pairs(held, "detectrl", most, seed, _detectrl)
    samples += _joined(held, "agnews-textfooler", lambda s: str(s.fields.get("tool")), most, seed)
    samples += _raft(held, most, seed)
    samples += _spinner_sentences(held, most, seed)
    for name, kind_of in PAIRED:
        samples += _pairs(held, name, most, seed, kind_of)
    return [s for s in samples if s.articles]


_MODELS = ("LLM", "DIPPER")
"""Prefixes of the names of families that are language models."""


def _detectrl(story: Story) -> tuple[str, str] | None:
    if story.label == "llm_written":
        return None
    names = {
        "TextFooler-style word attack (DetectRL)": "word swap (DetectRL)",
        "char+word attack (DetectRL)": "character and word swap (DetectRL)",
        "back-translation (DetectRL)": GOOD_TRIP,
        "DIPPER": "DIPPER (DetectRL)",
        "LLM polish": POLISH,
    }
    domain = "news" if story.fields["domain"] == "xsum-news" else "other genres"
    return names.get(str(story.fields["tool"]), str(story.fields["tool"])), domain


def _news_only(story: Story) -> tuple[str, str] | None:
    return (MIXED, "news, all tools") if story.fields["domain"] == "news" else None


def _grade(story: Story) -> tuple[str, str] | None:
    grade = str(story.fields["source"]).removeprefix("APT-Eval ").replace("_", " ").replace("slightly", "slight")
    grade = grade.replace("extremely", "extreme")
    return GRADED, "by share of words" if grade == "None" else grade


def _polisher(story: Story) -> tuple[str, str]:
    return GRADED, f"by {story.fields['tool']}"


def _xsum(story: Story) -> tuple[str, str] | None:
    return ("DIPPER (over LLM copy)", "") if story.fields.get("tool") == "DIPPER" else None


def _llm_rewrite(story: Story) -> tuple[str, str]:
    model, how = str(story.fields["tool"]).split(" (")
    return f"LLM {how.removesuffix(')')} (LLMFake)", _MAKERS[model.split("_")[0]]


_MAKERS = {"chatgpt": "ChatGPT 3.5", "llama2": "Llama 2", "vicuna-v1.3": "Vicuna 1.3"}


def _wild(story: Story) -> tuple[str, str]:
    return ("double spinner" if story.label == "spun" else "LLM rewrite farm") + " (wild)", ""


def _translated(story: Story) -> tuple[str, str]:
    return "one-way translation (WMT 2021-22)", f"from {str(story.fields['tool']).partition('->')[0]}"


PAIRED: tuple[tuple[str, Callable[[Story], tuple[str, str] | None]], ...] = (
    ("mixset", lambda story: (MIXED, str(story.fields["tool"]))),
    ("mixset", _news_only),
    ("ai-polished", _grade),
    ("ai-polished", _polisher),
    ("xsum-llm", _xsum),
    ("wmt-mt-outputs", lambda _: ("one-way translation (WMT)", "")),
    ("srilanka-machine-translated", lambda _: ("one-way translation (Tamil, Sinhala)", "")),
    ("wild-spun", _wild),
    ("llm-rewrites", _llm_rewrite),
    ("mt-2021-22", _translated),
)
"""Sets of whole rewritten articles, each with a function for a text's family and variant, or None to skip it."""


def _pairs(
    held: Held, name: str, most: int, seed: int, kind_of: Callable[[Story], tuple[str, str] | None]
) -> list[Sample]:
    stories = held.of(name)
    humans = {s.group: s for s in stories if s.label == "human"}
    by_kind: dict[tuple[str, str], list[Story]] = defaultdict(list)
    for story in stories:
        kind = kind_of(story) if story.label != "human" else None
        if kind is not None:
            by_kind[kind].append(story)
    samples = []
    for (rewriter, variant), members in sorted(by_kind.items()):
        articles: list[Article] = []
        originals: dict[str, Article] = {}
        for story in shuffled(members, f"{rewriter} {variant}", seed):
            if len(articles) >= most:
                break
            # Remove the model's introductory line, as training does, because an editor gets the text without it.
            rewrite = whole(replace(story, text=without_preamble(story.text)), story.set, kind=rewriter)
            if rewrite is None:
                continue
            articles.append(rewrite)
            human = humans.get(story.group)
            original = whole(human, human.set) if human is not None else None
            if original is not None:
                originals[story.group] = original
        sort = MODEL if rewriter.startswith(_MODELS) else REAL
        samples.append(Sample(rewriter, variant, sort, tuple(articles), tuple(originals.values())))
    return samples


def _joined(held: Held, name: str, tool_of: Callable[[Story], str], most: int, seed: int) -> list[Sample]:
    stories = held.of(name)
    humans = {s.group: s for s in stories if s.label == "human"}
    by_tool: dict[str, list[Story]] = defaultdict(list)
    for story in stories:
        if story.label != "human" and story.group in humans:
            by_tool[tool_of(story)].append(story)
    samples = []
    for tool, members in sorted(by_tool.items()):
        ordered = shuffled(members, tool, seed)
        samples.append(
            Sample(
                f"{tool} (AG News)",
                "joined",
                REAL,
                tuple(join(ordered, name, kind=tool)[:most]),
                tuple(join([humans[s.group] for s in ordered], name)[:most]),
            )
        )
    return samples


def _raft(held: Held, most: int, seed: int) -> list[Sample]:
    rewrites = [s for s in held.of("raft-xsum") if s.label == "synonym_attack"]
    articles = [whole(s, s.set, kind="raft") for s in shuffled(rewrites, "raft", seed)]
    # RAFT rewrites texts by a language model, so there are no human originals.
    return [Sample("word swap over LLM copy (RAFT)", "", REAL, tuple(a for a in articles if a is not None)[:most])]


def _spinner_sentences(held: Held, most: int, seed: int) -> list[Sample]:
    stories = held.of("pan-mturk-spun")
    humans = {s.group: s for s in stories if s.label == "human"}
    spun = shuffled((s for s in stories if s.label == "spun" and s.group in humans), "pan", seed)
    pure = [s for s in spun if float(s.fields["sub_rate"]) >= 0.2 and float(s.fields["groups"]) >= 5]
    family = "real spinners' sentences (PAN)"
    samples = []
    for variant, members in (("joined", spun), (SURELY_SPUN, pure)):
        originals = join([humans[s.group] for s in members], "pan-mturk-spun")
        samples.append(
            Sample(
                family,
                variant,
                REAL,
                tuple(join(members, "pan-mturk-spun", kind=family)[:most]),
                tuple(originals[:most]),
            )
        )
    single = [(_sentence(s, family), _sentence(humans[s.group], "human")) for s in spun]
    samples.append(
        Sample(family, "single sentences", REAL, tuple(a for a, _ in single), tuple(o for _, o in single), short=True)
    )
    return samples


def _sentence(story: Story, kind: str) -> Article:
    return Article(story.key, story.text, kind, story.set, story.group, count_words(story.text))
