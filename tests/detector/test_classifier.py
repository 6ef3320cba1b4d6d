"""The article classifier: heads that are fitted alone and come level with the main one."""

import math

import numpy as np
import pytest
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import Pipeline

from detector.classifier import PENALTIES, PENALTY, RULE_BASED, SHARE, SHARES, SYNONYMS, fit_pipeline, kind_of_column
from detector.model import HUMAN, weights_of

Floats = NDArray[np.float64]

COLUMNS = ("odd", "stiff", "phrasing_language_model_log_odds", "other")
STIFF, PHRASING = 1, 2
AT = {SYNONYMS: 0, RULE_BASED: STIFF, "language_model": PHRASING}
EACH = 150


def lesson(*kinds: str, seed: int = 0) -> tuple[Floats, list[str]]:
    """Four times as much human copy, and rewrites of each kind, which stand out in a column of their own."""
    rng = np.random.default_rng(seed)
    of = [HUMAN] * (4 * EACH) + [kind for kind in kinds for _ in range(EACH)]
    rows = rng.normal(size=(len(of), len(COLUMNS)))
    for i, kind in enumerate(of):
        if kind != HUMAN:
            rows[i, AT[kind]] += 2.0
    return rows, of


def prepared(pipeline: Pipeline, rows: Floats) -> Floats:
    """What the last step is given."""
    return np.asarray(pipeline[:-1].transform(rows))


def heads(pipeline: Pipeline, rows: Floats) -> dict[str, Floats]:
    """Each kind's log-odds against human copy."""
    classify = pipeline[-1]
    scores = prepared(pipeline, rows) @ np.atleast_2d(classify.coef_).T + classify.intercept_
    names = [c for c in classify.classes_ if c != HUMAN] if scores.shape[1] == 1 else list(classify.classes_)
    return dict(zip(names, scores.T, strict=True))


def highest(scores: Floats, share: float) -> float:
    """Mean of the highest share."""
    return float(np.sort(scores)[-max(1, round(share * len(scores))) :].mean())


EVERY_KIND = (SYNONYMS, RULE_BASED, "language_model")
kinds_of = pytest.mark.parametrize(
    "kinds",
    [EVERY_KIND, (SYNONYMS,), (RULE_BASED,), (RULE_BASED, "language_model")],
    ids=["all", "synonyms alone", "one other", "no synonyms"],
)


def test_human_copy_has_no_weights() -> None:
    """Human copy is what every head compares with."""
    rows, of = lesson(*EVERY_KIND)
    classify = fit_pipeline(rows, of, COLUMNS, seed=0)[-1]
    human = list(classify.classes_).index(HUMAN)
    assert not classify.coef_[human].any()
    assert classify.intercept_[human] == 0.0
    assert set(classify.classes_) == {HUMAN, *EVERY_KIND}


@kinds_of
def test_every_head_is_a_regression_of_its_own(kinds: tuple[str, ...]) -> None:
    """A head's scores are those of a logistic regression on its kind and human copy alone, but for one number."""
    rows, of = lesson(*kinds)
    pipeline = fit_pipeline(rows, of, COLUMNS, seed=0)
    table = prepared(pipeline, rows)
    for kind, scores in heads(pipeline, rows).items():
        if kind == HUMAN:
            continue
        use = np.isin(of, [HUMAN, kind])
        seen = [i for i in range(len(COLUMNS)) if i != PHRASING or kind == "language_model"]
        alone = LogisticRegression(C=PENALTIES.get(kind, PENALTY), class_weight="balanced", max_iter=5000)
        alone.fit(table[use][:, seen], np.array(of)[use] == kind)
        apart = scores - alone.decision_function(table[:, seen])
        assert np.ptp(apart) < 1e-6, kind


def test_a_kind_takes_nothing_from_another() -> None:
    """With or without round trips, the heads of the others order articles alike: only the scaling is of all rows."""
    rows, of = lesson(*EVERY_KIND)
    without = np.array(of) != RULE_BASED
    every = fit_pipeline(rows, of, COLUMNS, seed=0)
    fewer = fit_pipeline(rows[without], [k for k in of if k != RULE_BASED], COLUMNS, seed=0)
    some = rows[:300]
    for kind in (SYNONYMS, "language_model"):
        first, second = heads(every, some)[kind], heads(fewer, some)[kind]
        assert float(np.corrcoef(first, second)[0, 1]) > 0.999


def test_a_head_reads_no_phrasing_but_its_own() -> None:
    """However well another kind's column of phrasing tells rewrites, their head passes it over."""
    rows, of = lesson(*EVERY_KIND)
    rows[np.isin(of, [SYNONYMS, RULE_BASED]), PHRASING] += 5.0
    classify = fit_pipeline(rows, of, COLUMNS, seed=0)[-1]
    weights = dict(zip(classify.classes_, classify.coef_, strict=True))
    for kind in (SYNONYMS, RULE_BASED):
        assert weights[kind][PHRASING] == 0.0
        assert np.count_nonzero(weights[kind]) == len(COLUMNS) - 1
    assert weights["language_model"][PHRASING] > 0.0


def test_a_head_without_columns_tells_nothing() -> None:
    """Where only another kind's phrasing is there, as where each feature is tried alone, word swaps cannot be told."""
    rows, of = lesson(*EVERY_KIND)
    pipeline = fit_pipeline(rows[:, [PHRASING]], of, [COLUMNS[PHRASING]], seed=0)
    weights = dict(zip(pipeline[-1].classes_, pipeline[-1].coef_, strict=True))
    assert weights["language_model"][0] > 0.0
    assert weights[SYNONYMS][0] == weights[RULE_BASED][0] == 0.0
    assert np.isfinite(pipeline.predict_proba(rows[:, [PHRASING]])).all()


@kinds_of
def test_plain_numbers_say_what_the_pipeline_says(kinds: tuple[str, ...]) -> None:
    """The odds of a rewrite are the sum of the kinds' odds, in the pipeline and in the numbers that travel beside it."""
    rows, of = lesson(*kinds)
    pipeline = fit_pipeline(rows, of, COLUMNS, seed=0)
    weights = weights_of(pipeline)
    some = np.concatenate([rows[::7], 100 * rows[:5], np.full((1, len(COLUMNS)), np.nan)])
    human = list(pipeline.classes_).index(HUMAN)
    p = pipeline.predict_proba(some)[:, human]
    assert weights.log_odds(some) == pytest.approx(np.log((1 - p) / p), abs=1e-6)
    together = sum(np.exp(scores) for kind, scores in heads(pipeline, some).items() if kind != HUMAN)
    assert weights.log_odds(some) == pytest.approx(np.log(together), abs=1e-6)


def test_contributions_are_of_the_head_that_knows_the_article() -> None:
    """What is said of an article that a language model polished is said of the column that tells it."""
    rows, of = lesson(*EVERY_KIND)
    weights = weights_of(fit_pipeline(rows, of, COLUMNS, seed=0))
    polished = np.array([0.0, 0.0, 4.0, 0.0])
    parts, rest = weights.contributions(polished)
    assert int(np.argmax(parts)) == PHRASING
    assert parts.sum() + rest == pytest.approx(float(weights.log_odds(polished[None, :])[0]))


def test_the_other_heads_come_level_with_the_main_one() -> None:
    """The highest scores of human copy, of each head's stated share, are the same on average; the main head's stay."""
    rows, of = lesson(*EVERY_KIND)
    human = np.array(of) == HUMAN
    pipeline = fit_pipeline(rows, of, COLUMNS, seed=0)
    own = {k: highest(scores[human], SHARES.get(k, SHARE)) for k, scores in heads(pipeline, rows).items() if k != HUMAN}
    assert list(own.values()) == pytest.approx([own[SYNONYMS]] * len(EVERY_KIND))
    alone = fit_pipeline(rows[: 5 * EACH], of[: 5 * EACH], COLUMNS, seed=0)
    assert set(of[: 5 * EACH]) == {HUMAN, SYNONYMS}
    # Scaled by fewer rows, else the very same.
    assert highest(heads(alone, rows)[SYNONYMS][human], SHARES[SYNONYMS]) == pytest.approx(own[SYNONYMS], abs=0.05)


def test_without_word_swaps_the_others_are_still_level() -> None:
    """Where the main head is missing, the first of the others stands for it."""
    rows, of = lesson(RULE_BASED, "language_model")
    human = np.array(of) == HUMAN
    found = heads(fit_pipeline(rows, of, COLUMNS, seed=0), rows)
    level = [highest(found[kind][human], SHARES.get(kind, SHARE)) for kind in ("language_model", RULE_BASED)]
    assert level[0] == pytest.approx(level[1])


def test_kinds_of_odd_word_are_evidence_of_translation_by_rules_alone() -> None:
    """The other heads have no weight for them, however well they would tell."""
    of_kinds = "odd_words_commonest_per_1000_words"
    assert kind_of_column(of_kinds) == RULE_BASED
    rows, of = lesson(SYNONYMS, RULE_BASED)
    columns = (of_kinds, *COLUMNS[1:])
    rows[np.array(of) == RULE_BASED, 0] += 2.0
    classify = fit_pipeline(rows, of, columns, seed=0)[-1]
    weights = dict(zip(classify.classes_, classify.coef_, strict=True))
    assert weights[SYNONYMS][0] == 0.0
    assert weights[RULE_BASED][0] > 0.5


def test_few_articles_still_have_a_highest() -> None:
    """A share that rounds to none is the one article that scores highest."""
    rows, of = lesson(SYNONYMS, RULE_BASED)
    few = [*range(10), *range(len(of) - 10, len(of)), *range(len(of) - EACH - 10, len(of) - EACH)]
    kinds = [of[i] for i in few]
    found = heads(fit_pipeline(rows[few], kinds, COLUMNS, seed=0), rows[few])
    assert found[SYNONYMS][:10].max() == pytest.approx(found[RULE_BASED][:10].max())


def test_the_main_head_may_accuse_most() -> None:
    """What a head is given is taken from the others; the tool is for content farms' word swaps."""
    assert SHARES[SYNONYMS] > SHARE > 0


@pytest.mark.parametrize("column", range(len(COLUMNS)))
def test_a_column_that_was_never_measured_weighs_nothing(column: int) -> None:
    """A feature whose checker or table is missing leaves a column of NaN, and the others do the work."""
    rows, of = lesson(*EVERY_KIND)
    rows[:, column] = np.nan
    pipeline = fit_pipeline(rows, of, COLUMNS, seed=0)
    weights = weights_of(pipeline)
    assert not weights.coefficients[:, column].any()
    for field in (weights.fill, weights.low, weights.high, weights.coefficients, weights.intercepts):
        assert np.isfinite(field).all()
    assert np.isfinite(pipeline.predict_proba(rows)).all()
    other = rows.copy()
    other[:, column] = 9.0
    assert weights.log_odds(other).tolist() == weights.log_odds(rows).tolist()


def test_gaps_are_filled_with_what_is_usual() -> None:
    """A value that is missing now and then counts as the median."""
    rows, of = lesson(*EVERY_KIND)
    rows[::7, STIFF] = np.nan
    weights = weights_of(fit_pipeline(rows, of, COLUMNS, seed=0))
    assert weights.fill[STIFF] == pytest.approx(float(np.nanmedian(rows[:, STIFF])), abs=1e-6)
    assert np.isfinite(weights.log_odds(rows)).all()


def test_one_wild_value_moves_no_scale() -> None:
    """What is beyond nearly all that was seen counts as the edge of it."""
    rows, of = lesson(*EVERY_KIND)
    plain = weights_of(fit_pipeline(rows, of, COLUMNS, seed=0))
    rows[0, 0] = 1e9
    wild = weights_of(fit_pipeline(rows, of, COLUMNS, seed=0))
    assert wild.high[0] < 2 * plain.high[0]
    beyond = np.array([[1e12, 0.0, 0.0, 0.0]])
    assert math.isfinite(float(wild.log_odds(beyond)[0]))


def test_the_same_seed_gives_the_same_numbers() -> None:
    """And the order of the rows' kinds plays no part in the order of the classes."""
    rows, of = lesson(*EVERY_KIND)
    one, two = (fit_pipeline(rows, of, COLUMNS, seed=3) for _ in range(2))
    assert one[-1].coef_.tolist() == two[-1].coef_.tolist()
    assert one[-1].intercept_.tolist() == two[-1].intercept_.tolist()
    assert list(one.classes_) == sorted(one.classes_)
