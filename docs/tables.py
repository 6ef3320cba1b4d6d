"""Writes the documentation's tables from the code: ``python docs/tables.py``."""

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path

from detector.audit.sources.formats import FORMATS
from detector.lab.spinners.families import FAMILIES, Family
from features import ALL

DOCS = Path(__file__).parent


def families() -> str:
    """Returns the table of the families of rewriting."""
    rows = [(f"`{f.name}`", f.how, f.list or "-", _trained(f), f.left_out_of or "-") for f in FAMILIES]
    return _table(("family", "how it works", "list", "drawn in training", "left out with"), rows)


def _trained(family: Family) -> str:
    if family.rows is not None:
        return f"rows of `{family.rows.set}`"
    if family.round_trip:
        return "apart, evenly"
    return f"weight {family.weight:g}" if family.trained else "never"


def formats() -> str:
    """Returns the table of the source formats."""
    return _table(("source", "an article is", "its place"), [(f.name, f.article, f.place) for f in FORMATS])


def features() -> str:
    """Returns the table of the columns of every feature."""
    rows = [
        (f"`{feature.name}`", f"`{column.name}`", column.unit, column.meaning)
        for feature in ALL
        for column in feature.columns
    ]
    return _table(("feature", "column", "unit", "what it means"), rows)


TABLES: dict[str, Callable[[], str]] = {
    "spinners.md": families,
    "sources.md": formats,
    "reference.md": features,
}
"""Each page and its table, which the page holds between two comments."""

BEGIN, END = "<!-- begin of the table that docs/tables.py writes -->\n", "<!-- end of the table -->\n"


def page_with_table(name: str) -> str:
    """Returns the text of a page with its table up to date."""
    before, _, rest = (DOCS / name).read_text(encoding="utf-8").partition(BEGIN)
    after = rest.partition(END)[2]
    return f"{before}{BEGIN}\n{TABLES[name]()}\n{END}{after}"


def _table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    lines = [head, ["---"] * len(head), *([cell.replace("|", "\\|") for cell in row] for row in rows)]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines).replace("| --- ", "|---").replace("--- |", "---|")


if __name__ == "__main__":
    for page in TABLES:
        (DOCS / page).write_text(page_with_table(page), encoding="utf-8", newline="\n")
