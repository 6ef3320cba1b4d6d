"""Write the pages that show docs/evaluation.json, and the README's answer to "How good is it?".

``python -m detector.lab.evaluation.pages`` rewrites them in a clone without new measurements. Run it after ``unspin
evaluate``, and after a change in the wording of the report.
"""

import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from detector.intervals import Figure
from detector.lab.data.rewrites import POLISH
from detector.lab.evaluation.goals import goal_rows
from detector.lab.evaluation.left_out import STRICTEST
from detector.lab.evaluation.report import read_answer, table, write_report
from detector.lab.evaluation.samples import SIMULATED
from detector.lab.evaluation.samples import TRIP as ROUND_TRIPS

BEGIN = "<!-- how good: written by python -m detector.lab.evaluation.pages -->\n"
END = "<!-- how good: end -->\n"

Row = Mapping[str, Any]

_LIST = "dictionary"
_FULL, _LIGHT = "100 %", "15 %"


def how_good(answer: Mapping[str, Any]) -> str:
    """The numbers of labels spun and suspect, for 100 rewrites of each kind and for 1,000 human articles."""
    families: Sequence[Row] = answer["families"]
    spinners = [r for r in families if r["sort"] == SIMULATED]
    others = [r for r in spinners if not r["family"].startswith(_LIST) and r["variant"] == _FULL]
    unseen = [
        r for r in answer["left_out"] if r["left_out"] != STRICTEST and r["sort"] == SIMULATED and r["variant"] == _FULL
    ]
    trips = [r for r in families if r["sort"] == ROUND_TRIPS and r["variant"] == _FULL]
    rows = (
        ("Spinner with the word list that most spinners share", _named(spinners, _LIST, _FULL)),
        ("The same spinner, only 15% of the words that it could replace", _named(spinners, _LIST, _LIGHT)),
        (f"Other thesaurus spinners (mean of {len(others)})", others),
        (f"A spinner that was left out of training (mean of {len(unseen)}, without the reader)", unseen),
        (f"Round trip through a rule-based translation engine (mean of {len(trips)} languages)", trips),
        ("News polished by a language model", _named(families, POLISH, "news")),
        ("News paraphrased by a language model (DIPPER)", _named(families, "DIPPER (DetectRL)", "news")),
    )
    human = answer["human"]
    return (
        table(
            ["of 100 articles rewritten by", "labelled `spun`", "at least `suspect`"],
            [[name, _of_100(found, "called_spun"), _of_100(found, "called_suspect_or_spun")] for name, found in rows],
        )
        + f"\n\nOf 1,000 human articles, it wrongly labels {_of_1000(human['spun'])} `spun` and {_of_1000(human['suspect'])} "
        f"`suspect`.\nThe numbers in brackets are 95% intervals, measured on {human['articles']:,} articles.\n"
    )


def _named(rows: Iterable[Row], family: str, variant: str) -> list[Row]:
    return [r for r in rows if r["family"] == family and r["variant"] == variant]


def _of_100(rows: Sequence[Row], what: str) -> str:
    """The mean over rewriters, in 100 articles; a dash if this run measured none.

    >>> _of_100([{"x": Figure(0.5, 0, 1)}, {"x": Figure(0.62, 0, 1)}], "x"), _of_100([], "x")
    ('56', '-')
    """
    return f"{sum(r[what].value for r in rows) / len(rows) * 100:.0f}" if rows else "-"


def _of_1000(figure: Figure) -> str:
    """A small share and its interval, in 1,000 articles.

    >>> _of_1000(Figure(0.0008, 0.0004, 0.0018)), _of_1000(Figure(0.0204, 0.0175, 0.024))
    ('0.8 (0.4-1.8)', '20 (18-24)')
    """
    digits = 1 if figure.value < 0.01 else 0
    value, low, high = (f"{end * 1000:.{digits}f}" for end in figure)
    return f"{value} ({low}-{high})"


def with_how_good(readme: str, answer: Mapping[str, Any]) -> str:
    """Replace the text between the two markers of a README by the answer."""
    before, _, rest = readme.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{how_good(answer)}\n{END}{after}"


def write_pages(clone: Path) -> None:
    """Rewrite EVALUATION.md, its plots and the README's answer from evaluation.json."""
    docs, readme = clone / "docs", clone / "README.md"
    answer = read_answer(docs / "evaluation.json")
    answer["goals"] = goal_rows(answer)
    write_report(answer, docs)
    text = with_how_good(readme.read_text(encoding="utf-8"), answer)
    readme.write_text(text, encoding="utf-8", newline="\n")


if __name__ == "__main__":
    write_pages(Path(sys.argv[1]) if len(sys.argv) > 1 else Path())
