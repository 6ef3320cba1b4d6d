"""What a verdict says in plain words: the sentences and tables that every rendering shares.

Numbers arrive finished in the :class:`~detector.verdict.Verdict`; here they are only put into words, grouped and
ordered. The wording never accuses more than the label does.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from detector.verdict import Contribution, Label, Quality, Verdict
from features import FEATURES
from features.document import Span
from features.feature import Evidence
from features.visible import visible as visible  # noqa: PLC0414 - the renderers take it from here


class Kind(NamedTuple):
    """A family of marks that share a colour.

    ``swapped`` says that the expected wordings are likely originals rather than corrections.
    """

    key: str
    title: str
    swapped: bool


WORDING = Kind("wording", "odd wording", swapped=True)
NAME = Kind("name", "rewritten name", swapped=True)
TELLTALE = Kind("telltale", "tell-tale wording", swapped=True)
GRAMMAR = Kind("grammar", "grammar", swapped=False)
FLUENCY = Kind("fluency", "unusual sequence", swapped=False)
CHARACTERS = Kind("characters", "disguised characters", swapped=False)
OTHER = Kind("other", "other", swapped=False)
KINDS = (WORDING, NAME, TELLTALE, GRAMMAR, FLUENCY, CHARACTERS, OTHER)

_BY_KEY = {kind.key: kind for kind in KINDS}
_FEATURES = {feature.name: (_BY_KEY[feature.marks], feature.title) for feature in FEATURES}
"""For each feature the kind of its marks, and what its measurements are called."""

TITLE = {
    Label.CLEAN: "Clean",
    Label.SUSPECT: "Suspect",
    Label.SPUN: "Spun",
    Label.TOO_SHORT: "Too short to judge",
    Label.NOT_ENGLISH: "Not English",
}
_SHOWN_BY_MARKS = "The marked words show why."
_READ_THE_MARKS = "Read the marked words before you act on it."
_STATEMENT = {
    Label.CLEAN: "no sign of machine rewriting. This does not say who or what wrote the text.",
    Label.SUSPECT: f"some signs of machine rewriting, too few to call it that. {_READ_THE_MARKS}",
    Label.SPUN: f"the wording looks like a machine rewrite of another text. {_SHOWN_BY_MARKS}",
    Label.TOO_SHORT: "there is too little text to say anything about it.",
    Label.NOT_ENGLISH: "unspin reads English only, so it says nothing about this text.",
}


def count(number: int, noun: str, plural: str = "") -> str:
    """A number with its noun.

    >>> count(1, "story", "stories"), count(1200, "story", "stories"), count(2, "outlet")
    ('1 story', '1,200 stories', '2 outlets')
    """
    return f"{number:,} {noun if number == 1 else plural or noun + 's'}"


def capital(sentence: str) -> str:
    """The sentence with a capital at its beginning, whatever follows."""
    return sentence[0].upper() + sentence[1:]


def kind_of(feature: str) -> Kind:
    """The family that a feature's marks belong to; a feature unknown here gets a neutral one.

    >>> kind_of("odd_synonyms").title
    'odd wording'
    """
    return _FEATURES.get(feature, (OTHER, ""))[0]


def statement(verdict: Verdict) -> str:
    """The label in one or two plain sentences, to stand behind its title."""
    said = _STATEMENT[verdict.label]
    if rests_on_measures(verdict):
        said = said.replace(_READ_THE_MARKS, "Weigh what speaks for either side before you act on it.")
        said = said.removesuffix(_SHOWN_BY_MARKS).rstrip()
    return said


_REWRITING = {
    "synonyms": "words swapped for synonyms",
    "dictionary": "words and phrases swapped by the list that most synonym spinners share",
    "language_model": "a rewrite by a language model",
    "translation": "a translation into another language and back",
    "rule_based": "a rough, word-for-word translation into another language and back",
}
_OTHER_TRIP = {"translation": "a smoother one", "rule_based": "a rough, word-for-word one"}
"""The two translations, where one is named after the other."""

SWAPS = frozenset({"synonyms", "dictionary"})
"""Kinds of rewriting that differ in the list alone: beside one of them the other is no news."""

WHOLE_TEXT = frozenset({"language_model", "translation", "rule_based"})
"""Kinds of rewriting that change whole sentences: most of their words fit where they stand, and what gives them away is
how common words are put together."""

CLEAR_SHARE = 0.7
"""From this share on, the likeliest kind of rewriting is named alone."""


def rewriting_words(name: str) -> str:
    """A kind of rewriting in plain words; one unknown here by its own name.

    >>> rewriting_words("translation"), rewriting_words("house_style")
    ('a translation into another language and back', 'house style')
    """
    return _REWRITING.get(name) or name.replace("_", " ")


def rewriting_statement(verdict: Verdict) -> str:
    """Which kind of rewriting a flagged article looks most like, and the next where the first is not clear.

    Where that kind shows in more than single words it says so. "" where the article is not flagged, or the model tells no kinds
    apart.
    """
    if not verdict.flagged or len(verdict.kinds) < 2:
        return ""
    first, second = verdict.kinds[:2]
    like = f"it looks most like {first.title}"
    if first.share < CLEAR_SHARE and {first.name, second.name} != SWAPS:
        trips = {first.name, second.name} == _OTHER_TRIP.keys()
        like += f", and next most like {_OTHER_TRIP[second.name] if trips else second.title}"
    known = "of the kinds of rewriting that unspin knows"
    said = f"{capital(known)}, {like}."
    if verdict.label is Label.SUSPECT:
        said = f"If it was rewritten at all, then {known} {like}."
    if rests_on_measures(verdict):
        said += " Such a rewrite shows in the whole text more than in single odd words: what was measured carries the verdict."
    return said


def rests_on_measures(verdict: Verdict) -> bool:
    """Whether an article is flagged for a kind of rewriting that single words hardly show."""
    return verdict.flagged and len(verdict.kinds) > 1 and verdict.kinds[0].name in WHOLE_TEXT


def probability_words(probability: float) -> str:
    """A probability with two digits, never rounded to certainty.

    >>> [probability_words(p) for p in (0.9999, 0.984, 0.5, 0.0004, math.nan)]
    ['over 0.99', '0.98', '0.50', 'under 0.01', 'not given']
    """
    if math.isnan(probability):
        return "not given"
    if probability > 0.99:
        return "over 0.99"
    if probability < 0.01:
        return "under 0.01"
    return f"{probability:.2f}"


def threshold_words(threshold: float) -> str:
    """A threshold with two digits; with more where it would be rounded to certainty, which no probability reaches.

    >>> [threshold_words(t) for t in (0.5, 0.934, 0.9966, 0.99996)]
    ['0.50', '0.93', '0.997', '0.99996']
    """
    return next(said for digits in range(2, 18) if float(said := f"{threshold:.{digits}f}") < 1 or threshold >= 1)


def rate_words(rate: float) -> str:
    """A share of articles as people say it.

    >>> [rate_words(r) for r in (0.005, 0.0213, 0.3)]
    ['1 in 200', '1 in 47', '1 in 3']
    """
    return f"1 in {round(1 / rate):,}"


def probability_meaning(verdict: Verdict) -> str:
    """What the probability means and what it does not; "" where there is none."""
    p = verdict.probability
    if math.isnan(p):
        return ""
    if p > 0.99:
        share = "more than 99 in 100"
    elif p < 0.01:
        share = "fewer than 1 in 100"
    else:
        share = f"about {round(100 * p)} in 100"
    return (
        f"Among stories drawn half from human copy and half from machine rewrites, {share} that score like this one "
        "are rewrites. It is not a share of the text."
    )


def threshold_meaning(verdict: Verdict) -> str:
    """From which probability each label is given, and how often human copy gets there; "" where nothing is judged."""
    if math.isnan(verdict.probability):
        return ""
    suspect = f"From {threshold_words(verdict.suspect_threshold)} a story is called suspect"
    spun = f"from {threshold_words(verdict.threshold)} spun"
    if _known(verdict.suspect_rate):
        suspect += f" ({rate_words(verdict.suspect_rate)} human stories get there)"
    if _known(verdict.spun_rate):
        spun += f" ({rate_words(verdict.spun_rate)})"
    behind = (
        f", measured on {verdict.calibration_articles:,} human stories the model had not seen"
        if verdict.calibration_articles
        else ""
    )
    return f"{suspect}, {spun}{behind}."


def _known(rate: float) -> bool:
    return rate > 0  # NaN compares false


def quality_meaning(quality: Quality) -> str:
    """What the quality score stands for."""
    if math.isnan(quality.score):
        return "Quality could not be measured here."
    return "50 is the middle of reference human copy. Quality says how well the text is written, not who wrote it."


def value_words(value: float, unit: str) -> str:
    """A measured value with its unit, three digits at most.

    >>> [value_words(12.3456, "per 1,000 words"), value_words(0.1234, "share"), value_words(math.nan, "nats")]
    ['12.3 per 1,000 words', '12.3 %', 'not measured']
    >>> [value_words(1234567.0, "words"), value_words(-0.5, ""), value_words(math.inf, "nats")]
    ['1,234,567 words', '-0.5', 'not measured']
    >>> [value_words(0.95, "share of attributions"), value_words(1.0, "kinds")]
    ['95 % of attributions', '1 kind']
    """
    if not math.isfinite(value):
        return "not measured"
    if unit == "share" or unit.startswith("share of "):
        return f"{100 * value:.3g} %{unit.removeprefix('share')}"
    number = f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"
    if number == "1":
        unit = re.sub(r"^(kind|error|word)s\b", r"\1", unit)
    return f"{number} {unit}".rstrip()


def percentile_words(percentile: float) -> str:
    """Where a quality part stands among reference copy.

    >>> [percentile_words(p) for p in (31.4, 0.2, 99.8, math.nan)]
    ['better than 31 % of human copy', 'better than under 1 % of human copy', 'better than over 99 % of human copy', '-']
    """
    if math.isnan(percentile):
        return "-"
    if percentile > 99:
        return "better than over 99 % of human copy"
    if percentile < 1:
        return "better than under 1 % of human copy"
    return f"better than {round(percentile)} % of human copy"


@dataclass(frozen=True)
class Row:
    """All places where one wording was marked for one reason.

    Parameters
    ----------
    number : int
        From 1; the same in the marked text and in the tables. Substitutions come first, heaviest first.
    kind : Kind
    wording : str
        As it stands in the text, white space squeezed.
    expected : tuple of str
        Likely originals of the heaviest mark, or corrections, best first.
    message : str
        What the heaviest mark says.
    weight : float
        Of the heaviest mark, 0 to 1.
    places : tuple of Span
        In order of position.
    """

    number: int
    kind: Kind
    wording: str
    expected: tuple[str, ...]
    message: str
    weight: float
    places: tuple[Span, ...]

    @property
    def substitution(self) -> bool:
        """Whether the expected wordings are likely originals."""
        return self.kind.swapped and bool(self.expected)


def rows(verdict: Verdict) -> tuple[Row, ...]:
    """The evidence with repeats grouped, substitutions first, heaviest first, numbered from 1."""
    groups: dict[tuple[str, str, str], list[Evidence]] = {}
    for evidence in verdict.evidence:
        # A mark without a wording to correct stands for its reason: two reasons are two rows.
        reason = evidence.expected[0].casefold() if evidence.expected else evidence.message
        key = (kind_of(evidence.feature).key, squeeze(quoted(verdict, evidence.span)).casefold(), reason)
        groups.setdefault(key, []).append(evidence)
    unnumbered = [_row(verdict, group) for group in groups.values()]
    unnumbered.sort(key=lambda row: (not row.substitution, -row.weight, -len(row.places), row.places[0]))
    return tuple(replace(row, number=number) for number, row in enumerate(unnumbered, start=1))


def _row(verdict: Verdict, group: Sequence[Evidence]) -> Row:
    heaviest = max(group, key=lambda e: (e.weight, -e.span.start))
    # Sorted from the end of the alphabet: of two equally common spellings, the one without a capital.
    spellings = Counter(sorted((squeeze(quoted(verdict, e.span)) for e in group), reverse=True))
    return Row(
        number=0,
        kind=kind_of(heaviest.feature),
        wording=spellings.most_common(1)[0][0],
        expected=heaviest.expected,
        message=heaviest.message,
        weight=heaviest.weight,
        places=tuple(sorted({e.span for e in group})),  # two features may agree on a place
    )


def quoted(verdict: Verdict, span: Span) -> str:
    """The text of a span."""
    return verdict.text[span.start : span.end]


def squeeze(text: str) -> str:
    r"""The text on one line.

    >>> squeeze(" well \r\n being ")
    'well being'
    """
    return " ".join(text.split())


class Mark(NamedTuple):
    """A stretch of the text to mark: it belongs to these row numbers, the heaviest first."""

    span: Span
    kind: Kind
    numbers: tuple[int, ...]


def marks(table: Iterable[Row], length: int) -> tuple[Mark, ...]:
    """Places to mark in a text of ``length`` code points, none overlapping, in order.

    Where places overlap the one with the smallest row number is drawn and carries the others' numbers.
    """
    placed: list[Mark] = []
    owner: dict[int, int] = {}  # code point -> index in placed
    for row in table:
        for place in row.places:
            span = Span(max(0, place.start), min(length, place.end))
            if span.start >= span.end:
                continue
            taken = {owner[at] for at in range(*span) if at in owner}
            if not taken:
                owner.update(dict.fromkeys(range(*span), len(placed)))
                placed.append(Mark(span, row.kind, (row.number,)))
            for index in taken:
                mark = placed[index]
                if row.number not in mark.numbers:
                    placed[index] = mark._replace(numbers=(*mark.numbers, row.number))
    return tuple(sorted(placed))


class Reason(NamedTuple):
    """What the columns of one feature did to the score together.

    ``log_odds`` is their sum, ``strongest`` the column that did most in that direction, ``measures`` how many columns
    moved the score at all.
    """

    title: str
    log_odds: float
    strongest: Contribution
    measures: int


def reasons(contributions: Iterable[Contribution]) -> tuple[Reason, ...]:
    """The contributions summed by feature, strongest first.

    Columns of one feature measure nearly the same; a linear model weighs some of them against others. Told one by one
    they would contradict each other on the same page: only their sum means something to a reader.

    >>> [(r.title, r.log_odds, r.measures) for r in reasons([
    ...     Contribution("tell_tales_per_1000_words", 30.0, "per 1,000 words", "", -3.5, "tell_tales"),
    ...     Contribution("tell_tale_kinds", 5.0, "kinds", "", 4.5, "tell_tales"),
    ... ])]
    [('tell tales', 1.0, 2)]
    """
    groups: dict[str, list[Contribution]] = {}
    for number, contribution in enumerate(contributions):
        if contribution.log_odds:
            groups.setdefault(contribution.feature or str(number), []).append(contribution)
    found = []
    for group in groups.values():
        total = math.fsum(c.log_odds for c in group)
        strongest = max(group, key=lambda c: math.copysign(1.0, total) * c.log_odds)
        title = column_words(strongest) if len(group) == 1 else strongest.feature.replace("_", " ")
        found.append(Reason(title, total, strongest, len(group)))
    return tuple(sorted(found, key=lambda r: -abs(r.log_odds)))


def reason_value(reason: Reason) -> str:
    """What was measured, after the title: `: 12.3 per 1,000 words`, or that of the strongest of several measures."""
    value = value_words(reason.strongest.value, reason.strongest.unit)
    return f": {value}" if reason.measures == 1 else f", {reason.measures} measures; the strongest: {value}"


def for_rewrite(contributions: Iterable[Contribution]) -> tuple[Reason, ...]:
    """What speaks for a machine rewrite, strongest first."""
    return tuple(reason for reason in reasons(contributions) if reason.log_odds > 0)


def for_honest_copy(contributions: Iterable[Contribution]) -> tuple[Reason, ...]:
    """What speaks for honest copy, strongest first."""
    return tuple(reason for reason in reasons(contributions) if reason.log_odds < 0)


def column_words(contribution: Contribution) -> str:
    """A column's name as people read it: without the unit, which stands beside the value.

    >>> column_words(Contribution("odd_synonyms_per_1000_words", 9.0, "per 1,000 words", "", 1.0))
    'odd synonyms'
    >>> column_words(Contribution("odd_synonyms_mean_log_odds", -3.0, "log-odds", "", 1.0))
    'odd synonyms mean'
    """
    name = contribution.column
    unit = contribution.unit.replace(" ", "_").replace("-", "_")
    for tail in ("_per_1000_words", "_share", f"_{unit}"):
        name = name.removesuffix(tail) or name
    return name.replace("_", " ")
