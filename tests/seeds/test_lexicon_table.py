"""The lexicon is tested like code, and so is its checker."""

import math
import unicodedata
from collections.abc import Iterator

import pytest

from features.lexicon import COLUMNS, HEADER, KINDS, PROVENANCES, Lexicon, Wording, _cased_key, lexicon, rows, sort_key

HEAD = HEADER + "\n" + "\t".join(COLUMNS) + "\n"
GOOD = "stated\tsaid\tverb_of_saying\tthesaurus\t1.50\n"


def complaints(text: str) -> list[str]:
    """Report what is wrong with a table, one sentence per fault; empty for a good one.

    Besides the errors of :func:`rows`, it reports: wrong order, duplicates, stray spaces, unknown kinds and
    provenances, wordings that correct to themselves or to another wording, and a lift without exactly two decimals.
    """
    try:
        entries = list(rows(text, "table"))
    except ValueError as error:
        return [str(error)]
    found = [] if text == unicodedata.normalize("NFC", text) else ["The table is not NFC."]
    found += [] if text.endswith("\n") and "\r" not in text else ["Lines must end in a plain line feed."]
    keys: dict[tuple[str, ...], str] = {}
    before = ""
    for entry, line in zip(entries, text.splitlines()[2:], strict=True):
        wording = entry.wording
        if before and sort_key(wording) < sort_key(before):
            found.append(f"{wording!r} stands after {before!r}: sort the table.")
        before = wording
        key = _key(wording)
        if key in keys:
            found.append(f"{wording!r} is {keys[key]!r} once more.")
        keys[key] = wording
        found.extend(_complaints_of_cells(entry, line.rsplit("\t", 1)[1]))
    return [*found, *_loops(entries)]


def _complaints_of_cells(entry: Wording, lift: str) -> Iterator[str]:
    for cell in (entry.wording, *entry.expected, entry.kind, entry.provenance, lift):
        if cell != " ".join(cell.split()):
            yield f"{entry.wording!r}: {cell!r} has stray white space."
    if not all(entry.expected):
        yield f"{entry.wording!r} has an empty original."
    if len(set(entry.expected)) != len(entry.expected):
        yield f"{entry.wording!r} names an original twice."
    if entry.kind not in KINDS:
        yield f"{entry.wording!r} is of the unknown kind {entry.kind!r}."
    if entry.provenance not in PROVENANCES:
        yield f"{entry.wording!r} is of the unknown provenance {entry.provenance!r}."
    if lift and lift != f"{entry.lift:.2f}":
        yield f"{entry.wording!r} has the lift {lift!r}, not one of two decimals."


def _loops(entries: list[Wording]) -> Iterator[str]:
    wordings = {entry.wording for entry in entries}
    for entry in entries:
        for original in entry.expected:
            if original == entry.wording:
                yield f"{original!r} corrects to itself."
            elif original in wordings:
                yield f"{entry.wording!r} corrects to {original!r}, which is a wording itself."


def _key(wording: str) -> tuple[str, ...]:
    return tuple(word.lower() for word in _cased_key(wording))


@pytest.fixture(scope="module")
def table() -> Lexicon:
    """The shipped lexicon."""
    return lexicon()


class TestTable:
    """What the shipped table promises."""

    def test_nothing_to_complain_of(self, lexicon_text: str) -> None:
        """The shipped table is sorted, without twins, loops, stray spaces or unknown kinds."""
        assert complaints(lexicon_text) == []

    def test_large_enough_and_of_every_kind(self, table: Lexicon) -> None:
        """There are at least 900 rows, and at least 40 of each kind."""
        count = {kind: sum(entry.kind == kind for entry in table.entries) for kind in KINDS}
        assert len(table.entries) >= 900
        assert min(count.values()) >= 40, count

    def test_few_rows_that_people_write_more_often(self, table: Lexicon) -> None:
        """A wording with a lift below 0 is kept only to shield a phrase or as a pair that everybody knows."""
        below = [entry.wording for entry in table.entries if entry.lift < 0]
        assert len(below) < len(table.entries) / 20, below

    def test_lifts_are_measured(self, table: Lexicon) -> None:
        """At least 2,000 wordings were seen; what spinners write most has a high lift, what people write a low one."""
        lift = {entry.wording: entry.lift for entry in table.entries if not math.isnan(entry.lift)}
        assert len(lift) >= 2000
        assert min(lift["for the primary time"], lift["Wall Road"], lift["advised reporters"]) > 3
        assert max(lift["truce"], lift["discussions"], lift["nations"]) < 0

    def test_names_have_capitals(self, table: Lexicon) -> None:
        """Every swapped name needs a capital in the text, but for the lower-cased initials that are the slip itself."""
        plain = [e.wording for e in table.entries if e.kind == "name" and e.wording.islower()]
        assert all(" . " in wording or "." in wording for wording in plain), plain

    @pytest.mark.parametrize(
        ("wording", "original"),
        [
            ("stated", "said"),
            ("New York Occasions", "New York Times"),
            ("Wall Road", "Wall Street"),
            ("Supreme Courtroom", "Supreme Court"),
            ("White Home", "White House"),
            ("on situation of anonymity", "on condition of anonymity"),
            ("in keeping with", "according to"),
            ("counterfeit consciousness", "artificial intelligence"),
        ],
    )
    def test_known_pairs(self, table: Lexicon, wording: str, original: str) -> None:
        """The pairs that everybody knows are there, the original first."""
        (entry,) = [e for e in table.entries if e.wording == wording]
        assert entry.expected[0] == original

    def test_function_words_that_wire_copy_does_not_swap(self, table: Lexicon) -> None:
        """`whereas` names `while`, `prior` names `before`."""
        first = {e.wording: e.expected[0] for e in table.entries if e.kind == "function_word"}
        assert first["whereas"] == "while"
        assert first["prior"] == "before"


class TestChecker:
    """What the checker finds."""

    def test_good_row_passes(self) -> None:
        """A good table has no complaints."""
        assert complaints(HEAD + GOOD) == []

    @pytest.mark.parametrize(
        ("row", "says"),
        [
            ("stated \tsaid\tverb_of_saying\tthesaurus\t1.50\n", "stray white space"),
            ("stated\tsaid| told\tverb_of_saying\tthesaurus\t1.50\n", "stray white space"),
            ("on  top\tabove\tphrase\tthesaurus\t1.50\n", "stray white space"),
            ("stated\tstated\tverb_of_saying\tthesaurus\t1.50\n", "corrects to itself"),
            ("stated\tsaid|said\tverb_of_saying\tthesaurus\t1.50\n", "twice"),
            ("stated\t\tverb_of_saying\tthesaurus\t1.50\n", "empty original"),
            ("stated\tsaid\tsaying\tthesaurus\t1.50\n", "unknown kind"),
            ("stated\tsaid\tverb_of_saying\thearsay\t1.50\n", "unknown provenance"),
            ("stated\tsaid\tverb_of_saying\tthesaurus\t1.5\n", "two decimals"),
            ("stated\tsaid\tverb_of_saying\tthesaurus\n", "no row"),
            ("stated\tsaid\tverb_of_saying\tthesaurus\tmuch\n", "no row"),
            ("\tsaid\tverb_of_saying\tthesaurus\t1.50\n", "empty"),
            (GOOD + "affirmed\tsaid\tverb_of_saying\tthesaurus\t1.00\n", "sort the table"),
            (GOOD + GOOD, "once more"),
            (GOOD + "Stated\tsaid\tverb_of_saying\tthesaurus\t1.50\n", "once more"),
            ("mentioned\tstated\tverb_of_saying\tthesaurus\t1.00\n" + GOOD, "a wording itself"),
            ("cafe\u0301s\tbars\tnoun\tthesaurus\t1.00\n", "NFC"),
            (GOOD.rstrip("\n"), "line feed"),
        ],
    )
    def test_bad_rows_are_named(self, row: str, says: str) -> None:
        """Each kind of mistake is found and put into words."""
        assert any(says in complaint for complaint in complaints(HEAD + row))

    @pytest.mark.parametrize("head", ["", "# unspin lexicon 2\n", "wording\texpected\n", HEADER + "\nwording\tlift\n"])
    def test_bad_headers_are_named(self, head: str) -> None:
        """A table of another version or with other columns is refused."""
        (complaint,) = complaints(head + GOOD)
        assert "install unspin again" in complaint

    def test_order_ignores_case_first(self) -> None:
        """Capitals do not go before everything else."""
        assert sorted(["wall", "White Home", "Wall Road"], key=sort_key) == ["wall", "Wall Road", "White Home"]
