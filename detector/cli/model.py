"""``unspin model``: shows the model's manifest."""

from typing import Annotated

import typer

app = typer.Typer(help="Show the model.", no_args_is_help=True)


# Parts of the manifest with hundreds of numbers that no reader needs.
_FOR_PROGRAMS = ("calibration", "reference", "word", "sentence")


@app.callback()
def _group() -> None:
    pass


@app.command("info")
def info(*, json: Annotated[bool, typer.Option("--json", help="Write the whole manifest as JSON.")] = False) -> int:
    """Show the model's manifest: thresholds, false positive rates, training data, figures."""
    from detector.cli.plain import lines
    from detector.model import embedded
    from detector.render.plain import as_plain

    manifest = as_plain(embedded().manifest)
    if json:
        from detector.render.data import dump

        print(dump({"schema": "unspin.model/1", **manifest}))
    else:
        shown = {name: value for name, value in manifest.items() if name not in _FOR_PROGRAMS}
        print("\n".join(lines(shown)))
        if len(shown) < len(manifest):
            print("Add --json to see the coefficients and the quantiles of published news.")
    return 0
