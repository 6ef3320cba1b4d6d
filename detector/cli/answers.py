"""Writes the answers of ``unspin check`` and ``unspin trace`` in the chosen format."""

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from detector.cli.notes import tell
from detector.cli.page_file import write_page
from detector.cli.stdout import print_utf8


@dataclass(frozen=True)
class Answers:
    """How answers are written.

    Parameters
    ----------
    page : Path or None
        File for the web page; ``-`` writes the page in place of the report.
    json, quiet, color, include_text : bool
        As in the options of the commands.
    one : bool
        Whether there is only one article: its JSON is laid out for reading. Several articles are JSON Lines.
    columns : int
        Width of the report if there is no terminal.
    """

    page: Path | None
    json: bool
    quiet: bool
    color: bool
    include_text: bool
    one: bool
    columns: int = 80

    def write(
        self,
        *,
        html: Callable[[], str],
        json: Callable[..., str],
        text: Callable[..., str],
        line: Callable[[], str],
        first: bool,
    ) -> None:
        """Write one answer; each argument makes one form of it."""
        if str(self.page) == "-":
            pass
        elif self.json:
            print_utf8(json(include_text=self.include_text, indent=self._indent) + "\n")
        elif self.quiet:
            print(line(), flush=True)
        else:
            report = text(width=self._width, color=self.color)
            print(("" if first else self.rule) + report, end="", flush=True)
        if self.page is not None:
            write_page(self.page, html(), quiet=self.quiet)

    def fail(self, source: str, sentence: str) -> None:
        """Write why there is no answer."""
        tell(sentence)
        if self.json:
            from detector.render.data import dump, error_as_dict

            print_utf8(dump(error_as_dict(source, sentence), indent=self._indent) + "\n")

    @property
    def rule(self) -> str:
        """A line between two reports."""
        return f"\n{'=' * min(self._width, 80)}\n\n"

    @property
    def _indent(self) -> int | None:
        return 2 if self.one else None

    @property
    def _width(self) -> int:
        return shutil.get_terminal_size((self.columns, 24)).columns
