"""The commands and their help."""

import typer

from detector.cli import (
    archive,
    audit,
    calibrate,
    check,
    doctor,
    languagetool,
    learn,
    model,
    report,
    review,
    serve,
    trace,
)

app = typer.Typer(
    name="unspin",
    help=(
        "Tell whether a news article is human copy or a machine rewrite, and show the words that give it away."
        "\n\nNo article leaves this machine."
    ),
    epilog="Exit codes: 0 nothing flagged, 1 something flagged, 2 the work could not be done.",
    no_args_is_help=True,
    add_completion=False,
    # Plain help: it starts faster, and it is the text of docs/cli.md.
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _show_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(f"unspin {version('unspin')}")
        raise typer.Exit


@app.callback()
def _options(
    *,
    version: bool = typer.Option(
        False, "--version", help="Show the version and exit.", callback=_show_version, is_eager=True
    ),
) -> None:
    pass


app.command("check")(check.check)
app.command("trace")(trace.trace)
app.command("audit")(audit.audit)
app.command("report")(report.report)
app.command("review")(review.review)
app.add_typer(archive.app, name="archive")
app.command("serve")(serve.serve)
app.command("calibrate")(calibrate.calibrate)
app.command("doctor")(doctor.doctor)
app.add_typer(model.app, name="model")
app.add_typer(languagetool.app, name="languagetool")
app.command("train")(learn.train)
app.command("evaluate")(learn.evaluate)
