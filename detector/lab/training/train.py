"""From the data folder to a model: every table and every number that unspin ships, by one command.

Stages: count reference copy (:mod:`detector.lab.training.reference_copy`); find alternatives (:mod:`detector.lab.training.build_alternatives`); fit the word
model (:mod:`detector.lab.training.fit_word_model`) on one half of the ``fit`` stories; learn the phrasing of rewriters
(:mod:`detector.lab.training.fit_phrasing`) on reference copy; fit the article classifier (:mod:`detector.classifier`) on the other
half; set calibration, thresholds and quality percentiles (:mod:`detector.lab.training.calibration`) and places
(:mod:`detector.lab.training.fit_places`) on the ``calibrate`` stories; fit the judge of relations
(:mod:`detector.lab.training.fit_relation`) where the data folder has its pairs. Nothing here sees a ``test`` story.
"""

import json
import platform
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import numpy as np
import skops.io
from numpy.typing import NDArray

from detector.classifier import fit_pipeline
from detector.errors import DataError
from detector.lab.data.corpus import SETS, sets_in
from detector.lab.data.own_copy import ARCHIVE, Archive
from detector.lab.data.stories import Article
from detector.lab.spinners import Spinner, family, skipped
from detector.lab.spinners.families import CIRCULATING
from detector.lab.spinners.neighbours import NeighbourSwap, write_neighbours
from detector.lab.training.build_alternatives import build_alternatives, originals
from detector.lab.training.calibration import CheckerFigures, figures_by_checker
from detector.lab.training.confusions import Lifts, count_confusions
from detector.lab.training.count_ngrams import Sizes
from detector.lab.training.fit_cascade import fit_cascade
from detector.lab.training.fit_classes import fit_classes
from detector.lab.training.fit_phrasing import fit_phrasing
from detector.lab.training.fit_places import fit_places
from detector.lab.training.fit_register import fit_register
from detector.lab.training.fit_relation import can_fit, fit_relation
from detector.lab.training.fit_topics import fit_topics
from detector.lab.training.fit_word_model import fit_word_model, word_rows
from detector.lab.training.general_english import general_pairs
from detector.lab.training.lessons import Lesson, lesson_of
from detector.lab.training.reference_copy import count_reference, read_reference
from detector.lab.training.similarity import vectors
from detector.lab.training.training_sets import (
    MIN_WORDS,
    SHIPPED,
    SWAP,
    Amounts,
    by_reporter,
    fit_articles,
    held_articles,
    judgeable,
    phrasing_articles,
    place_articles,
    trained_spinners,
    word_articles,
)
from detector.manifest import PROTOCOL, Manifest, sha256, write
from detector.model import ESTIMATOR, HUMAN, MANIFEST, READER, WEIGHTS, lexicon_file, weights_of, write_weights
from detector.rows import measure_texts
from features.language_model.ngrams import FORMAT, HEADER, Floats, Ids, NgramModel
from features.language_model.phrase_table import PhraseTable
from features.lexicon import lexicon

TABLES, ARTEFACT = Path("features") / "tables", Path("detector") / "artefact"
VECTORS = Path(".cache") / "vectors.npy"
"""Where a training leaves the word vectors for a later one that reuses its n-gram tables; not shipped."""

NEIGHBOURS = "neighbours.npz"
"""What stands beside the vectors: the lists of the word swap."""

CHECKER = "harper"
"""The grammar checker that measures the training set."""

VECTOR_WORDS = 40_000
VECTOR_TOKENS = 45_000_000


def train(
    data: Path,
    out: Path,
    *,
    seed: int = 0,
    jobs: int = 2,
    progress: Callable[[str], None] = print,
    amounts: Amounts = SHIPPED,
    reuse_tables: bool = False,
    leave_out: frozenset[str] = frozenset(),
    vectors_at: Path | None = None,
    archive: Archive | None = None,
) -> Manifest:
    """Train everything and write it to ``out/features/tables`` and ``out/detector/artefact``.

    Parameters
    ----------
    out : Path
        A clone of unspin (its embedded model is replaced) or any other folder.
    seed : int
        Of everything that is drawn; the same seed gives the same model.
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
    spinners = _spinners(data, leave_out, progress)
    vectors_at = vectors_at or out / VECTORS
    tables, artefact = out / TABLES, out / ARTEFACT
    for folder in (tables, artefact):
        folder.mkdir(parents=True, exist_ok=True)
    if not reuse_tables:
        _count(data, out, vectors_at, archive, seed=seed, jobs=jobs, progress=progress)
    lifts = _alternatives(data, out, vectors_at, archive, spinners, seed=seed, jobs=jobs, progress=progress)
    # Its lists come of the reference copy, so it has no lift of its own and is measured with everybody's.
    spinners[SWAP] = NeighbourSwap(tables, vectors_at.with_name(NEIGHBOURS))
    _word_model(data, tables, spinners, lifts, amounts, seed=seed, jobs=jobs, progress=progress)
    fit = fit_articles(data, spinners, amounts, seed)
    _require_both(fit, "fit", data)
    fit_register(data, tables, [a for a in fit if by_reporter(a)], seed=seed, jobs=jobs).save(tables)
    progress("articles: learnt the register of news")
    phrases, lesson = phrasing_lesson(data, tables, fit, amounts, leave_out=leave_out, seed=seed, jobs=jobs)
    phrases.save(tables)
    progress(f"articles: learnt the phrasing of rewriters ({', '.join(phrases.kinds) or 'none is there'})")
    held = held_articles(data, spinners, amounts, leave_out=leave_out, seed=seed, jobs=jobs)
    _require_both(held, "calibrate", data)
    progress(f"articles: {len(lesson.articles):,} to fit, {len(held):,} to calibrate")
    measured = measure_texts(lesson.texts, grammar=CHECKER, min_words=MIN_WORDS, tables=tables, jobs=jobs)
    columns = measured.columns
    progress("articles: measured those to fit")
    pipeline = fit_pipeline(lesson.rows(columns, measured.values), lesson.kinds, columns, seed=seed)
    weights = weights_of(pipeline)
    held_rows = measure_texts(
        [a.text for a in held], grammar=CHECKER, min_words=MIN_WORDS, tables=tables, jobs=jobs
    ).values
    progress("articles: measured those to calibrate")
    figures = figures_by_checker(columns, weights, held, held_rows)
    skops.io.dump(pipeline, artefact / ESTIMATOR)
    write_weights(weights, artefact / WEIGHTS)
    copy = place_articles(data, amounts, seed)
    calibration = figures[CHECKER].calibration

    def score(row: NDArray[np.float64], words: int) -> float:
        return float(calibration.log_odds(weights.log_odds(row[None, :]), words)[0])

    places = fit_places(copy, tables, spinners, score, CHECKER, seed)
    manifest = _manifest(columns, figures, places, len(held), data, out)
    write(manifest, artefact / MANIFEST)
    progress(f"model: {manifest.metrics}")
    if (tables / READER).is_file():
        manifest = fit_cascade(data, out, seed=seed, jobs=jobs, progress=progress, amounts=amounts, leave_out=leave_out)
    if can_fit(data):
        fit_relation(data, artefact, tables=tables, seed=seed, jobs=jobs, progress=progress)
    return manifest


def _spinners(data: Path, leave_out: frozenset[str], progress: Callable[[str], None]) -> dict[str, Spinner]:
    """The rewriters to train on; says which sets and rewriters are not there."""
    there = sets_in(data)
    if not there:
        raise DataError(f"{data} holds no data set. docs/training-data.md says which files unspin reads.")
    if absent := [name for name in SETS if name not in there]:
        progress(f"data: skipping {len(absent)} of {len(SETS)} sets that are not there: {', '.join(absent)}")
    for sentence in skipped(data):
        progress(sentence)
    spinners = trained_spinners(data, leave_out)
    if not spinners:
        raise DataError(f"Training needs at least one simulated rewriter: put {CIRCULATING} into {data}.")
    return spinners


def _require_both(articles: Sequence[Article], role: str, data: Path) -> None:
    """Stop where there is no human copy of a role, or no rewrite of it."""
    if {a.kind == HUMAN for a in articles} != {True, False}:
        raise DataError(
            f"{data} has too few news stories of the role {role}: unspin needs human copy of at least {MIN_WORDS} words "
            "and rewrites of it. docs/training-data.md says which story has which role."
        )


def swap_of(root: Path, vectors_at: Path | None = None) -> dict[str, Spinner]:
    """The word swap over the tables of a folder, by name; nothing where no training has left its lists."""
    path = (vectors_at or root / VECTORS).with_name(NEIGHBOURS)
    return {SWAP: NeighbourSwap(root / TABLES, path)} if path.is_file() else {}


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

    ``fit`` is what :func:`~detector.lab.training.training_sets.fit_articles` gave.
    """
    of = phrasing_articles(data, amounts, leave_out=leave_out, seed=seed, jobs=jobs)
    phrases, columns = fit_phrasing(tables, of.human, of.spun, of.rewrites, of.other_human, seed=seed, jobs=jobs)
    return phrases, lesson_of(fit, of.rewrites, columns, judgeable)


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
    counts, ids = count_reference(
        data, out / TABLES, sizes=Sizes(), jobs=jobs, progress=progress, archive=archive, general=general_pairs
    )
    header = {"format": FORMAT, **counts, **({} if archive is None else {ARCHIVE: archive.hash})}
    (out / TABLES / HEADER).write_text(json.dumps(header, indent=1) + "\n", encoding="utf-8")
    near = _save_vectors(vectors_at, ids, seed=seed, progress=progress)
    ngrams = NgramModel.load(out / TABLES)
    fit_classes(ngrams.words, ngrams.counts, near, ids, seed=seed).save(out / TABLES)
    progress("words: classes by where they stand")
    fit_topics(ids, len(ngrams.words), seed=seed).save(out / TABLES)
    progress("words: vectors of what they are about")


def _save_vectors(path: Path, ids: Ids, *, seed: int, progress: Callable[[str], None]) -> Floats:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.with_name(NEIGHBOURS).unlink(missing_ok=True)
    near = vectors(ids[-VECTOR_TOKENS:], VECTOR_WORDS, seed=seed)
    np.save(path, near)
    progress("alternatives: vectors of where words stand")
    return near


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
) -> Sequence[Lifts]:
    records = [family(name) for name in spinners]
    weights, lists = [f.weight for f in records], [f.list for f in records]
    seen = count_confusions(data, out / TABLES, list(spinners.values()), weights, lists, seed=seed, jobs=jobs)
    progress(
        f"alternatives: {len(seen.pairs):,} pairs that simulated rewriters were seen to confuse, and "
        f"{len(seen.lifts.phrases.hashes):,} phrases"
    )
    ngrams = NgramModel.load(out / TABLES)
    if not vectors_at.is_file():
        ids = read_reference(data, ngrams.ids, jobs=jobs, archive=archive or ())
        _save_vectors(vectors_at, ids, seed=seed, progress=progress)
    near = np.load(vectors_at, allow_pickle=False)
    if not vectors_at.with_name(NEIGHBOURS).is_file():
        write_neighbours(ngrams, near, vectors_at.with_name(NEIGHBOURS))
    table = build_alternatives(ngrams, near, lexicon_pairs(), seen, progress)
    table.save(out / TABLES / "alternatives.npz")
    seen.lifts.phrases.save(out / TABLES)
    return (*seen.lifts_without, seen.lifts)


def lexicon_pairs() -> list[tuple[str, str]]:
    """The single words of our tables with their single-word originals."""
    return originals() + [
        (entry.wording, original)
        for entry in lexicon().entries
        for original in entry.expected
        if " " not in entry.wording and " " not in original and entry.wording.islower() and original.islower()
    ]


def _word_model(
    data: Path,
    tables: Path,
    spinners: Mapping[str, Spinner],
    lifts: Sequence[Lifts],
    amounts: Amounts,
    *,
    seed: int,
    jobs: int,
    progress: Callable[[str], None],
) -> None:
    articles = word_articles(data, amounts, seed)
    if not any(by_reporter(a) for a in articles):
        raise DataError(f"{data} has too few news stories of the role fit. docs/training-data.md says which those are.")
    progress(f"word model: {len(articles):,} stories")
    inputs, changed = word_rows(
        [a.text for a in articles],
        list(spinners.values()),
        tables,
        weights=[family(name).weight for name in spinners],
        lifts=lifts,
        spun=[by_reporter(a) for a in articles],
        seed=seed,
        jobs=jobs,
    )
    progress(f"word model: {len(inputs):,} words, {changed.mean():.1%} of them changed")
    fit_word_model(inputs, changed, seed=seed, jobs=jobs, progress=progress).save(tables / "word_model.npz")


def _manifest(
    columns: Sequence[str],
    figures: Mapping[str, CheckerFigures],
    places: tuple[tuple[float, ...], tuple[float, ...]],
    held: int,
    data: Path,
    out: Path,
) -> Manifest:
    tables, artefact = out / TABLES, out / ARTEFACT
    counts = json.loads((tables / HEADER).read_text(encoding="utf-8"))
    del counts["format"]
    archive = {ARCHIVE: counts.pop(ARCHIVE)} if ARCHIVE in counts else {}
    word, sentence = places
    return Manifest(
        protocol=PROTOCOL,
        columns=tuple(columns),
        thresholds={name: own.thresholds for name, own in figures.items()},
        calibration={name: own.calibration for name, own in figures.items()},
        reference={name: own.reference for name, own in figures.items()},
        word=word,
        sentence=sentence,
        min_words=MIN_WORDS,
        training_data={
            **{f"{n}.jsonl.xz": sha256(data / f"{n}.jsonl.xz") for n in sets_in(data)},
            **archive,
        },
        metrics={
            **{name: own.metrics for name, own in figures.items()},
            "reference": counts,
            "calibration_articles": held,
        },
        files={
            p.name: sha256(p)
            for p in (artefact / ESTIMATOR, artefact / WEIGHTS, *sorted(tables.iterdir()), lexicon_file())
        },
        versions={
            "python": platform.python_version(),
            **{p: version(p) for p in ("scikit-learn", "numpy", "skops", "unspin")},
        },
        created=datetime.now(UTC).date().isoformat(),
    )
