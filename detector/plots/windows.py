"""Plots of words: all words of an article in a strip, and one word with its alternatives."""

from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes

from detector.places import MARK
from detector.plots.paper import (
    FOR_REWRITE,
    INK,
    LINE,
    SERIES,
    SOFT,
    axes,
    drawable,
    frame_rows,
    label_axes,
    label_rows,
    note_at_end,
    open_frame,
    say_nothing,
    write,
)
from features.language_model.words import Word

_TERMS = ("the two words before", "the next word", "the next but one")


def word_strip(words: Sequence[Word], *, ax: Axes | None = None, most_labels: int = 14) -> Axes:
    """Draw the probability that a rewriter put in each word of an article, in reading order.

    Dots are the word model's probability. Bars are the weight given the whole article, which decides the marks. Without
    a judged article, the bars show the probability.

    Parameters
    ----------
    words : sequence of Word
        From :meth:`detector.checker.Checker.words`.
    most_labels : int
        Maximum number of words with a label. The strongest whose labels do not overlap are labelled.
    """
    ax = axes(ax, (11, 3.6))
    if not words:
        return say_nothing(ax, "no words")
    probability = np.array([word.probability for word in words])
    weight = np.array([word.weight for word in words])
    judged = not np.isnan(weight).all()
    height = np.where(np.isnan(weight), probability, weight)
    at = np.arange(len(words))
    ax.bar(at, height, width=1.0, color=[FOR_REWRITE if h >= MARK else "#c9c4b8" for h in height], lw=0)
    if judged:
        ax.plot(at, probability, ".", color=INK, ms=2.5, alpha=0.55)
        ax.axhline(MARK, color=SOFT, lw=0.8, ls=(0, (4, 3)))
        note_at_end(ax, MARK, "marked")
    for i in _apart(height, len(words) / (3.2 * most_labels), most_labels):
        word = words[i]
        likely = f" → {word.alternatives[0].text}" if word.alternatives else ""
        write(
            ax,
            i,
            1.04,
            f"{word.text[:24]}{likely[:28]}",
            rotation=38,
            rotation_mode="anchor",
            ha="left",
            va="bottom",
            size=8,
            color=INK,
        )
        ax.plot([i, i], [height[i], 1.03], color=LINE, lw=0.7, zorder=0)
    ax.set(xlim=(-1, len(words)), ylim=(0, 1.02), yticks=[0, 0.25, 0.5, 0.75, 1])
    label_axes(ax, "word of the article", "probability of a rewriter’s word")
    open_frame(ax)
    return ax


def word_window(word: Word, *, ax: Axes | None = None, most: int = 8) -> Axes:
    """Draw how much better or worse each alternative would fit in place of a word.

    A bar is the gain in nats over the written word, split into the three terms of the window score. At its end is the
    noisy-channel probability that the writer meant the alternative.

    Parameters
    ----------
    most : int
        Maximum number of alternatives; the most probable are drawn.
    """
    shown = word.alternatives[:most]
    ax = axes(ax, (7.5, 1.3 + 0.36 * (len(shown) + 1)))
    if not shown:
        return say_nothing(ax, f"“{drawable(word.text, most=40)}” has no alternatives")
    ends = []
    for row, alternative in enumerate(shown, start=1):
        right = left = 0.0
        for term, value in enumerate(alternative.terms):
            ax.barh(row, value, left=right if value > 0 else left, color=SERIES[term], height=0.6)
            right, left = (right + value, left) if value > 0 else (right, left + value)
        ends.append(right)
    reach = max([*ends, 1.0])
    for row, posterior in enumerate([word.posterior, *(a.posterior for a in shown)]):
        share = f"{100 * posterior:.0f}%" if posterior >= 0.005 else "under 1%"
        write(ax, reach * 1.06, row, share, va="center", size=9, color=INK)
    write(ax, reach * 1.06, -0.85, "meant", va="center", size=8, color=SOFT)
    for term, name in enumerate(_TERMS):
        ax.barh(0, 0, color=SERIES[term], label=name)
    label_rows(ax, [f"“{word.text}”, as written", *(a.text for a in shown)], most=32)
    ax.set_ylim(len(shown) + 0.6, -1.3)
    ax.axvline(0, color=INK, lw=0.8)
    frame_rows(ax, "nats by which it fits better than the written word")
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3, frameon=False, fontsize=8)
    return ax


def _apart(height: np.ndarray[tuple[int, ...], np.dtype[np.float64]], distance: float, most: int) -> list[int]:
    """Returns the highest places of the strip that are at least ``distance`` apart and would be marked."""
    chosen: list[int] = []
    for i in np.argsort(-height, kind="stable"):
        if len(chosen) == most or height[i] < MARK:
            break
        if all(abs(i - other) >= distance for other in chosen):
            chosen.append(int(i))
    return chosen
