"""Thresholds for given false positive rates, set on the probabilities of human copy.

Training uses this for the shipped thresholds, and ``unspin calibrate`` for a newsroom's own. A threshold is an order
statistic: at a rate of 1 in 200, the five highest-scoring articles of 1,000 reach it.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from detector.errors import UnspinError
from detector.intervals import Figure, wilson
from detector.own_thresholds import OutletThresholds
from detector.verdict import Thresholds

SPUN_RATE, SUSPECT_RATE = 0.005, 0.02
"""False positive rates for ``spun`` (1 in 200) and for ``suspect`` or higher (1 in 50)."""

HIGHEST_RATE = 0.1
"""Highest false positive rate that a user may ask for: 1 in 10."""

SHOWN = 10
"""How many of the highest-scoring articles are reported."""

_STEP = 1e-6


@dataclass(frozen=True)
class Scored:
    """One scored article.

    Parameters
    ----------
    source : str
        Where it came from.
    text : str
        Identifier of its text, such as a hash; equal texts have equal identifiers.
    probability : float
        0 to 1; NaN if unspin abstained.
    news : float
        Log-odds that it is written like news; NaN if unknown.
    outlet : str
        Whom an audit counts it for.
    """

    source: str
    text: str
    probability: float
    news: float
    outlet: str = ""


@dataclass(frozen=True)
class Count:
    """How many of the judged articles reach a threshold, and their share with its 95 % interval."""

    threshold: float
    hits: int
    share: Figure


@dataclass(frozen=True)
class Recalibration:
    """New thresholds, with counts for them and for the shipped ones on the newsroom's copy.

    Parameters
    ----------
    thresholds : Thresholds
        The new thresholds, with the requested rates.
    read, repeated, abstained : int
        Articles read; those whose text had occurred before; other articles without a verdict.
    held_back : int
        Judged articles too little like news to be flagged ``spun``.
    spun, suspect, shipped_spun, shipped_suspect : Count
        Judged articles that reach each threshold. ``suspect`` includes ``spun``.
    highest : tuple of Scored
        The highest-scoring articles, highest first.
    """

    thresholds: Thresholds
    read: int
    repeated: int
    abstained: int
    held_back: int
    spun: Count
    suspect: Count
    shipped_spun: Count
    shipped_suspect: Count
    highest: tuple[Scored, ...]

    @property
    def lower(self) -> tuple[str, ...]:
        """The labels whose new threshold is lower than the shipped one."""
        pairs = {"spun": (self.spun, self.shipped_spun), "suspect": (self.suspect, self.shipped_suspect)}
        return tuple(label for label, (new, old) in pairs.items() if new.threshold < old.threshold)


@dataclass(frozen=True)
class OfOutlet:
    """What an outlet's copy gives.

    Parameters
    ----------
    reach : int
        Judged articles that the shipped thresholds label spun.
    own : OutletThresholds or None
        None if the general thresholds hold for it; ``why`` says why.
    highest : tuple of Scored
        Its highest-scoring articles.
    """

    outlet: str
    judged: int
    reach: int
    own: OutletThresholds | None
    why: str
    highest: tuple[Scored, ...] = ()


def by_outlet(
    copy: Iterable[Scored], general: Recalibration, shipped: Thresholds, *, allow_lower: bool = False
) -> tuple[OfOutlet, ...]:
    """Thresholds of each outlet for the rates of the general ones, in order of name.

    An outlet's threshold is never below the general one, unless ``allow_lower``.
    """
    groups: dict[str, list[Scored]] = {}
    for article in copy:
        groups.setdefault(article.outlet, []).append(article)
    return tuple(_of_outlet(name, groups[name], general, shipped, allow_lower) for name in sorted(groups))


def _of_outlet(
    name: str, articles: list[Scored], general: Recalibration, shipped: Thresholds, allow_lower: bool
) -> OfOutlet:
    limits = general.thresholds
    judged = {a.text: a for a in articles if not math.isnan(a.probability)}.values()
    reach = sum(a.probability >= shipped.spun and not a.news < shipped.news_floor for a in judged)
    least = needed(limits.spun_rate)
    if len(judged) < least:
        return OfOutlet(name, len(judged), reach, None, f"at least {least:,} are needed")
    try:
        found = recalibrate(articles, shipped, spun_rate=limits.spun_rate, suspect_rate=limits.suspect_rate)
    except UnspinError as error:
        return OfOutlet(name, len(judged), reach, None, str(error))
    floor_suspect, floor_spun = (0.0, 0.0) if allow_lower else (limits.suspect, limits.spun)
    suspect, spun = max(found.thresholds.suspect, floor_suspect), max(found.thresholds.spun, floor_spun)
    if (suspect, spun) == (limits.suspect, limits.spun):
        return OfOutlet(name, len(judged), reach, None, "the general thresholds hold its rates")
    return OfOutlet(name, len(judged), reach, OutletThresholds(name, suspect, spun, len(judged)), "", found.highest)


def needed(rate: float) -> int:
    """Fewest articles on which a rate can be set: the rate allows one false positive among them.

    >>> needed(0.005), needed(0.02)
    (200, 50)
    """
    return math.ceil(1 / rate - 1e-9)


def check_rates(spun_rate: float, suspect_rate: float) -> None:
    """Raise UnspinError unless ``0 < spun_rate <= suspect_rate <= HIGHEST_RATE``."""
    if not 0 < spun_rate <= suspect_rate <= HIGHEST_RATE:
        raise UnspinError(
            f"the rates {spun_rate:g} for spun and {suspect_rate:g} for suspect cannot be: each is a share above 0 and up to "
            f"{HIGHEST_RATE:g}, and that for suspect is no smaller."
        )


def recalibrate(
    copy: Iterable[Scored], shipped: Thresholds, *, spun_rate: float = SPUN_RATE, suspect_rate: float = SUSPECT_RATE
) -> Recalibration:
    """Thresholds that keep the stated false positive rates on the copy, with the shipped floor for news.

    As in training, an article below the floor may not be flagged ``spun``, but it counts for ``suspect``. Repeated
    articles count once.

    Raises UnspinError if there is too little copy, if most of it is not written like news, or if no threshold keeps the
    rates because too many articles have the highest probability.
    """
    check_rates(spun_rate, suspect_rate)
    articles = list(copy)
    # The order depends on the workers. Sorting makes the choice among equal texts reproducible.
    once = list({a.text: a for a in sorted(articles, key=lambda a: a.source, reverse=True)}.values())
    judged = [a for a in once if not math.isnan(a.probability)]
    everybody = np.array([a.probability for a in judged], np.float64)
    held_back = np.array([a.news < shipped.news_floor for a in judged], bool)
    _refuse(len(judged), int(held_back.sum()), spun_rate)
    accusable = np.where(held_back, 0.0, everybody)
    suspect = threshold_above(everybody, suspect_rate, cautious=True)
    # If many articles below the floor score high, the threshold for suspect can exceed the one for spun.
    spun = max(threshold_above(accusable, spun_rate, cautious=True), suspect)
    counts = _count(accusable, spun), _count(everybody, suspect)
    if any(c.hits > _allowed(rate, len(judged)) for c, rate in zip(counts, (spun_rate, suspect_rate), strict=True)):
        raise UnspinError(
            "so many of these articles have the highest probability there is that no threshold holds the rates: "
            "they are machine rewrites, or copy that unspin must not be used for."
        )
    return Recalibration(
        thresholds=Thresholds(suspect, spun, suspect_rate, spun_rate, len(judged), shipped.news_floor),
        read=len(articles),
        repeated=len(articles) - len(once),
        abstained=len(once) - len(judged),
        held_back=int(held_back.sum()),
        spun=counts[0],
        suspect=counts[1],
        shipped_spun=_count(accusable, shipped.spun),
        shipped_suspect=_count(everybody, shipped.suspect),
        highest=tuple(sorted(judged, key=lambda a: (-a.probability, a.source))[:SHOWN]),
    )


def threshold_above(probability: NDArray[np.float64], rate: float, *, cautious: bool = False) -> float:
    """A probability that at most ``rate`` of the articles reach.

    It lies halfway between the last article that may reach it and the first that may not. If ``cautious``, it is the
    probability of the former. On average over samples, k / (n + 1) of new articles reach the k-th highest of n. So the
    cautious threshold keeps the rate even in small samples; the halfway one lets half an article more reach it. The
    threshold is 1 if the articles that may not reach it have probability 1.

    >>> [round(threshold_above(np.array([0.1, 0.2, 0.3, 0.6]), 0.25, cautious=c), 6) for c in (False, True)]
    [0.45, 0.6]
    >>> round(threshold_above(np.array([0.1, 0.3, 0.3, 0.3]), 0.25), 6)
    0.300001
    """
    ordered = np.sort(probability)[::-1]
    allowed = _allowed(rate, len(ordered))
    edge = float(ordered[allowed])
    last = edge if allowed == 0 else float(ordered[allowed - 1])
    found = last if cautious else (edge + last) / 2
    return min(1.0, found if found > edge else edge + _STEP)


def _allowed(rate: float, articles: int) -> int:
    return math.floor(rate * articles + 1e-9)


def _refuse(judged: int, held_back: int, spun_rate: float) -> None:
    least = needed(spun_rate)
    if judged < least:
        raise UnspinError(
            f"{judged:,} articles of this copy can be judged, and a rate of 1 in {1 / spun_rate:,.0f} cannot be told from fewer "
            f"than {least:,}: give more of your copy, or a higher --spun-rate."
        )
    if 2 * held_back > judged:
        raise UnspinError(
            f"{held_back:,} of {judged:,} articles are not made like news, and only news has been measured: no threshold for "
            "spun can be set on this copy."
        )


def _count(probability: NDArray[np.float64], threshold: float) -> Count:
    hits = int((probability >= threshold).sum())
    return Count(threshold, hits, wilson(hits, len(probability)))
