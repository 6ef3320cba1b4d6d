"""HTML reports as result files: recognises earlier ones and writes new ones."""

from pathlib import Path

from detector.cli.notes import tell
from detector.cli.result_file import result_file
from detector.cli.stdout import print_utf8


def is_page(head: bytes, _tail: bytes) -> bool:
    """Whether the beginning of a file shows an earlier unspin page, which may be overwritten."""
    from detector.render.document import GENERATOR

    return head.startswith(GENERATOR.encode())


def write_page(target: Path, page: str, *, quiet: bool) -> None:
    """Write the page completely or not at all; ``-`` is standard output."""
    if str(target) == "-":
        print_utf8(page)
        return
    with result_file(target, "w", encoding="utf-8", newline="\n") as file:
        file.write(page)
    if not quiet:
        tell(f"wrote {target}")
