"""``unspin calibrate``: thresholds from a newsroom's own clean copy."""

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from detector.cli.notes import tell
from detector.cli.options import AllowPrivate, Grammar, Jobs, LanguageToolServer, checker_for, column
from detector.errors import printable

if TYPE_CHECKING:
    from detector.intervals import Figure
    from detector.lab.training.recalibration import Count, Recalibration, Scored

_MOST_WRONG = 10
"""Sentences about articles that could not be judged; more would hide what was found."""


def calibrate(
    sources: Annotated[
        list[str],
        typer.Argument(
            metavar="SOURCE...",
            help="Your own copy, written by people: any source that unspin audit reads; - reads standard input.",
        ),
    ],
    *,
    out: Annotated[Path, typer.Option("--out", metavar="FILE", help="Where the thresholds go.")] = Path(
        "thresholds.json"
    ),
    spun_rate: Annotated[
        float, typer.Option("--spun-rate", metavar="SHARE", help="Share of your copy that may be called spun.")
    ] = 0.005,
    suspect_rate: Annotated[
        float,
        typer.Option("--suspect-rate", metavar="SHARE", help="Share of your copy that may be called suspect or spun."),
    ] = 0.02,
    grammar: Annotated[
        Grammar, typer.Option(help="Grammar checker: the one that your checks will use.")
    ] = Grammar.HARPER,
    languagetool_server: LanguageToolServer = None,
    allow_private: AllowPrivate = False,
    text_column: Annotated[str | None, column("text")] = None,
    jobs: Jobs = None,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no notes but warnings.")] = False,
) -> int:
    """Set the thresholds on your own clean copy.

    Scores articles that people wrote for you, sets the thresholds that call no more than the stated shares of them, and
    writes a small file for unspin check --thresholds. It holds numbers and no text. Look at the articles that score
    highest before you use it: one rewrite among them hides others.
    """
    from detector.audit.sources import Columns, SourceOptions
    from detector.cli.result_file import refuse_result, result_file
    from detector.fetch import FetchLimits
    from detector.lab.training.recalibration import check_rates, recalibrate
    from detector.model import embedded
    from detector.own_thresholds import SCHEMA, OwnThresholds, as_json

    check_rates(spun_rate, suspect_rate)
    refuse_result(out, None, lambda head, _: SCHEMA.encode() in head)
    checker = checker_for(grammar, languagetool_server)
    options = SourceOptions(columns=Columns(text=text_column), fetch=FetchLimits(allow_private=allow_private))
    settings = {"grammar": checker.value, "languagetool_server": languagetool_server, "jobs": jobs, "options": options}
    copy = _scored(sources, settings, quiet=quiet)
    model = embedded()
    found = recalibrate(copy, model.manifest.thresholds[checker.value], spun_rate=spun_rate, suspect_rate=suspect_rate)
    try:
        with result_file(out, "w", encoding="utf-8") as file:
            file.write(as_json(OwnThresholds.of(found.thresholds, model=model.hash, grammar=checker.value)))
    finally:
        # The work of minutes is told even where it cannot be stored.
        if not quiet:
            print("\n".join(map(printable, report(found))))
    if not quiet:
        tell(f"wrote {out}; use it with: unspin check --thresholds {out} ARTICLE")
    if found.lower:
        tell(
            f"warning: lower than the shipped thresholds: {' and '.join(found.lower)}. More articles will be accused, and copy "
            "that is unlike yours may be wronged: a contributor's, a new subject, another house style."
        )
    return 0


def _scored(sources: list[str], settings: dict[str, Any], *, quiet: bool) -> "list[Scored]":
    from detector.audit.counting import count_beside
    from detector.audit.progress import Progress
    from detector.audit.tally import Tally
    from detector.lab.training.clean_copy import score_copy

    tally, wrong = Tally(), list[str]()
    if quiet:
        copy = list(score_copy(sources, complain=wrong.append, **settings))
    else:
        count_beside(sources, lambda number: setattr(tally, "total", number))
        with Progress(tally) as progress:
            copy = list(score_copy(sources, tally=tally, tick=progress.tick, complain=wrong.append, **settings))
    for sentence in wrong[:_MOST_WRONG]:
        tell(sentence)
    if len(wrong) > _MOST_WRONG:
        tell(f"{len(wrong) - _MOST_WRONG:,} more could not be read or judged; unspin audit lists them all.")
    return copy


def report(found: "Recalibration") -> Iterator[str]:
    """What was read and set, line by line."""
    yield (
        f"{found.read:,} articles read: {found.thresholds.articles:,} judged, {found.abstained:,} too short or not in "
        f"English, {found.repeated:,} the same as another."
    )
    if found.held_back:
        yield f"{found.held_back:,} of those judged are not made like news and can be called no more than suspect."
    yield ""
    yield f"{'':18}{'from':>9}  of your copy"
    for name, count in (
        ("spun", found.spun),
        ("  as shipped", found.shipped_spun),
        ("suspect or spun", found.suspect),
        ("  as shipped", found.shipped_suspect),
    ):
        yield f"{name:18}{count.threshold:9.6f}  {_share(count, found.thresholds.articles)}"
    yield ""
    yield "The articles that score highest. Leave out what people did not write, and calibrate again:"
    for article in found.highest:
        yield f"  {article.probability:.6f}  {article.source}"


def _share(count: "Count", of: int) -> str:
    share: Figure = count.share
    return f"{count.hits:,} of {of:,}: {share.value:.2%} (95 % interval {share.low:.2%} to {share.high:.2%})"
