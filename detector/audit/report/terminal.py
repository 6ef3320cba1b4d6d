"""Render the report for a terminal. It is readable at 80 columns and without colour."""

from collections.abc import Iterator, Sequence
from itertools import groupby

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Column, Table
from rich.text import Text

from detector.audit.report import words
from detector.audit.report.chance import Standing
from detector.audit.report.charts import log_share
from detector.audit.report.figures import Bylines, Finding, Outlet, Proof, Sources, Summary, Wording
from detector.render.console import cell, printed, section, short, table, wide
from detector.render.words import capital, count, probability_words, squeeze, visible

WIDEST = 110
_BLOCKS = " ▁▂▃▄▅▆▇█"
_MOST_WORDINGS = 4

_STANDING_STYLE = {Standing.BEYOND: "bold red", Standing.UNCLEAR: "yellow"}
_LABEL_STYLE = {"spun": "bold red", "suspect": "bold yellow", "clean": "green"}


def as_text(summary: Summary, *, width: int = 80, color: bool = False) -> str:
    """The report as text that ends with a line break.

    Parameters
    ----------
    width : int
        Columns of the terminal, limited to 40 to 110.
    color : bool
        Whether to write ANSI colours. Colour never carries information alone.
    """
    return printed(_report(summary), width=width, widest=WIDEST, color=color)


def _report(summary: Summary) -> Iterator[RenderableType]:
    yield from _head(summary)
    if summary.sources is not None:
        yield section("Sources in the archive", *_sources(summary.sources))
    if summary.outlets:
        yield section("Outlets", Text(words.rate_note(summary), style="dim"), *_outlets(summary))
    if summary.bylines is not None:
        yield section("Bylines", *_bylines(summary.bylines))
    if summary.trends:
        yield section("Outlets against their own past", *_trends(summary))
    if len(summary.periods) > 1:
        yield section("Over time", _over_time(summary))
    if summary.bins:
        yield section("Probabilities, from 0 to 1 (logarithmic)", _probabilities(summary))
    if summary.findings:
        yield section(
            "Articles to read first", Text(words.first_reading_note(summary), style="dim"), *_findings(summary)
        )
    if summary.errors:
        yield section("Failed", _errors(summary))
    yield Text()
    for judge in summary.judges:
        yield Text(visible(judge.signature), style="dim")


def _head(summary: Summary) -> Iterator[RenderableType]:
    yield Text(words.headline(summary), style="bold")
    if caution := words.caution(summary):
        yield Text(caution)
    facts = [summary.store, words.period(summary), count(summary.all_outlets, "outlet"), summary.filters]
    yield Text(visible(" - ".join(fact for fact in facts if fact)), style="dim")
    yield Text(words.judged_note(summary), style="dim")
    yield Text()
    yield Padding(_numbers(summary), (0, 0, 0, 2))


def _numbers(summary: Summary) -> Table:
    tally = summary.stories
    share = f"{words.percent(summary.share.value)} ({words.interval(summary.share)})" if tally.judged else ""
    rows = (
        (Text("spun", style=_LABEL_STYLE["spun"]), tally.spun, share),
        (Text("suspect", style=_LABEL_STYLE["suspect"]), tally.suspect, "need a second reading"),
        (Text("clean", style=_LABEL_STYLE["clean"]), tally.clean, "no sign of rewriting"),
        ("too short", summary.too_short, Text("articles, not judged", style="dim")),
        ("not English", summary.not_english, Text("articles, not judged", style="dim")),
        ("failed", summary.failed, Text("articles", style="dim")),
    )
    return table((short(), short(right=True), Column()), ((name, f"{n:,}", note) for name, n, note in rows))


def _sources(sources: Sources) -> Iterator[RenderableType]:
    yield Text(words.sources_note(sources))
    if hidden := words.hidden_note(sources):
        yield Text(hidden, style="bold red")
    if not sources.proven:
        return
    yield Text()
    heads = ("proven", "clean by words", "suspected", "looked up")
    yield table(
        (wide("outlet"), *(short(head, right=True) for head in heads)),
        ((cell(outlet), *(f"{number:,}" for number in numbers)) for outlet, *numbers in sources.rewriters),
        expand=True,
    )
    yield Text("suspected: suspect and spun stories without a proof", style="dim")
    yield Text()
    yield table(
        (wide("outlet"), wide("rewrites"), short("stories", right=True), short("median")),
        (
            (
                cell(route.outlet),
                cell(words.outlet_or_none(route.source_outlet)),
                f"{route.stories:,}",
                words.delay(route.hours, exact=route.exact),
            )
            for route in sources.routes
        ),
        expand=True,
    )
    for proof in sources.proofs:
        yield Text()
        yield _proof(proof)
    more = sources.proven - len(sources.proofs)
    if more > 0:
        yield Text()
        yield Text(f"and {more:,} more (see --limit, --html, --csv)", style="dim")


def _proof(proof: Proof) -> RenderableType:
    title = Text(f"{words.label_words(proof)}  ", style="bold red" if proof.hidden else "")
    title.append(visible(squeeze(proof.title or proof.url or proof.source)), style="bold")
    facts = (proof.outlet, proof.date[:10], proof.source)
    source = (words.outlet_or_none(proof.source_outlet), proof.source_date[:10], proof.source_id)
    return Group(
        title,
        Text(visible(" - ".join(map(squeeze, filter(None, facts)))), style="dim"),
        Text(f"rewrites {visible(squeeze(proof.source_title or proof.source_id))}"),
        Text(visible(" - ".join(map(squeeze, filter(None, source)))), style="dim"),
        Text(f"{words.percent(proof.coverage)} of it comes from there, {words.delay(proof.hours, exact=proof.exact)}"),
    )


def _outlets(summary: Summary) -> Iterator[RenderableType]:
    for standing, group in groupby(summary.outlets, key=lambda outlet: outlet.standing):
        yield Text()
        yield Text(f"{capital(words.STANDING[standing])}:", style=_STANDING_STYLE.get(standing, ""))
        yield _standings(tuple(group))
    yield Text("expected: wrongly flagged stories, if people had written every one", style="dim")
    hidden = summary.all_outlets - len(summary.outlets)
    if hidden > 0:
        yield Text(f"and {count(hidden, 'outlet')} more (see --limit, --html)", style="dim")


def _standings(outlets: Sequence[Outlet]) -> Table:
    heads = ("stories", "suspect", "spun", "share", "95% interval", "expected")
    return table(
        (short("#", right=True), wide("outlet"), *(short(head, right=True) for head in heads)),
        (
            (
                str(outlet.rank),
                cell(outlet.name),
                f"{outlet.tally.judged:,}",
                f"{outlet.tally.suspect:,}",
                Text(f"{outlet.tally.spun:,}", style=_STANDING_STYLE.get(outlet.standing, "")),
                words.percent(outlet.share.value),
                words.interval(outlet.share),
                words.number_words(outlet.false_alarms),
            )
            for outlet in outlets
        ),
        expand=True,
    )


def _bylines(bylines: Bylines) -> Iterator[RenderableType]:
    yield Text(words.bylines_note(bylines), style="dim")
    if not bylines.listed:
        return
    yield Text()
    heads = ("stories", "suspect", "spun", "95% interval", "expected")
    yield table(
        (wide("byline"), wide("outlet"), *(short(head, right=True) for head in heads)),
        (
            (
                cell(each.name),
                cell(each.outlet),
                f"{each.tally.judged:,}",
                f"{each.tally.suspect:,}",
                f"{each.tally.spun:,}",
                words.interval(each.share),
                words.number_words(each.false_alarms),
            )
            for each in bylines.listed
        ),
        expand=True,
    )


def _trends(summary: Summary) -> Iterator[RenderableType]:
    yield Text(words.trends_note(summary), style="dim")
    for trend in summary.trends:
        if sentence := words.trend(trend):
            yield Text()
            yield Text(visible(squeeze(trend.outlet)), style="bold")
            yield Text(sentence)
    yield Text()
    yield table(
        (
            wide("outlet"),
            *(short(head, right=True) for head in ("recent", "95% interval", "before", "95% interval")),
            short(),
        ),
        (
            (
                cell(trend.outlet),
                f"{trend.recent.flagged:,}/{trend.recent.judged:,}",
                words.interval(trend.recent.share),
                f"{trend.before.flagged:,}/{trend.before.judged:,}",
                words.interval(trend.before.share),
                spark([period.share.value if period.judged else 0 for period in trend.periods]),
            )
            for trend in summary.trends
        ),
        expand=True,
    )


def _over_time(summary: Summary) -> Table:
    flagged = [p.tally.flagged for p in summary.periods]
    judged = [p.tally.judged for p in summary.periods]
    when = Text(f"{summary.periods[0].first} to {summary.periods[-1].last}", style="dim")
    rows = (
        ("spun or suspect", spark(flagged), f"at most {max(flagged):,}"),
        ("all judged", spark(judged), f"at most {max(judged):,}"),
        ("", when, ""),
    )
    return table((short(), short(), short()), rows)


def _probabilities(summary: Summary) -> Text:
    most = max(b.stories for b in summary.bins)
    top = summary.bins[-1]
    return Text(
        f"{spark([log_share(b.stories, most or 1) for b in summary.bins])}  {words.stories(top.stories)} from {top.low:.2f}"
    )


def spark(values: Sequence[float]) -> str:
    """Values as bars one character wide. Only values of 0 or less are blank.

    >>> spark([0, 1, 50, 100])
    ' ▁▄█'
    """
    top = max(values, default=0)
    if top <= 0:
        return " " * len(values)
    return "".join(_BLOCKS[0 if value <= 0 else max(1, int(value / top * (len(_BLOCKS) - 1)))] for value in values)


def _findings(summary: Summary) -> Iterator[RenderableType]:
    for finding in summary.findings:
        yield Text()
        yield _finding(finding)
    hidden = summary.all_findings - len(summary.findings)
    if hidden > 0:
        yield Text()
        yield Text(f"and {hidden:,} more (see --limit, --html, --csv)", style="dim")


def _finding(finding: Finding) -> RenderableType:
    title = Text(f"{probability_words(finding.probability)} ")
    title.append(visible(finding.label), style=_LABEL_STYLE.get(finding.label, ""))
    title.append("  ")
    title.append(visible(squeeze(finding.title or finding.url or finding.source)), style="bold")
    facts = [finding.outlet, finding.date[:10], finding.source]
    if finding.copies:
        facts.append(count(finding.copies, "near-duplicate"))
    lines: list[RenderableType] = [title, Text(visible(" - ".join(map(squeeze, filter(None, facts)))), style="dim")]
    if finding.wordings:
        lines.append(Text(visible(", ".join(map(_wording, finding.wordings[:_MOST_WORDINGS])))))
    return Group(*lines)


def _wording(wording: Wording) -> str:
    times = f" x{wording.times}" if wording.times > 1 else ""
    better = f" -> {squeeze(wording.expected[0])}" if wording.expected else ""
    return f"{squeeze(wording.wording)}{times}{better}"


def _errors(summary: Summary) -> Table:
    rows = (
        (f"{k.articles:,}", cell(words.kind(k.name)), cell(f"such as: {k.sentence}", "dim")) for k in summary.errors
    )
    return table((short(right=True), Column(), wide()), rows)
