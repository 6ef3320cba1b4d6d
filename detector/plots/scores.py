"""Plots of many scores: whether probabilities are calibrated, and how outlets differ."""

import math
from collections.abc import Iterable, Sequence

import numpy as np
from matplotlib.axes import Axes
from numpy.typing import ArrayLike, NDArray

from detector.intervals import wilson
from detector.plots.paper import (
    BETWEEN,
    FOR_REWRITE,
    INK,
    LINE,
    SERIES,
    axes,
    frame_rows,
    label_axes,
    label_rows,
    note_at_end,
    open_frame,
    say_nothing,
)

_EDGE = 1e-4


def reliability(
    is_rewrite: ArrayLike, probability: ArrayLike, *, bins: int = 10, ax: Axes | None = None, name: str = ""
) -> Axes:
    """Draw stated probabilities against the true share of rewrites. A calibrated model lies on the diagonal.

    Bins hold equal numbers of texts. Bars are 95% Wilson intervals. Texts without a probability (NaN) are left out.

    Parameters
    ----------
    is_rewrite : array-like of bool, shape (texts,)
    probability : array-like of float, shape (texts,)
    bins : int
        Maximum number of bins. Equal probabilities are always in the same bin.
    name : str
        Name of the curve in the legend.
    """
    truth, said = np.asarray(is_rewrite, bool), np.asarray(probability, float)
    truth, said = truth[~np.isnan(said)], said[~np.isnan(said)]
    ax = axes(ax, (4.6, 4.6))
    if not len(said):
        return say_nothing(ax, "no probabilities")
    ax.plot([0, 1], [0, 1], color=LINE, lw=1, zorder=0)
    colour = SERIES[sum(bool(line.get_gid()) for line in ax.lines) % len(SERIES)]
    points = [(said[part].mean(), wilson(int(truth[part].sum()), int(part.sum()))) for part in _bins(said, bins)]
    x = [p for p, _ in points]
    y = [figure.value for _, figure in points]
    below = [figure.value - figure.low for _, figure in points]
    above = [figure.high - figure.value for _, figure in points]
    told = f"{name or 'texts'} ({len(said):,})"
    container = ax.errorbar(x, y, [below, above], fmt="o-", color=colour, ms=5, lw=1.2, elinewidth=1, label=told)
    container.lines[0].set_gid("curve")
    ax.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), aspect="equal")
    label_axes(ax, "stated probability", "share of rewrites, with 95% interval")
    open_frame(ax)
    for text in ax.legend(loc="upper left", frameon=False, fontsize=8).get_texts():
        text.set_parse_math(False)
    return ax


def scores_by_outlet(
    outlets: Iterable[str],
    probability: ArrayLike,
    *,
    threshold: float | None = None,
    suspect_threshold: float | None = None,
    most: int = 25,
    ax: Axes | None = None,
) -> Axes:
    """Draw the probabilities of each outlet's articles, with the highest share of flagged articles first.

    The axis is in log-odds, which spreads out the many clean articles. Each row ends with the number of judged articles
    and of those that reach the threshold.

    Parameters
    ----------
    outlets : iterable of str, shape (articles,)
    probability : array-like of float, shape (articles,)
        Articles with NaN (not judged) are left out.
    threshold, suspect_threshold : float, optional
        Drawn as lines. ``threshold`` also orders the outlets; without it, their median does.
    most : int
        Maximum number of outlets; those with the most articles are drawn.
    """
    groups = _groups([str(outlet) for outlet in outlets], np.asarray(probability, float), most, threshold)
    ax = axes(ax, (8.5, 1.2 + 0.38 * max(1, len(groups))))
    if not groups:
        return say_nothing(ax, "no judged articles")
    rng = np.random.default_rng(0)
    for row, (_, values) in enumerate(groups):
        at = row + rng.uniform(-0.24, 0.24, len(values))
        high = values >= threshold if threshold is not None else np.zeros(len(values), bool)
        for part, colour in ((~high, SERIES[0]), (high, FOR_REWRITE)):
            ax.plot(_log_odds(values[part]), at[part], "o", color=colour, ms=3.6, alpha=0.55, mew=0)
        ax.plot([np.median(_log_odds(values))] * 2, [row - 0.34, row + 0.34], color=INK, lw=1.6)
        count = f"{int(high.sum()):,} of {len(values):,}" if threshold is not None else f"{len(values):,}"
        # Keep it apart from the name, whose writing direction could reverse the figures.
        note_at_end(ax, row, count)
    label_rows(ax, [name for name, _ in groups], most=40)
    for line, told, colour in ((suspect_threshold, "suspect", BETWEEN), (threshold, "spun", FOR_REWRITE)):
        if line is not None:
            ax.axvline(float(_log_odds(np.array([line]))[0]), color=colour, lw=1, ls=(0, (4, 3)))
            ax.annotate(
                told,
                (float(_log_odds(np.array([line]))[0]), 1.0),
                (0, 3),
                xycoords=("data", "axes fraction"),
                textcoords="offset points",
                ha="center",
                color=colour,
                fontsize=8,
            )
    ticks = [0.001, 0.01, 0.1, 0.5, 0.9, 0.99, 0.999]
    ax.set_xticks(_log_odds(np.array(ticks)), [f"{tick:g}" for tick in ticks])
    ax.set_ylim(len(groups) - 0.5, -0.5)
    frame_rows(ax, "probability of a machine rewrite; the bar is the outlet's median")
    return ax


def _bins(said: NDArray[np.float64], bins: int) -> list[NDArray[np.bool_]]:
    """Returns masks of texts with neighbouring probabilities, about the same number in each."""
    edges = np.unique(np.quantile(said, np.linspace(0, 1, bins + 1)))
    place = np.clip(np.searchsorted(edges, said, side="right") - 1, 0, max(0, len(edges) - 2))
    return [place == i for i in np.unique(place)]


def _groups(
    names: Sequence[str], said: NDArray[np.float64], most: int, threshold: float | None
) -> Sequence[tuple[str, NDArray[np.float64]]]:
    # Use Python strings as keys: NumPy strings lose trailing null characters.
    scores: dict[str, list[float]] = {}
    for name, score in zip(names, said.tolist(), strict=True):
        if not math.isnan(score):
            scores.setdefault(name, []).append(score)
    found = [(name, np.array(values)) for name, values in scores.items()]
    found = sorted(found, key=lambda group: -len(group[1]))[:most]
    level = 2.0 if threshold is None else threshold
    return sorted(found, key=lambda group: (-float((group[1] >= level).mean()), -float(np.median(group[1]))))


def _log_odds(probability: NDArray[np.float64]) -> NDArray[np.float64]:
    held = np.clip(probability, _EDGE, 1 - _EDGE)
    return np.asarray(np.log(held / (1 - held)))
