"""Figures of a kind of rewriting compared with human copy, and of a group of human copy."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from detector.lab.data.stories import Article
from detector.lab.evaluation.groups import HumanGroup
from detector.lab.evaluation.intervals import Figure, Floats, Negatives, paired_auroc, share_by_story, wilson
from detector.lab.evaluation.samples import Sample
from detector.lab.evaluation.scoring import Scorer
from detector.verdict import Label

RATES = (0.01, 0.05)
"""False positive rates at which true positive rates are computed."""

BANDS = ((60, 120), (120, 250), (250, 500), (500, 10**6))
"""Ranges of length in words."""

FEWEST = 15
"""Minimum number of rewrites for a row of a length range."""


def texts_of(articles: Sequence[Article]) -> list[str]:
    """The texts of some articles."""
    return [a.text for a in articles]


def against(scorer: Scorer, news: Sequence[Article], *, lexicon: bool = True) -> Negatives:
    """The scores of all judged human articles, with which rewrites are compared.

    Without ``lexicon``, the columns of the lexicon count as not measured.
    """
    judged = judged_of(scorer, news)
    return Negatives(scorer.log_odds(texts_of(judged), lexicon=lexicon), [a.story for a in judged])


def judged_of(scorer: Scorer, articles: Sequence[Article]) -> list[Article]:
    """The articles on which unspin does not abstain."""
    keep = scorer.judgeable(texts_of(articles))
    return [a for a, k in zip(articles, keep, strict=True) if k]


def figures(negatives: Negatives, scores: Floats, stories: Sequence[str]) -> dict[str, Any]:
    """The AUROC and the true positive rates at :data:`RATES`, with intervals."""
    return {
        "auroc": negatives.auroc(scores, stories),
        **{f"found_at_{rate:.0%}".replace("%", "_percent"): negatives.found(scores, stories, rate) for rate in RATES},
    }


def family_row(scorer: Scorer, negatives: Negatives, without_lexicon: Negatives, sample: Sample) -> dict[str, Any]:
    """All figures of one kind of rewriting. The negatives are human copy scored with and without the lexicon."""
    articles = list(sample.articles) if sample.short else judged_of(scorer, sample.articles)
    originals = list(sample.originals) if sample.short else judged_of(scorer, sample.originals)
    texts = texts_of(articles)
    scores, stories = scorer.log_odds(texts), [a.story for a in articles]
    row: dict[str, Any] = {
        "family": sample.family,
        "variant": sample.variant,
        "sort": sample.sort,
        "articles": len(sample.articles),
        "stories": len({a.story for a in sample.articles}),
        "judged": int(scorer.judgeable(texts_of(sample.articles)).sum()),
        "originals": len(originals),
        "auroc_against_originals": paired_auroc(scores, scorer.log_odds(texts_of(originals))),
    }
    if sample.short:
        return row
    row |= figures(negatives, scores, stories)
    blank = scorer.log_odds(texts, lexicon=False)
    row["found_without_lexicon"] = without_lexicon.found(blank, stories, RATES[0])
    labels, of = scorer.labels(texts_of(sample.articles)), [a.story for a in sample.articles]
    row["called_spun"] = share_by_story([x is Label.SPUN for x in labels], of)
    row["called_suspect_or_spun"] = share_by_story([x in (Label.SPUN, Label.SUSPECT) for x in labels], of)
    row["bands"] = bands(negatives, articles, scores)
    return row


def bands(negatives: Negatives, articles: Sequence[Article], scores: Floats) -> list[dict[str, Any]]:
    """The true positive rate by length, at a 1% false positive rate over all human copy."""
    rows = []
    for low, high in BANDS:
        inside = [i for i, a in enumerate(articles) if low <= a.words < high]
        if len(inside) < FEWEST:
            continue
        found = negatives.found(scores[inside], [articles[i].story for i in inside], RATES[0])
        rows.append({"from": low, "to": high, "articles": len(inside), "found_at_1_percent": found})
    return rows


def band_name(low: int, high: int) -> str:
    """The name of a length range in tables.

    >>> band_name(500, 10**6), band_name(0, 10**6)
    ('500 and more', 'all')
    """
    if not low:
        return "all"
    return f"{low}-{high}" if high < BANDS[-1][1] else f"{low} and more"


def group_row(scorer: Scorer, group: HumanGroup) -> dict[str, Any]:
    """The shares of a group of human copy that are flagged at the shipped thresholds."""
    labels = scorer.labels(texts_of(group.articles))
    spun, suspect = labels.count(Label.SPUN), labels.count(Label.SUSPECT)
    return {
        "kind": group.kind,
        "group": group.name,
        "articles": len(labels),
        "spun": wilson(spun, len(labels)),
        "suspect": wilson(suspect, len(labels)),
        "too_short": labels.count(Label.TOO_SHORT),
        "not_english": labels.count(Label.NOT_ENGLISH),
    }


def negatives_by_band(scorer: Scorer, news: Sequence[Article]) -> list[dict[str, Any]]:
    """The shares of human copy that are flagged, by length and overall."""
    labels = scorer.labels(texts_of(news))
    rows = []
    for low, high in (*BANDS, (0, BANDS[-1][1])):
        inside = [label for a, label in zip(news, labels, strict=True) if low <= a.words < high]
        rows.append(
            {
                "from": low,
                "to": high,
                "articles": len(inside),
                "spun": wilson(inside.count(Label.SPUN), len(inside)),
                "suspect": wilson(inside.count(Label.SUSPECT), len(inside)),
            }
        )
    return rows


def reliability(
    probability: Floats, spun: np.ndarray[Any, np.dtype[np.bool_]], weights: Floats, bins: int = 15
) -> dict[str, Any]:
    """The expected calibration error over bins of equal weight, the Brier score, and the points of the curve.

    Parameters
    ----------
    probability : ndarray, shape (texts,)
    spun : ndarray of bool, shape (texts,)
    weights : ndarray, shape (texts,)
        The weight of each text.

    Examples
    --------
    >>> p, y = np.array([0.1] * 10 + [0.9] * 10), np.array([True] + [False] * 9 + [True] * 9 + [False])
    >>> {k: round(v, 3) for k, v in reliability(p, y, np.ones(20), 2).items() if k != "points"}
    {'expected_calibration_error': 0.0, 'brier': 0.09}
    """
    weights = weights / weights.sum()
    order = np.argsort(probability, kind="stable")
    p, y, w = probability[order], spun[order].astype(float), weights[order]
    place = np.minimum(((np.cumsum(w) - w / 2) * bins).astype(int), bins - 1)
    points = []
    error = 0.0
    for i in range(bins):
        inside = place == i
        mass = float(w[inside].sum())
        if mass == 0:
            continue
        said, true = float((p * w)[inside].sum() / mass), float((y * w)[inside].sum() / mass)
        points.append((said, true, int(inside.sum())))
        error += mass * abs(said - true)
    return {
        "expected_calibration_error": error,
        "brier": float((w * (p - y) ** 2).sum()),
        "points": points,
    }


def balanced(human: Floats, rewritten: Floats) -> dict[str, Any]:
    """The reliability with half of the weight on human copy and half on rewrites."""
    probability = np.concatenate([human, rewritten])
    spun = np.concatenate([np.zeros(len(human), bool), np.ones(len(rewritten), bool)])
    weights = np.concatenate([np.full(len(human), 0.5 / len(human)), np.full(len(rewritten), 0.5 / len(rewritten))])
    return {"human": len(human), "rewrites": len(rewritten), **reliability(probability, spun, weights)}


def value(figure: Figure | float) -> float:
    """The value of a figure, or the number itself."""
    return figure.value if isinstance(figure, Figure) else float(figure)
