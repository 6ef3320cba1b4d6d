"""Scores of a newsroom's own human copy, on which its thresholds are set."""

import math
from collections.abc import Callable, Iterator, Sequence

from detector.audit import audit
from detector.audit.identity import origin_of
from detector.audit.row import AuditRow, Judgement
from detector.audit.sources import SourceOptions
from detector.audit.tally import Tally
from detector.lab.training.recalibration import Scored
from detector.verdict import REGISTER, Label


def score_copy(
    sources: Sequence[str],
    *,
    grammar: str,
    languagetool_server: str | None = None,
    jobs: int | None = None,
    options: SourceOptions | None = None,
    tally: Tally | None = None,
    tick: Callable[[], None] = lambda: None,
    complain: Callable[[str], None] = lambda _: None,
) -> Iterator[Scored]:
    """Score every article of the sources with the embedded model. The order of the results is arbitrary.

    The arguments are those of :func:`detector.audit.audit`. Articles that cannot be read or judged are skipped;
    ``complain`` takes one sentence about each.

    Raises UnspinError if the model, the grammar checker or the workers are missing or fail.
    """
    rows = audit(
        sources,
        grammar=grammar,
        languagetool_server=languagetool_server,
        jobs=jobs,
        options=options,
        tally=tally,
        tick=tick,
    )
    for row in rows:
        if row.verdict is None:
            complain(row.error or "")
        else:
            yield _scored(row, row.verdict)


def _scored(row: AuditRow, verdict: Judgement) -> Scored:
    judged = verdict.label in {Label.CLEAN, Label.SUSPECT, Label.SPUN}
    return Scored(
        source=row.source,
        text=row.hash or row.source,
        probability=verdict.probability if judged else math.nan,
        news=verdict.columns.get(REGISTER, math.nan),
        outlet=origin_of(row.source, row.url, row.outlet),
    )
