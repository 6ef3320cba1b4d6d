"""The lexicon is tested like code, and so is its checker."""

import math

import pytest

from features.lexicon import COLUMNS, HEADER, KINDS, Lexicon, complaints, lexicon, sort_key

HEAD = HEADER + "\n" + "\t".join(COLUMNS) + "\n"
GOOD = "stated\tsaid\tverb_of_saying\tthesaurus\t1.50\n"


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
