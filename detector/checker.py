"""Turn a text into a verdict in five steps: read, measure, tabulate, score, judge. The caller renders it."""

import math
from collections.abc import Collection, Sequence
from copy import copy
from dataclasses import replace
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from detector import model as models
from detector.cascade import ALWAYS, AUTO, NEVER, Cascade
from detector.errors import UnreadableError
from detector.explained import explain
from detector.measuring import Measurer, Reading, embedded_analyst, open_grammar, open_reader, open_tables
from detector.parts import judge_part
from detector.places import (
    READ_MARK,
    in_context,
    logistic,
    logit_of,
    score_sentences,
    settle,
    standing,
    weigh,
    word_inputs,
)
from detector.quality import further_errors, rate
from detector.tabulate import tabulate
from detector.verdict import (
    FLAGGED,
    Contribution,
    Label,
    Quality,
    RewritingKind,
    SentenceScore,
    Thresholds,
    Verdict,
    judge,
)
from features.document import Document, Span, has_more_words
from features.feature import Column, Evidence, Feature, Measurement
from features.grammar import GrammarChecker
from features.language_model.analysis import Analysis
from features.language_model.words import Word, words_of
from features.odd_synonyms import OddSynonyms
from features.reader import Reader
from features.stand_ins import stand_ins

if TYPE_CHECKING:
    # This module imports servers and processes, which most checks never need.
    from detector.own_thresholds import OutletThresholds, OwnThresholds
    from detector.settings import LanguageToolSettings

MOST_WORDS = 30_000
"""Longer texts are not articles. The limit bounds the time and memory of one check."""


class _Scored(NamedTuple):
    """The score of a reading, and by column its value and what it adds. ``cascade`` is None if the reader did not read."""

    probability: float
    log_odds: float
    parts: dict[str, float]
    values: dict[str, float]
    kinds: dict[str, float]
    cascade: Cascade | None


class Checker:
    """Checks articles with one model and one grammar checker. Make one and use it for many articles.

    Parameters
    ----------
    grammar : str or GrammarChecker or None
        ``"harper"`` (embedded), ``"languagetool"`` (your server or local jar), ``"none"``, or a checker object.
    model : Model, optional
        By default the model of the package.
    tables : Path, optional
        Folder of the features' tables; by default that of the package.
    languagetool : LanguageToolSettings, optional
        Where LanguageTool is; by default read from the environment and the user's settings file.
    extra_features : sequence of Feature
        Features of your own. The verdict includes their marks, and their values as contributions with log-odds of 0.
        The model does not know them, so they never change the score.
    thresholds : OwnThresholds or Path or str, optional
        A newsroom's own thresholds, or their file by ``unspin calibrate``; by default those of the model.
    reader : {"always", "auto", "never"}
        When the reader reads an article, which takes about twenty times as long as all else: ``"always"``; ``"auto"``, if
        the other features leave open whether the article is clean; or ``"never"``.

    Attributes
    ----------
    signature : str
        Version, model, grammar checker, use of the reader, and own thresholds if any: all that is needed to reproduce a
        score.

    Raises
    ------
    ModelError
        If the model, a table or the thresholds are missing or damaged, or if the thresholds were made for another
        model or grammar checker.
    GrammarError
        If the grammar checker is not available.
    ValueError
        If an extra feature is not a feature, or has the name of another, or the use of the reader is unknown.
    TypeError
        If ``model`` is not a model.
    """

    def __init__(
        self,
        *,
        grammar: str | GrammarChecker = "harper",
        model: models.Model | None = None,
        tables: Path | None = None,
        languagetool: "LanguageToolSettings | None" = None,
        extra_features: Sequence[Feature] = (),
        thresholds: "OwnThresholds | Path | str | None" = None,
        reader: str = ALWAYS,
    ) -> None:
        if model is not None and not isinstance(model, models.Model):
            raise TypeError(f"model is {type(model).__name__}: give a Model, as detector.model.load(folder) makes one")
        # Open it first, so that Harper loads while the tables are read.
        checker = open_grammar(grammar, languagetool) if isinstance(grammar, str) else grammar
        self.model = model or models.embedded()
        if reader not in (ALWAYS, AUTO, NEVER):
            raise ValueError(f"there is no use of the reader named {reader!r}: use {ALWAYS}, {AUTO} or {NEVER}")
        self.reader = reader
        cascade = self.model.manifest.cascade
        self._cascade: Cascade | None = None if self.reader == NEVER else cascade
        self.measurer = Measurer(
            embedded_analyst() if tables is None else open_tables(tables),
            checker,
            extra_features,
            None if self._cascade is None else open_reader(tables),
        )
        self.checker = "none" if checker is None else checker.name
        self.signature = f"unspin {version('unspin')} | model {self.model.hash} | grammar {self.checker}"
        if cascade is not None:
            self.signature += f" | reader {self.reader}"
        self._own_thresholds: Thresholds | None = None
        self._outlets: dict[str, OutletThresholds] = {}
        self._outlet_note = ""
        if thresholds is not None:
            self._use_own_thresholds(thresholds)
        self._odd_synonyms = next(f for f in self.measurer.known if isinstance(f, OddSynonyms))
        feature_of = self.measurer.feature_of
        self._is_grammar = np.array([feature_of.get(name) == "grammar" for name in self.model.manifest.columns])

    @property
    def thresholds(self) -> Thresholds:
        """The thresholds in use: the newsroom's own if there are any, else the model's for this grammar checker."""
        shipped = self.model.manifest if self._cascade is None else self._cascade
        return self._own_thresholds or shipped.thresholds[self.checker]

    def _use_own_thresholds(self, thresholds: "OwnThresholds | Path | str") -> None:
        from detector.own_thresholds import OwnThresholds, read_thresholds

        if isinstance(thresholds, OwnThresholds):
            own, name = thresholds, "own thresholds"
        else:
            own, name = read_thresholds(thresholds), str(thresholds)
        self._own_thresholds = own.over(
            self.thresholds, model=self.model.hash, grammar=self.checker, reader=self._cascade is not None, name=name
        )
        self._outlets = {each.outlet.casefold(): each for each in own.outlets}
        self.signature += f" | thresholds {own.hash}"

    def of_outlet(self, outlet: str) -> "Checker":
        """Return the same checker with the thresholds of an outlet, if the newsroom's own file has some for it.

        The signature stays the same. The verdict's note says whose thresholds were used.
        """
        found = self._outlets.get(outlet.strip().casefold())
        if found is None:
            return self
        other = copy(self)
        other._own_thresholds = replace(self.thresholds, suspect=found.suspect, spun=found.spun)  # noqa: SLF001 - a copy of itself
        note = f"The thresholds are those of {found.outlet}, set on {found.articles:,} of its articles."
        other._outlet_note = note  # noqa: SLF001 - as above
        return other

    def with_features(self, *extra_features: Feature) -> "Checker":
        """Return the same checker with other extra features. It shares the model, the tables and the grammar checker.

        Raises
        ------
        ValueError
            If one is not a feature, or has the name of another.
        """
        other = copy(self)
        other.measurer = self.measurer.with_features(extra_features)
        return other

    @property
    def features(self) -> tuple[Feature, ...]:
        """unspin's features in the order of the model's columns, then your own."""
        return self.measurer.features

    @property
    def columns(self) -> dict[str, Column]:
        """Every column by name, in the order of :attr:`features`."""
        return self.measurer.columns

    def measure(self, document: Document, only: Collection[str] | None = None) -> list[Measurement]:
        """Measure the text as a person sees it, with every feature or with those named in ``only``.

        Raises
        ------
        UnreadableError, GrammarError, TypeError
            As :meth:`check` does.
        """
        return self.measurer.measure(self._read(document), only)

    def check(self, document: Document) -> Verdict:
        """Judge one article.

        Raises
        ------
        UnreadableError
            If the text is longer than any article.
        GrammarError
            If the grammar checker fails during the check.
        TypeError
            If ``document`` is not a document.
        """
        verdict = explain(self._answer(self._read(document)), self._log_odds, self.thresholds.news_floor)
        verdict = replace(verdict, evidence=tuple(standing(verdict.evidence, verdict.label)))
        return judge_part(verdict, lambda part: self._answer(self.measurer.read(part)))

    def _read(self, document: object) -> Reading:
        if not isinstance(document, Document):
            raise TypeError(f"the document is {type(document).__name__}: give a Document, as in Document(text)")
        refuse_books(document)
        return self.measurer.read(document)

    def _answer(self, reading: Reading) -> Verdict:
        label = reading.abstention(self.model.manifest.min_words)
        return self._judge(reading) if label is None else self._abstain(reading, label)

    def _log_odds(self, text: str) -> float:
        """Return the calibrated log-odds of a text, or minus infinity if it is not judged."""
        reading = self.measurer.read(Document(text))
        if reading.abstention(self.model.manifest.min_words) is not None:
            return -math.inf
        return self._score(reading, self.measurer.measure(reading)).log_odds

    def _judge(self, reading: Reading) -> Verdict:
        measurements = self.measurer.measure(reading)
        scored = self._score(reading, measurements)
        thresholds = self.thresholds
        label = judge(scored.probability, thresholds)
        contributions = [self._contribution(name, value, scored.parts[name]) for name, value in scored.values.items()]
        contributions.sort(key=lambda c: -abs(c.log_odds))
        own = measurements[len(self.measurer.known) :]
        contributions += [self._contribution(n, v, 0.0) for m in own for n, v in m.values.items()]
        marks = [mark for measured in measurements for mark in measured.evidence]
        evidence, sentences = self._places(reading, standing(marks, label), label, scored)
        document, length = reading.document, len(reading.seen.words)
        return Verdict(
            label=label,
            probability=scored.probability,
            threshold=thresholds.spun,
            suspect_threshold=thresholds.suspect,
            spun_rate=thresholds.spun_rate,
            suspect_rate=thresholds.suspect_rate,
            calibration_articles=thresholds.articles,
            quality=rate(scored.values, self.model.manifest.reference[self.checker], further_errors(marks, length)),
            contributions=tuple(contributions),
            evidence=evidence,
            sentences=sentences,
            words=length,
            signature=self.signature,
            text=document.text,
            source=document.source,
            note=" ".join(filter(None, (reading.disguise, self._outlet_note))),
            disguise=reading.disguise,
            skipped=reading.view.left_out,
            kinds=tuple(RewritingKind(name, share) for name, share in scored.kinds.items()),
        )

    def _score(self, reading: Reading, measurements: Sequence[Measurement]) -> "_Scored":
        """Score a reading by its measurements, and by the reader where it reads."""
        manifest = self.model.manifest
        row = tabulate(measurements[: len(self.measurer.known)], manifest.columns)
        used = row if manifest.calibration[self.checker].grammar else np.where(self._is_grammar, np.nan, row)
        values = dict(zip(manifest.columns, row.tolist(), strict=True))
        length, names = len(reading.seen.words), manifest.columns
        score, kinds = self.model.score(used, self.checker, length), self.model.kinds(used)
        cascade = self._cascade
        if cascade is not None and not cascade.reads(self.reader, score.probability, length):
            cascade = None
        if cascade is not None:
            of_reader = self.measurer.by_reader(reading)
            values |= of_reader
            used = np.concatenate([used, [of_reader[name] for name in cascade.columns]])
            score, names = self.model.score(used, self.checker, length), names + cascade.columns
        return _Scored(
            score.probability,
            score.log_odds,
            dict(zip(names, score.parts.tolist(), strict=True)),
            values,
            kinds,
            cascade,
        )

    def words(self, document: Document) -> tuple[Word, ...]:
        """Return every word with its alternatives and its weight in this article, which the verdict is based on.

        Spans index the text as given. Weights are NaN if the article is not judged.

        Raises
        ------
        UnreadableError, GrammarError
            As :meth:`check` does.
        """
        reading = self._read(document)
        verdict = self._answer(reading)
        to_given = reading.view.to_given
        found = tuple(replace(w, span=to_given(w.span)) for w in words_of(reading.seen, self.measurer.analyst))
        if math.isnan(verdict.probability) or not found:
            return found
        analysis = self.measurer.analyse(reading)
        cascade = self._cascade if any(c.feature == Reader.name for c in verdict.contributions) else None
        weights = self._weights(reading, analysis, models.logit(verdict.probability), cascade)
        return tuple(replace(word, weight=weight) for word, weight in zip(found, weights.tolist(), strict=True))

    def _contribution(self, column: str, value: float, log_odds: float) -> Contribution:
        described = self.measurer.columns[column]
        return Contribution(
            column, value, described.unit, described.meaning, log_odds, self.measurer.feature_of[column]
        )

    def _places(
        self, reading: Reading, marks: list[Evidence], label: Label, scored: "_Scored"
    ) -> tuple[tuple[Evidence, ...], tuple[SentenceScore, ...]]:
        """Return marks and sentence scores in the light of the whole article. Their spans index the text as given."""
        seen, view, analysis = reading.seen, reading.view, self.measurer.analyse(reading)
        article, cascade = scored.log_odds, scored.cascade
        starts = seen.bounds[analysis.windows.token, 0]
        weights = self._weights(reading, analysis, article, cascade)
        log_odds: NDArray[np.floating] = analysis.log_odds
        sentence = self.model.manifest.sentence
        if cascade is None:
            given = [view.to_given(Span(s, s + 1)).start for s in starts.tolist()]
            marks = weigh(marks, OddSynonyms.name, dict(zip(given, weights.tolist(), strict=True)))
        else:
            # The reader also finds words that no list of alternatives knows.
            odd = [
                replace(m, span=view.to_given(m.span))
                for m in self._odd_synonyms.mark(seen, analysis, weights, READ_MARK)
            ]
            marks = [mark for mark in marks if mark.feature != OddSynonyms.name] + odd
            log_odds, sentence = logit_of(weights), cascade.sentence
        if label in FLAGGED:
            found = stand_ins(seen, analysis, self.measurer.analyst.resources.ngrams)
            own = {view.to_given(mark.span): mark for mark in found}
            marks = [mark for mark in marks if mark.span not in own] + [replace(m, span=s) for s, m in own.items()]
        scores = score_sentences(seen, starts, log_odds, sentence, article)
        return tuple(settle(marks)), tuple(replace(s, span=view.to_given(s.span)) for s in scores)

    def _weights(
        self, reading: Reading, analysis: Analysis, article: float, cascade: Cascade | None
    ) -> NDArray[np.float64]:
        """Return the probability of each word of the analysis in the light of the whole article."""
        if cascade is None or self.measurer.reader is None:
            return logistic(word_inputs(analysis, article), self.model.manifest.word)
        of_words = in_context(self.measurer.reader, reading.seen, analysis)
        return logistic(word_inputs(analysis, article, of_words), cascade.word)

    def _abstain(self, reading: Reading, label: Label) -> Verdict:
        document = reading.document
        if label is Label.NOT_ENGLISH:
            note = "The text does not read as English; unspin knows English only."
        else:
            note = (
                f"{reading.countable_words} words of running prose are too few to judge; "
                f"at least {self.model.manifest.min_words} are needed."
            )
        thresholds = self.thresholds
        return Verdict(
            label=label,
            probability=math.nan,
            threshold=thresholds.spun,
            suspect_threshold=thresholds.suspect,
            quality=Quality(math.nan, ()),
            contributions=(),
            evidence=self.measurer.hidden_marks(reading),
            sentences=(),
            words=len(reading.seen.words),
            signature=self.signature,
            text=document.text,
            source=document.source,
            note=" ".join(filter(None, (reading.disguise, note))),
            disguise=reading.disguise,
            skipped=reading.view.left_out,
        )

    def close(self) -> None:
        """Stop the grammar checker, if there is one."""
        if self.measurer.grammar is not None:
            self.measurer.grammar.close()


def refuse_books(document: Document) -> None:
    """Raise :class:`UnreadableError` for a text that is longer than any article."""
    # Every word has at least one letter, so most texts are short enough without counting words.
    if len(document.text) <= MOST_WORDS or not has_more_words(document.text, MOST_WORDS):
        return
    name = "The text" if document.source == "-" else document.source
    raise UnreadableError(
        f"{name} holds more words than unspin reads, which is up to {MOST_WORDS:,}: give it one article"
    )


def check(text: str | Document, *, grammar: str = "harper") -> Verdict:
    """Judge one article with the embedded model.

    Raises
    ------
    TypeError
        If ``text`` is neither a text nor a document, for example a path.

    Examples
    --------
    >>> check("Too short to say.").label.value
    'too_short'
    """
    if not isinstance(text, (str, Document)):
        raise TypeError(
            f"the text is {type(text).__name__}: give the article itself, as in check(path.read_text(encoding='utf-8'))"
        )
    return _shared(grammar).check(text if isinstance(text, Document) else Document(text))


@cache
def _shared(grammar: str) -> Checker:
    return Checker(grammar=grammar)
