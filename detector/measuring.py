"""The one way to measure a text: read it once, as a person sees it, and let every feature measure that.

:class:`Measurer` holds the tables, the grammar checker and the features. :class:`Reading` holds what is known of a text
before it is measured. Check, estimators, training, evaluation, audit and web all use these two, so training and judging
always measure alike.
"""

from collections.abc import Collection, Sequence
from copy import copy
from dataclasses import dataclass, replace
from functools import cache, cached_property
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING

from detector.errors import GrammarError, ModelError
from detector.language import Language, countable_words, judge_language
from detector.verdict import Label
from features import as_seen, build
from features.as_seen import Seen
from features.contract import check_additions, guard
from features.document import Document
from features.feature import Column, Evidence, Feature, Measurement
from features.grammar import CheckerUnavailable, GrammarChecker
from features.hidden_characters import HiddenCharacters
from features.language_model.analysis import Analysis, Analyst
from features.reader import Reader

if TYPE_CHECKING:
    # This module imports servers and processes, which most checks never need.
    from detector.settings import LanguageToolSettings


_DISGUISED = {
    as_seen.INVISIBLE: "{:,} words hold invisible characters",
    as_seen.LOOK_ALIKE: "{:,} words are spelt with letters of another alphabet",
    as_seen.ACCENT: "{:,} English words have accents",
    as_seen.CUT: "{:,} words are cut in pieces",
    as_seen.MISSPELT: "{:,} words have swapped letters or digits for letters",
}


@dataclass(frozen=True)
class Reading:
    """A text that was read once.

    Parameters
    ----------
    document : Document
        The text as given. Spans of evidence index it.
    view : Seen
        The text as a person sees it, with a map back to the text as given.
    """

    document: Document
    view: Seen

    @property
    def seen(self) -> Document:
        """The text as a person sees it. Its words are the ones that are counted and measured."""
        return self.view.other or self.document

    @cached_property
    def language(self) -> Language:
        """Whether it reads as English."""
        return judge_language(self.seen)

    @cached_property
    def countable_words(self) -> int:
        """Words of running prose."""
        return countable_words(self.seen)

    @property
    def disguise(self) -> str:
        """One sentence that says how the text was disguised, or an empty one."""
        ways = [_DISGUISED[what].format(n) for what, n in self.view.disguises.items()]
        if not ways:
            return ""
        return f"The text was disguised: {' and '.join(ways)}. It was read as a person reads it."

    def abstention(self, min_words: int) -> Label | None:
        """Return the label of a text that is not judged, or None."""
        if self.language is Language.OTHER:
            return Label.NOT_ENGLISH
        if self.language is Language.UNDECIDED or self.countable_words < min_words:
            return Label.TOO_SHORT
        return None


class Measurer:
    """Measures texts with one set of tables and one grammar checker. Make one and use it for many texts.

    Parameters
    ----------
    analyst : Analyst
        Holds the tables.
    grammar : GrammarChecker or None
        Without one, the grammar columns are NaN.
    extra_features : sequence of Feature
        Features of your own, measured after unspin's.
    reader : Reader, optional
        The second stage. It measures only where it is asked to.

    Attributes
    ----------
    features : tuple of Feature
        unspin's features in the order of the model's columns, the reader if there is one, then your own.
    columns : dict of str to Column
        Every column by name, in that order.
    feature_of : dict of str to str
        The name of the feature that gives each column.

    Raises
    ------
    ValueError
        If an extra feature is not a feature, or has the name of another.
    """

    def __init__(
        self,
        analyst: Analyst,
        grammar: GrammarChecker | None,
        extra_features: Sequence[Feature] = (),
        reader: Reader | None = None,
    ) -> None:
        self.analyst = analyst
        self.grammar = grammar
        self.reader = reader
        self.known = build(analyst, grammar)
        self._add(extra_features)

    def _add(self, extra: Sequence[Feature]) -> None:
        own = self.known if self.reader is None else (*self.known, self.reader)
        self._extra = check_additions(extra, own)
        self.features: tuple[Feature, ...] = (*own, *self._extra)
        self.columns: dict[str, Column] = {c.name: c for f in self.features for c in f.columns}
        self.feature_of = {c.name: f.name for f in self.features for c in f.columns}

    def with_features(self, extra: Sequence[Feature]) -> "Measurer":
        """Return the same measurer with other extra features. It shares the tables and the grammar checker.

        Raises
        ------
        ValueError
            If one is not a feature, or has the name of another.
        """
        other = copy(self)
        other._add(extra)  # noqa: SLF001 - the same class
        return other

    def read(self, document: Document) -> Reading:
        """Read a text once, as a person sees it."""
        return Reading(document, self.analyst.see(document))

    def measure(self, reading: Reading, only: Collection[str] | None = None) -> list[Measurement]:
        """Measure with every feature, or with those named in ``only``. Spans index the text as given.

        Raises
        ------
        GrammarError
            If the grammar checker fails during the check.
        """
        try:
            measured = [self._measured(f, reading) for f in self.known if only is None or f.name in only]
        except CheckerUnavailable as error:
            raise GrammarError(str(error)) from error
        seen = reading.seen
        return measured + [
            _as_given(guard(f, f.measure(seen), seen), reading.view)
            for f in self._extra
            if only is None or f.name in only
        ]

    def _measured(self, feature: Feature, reading: Reading) -> Measurement:
        # Hidden characters exist only in the text as given. Everything else is measured in the text as seen.
        if isinstance(feature, HiddenCharacters):
            return feature.measure(reading.document)
        return _as_given(feature.measure(reading.seen), reading.view)

    def by_reader(self, reading: Reading) -> dict[str, float]:
        """Return the reader's columns. Its log-odds of words are then kept by the reader.

        Raises
        ------
        ValueError
            If there is no reader.
        """
        if self.reader is None:
            raise ValueError("this measurer has no reader")
        return dict(self.reader.measure(reading.seen).values)

    def hidden_marks(self, reading: Reading) -> tuple[Evidence, ...]:
        """Return the marks of hidden characters, which are also shown for a text that is not judged."""
        return tuple(HiddenCharacters(self.analyst).measure(reading.document).evidence)

    def analyse(self, reading: Reading) -> Analysis:
        """Return windows and log-odds of each word of the text as seen, computed once per reading."""
        return self.analyst.analyse(reading.seen)


def _as_given(measured: Measurement, view: Seen) -> Measurement:
    """Move the marks of a measurement to their places in the text as given."""
    if view.begins is None:
        return measured
    marks = tuple(replace(mark, span=view.to_given(mark.span)) for mark in measured.evidence)
    return replace(measured, evidence=marks)


def read(document: Document) -> Reading:
    """Read a text once, as a person sees it, with the vocabulary of the package."""
    return Reading(document, embedded_analyst().see(document))


@cache
def embedded_analyst() -> Analyst:
    """Return the tables of the package, opened once per process.

    Raises
    ------
    ModelError
        If a table is missing or damaged.
    """
    with as_file(files("features") / "tables") as folder:
        return open_tables(folder)


def open_tables(folder: Path) -> Analyst:
    """Open the tables of a folder.

    Raises
    ------
    ModelError
        If a table is missing or damaged.
    """
    try:
        return Analyst.load(folder)
    except (OSError, ValueError, KeyError) as error:
        message = f"the tables in {folder} cannot be used ({error}): reinstall unspin, or train again"
        raise ModelError(message) from error


@cache
def open_reader(folder: Path | None = None) -> Reader:
    """Return the reader in a folder of tables, by default that of the package, opened once per process.

    Raises
    ------
    ModelError
        If its file is missing or damaged.
    """
    if folder is None:
        with as_file(files("features") / "tables") as own:
            return open_reader(own)
    try:
        return Reader.load(folder)
    except (OSError, ValueError) as error:
        message = f"the reader in {folder} cannot be used ({error}): reinstall unspin, or train again"
        raise ModelError(message) from error


def open_grammar(name: str, settings: "LanguageToolSettings | None" = None) -> GrammarChecker | None:
    """Return the grammar checker of a name: ``"harper"``, ``"languagetool"``, or None for ``"none"``.

    Raises
    ------
    GrammarError
        If the name is unknown, or the checker is not available.
    """
    if name == "none":
        return None
    if name == "harper":
        from features.checkers.harper import Harper

        harper = Harper()
        harper.prepare()
        return harper
    if name == "languagetool":
        from detector.settings import languagetool

        return languagetool(settings)
    message = f"there is no grammar checker “{name}”: use harper, languagetool or none"
    raise GrammarError(message)
