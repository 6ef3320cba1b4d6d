"""The counts of an audit."""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from detector.audit.row import AuditRow, State
from detector.verdict import Label

MOST_ERRORS = 5
"""Number of error messages kept: enough to see what is wrong."""


@dataclass
class Tally:
    """Counts of one run, updated by the engine. They may be read at any time.

    Parameters
    ----------
    judged : int
        Articles judged in this run.
    copied : int
        Articles that got the stored verdict of the same record at another place.
    known : int
        Articles already in the store.
    failed : int
        Articles with an error in this run.
    failed_before : int
        Articles with a stored error that were not tried again.
    labels : Counter of Label
        Labels of all articles of the sources, stored or new.
    dismissed : Counter of Label
        Those of them that a person has dismissed, so that they do not count as flagged.
    rewrites : int
        Of everything the sources hold, known or new, what is a proven rewrite of a story in the archive.
    not_traced : int
        Articles of this run for which the archive could not be searched; ``trace_error`` says why, for the first one.
    workers_lost : int
        Worker processes that died.
    total : int or None
        Number of articles in the sources, if known.
    sentences : list of str
        Messages of the first few errors.
    """

    judged: int = 0
    copied: int = 0
    known: int = 0
    failed: int = 0
    failed_before: int = 0
    labels: Counter[Label] = field(default_factory=Counter)
    dismissed: Counter[Label] = field(default_factory=Counter)
    rewrites: int = 0
    not_traced: int = 0
    trace_error: str = ""
    workers_lost: int = 0
    total: int | None = None
    sentences: list[str] = field(default_factory=list)

    @property
    def done(self) -> int:
        """Articles of the sources that are finished."""
        return self.judged + self.copied + self.known + self.failed + self.failed_before

    @property
    def flagged(self) -> int:
        """Articles labelled suspect or spun that nobody has dismissed."""
        return sum(self.labels[label] - self.dismissed[label] for label in (Label.SUSPECT, Label.SPUN))

    @property
    def errors(self) -> int:
        """Articles without a verdict."""
        return self.failed + self.failed_before

    def add(self, row: AuditRow) -> None:
        """Count a new row."""
        if row.verdict is None:
            self.failed += 1
            self.note(row.error)
        else:
            self.judged += 1
            self.count(row.verdict.label, dismissed=row.state is State.DISMISSED)
        if row.traced is not None:
            self.rewrites += row.traced.proven and row.state is not State.DISMISSED
            if row.traced.relation is None:
                self.not_traced += 1
                self.trace_error = self.trace_error or row.traced.error

    def count(self, label: Label, *, dismissed: bool) -> None:
        """Count a label, of a new article or a stored one."""
        self.labels[label] += 1
        self.dismissed[label] += dismissed

    def note(self, error: str | None) -> None:
        """Keep an error's message if it is one of the first."""
        if error and len(self.sentences) < MOST_ERRORS:
            self.sentences.append(error)

    def as_dict(self) -> dict[str, Any]:
        """As plain values, for the store and for ``--json``."""
        return {
            "done": self.done,
            "judged": self.judged,
            "copied": self.copied,
            "known": self.known,
            "errors": self.errors,
            "failed": self.failed,
            "rewrites": self.rewrites,
            "not_traced": self.not_traced,
            "workers_lost": self.workers_lost,
            "labels": {label.value: self.labels[label] for label in Label},
            "dismissed": {label.value: self.dismissed[label] for label in Label},
        }
