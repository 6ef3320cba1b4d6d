"""``unspin evaluate``: how well rewriters are found that were never met, and whom unspin accuses wrongly.

One run makes every table of docs/EVALUATION.md from the data folder and our own seed articles.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

import features
from detector.errors import DataError
from detector.lab.data.corpus import sets_in
from detector.lab.data.rewrites import REAL as REAL_FAMILIES
from detector.lab.data.rewrites import WRITTEN
from detector.lab.data.stories import Article
from detector.lab.evaluation import ablations, agreement, baselines, curves, disguises, located
from detector.lab.evaluation import groups as writers
from detector.lab.evaluation import samples as rewriters
from detector.lab.evaluation.amounts import QUICK, Amounts
from detector.lab.evaluation.curves import judged_of, texts_of
from detector.lab.evaluation.goals import goal_rows
from detector.lab.evaluation.held_out import Held, read_held
from detector.lab.evaluation.intervals import REPLICATES, Negatives, wilson
from detector.lab.evaluation.left_out import LEFT_OUT, NGRAMS, Retraining, left_out_rows, ngram_rows
from detector.lab.evaluation.report import write_report
from detector.lab.evaluation.samples import Sample
from detector.lab.evaluation.scoring import Scorer, open_scorer
from detector.lab.spinners import families as spinner_families
from detector.lab.spinners import skipped
from detector.lab.training import train as training
from detector.lab.training import training_sets as training_articles
from detector.lab.training.count_ngrams import OVERLAP, SHINGLE
from detector.lab.training.lessons import Lesson
from detector.verdict import Label

__all__ = ["evaluate"]

Progress = Callable[[str], None]


def evaluate(
    data: Path,
    out: Path,
    *,
    model: Path | None = None,
    seed: int = 0,
    jobs: int = 2,
    quick: bool = False,
    left_out: bool | None = None,
    progress: Progress = print,
) -> dict[str, Any]:
    """Measure a model and write ``EVALUATION.md``, ``evaluation.json`` and plots to ``out``.

    Measured rows, the test stories (text of the data folder) and the models of left-out families are kept in
    ``out/.cache``, so that a run that was stopped goes on; the folder tells git to ignore it.

    Parameters
    ----------
    data : Path
        The data folder. Gold files are looked for in ``seeds`` beside it and in our own ``seeds/texts``.
    out : Path
        Where the report goes.
    model : Path, optional
        A folder that ``unspin train`` wrote; by default the embedded model.
    seed : int
        Of everything that is drawn.
    jobs : int
        Worker processes.
    quick : bool
        A look in a few minutes.
    left_out : bool, optional
        Whether to train models without each family, which takes an hour or so; by default when not quick.
    progress : callable
        Takes one line at a time.

    Returns
    -------
    dict
        The figures, as in ``evaluation.json`` but with :class:`~detector.lab.evaluation.intervals.Figure` values.

    Raises
    ------
    DataError
        If the data folder lacks something.
    ModelError
        If the model is missing or damaged.
    """
    amounts = QUICK if quick else Amounts()
    if not sets_in(data):
        raise DataError(f"{data} holds no data set. docs/training-data.md says which files unspin reads.")
    for sentence in skipped(data):
        progress(sentence)
    cache = out / ".cache"
    cache.mkdir(parents=True, exist_ok=True)
    (cache / ".gitignore").write_text("*\n", encoding="utf-8")
    scorer, root = open_scorer(model, cache, jobs=jobs, progress=progress)
    known = [name.removesuffix(".jsonl.xz") for name in scorer.manifest.training_data]
    held = read_held(data, cache, jobs=jobs, progress=progress, known=known)
    news = writers.negatives(held, amounts, seed)
    progress(f"human copy: {len(news):,} articles")
    if not (news and spinner_families(data)):
        raise DataError(
            f"{data} holds no human news of the role test, or nothing that a simulated rewriter is made of. "
            "docs/training-data.md says what unspin evaluate reads."
        )
    samples = _samples(held, news, data, amounts, seed=seed, jobs=jobs, progress=progress)
    human = writers.groups(held, news, amounts, seed)
    texts = [t for s in samples for t in (*texts_of(s.articles), *texts_of(s.originals))]
    texts += [t for g in human for t in texts_of(g.articles)] + texts_of(news)
    scorer.measure(texts, "shipped model")
    negatives, blank = curves.against(scorer, news), curves.against(scorer, news, lexicon=False)
    progress("figures: families and groups")
    answer: dict[str, Any] = {
        "about": _about(scorer, root, news, seed=seed, quick=quick),
        "splits": {n: {**d.__dict__, "kept": len(held.stories[n])} for n, d in held.dropped.items()},
        "families": [curves.family_row(scorer, negatives, blank, s) for s in samples],
        "human_by_length": curves.negatives_by_band(scorer, news),
        "groups": [curves.group_row(scorer, g) for g in human],
        "human": _overall(scorer, human),
        "calibration": _calibration(scorer, news, samples),
    }
    probes = ablations.probes_of(samples)
    answer["grammar"] = ablations.grammar_rows(scorer, news, probes)
    answer |= _located(scorer, root, data, news, amounts, seed=seed, jobs=jobs, progress=progress)
    answer["agreement"] = agreement.agreement(
        scorer,
        root,
        [*news[:12], *(a for own in (*probes.values(), _masked(samples)) for s in own[:1] for a in s.articles[:2])],
        embedded=model is None,
    )
    answer["disguises"] = _disguises(scorer, samples, judged_of(scorer, news), seed)
    answer["goals"] = goal_rows(answer)
    write_report(answer, out)
    fit = _lesson(data, root, seed, jobs=jobs, quick=quick)
    scorer.measure(fit.texts, "articles to fit")
    answer["ablations"] = ablations.ablation_rows(scorer, fit, news, probes, seed)
    answer["baselines"] = _baselines(scorer, fit.articles, news, probes, seed=seed, jobs=jobs, progress=progress)
    write_report(answer, out)
    if (not quick) if left_out is None else left_out:
        retraining = Retraining(data, root, cache, seed, jobs, progress)
        answer["left_out"] = []
        for name in LEFT_OUT:
            answer["left_out"] += left_out_rows(retraining, news, samples, which=[name])
            answer["goals"] = goal_rows(answer)
            write_report(answer, out)
        answer["ngrams"] = []
        for name in NGRAMS:
            answer["ngrams"] += ngram_rows(retraining, news, [s for own in probes.values() for s in own], name)
            write_report(answer, out)
    progress(f"written: {out / 'EVALUATION.md'}")
    return answer


def _disguises(scorer: Scorer, samples: Sequence[Sample], news: Sequence[Article], seed: int) -> list[dict[str, Any]]:
    """Some rewrites of each simulated family at its full rate, and as many human articles, in every disguise."""

    def labels(texts: Sequence[str]) -> list[Label]:
        scorer.measure(texts, "disguises")
        return scorer.labels(texts)

    full = [s for s in samples if s.sort in {rewriters.SIMULATED, rewriters.TRIP} and s.variant == "100 %"]
    rewrites = [article for sample in full for article in judged_of(scorer, sample.articles)[:DISGUISED]]
    return disguises.disguise_rows(rewrites, news[: len(rewrites)], labels, seed=seed)


def _samples(
    held: Held, news: Sequence[Article], data: Path, amounts: Amounts, *, seed: int, jobs: int, progress: Progress
) -> list[Sample]:
    samples = rewriters.simulated(news[: amounts.bases], data, amounts, seed=seed, jobs=jobs)
    samples += rewriters.tortured(held, writers.NEWS, data, amounts, seed)
    samples += rewriters.real(held, amounts, seed)
    progress(f"rewrites: {sum(len(s.articles) for s in samples):,} of {len({s.family for s in samples})} rewriters")
    return samples


def _about(scorer: Scorer, root: Path, news: Sequence[Article], *, seed: int, quick: bool) -> dict[str, Any]:
    manifest = scorer.manifest
    return {
        "signature": located.checker_of(root).signature,
        "seed": seed,
        "quick": quick,
        "thresholds": dict(scorer.thresholds().__dict__),
        "training_metrics": dict(manifest.metrics),
        "news": len(news),
        "news_judged": len(judged_of(scorer, news)),
        "news_sets": len({a.group.split(":")[0] for a in news}),
        "news_outlets": len({a.group for a in news if a.group.startswith("world-news")}),
        "replicates": REPLICATES,
        "overlap": OVERLAP,
        "shingle": SHINGLE,
        "real_families_in_training": [family for family in REAL_FAMILIES if family != WRITTEN],
    }


DISGUISED = 6
"""Rewrites of each family that are disguised in every way."""

REWRITTEN_SETS = (
    "pan-mturk-spun",
    "detectrl",
    "agnews-textfooler",
    "raft-xsum",
    "wmt-mt-outputs",
    "srilanka-machine-translated",
    "xsum-llm",
    "mixset",
    "ai-polished",
    "wild-spun",
    "llm-rewrites",
    "mt-2021-22",
)
"""Sets of which rewrites by real tools are scored; training may learn from those of three sets alone.

The single pages of two real spinners (SpinBot and one that reads spintax) are not scored: they are too few to be a test.
Human originals of others teach the register of news what is none.
"""


def _masked(samples: Sequence[Sample]) -> list[Sample]:
    """Rewrites in which letters of other scripts stand for Latin ones: batch and check must read them alike."""
    return [s for s in samples if s.family == "character and word swap (DetectRL)"]


def _overall(scorer: Scorer, groups: Sequence[writers.HumanGroup]) -> dict[str, Any]:
    distinct = {a.text for g in groups if g.kind != "damaged copy" for a in g.articles}
    labels = scorer.labels(sorted(distinct))
    return {
        "articles": len(labels),
        "spun": wilson(labels.count(Label.SPUN), len(labels)),
        "suspect": wilson(labels.count(Label.SUSPECT), len(labels)),
        "abstained": labels.count(Label.TOO_SHORT) + labels.count(Label.NOT_ENGLISH),
    }


def _calibration(scorer: Scorer, news: Sequence[Article], samples: Sequence[Sample]) -> dict[str, Any]:
    human = scorer.probability(texts_of(judged_of(scorer, news)))
    kinds: Mapping[str, tuple[str, ...]] = {
        "kinds that were trained": (rewriters.SIMULATED, rewriters.TRIP),
        "all spinners and round trips": (rewriters.SIMULATED, rewriters.COMBINED, rewriters.TRIP),
        "real tools": (rewriters.REAL,),
    }
    result = {}
    for name, sorts in kinds.items():
        # Some sentences are joined twice, in all of them and in those that are surely spun.
        once = [s for s in samples if s.sort in sorts and not s.short and s.variant != rewriters.SURELY_SPUN]
        texts = [a.text for s in once for a in judged_of(scorer, s.articles)]
        if texts:
            result[name] = curves.balanced(human, scorer.probability(texts))
    return result


def _located(
    scorer: Scorer,
    root: Path,
    data: Path,
    news: Sequence[Article],
    amounts: Amounts,
    *,
    seed: int,
    jobs: int,
    progress: Progress,
) -> dict[str, Any]:
    bases = judged_of(scorer, news)[: amounts.located]
    tallies = located.spun_tallies(root, spinner_families(data), bases, amounts.rates, seed=seed, jobs=jobs)
    progress("marks: compared with simulated spins")
    checker = located.checker_of(root)
    folders = [f for f in (data.parent / "seeds", Path(features.__file__).parents[1] / "seeds" / "texts") if f.is_dir()]
    return {
        "located": [
            {"family": family, "variant": rewriters.percent(rate), **everything.row(), "flagged": flagged.row()}
            for (family, rate), (everything, flagged) in tallies.items()
        ],
        "marks_on_human_copy": located.human_tally(root, judged_of(scorer, news)[:200], jobs=jobs).row(),
        "gold": located.gold_rows(checker, folders),
        "clean_seeds": located.clean_rows(checker, folders),
    }


QUICK_FIT = 600
QUICK_LESSON = training_articles.Amounts(phrasing_news=200, phrasing_other=80, trips=30)
TEXTHUMANIZE_MOST = 40
"""Texts of each kind for a detector that takes a second for each."""


def _lesson(data: Path, root: Path, seed: int, *, jobs: int, quick: bool) -> Lesson:
    """What the model's classifier was fitted on."""
    spinners = {**training_articles.trained_spinners(data), **training.swap_of(root)}
    amounts = training_articles.SHIPPED
    articles = training_articles.fit_articles(data, spinners, amounts, seed)
    if quick:
        some = np.random.default_rng(seed).permutation(len(articles))[:QUICK_FIT]
        articles, amounts = [articles[i] for i in sorted(some)], QUICK_LESSON
    return training.phrasing_lesson(data, root / training.TABLES, articles, amounts, seed=seed, jobs=jobs)[1]


def _baselines(
    scorer: Scorer,
    fit: Sequence[Article],
    news: Sequence[Article],
    probes: Mapping[str, Sequence[Sample]],
    *,
    seed: int,
    jobs: int,
    progress: Progress,
) -> dict[str, Any]:
    progress("baselines: teaching them")
    texts, spun = texts_of(fit), [a.kind != "human" for a in fit]
    surprise = next(i for i, c in enumerate(scorer.manifest.columns) if c.startswith(baselines.SURPRISE))
    methods: dict[str, tuple[baselines.Scores, int | None]] = {
        "unspin": (scorer.log_odds, None),
        "TF-IDF and logistic regression": (baselines.tfidf(texts, spun), None),
        "averaged word vectors and SVM": (baselines.averaged_vectors(texts, spun, seed=seed), None),
        "perplexity alone": (lambda own: scorer.rows(own)[:, surprise], None),
    }
    vectors = (
        "Word vectors are the truncated SVD of the TF-IDF matrix of the same articles, so that an article is the weighted "
        "mean of its words' vectors. Perplexity is the mean surprise under unspin's own n-grams."
    )
    notes = [vectors]
    other = baselines.texthumanize(jobs=jobs)
    if other is None:
        notes.append("The package texthumanize was not installed, so its detector was not measured.")
    else:
        methods["texthumanize's detector"] = (other, TEXTHUMANIZE_MOST)
        notes.append(
            f"texthumanize's detector takes long: {TEXTHUMANIZE_MOST} texts of each kind, {5 * TEXTHUMANIZE_MOST} human."
        )
    human = judged_of(scorer, news)
    rows = []
    for name, (score, most) in methods.items():
        some = human if most is None else human[: 5 * most]
        against = Negatives(np.nan_to_num(score(texts_of(some))), [a.story for a in some])
        found, auroc = {}, {}
        for probe, own in probes.items():
            articles = [a for s in own for a in judged_of(scorer, s.articles)]
            articles = articles if most is None else articles[:: max(1, len(articles) // most)][:most]
            scores = np.nan_to_num(score(texts_of(articles)))
            found[probe] = against.found(scores, [a.story for a in articles], curves.RATES[0])
            auroc[probe] = against.auroc(scores, [a.story for a in articles])
        rows.append({"method": name, "found_at_1_percent": found, "auroc": auroc})
        progress(f"baselines: {name}")
    return {"fit": len(fit), "rows": rows, "notes": notes}
