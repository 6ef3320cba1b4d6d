"""From the data folder to a model: every table and every number that unspin ships, by one command.

Stages: count reference copy (:mod:`detector.reference`); find alternatives (:mod:`detector.alternatives`); fit the word
model (:mod:`detector.word_training`) on one half of the ``fit`` stories; learn the phrasing of rewriters
(:mod:`detector.phrasing_training`) on reference copy; fit the article classifier (:mod:`detector.classifier`) on the other
half; set calibration, thresholds and quality percentiles on the ``calibrate`` stories. Nothing here sees a ``test`` story.
"""

import json
import platform
import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import numpy as np
import skops.io
from joblib import Parallel, delayed
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from detector.alternatives import build_alternatives, originals
from detector.archive import ARCHIVE, Archive
from detector.articles import Article, human_articles, reference_articles
from detector.classifier import fit_pipeline
from detector.confusions import count_confusions
from detector.corpus import SETS
from detector.counting import Sizes
from detector.language import Language, countable_words, judge_language
from detector.lessons import Lesson, lesson_of
from detector.manifest import PROTOCOL, Calibration, Manifest, log_length, sha256, write
from detector.measuring import analyst, measure_texts
from detector.model import ESTIMATOR, HUMAN, MANIFEST, WEIGHTS, Weights, weights_of, write_weights
from detector.phrasing_training import fit_phrasing
from detector.places import sentence_inputs, word_inputs
from detector.quality import PARTS
from detector.recalibration import SPUN_RATE, SUSPECT_RATE, threshold_above
from detector.reference import apart, count_reference, read_reference
from detector.register_training import fit_register
from detector.rewrites import DICTIONARY, ROUND_TRIP, WRITTEN, kind_of, real_rewrites, round_trips
from detector.similarity import vectors
from detector.spinners import Spinner, families
from detector.spinners.neighbours import NeighbourSwap, write_neighbours
from detector.verdict import NO_FLOOR, REGISTER, Thresholds
from detector.word_training import RATES, fit_word_model, labels, word_rows
from features.document import Document
from features.grammar import GrammarChecker
from features.harper import Harper
from features.lexicon import lexicon
from features.ngrams import FORMAT, HEADER, Floats, Ids, NgramModel
from features.phrase_table import PhraseTable

NEWS = (
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
    "world-news",
)
"""Reporters' copy: what is rewritten for training, and what the quality score compares with."""

OTHER_HUMAN = (
    "mrpc",
    "onestop",
    "turkcorpus-human-simplified",
    "wmt-human-translations",
    "esl-ellipse",
    "esl-jfleg",
    "esl-m2",
)
"""Human writing that must not be flagged although it is no wire copy: rewriters, translators, learners."""

GROUP_RATE = 0.008
"""No kind of human copy may be called ``spun`` more often than this on the calibration stories."""

GROUP_LEAST = 150
"""Articles of a kind from which its own rate counts: under it, one article more or less decides."""

UNLIKE_NEWS = 0.02
"""Share of reporters' copy that is so little like other news that it cannot be called ``spun``: the price of not accusing
essays, papers and fiction of what only news was measured for."""

KINDS_OF_HUMAN = {
    "esl-ellipse": "learners",
    "esl-jfleg": "learners",
    "esl-m2": "learners",
    "mrpc": "human rewriting",
    "onestop": "human rewriting",
    "turkcorpus-human-simplified": "human rewriting",
}
"""Sets whose articles are counted as one kind of human copy when thresholds are set."""

MIN_WORDS = 60
TABLES = Path("features") / "tables"
VECTORS = Path(".cache") / "vectors.npy"
"""Where a training leaves the word vectors for a later one that reuses its n-gram tables; not shipped."""

NEIGHBOURS = "neighbours.npz"
"""What stands beside the vectors: the lists of the word swap."""

SWAP = "neighbours"
"""The family that swaps words for those that stand in the same places; trained on, and evaluated by others of its kind."""

WEIGHTS_OF_FAMILIES = {"dictionary": 3.0, "dictionary-spare-names": 3.0, "consistent": 2.0, SWAP: 2.0}
"""How often a family is drawn against the others: most content farms use the spinner with the circulating list."""

_BATCH = 100
VECTOR_WORDS = 40_000
VECTOR_TOKENS = 45_000_000


@dataclass(frozen=True)
class Amounts:
    """How many articles each stage takes; the defaults train in well under an hour on two cores."""

    word_news: int = 280
    word_other: int = 90
    fit_news: int = 600
    fit_other: int = 300
    calibrate_news: int = 320
    calibrate_other: int = 250
    per_outlet: int = 60
    world_factor: int = 5
    phrasing_news: int = 1500
    phrasing_other: int = 500
    phrasing_outlet: int = 150
    trips: int = 300
    calibrate_trips: int = 40


def train(
    data: Path,
    out: Path,
    *,
    seed: int = 0,
    jobs: int = 2,
    progress: Callable[[str], None] = print,
    amounts: Amounts = Amounts(),
    reuse_tables: bool = False,
    leave_out: frozenset[str] = frozenset(),
    vectors_at: Path | None = None,
    archive: Archive | None = None,
) -> Manifest:
    """Train everything and write it to ``out/features/tables`` and ``out/detector/artefact``.

    Parameters
    ----------
    data : Path
        The data folder.
    out : Path
        A clone of unspin (its embedded model is replaced) or any other folder.
    seed : int
        Of everything that is drawn; the same seed gives the same model.
    jobs : int
        Worker processes.
    progress : callable
        Takes one line at a time.
    reuse_tables : bool
        Keep the n-gram tables and vectors that ``out`` holds, and make everything that builds on them again.
    leave_out : frozenset of str
        Families of rewriting that no part of the model may see.
    vectors_at : Path, optional
        Where the word vectors are kept between trainings that reuse tables; made if missing. By default under ``out``.
    archive : Archive, optional
        A newsroom's own copy, counted as reference copy beside that of the data folder. Tables that are reused hold theirs.

    Raises
    ------
    DataError
        If the data folder or a thesaurus lacks something.
    """
    vectors_at = vectors_at or out / VECTORS
    tables, artefact = out / TABLES, out / "detector" / "artefact"
    for folder in (tables, artefact):
        folder.mkdir(parents=True, exist_ok=True)
    if not reuse_tables:
        _count(data, out, vectors_at, archive, seed=seed, jobs=jobs, progress=progress)
    spinners = trained_spinners(data, leave_out)
    lifts = _alternatives(data, out, vectors_at, archive, spinners, seed=seed, jobs=jobs, progress=progress)
    # Its lists come of the reference copy, so it has no lift of its own and is measured with everybody's.
    spinners[SWAP] = NeighbourSwap(tables, vectors_at.with_name(NEIGHBOURS))
    _word_model(data, tables, spinners, lifts, amounts, seed=seed, jobs=jobs, progress=progress)
    checker = Harper()
    fit = fit_articles(data, spinners, amounts, seed)
    fit_register(data, tables, _reporters(fit), seed=seed, jobs=jobs).save(tables)
    progress("articles: learnt the register of news")
    phrases, lesson = phrasing_lesson(data, tables, fit, amounts, leave_out=leave_out, seed=seed, jobs=jobs)
    phrases.save(tables)
    progress(f"articles: learnt the phrasing of rewriters ({', '.join(phrases.kinds) or 'none is there'})")
    held = held_articles(data, spinners, amounts, leave_out=leave_out, seed=seed, jobs=jobs)
    progress(f"articles: {len(lesson.articles):,} to fit, {len(held):,} to calibrate")
    columns, measured = measure_texts(lesson.texts, tables, checker, jobs=jobs)
    progress("articles: measured those to fit")
    pipeline = fit_pipeline(lesson.rows(columns, measured), lesson.kinds, columns, seed=seed)
    weights = weights_of(pipeline)
    _, held_rows = measure_texts([a.text for a in held], tables, checker, jobs=jobs)
    progress("articles: measured those to calibrate")
    manifest = _manifest(columns, weights, held, held_rows, tables, data)
    skops.io.dump(pipeline, artefact / ESTIMATOR)
    write_weights(weights, artefact / WEIGHTS)
    word, sentence = _places(data, tables, spinners, weights, manifest, checker, amounts, seed)
    files = {p.name: sha256(p) for p in (artefact / ESTIMATOR, artefact / WEIGHTS, *sorted(tables.iterdir()))}
    manifest = Manifest(**{**manifest.__dict__, "files": files, "word": word, "sentence": sentence})
    write(manifest, artefact / MANIFEST)
    progress(f"model: {manifest.metrics}")
    return manifest


def trained_spinners(data: Path, leave_out: frozenset[str] = frozenset()) -> dict[str, Spinner]:
    """The families with lists that a model is trained on, but for those left out.

    Round trips are apart: what the word model and the head of word swaps learnt of them they took from light rewrites.
    """
    return {n: s for n, s in families(data).items() if not n.startswith(ROUND_TRIP) and n not in leave_out}


def trained_trips(data: Path, leave_out: frozenset[str] = frozenset()) -> dict[str, Spinner]:
    """The round trips that a model is trained on: by every engine of this machine but those left out."""
    return {n: s for n, s in families(data).items() if n.startswith(ROUND_TRIP) and n not in leave_out}


def swap_of(root: Path, vectors_at: Path | None = None) -> dict[str, Spinner]:
    """The word swap over the tables of a folder, by name; nothing where no training has left its lists."""
    path = (vectors_at or root / VECTORS).with_name(NEIGHBOURS)
    return {SWAP: NeighbourSwap(root / TABLES, path)} if path.is_file() else {}


def fit_articles(data: Path, spinners: Mapping[str, Spinner], amounts: Amounts, seed: int) -> list[Article]:
    """What the classifier is fitted on: the second half of the ``fit`` stories, and rewrites of the reporters' copy."""
    humans = _humans(data, "fit", amounts.fit_news, amounts.fit_other, amounts, seed)
    return spin_articles(_half(humans, second=True), spinners, seed)


def phrasing_lesson(
    data: Path,
    tables: Path,
    fit: Sequence[Article],
    amounts: Amounts,
    *,
    leave_out: frozenset[str] = frozenset(),
    seed: int,
    jobs: int,
) -> tuple[PhraseTable, Lesson]:
    """The phrasing of rewriters, and all that the classifier learns from: ``fit`` with real rewrites and round trips.

    ``fit`` is what :func:`fit_articles` gave. Phrasing is learnt from copy that the n-gram model was counted on, which
    plays no part in it, and of which there is much.
    """
    wanted = [(name, amounts.phrasing_news * (amounts.world_factor if name == "world-news" else 1)) for name in NEWS]
    # The longest first, so that no worker is left alone with it.
    drawn = Parallel(n_jobs=jobs)(
        delayed(reference_articles)(
            data, name, most=most, seed=seed, cap_group=amounts.phrasing_outlet if name == "world-news" else most
        )
        for name, most in sorted(wanted, key=lambda each: -each[1])
    )
    human = apart(data, [article for part in drawn for article in part], jobs=jobs)
    other = _half(_humans(data, "fit", 0, amounts.phrasing_other, amounts, seed + 3), second=False)
    lists = {n: s for n, s in trained_spinners(data, leave_out).items() if kind_of(n) == DICTIONARY}
    batches = [human[i : i + _BATCH] for i in range(0, len(human), _BATCH)] if lists else []
    made = Parallel(n_jobs=jobs)(delayed(spin_articles)(batch, lists, seed) for batch in batches)
    spun = [article for part in made for article in part if article.kind != HUMAN]
    copy = _half(_humans(data, "fit", amounts.word_news * 4, 0, amounts, seed + 3), second=False)
    trips = round_trips(copy, trained_trips(data, leave_out), amounts.trips, seed=seed, jobs=jobs)
    rewrites = [*real_rewrites(data, "fit", leave_out), *trips]
    phrases, columns = fit_phrasing(tables, human, spun, rewrites, other, seed=seed, jobs=jobs)
    return phrases, lesson_of(fit, rewrites, columns, judgeable)


def held_articles(
    data: Path,
    spinners: Mapping[str, Spinner],
    amounts: Amounts,
    *,
    leave_out: frozenset[str] = frozenset(),
    seed: int,
    jobs: int,
) -> list[Article]:
    """What calibration and thresholds are set on: the ``calibrate`` stories, and rewrites of the kinds that are trained."""
    humans = _humans(data, "calibrate", amounts.calibrate_news, amounts.calibrate_other, amounts, seed)
    trips = round_trips(
        _reporters(humans), trained_trips(data, leave_out), amounts.calibrate_trips, seed=seed, jobs=jobs
    )
    real = [a for a in real_rewrites(data, "calibrate", leave_out) if a.kind not in {HUMAN, WRITTEN}]
    return [*spin_articles(humans, spinners, seed), *(a for a in (*real, *trips) if judgeable(a.text))]


def _reporters(articles: Iterable[Article]) -> list[Article]:
    return [a for a in articles if a.group.split(":")[0] not in OTHER_HUMAN]


def _count(
    data: Path,
    out: Path,
    vectors_at: Path,
    archive: Archive | None,
    *,
    seed: int,
    jobs: int,
    progress: Callable[[str], None],
) -> None:
    counts, ids = count_reference(data, out / TABLES, sizes=Sizes(), jobs=jobs, progress=progress, archive=archive)
    header = {"format": FORMAT, **counts, **({} if archive is None else {ARCHIVE: archive.hash})}
    (out / TABLES / HEADER).write_text(json.dumps(header, indent=1) + "\n", encoding="utf-8")
    _save_vectors(vectors_at, ids, seed=seed, progress=progress)


def _save_vectors(path: Path, ids: Ids, *, seed: int, progress: Callable[[str], None]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.with_name(NEIGHBOURS).unlink(missing_ok=True)
    np.save(path, vectors(ids[-VECTOR_TOKENS:], VECTOR_WORDS, seed=seed))
    progress("alternatives: vectors of where words stand")


def _alternatives(
    data: Path,
    out: Path,
    vectors_at: Path,
    archive: Archive | None,
    spinners: Mapping[str, Spinner],
    *,
    seed: int,
    jobs: int,
    progress: Callable[[str], None],
) -> Sequence[Floats]:
    weights = [WEIGHTS_OF_FAMILIES.get(name, 1.0) for name in spinners]
    seen = count_confusions(
        data, out / TABLES, list(spinners.values()), weights, list_names(spinners), seed=seed, jobs=jobs
    )
    progress(f"alternatives: {len(seen.pairs):,} pairs that simulated rewriters were seen to confuse")
    ngrams = NgramModel.load(out / TABLES)
    if not vectors_at.is_file():
        ids = read_reference(data, ngrams.ids, jobs=jobs, archive=archive or ())
        _save_vectors(vectors_at, ids, seed=seed, progress=progress)
    near = np.load(vectors_at, allow_pickle=False)
    if not vectors_at.with_name(NEIGHBOURS).is_file():
        write_neighbours(ngrams, near, vectors_at.with_name(NEIGHBOURS))
    table = build_alternatives(ngrams, near, lexicon_pairs(), seen, progress)
    table.save(out / TABLES / "alternatives.npz")
    return (*seen.lift_without, seen.lift)


def list_names(names: Iterable[str]) -> list[str]:
    """The list that each family works from; families that share one are never unmet to each other.

    >>> list_names(["dictionary", "dictionary-spare-names", "careful", "consistent"])
    ['dictionary', 'dictionary', 'careful', 'careful']
    """
    return ["careful" if name == "consistent" else name.split("-")[0] for name in names]


def lexicon_pairs() -> list[tuple[str, str]]:
    """The single words of our tables with their single-word originals."""
    return originals() + [
        (entry.wording, original)
        for entry in lexicon().entries
        for original in entry.expected
        if " " not in entry.wording and " " not in original and entry.wording.islower() and original.islower()
    ]


def _humans(data: Path, role: str, news: int, other: int, amounts: Amounts, seed: int) -> list[Article]:
    articles: list[Article] = []
    for name in (*NEWS, *OTHER_HUMAN):
        most = news * amounts.world_factor if name == "world-news" else news if name in NEWS else other
        cap = amounts.per_outlet if name == "world-news" else most
        articles += human_articles(data, role, [name], most=most, seed=seed, cap_group=cap)
    return [a for a in articles if judgeable(a.text)]


def judgeable(text: str) -> bool:
    """Whether ``unspin check`` would judge a text, or abstain: nothing is learnt from what is never judged."""
    document = Document(text)
    return judge_language(document) is Language.ENGLISH and countable_words(document) >= MIN_WORDS


def _half(articles: Sequence[Article], *, second: bool) -> list[Article]:
    """One half of the stories, by story: the word model's half must not teach the classifier what words look like."""
    return [a for a in articles if (random.Random(a.story).random() < 0.5) != second]


def _word_model(
    data: Path,
    tables: Path,
    spinners: Mapping[str, Spinner],
    lifts: Sequence[Floats],
    amounts: Amounts,
    *,
    seed: int,
    jobs: int,
    progress: Callable[[str], None],
) -> None:
    articles = _half(
        _humans(data, "fit", 2 * amounts.word_news, 2 * amounts.word_other, amounts, seed + 1), second=False
    )
    progress(f"word model: {len(articles):,} stories")
    inputs, changed = word_rows(
        [a.text for a in articles],
        list(spinners.values()),
        tables,
        weights=[WEIGHTS_OF_FAMILIES.get(name, 1.0) for name in spinners],
        lifts=lifts,
        spun=[a.group.split(":")[0] not in OTHER_HUMAN for a in articles],
        seed=seed,
        jobs=jobs,
    )
    progress(f"word model: {len(inputs):,} words, {changed.mean():.1%} of them changed")
    fit_word_model(inputs, changed, seed=seed, progress=progress).save(tables / "word_model.npz")


def spin_articles(articles: Sequence[Article], spinners: Mapping[str, Spinner], seed: int) -> list[Article]:
    """The articles, and one rewrite of each that is reporters' copy by a family and rate drawn by seed."""
    result = list(articles)
    names = sorted(spinners)
    for article in articles:
        if article.group.split(":")[0] in OTHER_HUMAN:
            continue
        rng = random.Random(f"{seed} spin {article.key}")
        family = rng.choices(names, [WEIGHTS_OF_FAMILIES.get(name, 1.0) for name in names])[0]
        rate = rng.choice(RATES)
        made = spinners[family].spin(article.text, rng, rate)
        if made.changes:
            result.append(
                Article(article.key, made.text, family, f"{family} at {rate:.0%}", article.story, article.words)
            )
    return result


def _manifest(
    columns: Sequence[str],
    weights: Weights,
    held: Sequence[Article],
    rows: NDArray[np.float64],
    tables: Path,
    data: Path,
) -> Manifest:
    without = blank_grammar(columns, rows)
    thresholds, calibration, reference = {}, {}, {}
    human = np.array([a.kind == HUMAN for a in held])
    words = np.array([a.words for a in held], float)
    groups = [a.group.split(":")[0] for a in held]
    news = human & np.array([g in NEWS for g in groups])
    metrics: dict[str, object] = {}
    register = list(columns).index(REGISTER)
    floor = float(np.nanquantile(rows[news, register], UNLIKE_NEWS))
    counts = json.loads((tables / HEADER).read_text(encoding="utf-8"))
    del counts["format"]
    archive = {ARCHIVE: counts.pop(ARCHIVE)} if ARCHIVE in counts else {}
    # The word swap teaches what is odd; a probability is of the rewriters that people use.
    met = np.array([a.kind != SWAP for a in held])
    for checker, measured in (("harper", rows), ("languagetool", without), ("none", without)):
        log_odds = weights.log_odds(measured)
        calibration[checker] = replace(calibrate(log_odds[met], words[met], ~human[met]), grammar=measured is rows)
        probability = apply(calibration[checker], log_odds, words)
        thresholds[checker] = set_thresholds(
            probability[human],
            [g for g, h in zip(groups, human, strict=True) if h],
            measured[human, register],
            floor,
        )
        reference[checker] = {
            part.column: np.nanquantile(
                measured[news, list(columns).index(part.column)], np.linspace(0, 1, 101)
            ).tolist()
            for part in PARTS
            if not np.isnan(measured[news, list(columns).index(part.column)]).all()
        }
        metrics[checker] = {
            "auroc": round(float(roc_auc_score(~human, log_odds)), 4),
            "found": round(float((probability[~human] >= thresholds[checker].spun).mean()), 4),
        }
    return Manifest(
        protocol=PROTOCOL,
        columns=tuple(columns),
        thresholds=thresholds,
        calibration=calibration,
        reference=reference,
        word=(),
        sentence=(),
        min_words=MIN_WORDS,
        training_data={
            **{f"{n}.jsonl.xz": sha256(data / f"{n}.jsonl.xz") for n in SETS if (data / f"{n}.jsonl.xz").is_file()},
            **archive,
        },
        metrics={**metrics, "reference": counts, "calibration_articles": len(held)},
        versions={
            "python": platform.python_version(),
            **{p: version(p) for p in ("scikit-learn", "numpy", "skops", "unspin")},
        },
        created=datetime.now(UTC).date().isoformat(),
    )


def blank_grammar(columns: Sequence[str], rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """The rows as they are without a grammar checker."""
    from features.grammar import Grammar

    names = {c.name for c in Grammar(None).columns}
    blank = rows.copy()
    blank[:, [i for i, c in enumerate(columns) if c in names]] = np.nan
    return blank


def calibrate(log_odds: NDArray[np.float64], words: NDArray[np.float64], spun: NDArray[np.bool_]) -> Calibration:
    """Platt's logistic calibration with slope and intercept linear in log length, both classes weighing the same."""
    length = log_length(words)
    inputs = np.stack([log_odds, log_odds * length, length], axis=1)
    fitted = LogisticRegression(C=1e4, max_iter=2000, class_weight="balanced").fit(inputs, spun)
    slope, length_slope, length_intercept = (float(c) for c in fitted.coef_[0])
    return Calibration(slope, float(fitted.intercept_[0]), length_slope, length_intercept)


def apply(calibration: Calibration, log_odds: NDArray[np.float64], words: NDArray[np.float64]) -> NDArray[np.float64]:
    """Calibrated probabilities of articles with so many words."""
    slope, intercept = calibration.at(words)
    return np.asarray(1.0 / (1.0 + np.exp(-np.clip(slope * log_odds + intercept, -500, 500))))


def set_thresholds(
    probability: NDArray[np.float64],
    groups: Sequence[str],
    register: NDArray[np.float64] | None = None,
    floor: float = NO_FLOOR,
) -> Thresholds:
    """Thresholds that hold the stated rates over all human copy, and :data:`GROUP_RATE` in every large group.

    Parameters
    ----------
    probability : ndarray, shape (articles,)
        Of held-out human copy.
    groups : sequence of str
        Who wrote each article.
    register : ndarray, shape (articles,), optional
        How much each is made like news, log-odds; NaN where that cannot be told.
    floor : float
        Log-odds below which a text is too little like news to be called ``spun``.
    """
    everybody = probability
    if register is not None:
        probability = np.where(register < floor, 0.0, probability)
    spun = threshold_above(probability, SPUN_RATE)
    names = np.array([KINDS_OF_HUMAN.get(g, g) for g in groups])
    for name in sorted(set(names)):
        own = probability[names == name]
        if len(own) >= GROUP_LEAST:
            spun = max(spun, threshold_above(own, GROUP_RATE))
    suspect = min(threshold_above(everybody, SUSPECT_RATE), spun)
    return Thresholds(
        suspect=suspect,
        spun=spun,
        suspect_rate=round(float((everybody >= suspect).mean()), 5),
        spun_rate=round(float((probability >= spun).mean()), 5),
        articles=len(probability),
        news_floor=floor,
    )


def _places(
    data: Path,
    tables: Path,
    spinners: Mapping[str, Spinner],
    weights: Weights,
    manifest: Manifest,
    checker: GrammarChecker,
    amounts: Amounts,
    seed: int,
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """The two regressions of :mod:`detector.places`, on calibration stories and their rewrites."""
    articles = _humans(data, "calibrate", 40, 10, amounts, seed + 2)
    words, sentences = [], []
    word_truth, sentence_truth = [], []
    names = sorted(spinners)
    texts: list[tuple[str, Sequence[object]]] = []
    for article in articles:
        rng = random.Random(f"{seed} places {article.key}")
        made = spinners[rng.choice(names)].spin(article.text, rng, rng.choice(RATES))
        texts += [(article.text, ()), (made.text, made.changes)]
    _, rows = measure_texts([t for t, _ in texts], tables, checker, jobs=1)
    words_of = np.array([len(Document(t).words) for t, _ in texts], float)
    slope, intercept = manifest.calibration["harper"].at(words_of)
    article_log_odds = slope * weights.log_odds(rows) + intercept
    reader = analyst(tables)
    for (text, changes), article_odds in zip(texts, article_log_odds, strict=True):
        document = Document(text)
        analysis = reader.analyse(document)
        truth = labels(document, analysis.windows, changes)  # type: ignore[arg-type]
        words.append(word_inputs(analysis, article_odds))
        word_truth.append(truth)
        starts = np.array([document.tokens[i].start for i in analysis.windows.token], np.int64)
        for span in document.sentences:
            first, last = np.searchsorted(starts, [span.start, span.end])
            if last - first >= 3:
                sentences.append(sentence_inputs(analysis.log_odds[first:last], article_odds))
                sentence_truth.append(bool(truth[first:last].any()))
    return _logistic(np.concatenate(words), np.concatenate(word_truth)), _logistic(
        np.array(sentences), np.array(sentence_truth)
    )


def _logistic(inputs: NDArray[np.float64], truth: NDArray[np.bool_]) -> tuple[float, ...]:
    fitted = LogisticRegression(C=1e3, max_iter=5000).fit(inputs, truth)
    return (float(fitted.intercept_[0]), *(float(c) for c in fitted.coef_[0]))
