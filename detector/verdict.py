"""The verdict, and the one function that turns a probability into a label."""

from dataclasses import dataclass
from enum import StrEnum

from features.document import Span
from features.feature import NAN, Evidence


class Label(StrEnum):
    """The label of an article. Only ``SPUN`` is an accusation."""

    CLEAN = "clean"
    SUSPECT = "suspect"
    SPUN = "spun"
    TOO_SHORT = "too_short"
    NOT_ENGLISH = "not_english"


FLAGGED = frozenset({Label.SUSPECT, Label.SPUN})
"""The labels of articles that an editor should look at."""

NO_FLOOR = -1000.0
"""A floor that every text reaches."""

REGISTER = "news_register_log_odds"
"""The column that measures how much a text is written like news."""


@dataclass(frozen=True)
class Thresholds:
    """Probabilities from which a label is given, set on held-out human copy for stated false positive rates.

    Parameters
    ----------
    suspect, spun : float
        Smallest probability for the label, 0 to 1, ``suspect <= spun``.
    suspect_rate, spun_rate : float
        The share of human articles expected at or above each threshold.
    articles : int
        How many held-out human articles the thresholds were set on.
    news_floor : float
        Log-odds of being written like news (:data:`REGISTER`) below which only overwhelming evidence makes a text
        ``spun``.
    """

    suspect: float
    spun: float
    suspect_rate: float
    spun_rate: float
    articles: int
    news_floor: float = NO_FLOOR


@dataclass(frozen=True)
class Contribution:
    """What one column adds to the score: ``log_odds`` above 0 are a reason for a machine rewrite, below 0 against.

    ``feature`` names the feature that measured the column, or "" if it is unknown.
    """

    column: str
    value: float
    unit: str
    meaning: str
    log_odds: float
    feature: str = ""


@dataclass(frozen=True)
class QualityPart:
    """One component of the quality score: the measured value and its percentile among published news."""

    name: str
    value: float
    unit: str
    percentile: float
    meaning: str


@dataclass(frozen=True)
class Quality:
    """Text quality, 0 (worst) to 100, independent of the label.

    ``score`` is the mean of the parts' percentiles. 50 is the median of published news. NaN if nothing could be
    measured.
    """

    score: float
    parts: tuple[QualityPart, ...]


@dataclass(frozen=True)
class SentenceScore:
    """One sentence and the probability, 0 to 1, that a machine rewrote it; NaN if it is too short."""

    span: Span
    probability: float


@dataclass(frozen=True)
class RewritingKind:
    """A kind of rewriting that the model knows, and its share, 0 to 1, in the odds that the article is a rewrite.

    The shares say which kind the article would be if it was rewritten, not whether it was. Clean copy has shares, too.
    """

    name: str
    share: float

    @property
    def title(self) -> str:
        """The kind in plain words, such as `a translation into another language and back`."""
        from detector.render import rewriting_words

        return rewriting_words(self.name)


@dataclass(frozen=True)
class Verdict:
    """The verdict on one article.

    Parameters
    ----------
    label : Label
        The label.
    probability : float
        Calibrated probability, 0 to 1, that the article is a machine rewrite; NaN if the label abstains.
    threshold : float
        The probability from which the label is ``spun``, for the grammar checker in use.
    suspect_threshold : float
        The probability from which the label is ``suspect``.
    quality : Quality
        How the prose ranks among published news.
    contributions : tuple of Contribution
        Largest absolute value first. Together with the intercept of ``Model.score`` they sum to the log-odds of
        ``probability``.
    evidence : tuple of Evidence
        Marks in order of position. They are editing advice for every label.
    sentences : tuple of SentenceScore
        In order.
    words : int
        Number of words read.
    signature : str
        Version, model hash and grammar checker in one line: all that is needed to reproduce a score.
    text : str
        The text that the spans index.
    source : str
        Where it came from.
    note : str
        One sentence that people should know beside the label (why unspin abstained, what could not be measured), or "".
    spun_rate, suspect_rate : float
        The share of human articles expected at or above each threshold; NaN if the model does not say.
    disguise : str
        One sentence that says how the text was disguised, or "". A disguised text is judged as a person reads it.
    calibration_articles : int
        Number of held-out human articles behind the thresholds; 0 if the model does not say.
    kinds : tuple of RewritingKind
        The kinds of rewriting that the model knows, by their share in the odds, the largest first. Shares sum to 1.
        Empty if the article is not judged.
    mended_probability : float
        The probability of the same text with each marked wording replaced by its likeliest original; 0 if it would be too
        short to judge, NaN if the article as a whole is not flagged. Far below ``probability``: the marks explain the label.
    skipped : tuple of Span
        The lines of the page around the article (menus, captions, lists of topics) that were not judged, in order.
    """

    label: Label
    probability: float
    threshold: float
    suspect_threshold: float
    quality: Quality
    contributions: tuple[Contribution, ...]
    evidence: tuple[Evidence, ...]
    sentences: tuple[SentenceScore, ...]
    words: int
    signature: str
    text: str
    source: str = "-"
    note: str = ""
    spun_rate: float = NAN
    suspect_rate: float = NAN
    calibration_articles: int = 0
    kinds: tuple[RewritingKind, ...] = ()
    disguise: str = ""
    skipped: tuple[Span, ...] = ()
    mended_probability: float = NAN

    @property
    def flagged(self) -> bool:
        """Whether the label is ``suspect`` or ``spun``."""
        return self.label in FLAGGED

    @property
    def only_a_part(self) -> bool:
        """Whether the article is flagged for a part of it; its probability is that of the whole."""
        return self.flagged and self.probability < self.suspect_threshold

    def __str__(self) -> str:
        from detector.render import as_line

        return as_line(self)

    def _repr_html_(self) -> str:
        from detector.render import as_html_fragment

        return as_html_fragment(self)


def judge(probability: float, thresholds: Thresholds) -> Label:
    """Return the label for a probability. :func:`detector.explained.explain` says whether the marks bear out ``spun``.

    >>> at = Thresholds(suspect=0.5, spun=0.9, suspect_rate=0.02, spun_rate=0.005, articles=4000)
    >>> [judge(p, at).value for p in (0.1, 0.5, 0.95)]
    ['clean', 'suspect', 'spun']
    """
    if probability >= thresholds.spun:
        return Label.SPUN
    return Label.SUSPECT if probability >= thresholds.suspect else Label.CLEAN
