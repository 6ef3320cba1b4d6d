"""How oddness is spread over an article: from the log-odds of its words to columns that a classifier can use.

A model of words may be wrong about any one of them. What tells an article is the shape of the whole: a few words that are
very odd, or many that are a little odd.
"""

import numpy as np
from numpy.typing import NDArray

from features.feature import Column

_SHARES = (0.5, 0.7, 0.9)
_TOPS = (2, 5, 10, 25)
_RATES = (0.02, 0.05, 0.1, 0.2, 0.4)


def spread_columns(prefix: str, where: str) -> tuple[Column, ...]:
    """The columns of one spread.

    Parameters
    ----------
    prefix : str
        How their names begin.
    where : str
        Which words they are of, as it follows "the average word": empty, or with a space before.
    """
    return (
        Column(
            f"{prefix}mean_probability",
            "probability",
            0,
            1,
            f"The average probability that a rewriter chose a word{where}.",
        ),
        *(
            Column(
                f"{prefix}over_{round(100 * t)}_per_1000_words",
                "per 1,000 different words",
                0,
                1000,
                f"Words{where} that a rewriter chose with a probability over {t:.0%}.",
            )
            for t in _SHARES
        ),
        *(
            Column(
                f"{prefix}top_{t}_percent_log_odds",
                "log-odds",
                -30,
                30,
                f"How odd the oddest {t}% of words{where} are, on average.",
            )
            for t in _TOPS
        ),
        Column(f"{prefix}mean_log_odds", "log-odds", -30, 30, f"How odd the average word{where} is."),
        *(
            Column(
                f"{prefix}evidence_at_{round(100 * r)}_percent_nats_per_word",
                "nats per different word",
                -30,
                30,
                f"How much better a rewriter who changes {r:.0%} of words explains the words{where}.",
            )
            for r in _RATES
        ),
        Column(
            f"{prefix}evidence_nats_per_word",
            "nats per different word",
            -30,
            30,
            f"How much better a rewriter explains the words{where}, at the share of changed words that fits best.",
        ),
    )


def spread(odds: NDArray[np.float64], taught_share: float) -> dict[str, float]:
    """The values of :func:`spread_columns`, without their prefix.

    Parameters
    ----------
    odds : ndarray of float64, shape (different words,)
        Log-odds that a rewriter put each word there; at least one.
    taught_share : float
        Share of changed words that the log-odds take for granted, as in their training.
    """
    n = len(odds)
    p = 1.0 / (1.0 + np.exp(-np.clip(odds, -30.0, 30.0)))
    ordered = np.sort(odds)[::-1]
    ratios = odds - np.log(taught_share / (1.0 - taught_share))
    # Model the article as a mixture of the writer's and a rewriter's words, at several shares of the latter.
    evidence = [float(np.logaddexp(np.log1p(-r), np.log(r) + ratios).mean()) for r in _RATES]
    return {
        "mean_probability": float(p.mean()),
        **{f"over_{round(100 * t)}_per_1000_words": 1000.0 * float((p > t).mean()) for t in _SHARES},
        **{f"top_{t}_percent_log_odds": float(ordered[: max(1, round(n * t / 100))].mean()) for t in _TOPS},
        "mean_log_odds": float(odds.mean()),
        **{f"evidence_at_{round(100 * r)}_percent_nats_per_word": e for r, e in zip(_RATES, evidence, strict=True)},
        "evidence_nats_per_word": max(evidence),
    }
