"""Writes docs/cli.md from the help texts: ``python -m detector.cli.reference > docs/cli.md``."""

from collections.abc import Iterator
from typing import Any

_WIDTH = 80


def reference() -> str:
    """Returns the whole page as Markdown."""
    from typer.main import get_command

    from detector.cli.app import app

    head = (
        "# The command line\n\n"
        "Generated from the help by `python -m detector.cli.reference > docs/cli.md`. A test checks that it is current.\n\n"
        "Results go to standard output, notes and errors to standard error. Every command has these exit codes:\n\n"
        "| code | meaning |\n|---|---|\n"
        "| 0 | the work was done and nothing was flagged |\n"
        "| 1 | at least one article has the label of `--fail-on`; the default is `spun`, the only accusation |\n"
        "| 2 | at least a part of the work could not be done; standard error says why |\n"
        "| 130 | Ctrl-C stopped the command |\n| 141 | the reader of the output closed it |\n\n"
        "With several articles, 2 wins over 1, because an article that could not be checked is not known to be clean.\n"
    )
    return head + "".join(f"\n## {name}\n\n```text\n{text}\n```\n" for name, text in _helps("unspin", get_command(app)))


def _helps(name: str, command: Any, parent: Any = None) -> Iterator[tuple[str, str]]:  # noqa: ANN401 - Typer's own kind of Click command is private
    settings = {**command.context_settings, "terminal_width": _WIDTH, "max_content_width": _WIDTH}
    context = command.context_class(command, info_name=name.rsplit(maxsplit=1)[-1], parent=parent, **settings)
    yield name, command.get_help(context)
    for inner, subcommand in getattr(command, "commands", {}).items():
        yield from _helps(f"{name} {inner}", subcommand, context)


if __name__ == "__main__":
    print(reference(), end="")
