"""Windows and word probabilities of a document, computed once for the several features that read them."""

from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from weakref import WeakKeyDictionary

import numpy as np

from features.as_seen import Seen, Vocabulary, see
from features.document import Document
from features.language_model.ngrams import Floats
from features.language_model.phrase_table import FILE as PHRASES
from features.language_model.phrase_table import PhraseTable
from features.language_model.register import FILE, Register
from features.language_model.windows import Resources, Windows, load_resources, measure_windows
from features.language_model.word_model import WordModel
from features.memory import give_back_memory


@dataclass(frozen=True)
class Analysis:
    """Windows of a document's words, and the log-odds that a rewriter chose each word, shape (words,)."""

    windows: Windows
    log_odds: Floats

    @property
    def probability(self) -> Floats:
        """The log-odds as probabilities, 0 to 1."""
        odds = np.exp(np.clip(self.log_odds, -30, 30))
        return np.asarray(odds / (1 + odds), np.float32)


@dataclass(frozen=True)
class Analyst:
    """Analyses documents with one set of tables."""

    resources: Resources
    word_model: WordModel
    register: Register | None = None
    phrases: PhraseTable | None = None
    _seen: "WeakKeyDictionary[Document, Seen]" = field(default_factory=WeakKeyDictionary, repr=False, compare=False)
    _made: "WeakKeyDictionary[Document, Analysis]" = field(default_factory=WeakKeyDictionary, repr=False, compare=False)

    @classmethod
    def load(cls, folder: Path) -> "Analyst":
        """Open the tables of a folder; raises as :func:`features.language_model.windows.load_resources` does."""
        # Training reads the tables before these exist.
        register = Register.load(folder) if (folder / FILE).is_file() else None
        phrases = PhraseTable.load(folder) if (folder / PHRASES).is_file() else None
        loaded = cls(load_resources(folder), WordModel.load(folder / "word_model.npz"), register, phrases)
        give_back_memory()
        return loaded

    def see(self, document: Document) -> Seen:
        """Return the document as a person sees it, computed once and kept as long as the document lives."""
        known = self._seen.get(document)
        if known is None:
            known = self._seen[document] = see(document, self._vocabulary)
        return known

    @cached_property
    def _vocabulary(self) -> Vocabulary:
        return Vocabulary(self.resources.ngrams.ids)

    def analyse(self, document: Document) -> Analysis:
        """Return windows and word log-odds, computed once and kept as long as the document lives."""
        known = self._made.get(document)
        if known is None:
            windows = measure_windows(document, self.resources)
            known = Analysis(windows, self.word_model.log_odds(windows.inputs))
            self._made[document] = known
        return known
