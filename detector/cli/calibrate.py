"""``unspin calibrate``: thresholds from a newsroom's own clean copy."""

from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from detector.cli.notes import tell
from detector.cli.options import (
    AllowPrivate,
    Grammar,
    Jobs,
    LanguageToolServer,
    OutletColumn,
    TextColumn,
    checker_for,
    source_options,
)
from detector.errors import UnspinError, printable

if TYPE_CHECKING:
    from detector.intervals import Figure
    from detector.lab.training.recalibration import Count, OfOutlet, Recalibration, Scored

_MOST_OUTLETS = 20
"""Most outlets in a list. More would hide the result."""

_MOST_WRONG = 10
"""Most messages about failed articles. More would hide the result."""


class By(StrEnum):
    """What copy may be divided by."""

    OUTLET = "outlet"


def calibrate(
    sources: Annotated[
        list[str],
        typer.Argument(
            metavar="SOURCE...",
            help="Copy that people wrote for you: any source that unspin audit reads. - reads standard input.",
        ),
    ],
    *,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="File for the thresholds.")] = Path(
        "thresholds.json"
    ),
    spun_rate: Annotated[
        float, typer.Option("--spun-rate", metavar="SHARE", help="Share of your copy that may be labelled spun.")
    ] = 0.005,
    suspect_rate: Annotated[
        float,
        typer.Option(
            "--suspect-rate", metavar="SHARE", help="Share of your copy that may be labelled suspect or spun."
        ),
    ] = 0.02,
    grammar: Annotated[Grammar, typer.Option(help="Grammar checker that your checks will use.")] = Grammar.HARPER,
    languagetool_server: LanguageToolServer = None,
    by: Annotated[
        By | None,
        typer.Option("--by", help="Also set thresholds for each outlet with enough copy; others use the general ones."),
    ] = None,
    allow_lower: Annotated[
        bool,
        typer.Option(
            "--allow-lower", help="Let an outlet's thresholds be lower than the general ones: flag it more easily."
        ),
    ] = False,
    allow_private: AllowPrivate = False,
    text_column: TextColumn = None,
    outlet_column: OutletColumn = None,
    jobs: Jobs = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Show only warnings and errors.")] = False,
) -> int:
    """Set the thresholds on your own human copy.

    Scores articles that people wrote for you and sets thresholds that flag no more than the given shares of them.
    Writes a small file for unspin check --thresholds. It contains numbers and no text. Look at the articles with the
    highest scores before you use it: one rewrite among them hides others. With --by outlet, the file also has thresholds
    for outlets, and their names. unspin audit uses them, and unspin check --outlet.
    """
    from detector.cli.result_file import refuse_result, result_file
    from detector.lab.training.recalibration import by_outlet, check_rates, recalibrate
    from detector.model import embedded
    from detector.own_thresholds import SCHEMA, OwnThresholds, as_json

    check_rates(spun_rate, suspect_rate)
    if allow_lower and by is None:
        raise UnspinError("--allow-lower is about the thresholds of outlets: add --by outlet, or leave it out.")
    refuse_result(out, None, lambda head, _: SCHEMA.encode() in head)
    checker = checker_for(grammar, languagetool_server)
    options = source_options(allow_private=allow_private, text=text_column, outlet=outlet_column)
    settings = {"grammar": checker.value, "languagetool_server": languagetool_server, "jobs": jobs, "options": options}
    copy = _scored(sources, settings, quiet=quiet)
    model = embedded()
    shipped = (model.manifest.cascade or model.manifest).thresholds[checker.value]
    found = recalibrate(copy, shipped, spun_rate=spun_rate, suspect_rate=suspect_rate)
    outlets = () if by is None else by_outlet(copy, found, shipped, allow_lower=allow_lower)
    own = tuple(each.own for each in outlets if each.own is not None)
    try:
        with result_file(out, "w", encoding="utf-8") as file:
            made = OwnThresholds.of(
                found.thresholds,
                model=model.hash,
                grammar=checker.value,
                outlets=own,
                reader=model.manifest.cascade is not None,
            )
            file.write(as_json(made))
    finally:
        # Print the result of minutes of work even if it cannot be stored.
        if not quiet:
            print("\n".join(map(printable, [*report(found), *report_outlets(outlets)])))
    if not quiet:
        tell(f"wrote {out}. Use it with: unspin check --thresholds {out} ARTICLE")
    if found.lower:
        tell(
            f"warning: lower than the shipped thresholds: {' and '.join(found.lower)}. More articles will be flagged. Copy that "
            "is unlike yours may be wrongly flagged: a contributor, a new topic, another house style."
        )
    for each in outlets:
        if sentence := _doubt(each, shipped.spun_rate):
            tell(sentence)
    return 0


def report_outlets(outlets: "Sequence[OfOutlet]") -> Iterator[str]:
    """Yield lines on the outlets: first those with thresholds of their own, then the others with the reason."""
    own = [each for each in outlets if each.own is not None]
    if own:
        yield ""
        yield f"{'suspect from':>12}  {'spun from':>9}  {'articles':>8}  outlet"
    for each in own[:_MOST_OUTLETS]:
        if each.own is not None:
            yield f"{each.own.suspect:12.6f}  {each.own.spun:9.6f}  {each.judged:8,}  {each.outlet}"
    yield from _more(len(own))
    others = [each for each in outlets if each.own is None]
    if others:
        yield ""
        yield "These outlets use the general thresholds:"
    for each in others[:_MOST_OUTLETS]:
        yield f"  {each.outlet}: {each.judged:,} articles judged; {each.why}"
    yield from _more(len(others))


def _more(number: int) -> Iterator[str]:
    if number > _MOST_OUTLETS:
        yield f"  and {number - _MOST_OUTLETS:,} more"


def _doubt(each: "OfOutlet", rate: float) -> str:
    """Returns a warning if thresholds that an outlet got may hide rewrites; else ""."""
    from detector.audit.report.chance import Standing, standing

    if each.own is None or standing(each.reach, each.judged, rate, 1) is Standing.EXPECTED:
        return ""
    read = ", ".join(article.source for article in each.highest[:3])
    return (
        f"warning: {each.outlet}: {each.reach:,} of {each.judged:,} articles reach the shipped threshold for spun, more than "
        f"its error rate explains. If they are rewrites, the outlet's thresholds hide them. Read first: {read}"
    )


def _scored(sources: list[str], settings: dict[str, Any], *, quiet: bool) -> "list[Scored]":
    from detector.audit.progress import shown
    from detector.audit.tally import Tally
    from detector.lab.training.clean_copy import score_copy

    tally, wrong = Tally(), list[str]()
    with shown(tally, sources, quiet=quiet) as tick:
        copy = list(score_copy(sources, tally=tally, tick=tick, complain=wrong.append, **settings))
    for sentence in wrong[:_MOST_WRONG]:
        tell(sentence)
    if len(wrong) > _MOST_WRONG:
        tell(f"{len(wrong) - _MOST_WRONG:,} more articles failed. List them all with: unspin audit")
    return copy


def report(found: "Recalibration") -> Iterator[str]:
    """Yield lines on the articles that were read and the thresholds that were set."""
    yield (
        f"{found.read:,} articles read: {found.thresholds.articles:,} judged, {found.abstained:,} too short or not in "
        f"English, {found.repeated:,} repeated."
    )
    if found.held_back:
        yield f"{found.held_back:,} of those judged are not written like news. They get no stronger label than suspect."
    yield ""
    yield f"{'':18}{'from':>9}  share of your copy"
    for name, count in (
        ("spun", found.spun),
        ("  as shipped", found.shipped_spun),
        ("suspect or spun", found.suspect),
        ("  as shipped", found.shipped_suspect),
    ):
        yield f"{name:18}{count.threshold:9.6f}  {_share(count, found.thresholds.articles)}"
    yield ""
    yield "These articles have the highest scores. Remove those that people did not write, and calibrate again:"
    for article in found.highest:
        yield f"  {article.probability:.6f}  {article.source}"


def _share(count: "Count", of: int) -> str:
    share: Figure = count.share
    return f"{count.hits:,} of {of:,}: {share.value:.2%} (95% interval {share.low:.2%} to {share.high:.2%})"
