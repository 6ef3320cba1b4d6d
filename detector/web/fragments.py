"""A verdict as the page shows it: schema ``unspin.view/1``.

Marking is done here and not in the browser: offsets are code points, and JavaScript counts UTF-16 units. So the page
gets no offsets at all but pieces: HTML in which every mark carries its number, and the text cut at the same marks, from
which the cleaned text is put together again.

Everything a stranger wrote goes through :func:`~detector.render.markup.esc` in HTML; the other strings are plain text
that the page sets as text. No inline style: the page's policy forbids it, so lengths stand in SVG attributes.
"""

import math
from typing import Any

from detector.render import words as say
from detector.render.data import as_dict, dump
from detector.render.markup import esc, percent
from detector.verdict import Label, Verdict
from detector.web.marking import MOST_SUGGESTIONS, article, marks, pieces

SCHEMA = "unspin.view/1"

_NOT_SAID = {
    Label.SPUN: "It does not say who did it, why, or that the facts are wrong.",
    Label.SUSPECT: "It does not say that the text was probably rewritten.",
    Label.CLEAN: "Nor does it say that nothing was copied: many round trips of translation are missed, and "
    "so is most paraphrase by language models.",
    Label.TOO_SHORT: "This is no finding, neither good nor bad.",
    Label.NOT_ENGLISH: "This is no finding, neither good nor bad.",
}
_TITLE_LENGTH = 90


def view_json(verdict: Verdict, note: str = "") -> bytes:
    """What :func:`view` gives, as UTF-8 on one line.

    Parameters
    ----------
    note : str
        What a person should know about the reading of the input (a guessed encoding), beside the verdict's own note.
    """
    return dump(view(verdict, note), indent=None).encode()


def view(verdict: Verdict, note: str = "") -> dict[str, Any]:
    """Everything the page shows of one verdict, as plain values."""
    table = say.rows(verdict)
    placed = say.marks(table, len(verdict.text))
    by_number = {row.number: row for row in table}
    return {
        "schema": SCHEMA,
        "title": title_of(verdict.text),
        "source": say.visible(verdict.source),
        "label": verdict.label.value,
        "label_words": say.TITLE[verdict.label],
        "probability_words": "" if math.isnan(verdict.probability) else say.probability_words(verdict.probability),
        "words": verdict.words,
        "head": _head(verdict, note),
        "article": article(verdict, placed),
        "pieces": pieces(verdict.text, placed),
        "marks": marks(verdict, placed, by_number),
        "rows": [_row(row) for row in table],
        "kinds": [
            {"key": kind.key, "title": kind.title, "places": sum(mark.kind == kind for mark in placed)}
            for kind in say.KINDS
            if any(mark.kind == kind for mark in placed)
        ],
        "reasons": _reasons(verdict),
        "quality": _quality(verdict),
        "verdict": as_dict(verdict),
    }


def title_of(text: str) -> str:
    r"""The first line of a text, shortened: what an article is called in a list.

    >>> title_of("  Talks end \n\nMore")
    'Talks end'
    """
    line = next((line for line in text.splitlines() if line.strip()), "")
    line = say.visible(say.squeeze(line))
    return line if len(line) <= _TITLE_LENGTH else line[: _TITLE_LENGTH - 1].rstrip() + "…"


# --- the verdict in plain words ------------------------------------------------------------------------------------


def _head(verdict: Verdict, note: str) -> str:
    notes = "".join(f'<p class="note">{esc(line)}</p>' for line in (verdict.note, note) if line)
    return (
        f'<div class="said"><h1 id="verdict" tabindex="-1">{say.TITLE[verdict.label]}</h1>'
        f'<p class="statement">{esc(say.capital(say.statement(verdict)))}</p>'
        f'{_like(verdict)}{_acting(verdict)}{notes}</div><div class="measured">{_gauge(verdict)}'
        f'<p class="meaning">{esc(say.probability_meaning(verdict))} {_NOT_SAID[verdict.label]}</p>'
        f"{_error_rate(verdict)}</div>"
    )


def _gauge(verdict: Verdict) -> str:
    if math.isnan(verdict.probability):
        return ""
    suspect, spun = verdict.suspect_threshold, verdict.threshold
    zones = "".join(
        f'<rect class="zone-{name}" x="{percent(start)}" y="4" width="{percent(end - start)}" height="8"/>'
        for name, start, end in (("clean", 0.0, suspect), ("suspect", suspect, spun), ("spun", spun, 1.0))
    )
    needle = percent(verdict.probability)
    return (
        f'<p class="figure"><strong>{say.probability_words(verdict.probability)}</strong> '
        "probability of a machine rewrite</p>"
        f'<svg class="scale" aria-hidden="true" width="100%" height="16">{zones}'
        f'<line class="needle" x1="{needle}" x2="{needle}" y1="0" y2="16"/></svg>'
        f'<p class="ticks" aria-hidden="true"><span class="zone-clean">clean below {say.threshold_words(suspect)}</span>'
        f'<span class="zone-suspect">suspect from {say.threshold_words(suspect)}</span>'
        f'<span class="zone-spun">spun from {say.threshold_words(spun)}</span></p>'
    )


def _error_rate(verdict: Verdict) -> str:
    said = say.threshold_meaning(verdict)
    if not said:
        return ""
    return f'<details class="rates"><summary>How often is this wrong?</summary><p>{esc(said)}</p></details>'


def _like(verdict: Verdict) -> str:
    """Which kind of rewriting it looks like; where single words hardly show it, with the way to the measures."""
    said = say.rewriting_statement(verdict)
    if not said:
        return ""
    measures = ' <button type="button" class="link" data-tab="tab-why">See what was measured</button>.'
    return f'<p class="like">{esc(said)}{measures if say.rests_on_measures(verdict) else ""}</p>'


def _acting(verdict: Verdict) -> str:
    if not verdict.flagged:
        return ""
    return (
        '<p class="acting">Before you act on this, <button type="button" class="link" data-tab="tab-compare">compare the '
        "story with its likely source</button>. A person writing in a second language can leave some of the same "
        "traces.</p>"
    )


def _row(row: say.Row) -> dict[str, Any]:
    return {
        "number": row.number,
        "kind": row.kind.key,
        "title": row.kind.title,
        "wording": say.visible(row.wording),
        "expected": [say.visible(say.squeeze(wording)) for wording in row.expected[:MOST_SUGGESTIONS]],
        "message": say.visible(say.squeeze(row.message)),
        "weight": round(row.weight, 3),
        "substitution": row.substitution,
        "places": len(row.places),
    }


# --- what stands behind the verdict --------------------------------------------------------------------------------


def _reasons(verdict: Verdict) -> str:
    reasons = say.reasons(verdict.contributions)
    if not reasons:
        return '<p class="soft">Nothing was measured that could move a score.</p>'
    largest = max(abs(reason.log_odds) for reason in reasons)
    body = "".join(_reason(reason, largest) for reason in reasons)
    return (
        '<table class="chart"><caption>Bars to the right speak for a machine rewrite, bars to the left for honest copy, '
        "in log-odds: +0.69 doubles the odds of a rewrite, −0.69 halves them. A bar holds all that one feature "
        "measured.</caption>"
        '<thead><tr><th scope="col">What was measured</th><th scope="col" class="bars">Honest copy '
        '<span aria-hidden="true">←</span><span class="visually-hidden"> or </span><span aria-hidden="true">→</span> '
        'rewrite</th><th scope="col" class="number">Log-odds</th></tr></thead>'
        f"<tbody>{body}</tbody></table>"
    )


def _reason(reason: say.Reason, largest: float) -> str:
    length = abs(reason.log_odds) / largest / 2
    start = 0.5 if reason.log_odds > 0 else 0.5 - length
    css = "for-rewrite" if reason.log_odds > 0 else "for-honest"
    number = f"{reason.log_odds:+.2f}".replace("-", "−")
    return (
        f'<tr><th scope="row"><strong>{esc(reason.title)}</strong>{esc(say.reason_value(reason))}'
        f"<small>{esc(reason.strongest.meaning)}</small></th>"
        f'<td class="bars"><svg aria-hidden="true" width="100%" height="14">'
        f'<rect class="{css}" x="{percent(start)}" y="2" width="{percent(length)}" height="10" rx="1"/>'
        '<line class="axis" x1="50%" x2="50%" y1="0" y2="14"/></svg></td>'
        f'<td class="number">{number}</td></tr>'
    )


def _quality(verdict: Verdict) -> str:
    quality = verdict.quality
    if math.isnan(quality.score):
        return ""
    parts = []
    for part in quality.parts:
        known = not math.isnan(part.percentile)
        width = percent(part.percentile / 100) if known else "0%"
        standing = f" · {esc(say.percentile_words(part.percentile))}" if known else ""
        parts.append(
            f'<li><svg aria-hidden="true" width="100%" height="6"><rect class="track" width="100%" height="6" rx="3"/>'
            f'<rect class="fill" width="{width}" height="6" rx="3"/></svg>'
            f"<strong>{esc(part.name.replace('_', ' '))}</strong> {esc(say.value_words(part.value, part.unit))}"
            f"{standing}<small>{esc(part.meaning)}</small></li>"
        )
    return (
        f'<p class="score"><strong>{quality.score:.0f}</strong> of 100</p><p class="soft">{esc(say.quality_meaning(quality))}'
        f"</p><ul>{''.join(parts)}</ul>"
    )
