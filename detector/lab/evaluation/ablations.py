"""Ablations: the classifier trained again on the same articles without each feature's columns, and with them alone."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from detector.calibration import Calibration
from detector.classifier import calibrate, fit_pipeline
from detector.lab.data.stories import Article
from detector.lab.evaluation.curves import RATES, judged_of, texts_of
from detector.lab.evaluation.intervals import Floats, Negatives
from detector.lab.evaluation.samples import SIMULATED, TRIP, Sample
from detector.lab.evaluation.scoring import Scorer
from detector.lab.training.calibration import CHECKERS
from detector.lab.training.lessons import Lesson
from detector.model import HUMAN, Weights, weights_of
from detector.rows import measurer_of
from detector.verdict import Label


def feature_columns(scorer: Scorer) -> dict[str, list[int]]:
    """Maps each feature to the indices of its columns in a row."""
    at = {name: i for i, name in enumerate(scorer.manifest.columns)}
    return {f.name: [at[c.name] for c in f.columns] for f in measurer_of(scorer.tables, "none").features}


def ablation_rows(
    scorer: Scorer, fit: Lesson, news: Sequence[Article], probes: Mapping[str, Sequence[Sample]], seed: int
) -> list[dict[str, Any]]:
    """The TPR of each probe at 1% FPR, with all columns, without each feature, and with each feature alone."""
    names = scorer.manifest.columns
    rows, lengths = fit.rows(names, scorer.rows(fit.texts)), scorer.words(fit.texts)
    spun = np.array([kind != HUMAN for kind in fit.kinds])
    columns = feature_columns(scorer)
    everything = sorted(i for own in columns.values() for i in own)
    human = judged_of(scorer, news)
    probed = {name: [a for s in samples for a in judged_of(scorer, s.articles)] for name, samples in probes.items()}
    choices = {"all features": everything}
    choices |= {f"without {name}": [i for i in everything if i not in own] for name, own in columns.items()}
    choices |= {f"{name} alone": own for name, own in columns.items()}
    result = []
    for name, chosen in choices.items():
        if np.isnan(rows[:, chosen]).all():
            continue
        weights = weights_of(fit_pipeline(rows[:, chosen], fit.kinds, [names[i] for i in chosen], seed=seed))
        calibration = calibrate(weights.log_odds(rows[:, chosen]), lengths, spun)

        def score(
            articles: Sequence[Article],
            chosen: Sequence[int] = chosen,
            weights: Weights = weights,
            calibration: Calibration = calibration,
        ) -> Floats:
            texts = texts_of(articles)
            slope, intercept = calibration.at(scorer.words(texts))
            return np.asarray(slope * weights.log_odds(scorer.rows(texts)[:, chosen]) + intercept)

        negatives = Negatives(score(human), [a.story for a in human])
        found = {
            probe: negatives.found(score(articles), [a.story for a in articles], RATES[0])
            for probe, articles in probed.items()
        }
        result.append({"columns": name, "number": len(chosen), "found_at_1_percent": found})
    return result


def grammar_rows(
    scorer: Scorer, news: Sequence[Article], probes: Mapping[str, Sequence[Sample]]
) -> list[dict[str, Any]]:
    """The shipped model with each grammar checker and with none, each with its own calibration and thresholds.

    The grammar columns stay empty for a checker whose findings do not change the score.
    """
    human = judged_of(scorer, news)
    result = []
    for checker in CHECKERS:
        scores = scorer.log_odds(texts_of(human), checker=checker)
        negatives = Negatives(scores, [a.story for a in human])
        labels = scorer.labels(texts_of(human), checker)
        row: dict[str, Any] = {
            "checker": checker,
            # The share of all human copy, including abstentions, as in the tables of groups.
            "human_spun": labels.count(Label.SPUN) / max(1, len(news)),
            "human_suspect": labels.count(Label.SUSPECT) / max(1, len(news)),
            "found_at_1_percent": {},
        }
        for probe, samples in probes.items():
            articles = [a for s in samples for a in judged_of(scorer, s.articles)]
            if articles:
                own = negatives.found(
                    scorer.log_odds(texts_of(articles), checker=checker), [a.story for a in articles], RATES[0]
                )
                row["found_at_1_percent"][probe] = own
        result.append(row)
    return result


def probes_of(samples: Sequence[Sample]) -> dict[str, list[Sample]]:
    """Selects a few kinds of rewriting that represent all."""

    def chosen(test: "dict[str, set[str]]") -> list[Sample]:
        return [s for s in samples if not s.short and s.sort in test["sort"] and s.variant in test["variant"]]

    simulated = {SIMULATED}
    probes = {
        "spinners, 100 %": chosen({"sort": simulated, "variant": {"100 %"}}),
        "spinners, 30 %": chosen({"sort": simulated, "variant": {"30 %"}}),
        "spinners, 15 %": chosen({"sort": simulated, "variant": {"15 %"}}),
        "round trips, 100 %": chosen({"sort": {TRIP}, "variant": {"100 %"}}),
        "real spinners (PAN)": [s for s in samples if "PAN" in s.family and s.variant == "joined"],
        "word swap, news (DetectRL)": [
            s for s in samples if s.family == "word swap (DetectRL)" and s.variant == "news"
        ],
        "round trip, news (DetectRL)": [
            s for s in samples if s.family == "round trip (DetectRL)" and s.variant == "news"
        ],
        "LLM polish, news (DetectRL)": [
            s for s in samples if s.family == "LLM polish (DetectRL)" and s.variant == "news"
        ],
        "DIPPER, news": [s for s in samples if s.family == "DIPPER (DetectRL)" and s.variant == "news"],
    }
    return {name: own for name, own in probes.items() if any(s.articles for s in own)}
