"""How well the sources of articles are found, and who is wrongly said to have one: docs/trace.md has the figures.

Originals and reference copy stand in an archive. Rewrites of the originals are traced in it, and so are human articles
that are not there. No pair of a story or event that the judge learnt from is traced.
"""

import json
import resource
import tempfile
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np

from detector.archive import open_archive
from detector.archive.story import ArchivedStory
from detector.lab.data.source_pairs import (
    SourcePair,
    event_pairs,
    human_stories,
    longest_unquoted_run,
    partial_pairs,
    real_pairs,
    reference_stories,
    simulated_pairs,
)
from detector.lab.evaluation.intervals import wilson
from detector.lab.evaluation.report import plain
from detector.lab.training.fit_relation import (
    derived,
    fit_weights,
    labels_of,
    loads_of,
    measure_pairs,
    without_columns,
)
from detector.tracing.columns import NAMES
from detector.tracing.judge import Judge, embedded_judge
from detector.tracing.relation import COPY, NONE, REWRITE, SHARED, Relation
from detector.tracing.tracer import Tracer

Progress = Callable[[str], None]

REPORT = "tracing.json"
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
    "order": ("order_of_sentences", "sentences_in_order", "order_of_words", "neighbours_kept"),
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


@dataclass(frozen=True)
class Amounts:
    """How many articles each part takes."""

    real: int = 200
    bases: int = 60
    partial: int = 200
    per_event: int = 300
    unrelated: int = 10_000
    timed: int = 300
    rates: tuple[float, ...] = (1.0, 0.3, 0.15)


QUICK = Amounts(real=30, bases=6, partial=30, per_event=40, unrelated=300, timed=60, rates=(1.0, 0.15))


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
    """Measure the tracer and write ``tracing.json`` to ``out``.

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
    pairs = real_pairs(data, "test", most=amounts.real, seed=seed)
    pairs += simulated_pairs(data, "test", bases=amounts.bases, rates=amounts.rates, each=True, seed=seed, jobs=jobs)
    partial = partial_pairs(data, "test", most=amounts.partial, seed=seed)
    events = event_pairs(data, "test", per_event=amounts.per_event, seed=seed)
    progress(f"tracing: {len(pairs):,} rewrites, {len(partial):,} partial ones, {len(events):,} independent reports")
    human = [s.text for s in human_stories(data, "test", most=amounts.unrelated, seed=seed, key="unrelated", least=100)]
    answer: dict[str, Any] = {"seed": seed, "judge": judge.hash, "threshold": judge.manifest.threshold}
    with tempfile.TemporaryDirectory() as folder:
        if archive is None:
            originals = [ArchivedStory(p.source_id, p.source) for p in (*pairs, *partial)]
            answer["indexing"] = _index(Path(folder) / "all", (*originals, *reference_stories(data)), progress)
            archive = Path(folder) / "all"
        with closing(open_archive(archive)) as opened:
            info = opened.info()
            answer["archive"] = {"stories": info.stories, "bytes": info.bytes}
            tracer = Tracer(opened, judge=judge)
            answer["families"] = family_rows(tracer, [*pairs, *partial], progress)
            answer["unrelated"] = unrelated_row(tracer, human, progress)
            answer["latency"] = [latency_row(tracer, [p.article for p in pairs[: amounts.timed]], info.stories)]
        for size in SIZES:
            if size < info.stories:
                place = Path(folder) / str(size)
                _index(place, islice(reference_stories(data), size), progress)
                with closing(open_archive(place)) as smaller:
                    row = latency_row(Tracer(smaller, judge=judge), [p.article for p in pairs[: amounts.timed]], size)
                    answer["latency"].append(row)
    answer["confusion"] = confusion(judge, [*pairs, *events])
    answer["independent"] = independent_row(judge, events)
    answer["baselines"] = baseline_rows(judge, pairs, events)
    out.mkdir(parents=True, exist_ok=True)
    text = json.dumps(plain(answer), indent=1, ensure_ascii=False, allow_nan=False)
    (out / REPORT).write_text(text + "\n", encoding="utf-8", newline="\n")
    progress(f"written: {out / REPORT}")
    return answer


def _index(place: Path, stories: Iterable[ArchivedStory], progress: Progress) -> dict[str, float]:
    begun = time.perf_counter()
    with closing(open_archive(place, create=True)) as made:
        count = made.add(stories)
    seconds = time.perf_counter() - begun
    progress(f"tracing: archived {count:,} stories in {seconds:.0f} s")
    return {"stories": count, "seconds": seconds}


# --- sources found -------------------------------------------------------------------------------------------------


def family_rows(tracer: Tracer, pairs: Sequence[SourcePair], progress: Progress) -> list[dict[str, Any]]:
    """For each family: whether the source comes first and among five, and whether it is called one."""
    by_family: dict[str, list[SourcePair]] = defaultdict(list)
    for pair in pairs:
        by_family[pair.family].append(pair)
    rows = []
    for family, own in sorted(by_family.items()):
        tally: Counter[str] = Counter()
        off: list[float] = []
        for pair in own:
            candidates = tracer.archive.candidates(pair.article, 5)
            ids = [(c.story.id, *c.duplicates) for c in candidates]
            tally["first"] += bool(ids) and pair.source_id in ids[0]
            tally["five"] += any(pair.source_id in group for group in ids)
            found = [s for s in tracer.trace(pair.article).found if pair.source_id in (s.story.id, *s.duplicates)]
            tally["found"] += bool(found)
            tally["rewrite"] += bool(found) and found[0].relation is Relation.REWRITE
            if found and pair.share < 1.0:
                off.append(found[0].coverage - pair.share)
        row: dict[str, Any] = {
            "family": family,
            "articles": len(own),
            "relation": dict(Counter(str(p.relation) for p in own)),
        }
        for name in ("first", "five", "found", "rewrite"):
            row[name] = wilson(tally[name], len(own))
        if any(pair.share < 1.0 for pair in own):
            row["coverage_right"] = wilson(sum(abs(d) <= 0.1 for d in off), len(own))
        rows.append(row)
        progress(f"tracing: {family}: first {tally['first']}, found {tally['found']} of {len(own)}")
    return rows


def unrelated_row(tracer: Tracer, texts: Sequence[str], progress: Progress) -> dict[str, Any]:
    """Human articles that are not in the archive: how many are called rewrites or copies.

    Those that share a passage outside quotes with the story that they are said to come from are counted apart: agencies
    repeat background from story to story, and only a reader can say what those are.
    """
    tally: Counter[str] = Counter()
    examples: list[dict[str, Any]] = []
    for number, text in enumerate(texts):
        found = tracer.trace(text).found
        passage = bool(found) and bool(longest_unquoted_run(text, found[0].story.text))
        kind = found[0].relation.value if found else NONE.value
        tally[f"{kind}, shares a passage" if passage else kind] += 1
        if found and not passage:
            examples.append({"number": number, "story": found[0].story.id, "probability": found[0].probability})
        if number % 1000 == 999:
            progress(f"tracing: {number + 1:,} unrelated articles, {dict(tally)}")
    return {
        "articles": len(texts),
        "answers": dict(tally),
        "rewrite": wilson(tally[REWRITE.value], len(texts)),
        "copy": wilson(tally[COPY.value], len(texts)),
        "examples": examples[:50],
    }


def independent_row(judge: Judge, events: Sequence[SourcePair]) -> dict[str, Any]:
    """Independent reports of one event: pairs and events in which one is called a rewrite."""
    rows = measure_pairs(events)
    called = [judge.judge(row).relation for row in rows]
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


def confusion(judge: Judge, pairs: Sequence[SourcePair]) -> dict[str, dict[str, int]]:
    """Answers by truth, over pairs whose truth is known."""
    table: dict[str, Counter[str]] = defaultdict(Counter)
    for pair, row in zip(pairs, measure_pairs(pairs), strict=True):
        if pair.relation:
            table[str(pair.relation)][judge.judge(row).relation.value] += 1
    return {truth: dict(answers) for truth, answers in table.items()}


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
    taught: tuple[Sequence[SourcePair], np.ndarray[Any, Any]], tested: tuple[Sequence[SourcePair], np.ndarray[Any, Any]]
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


def _at_rate(scores: np.ndarray[Any, Any], pairs: Sequence[SourcePair], rate: float = 1 / 200) -> dict[str, Any]:
    """Rewrites found by family above the score that so many independent reports reach."""
    independent = np.array([p.relation == SHARED for p in pairs])
    ranked = np.sort(scores[independent])[::-1]
    threshold = ranked[int(rate * len(ranked))] if len(ranked) else 0.0
    truth = np.array([p.relation in {COPY, REWRITE} for p in pairs])
    families = sorted({p.family for p in pairs if p.relation in {COPY, REWRITE}})
    by_family = {f: float((scores[[p.family == f for p in pairs]] > threshold).mean()) for f in families}
    return {"found": wilson(int((scores[truth] > threshold).sum()), int(truth.sum())), "by_family": by_family}


def baseline_rows(judge: Judge, pairs: Sequence[SourcePair], events: Sequence[SourcePair]) -> list[dict[str, Any]]:
    """Other ways to tell rewrites from independent reports, each at 1 in 200 of those."""
    every = [*pairs, *events]
    rows = measure_pairs(every)
    cosine = rows[:, NAMES.index("cosine")]
    methods: dict[str, np.ndarray[Any, Any]] = {
        "unspin": np.array([judge.judge(row).derived for row in rows]),
        "weighted cosine": cosine,
        "shared runs of 15 characters": np.array([shared_characters(p.article, p.source) for p in every]),
    }
    hashed = _minhash(every)
    if hashed is not None:
        methods["MinHash of runs of 3 words"] = hashed
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


def _minhash(pairs: Sequence[SourcePair]) -> np.ndarray[Any, Any] | None:
    try:
        from datasketch import MinHash
    except ImportError:
        return None

    def signature(text: str) -> Any:  # noqa: ANN401 - datasketch ships no types
        made = MinHash(num_perm=128, seed=1)
        made.update_batch([run.encode() for run in _runs(text)])
        return made

    return np.array([signature(p.article).jaccard(signature(p.source)) for p in pairs])


def _runs(text: str, size: int = 3) -> Iterator[str]:
    words = text.lower().split()
    for at in range(max(1, len(words) - size + 1)):
        yield " ".join(words[at : at + size])
