"""Reading the lexicon and finding its wordings."""

import dataclasses
import math

import pytest

from features.document import Document
from features.lexicon import COLUMNS, HEADER, Lexicon, as_text, lexicon, read_lexicon

HEAD = HEADER + "\n" + "\t".join(COLUMNS) + "\n"
TABLE = HEAD + (
    "cop\tpolice officer\twire_noun\tthesaurus\t1.00\n"
    "in keeping with\taccording to\tphrase\tword_list\t2.00\n"
    "in keeping with officials\taccording to officials\tphrase\tword_list\t6.00\n"
    "nations\tcountries\twire_noun\tthesaurus\t1.00\n"
    "new york's mayor's office\tcity hall\tphrase\tword_list\t\n"
    "stated\tsaid\tverb_of_saying\tthesaurus\t1.50\n"
    "u . s .\tU.S.\tname\tname_rewrite\t4.00\n"
    "Wall Road\tWall Street\tname\tname_rewrite\t5.00\n"
    "well-being\thealth|welfare\twire_noun\tword_list\t3.00\n"
)


@pytest.fixture(scope="module")
def table() -> Lexicon:
    """A table with one wording of each difficult kind."""
    return read_lexicon(TABLE, "table")


def _found(table: Lexicon, text: str) -> list[str]:
    return [text[place.span.start : place.span.end] for place in table.find(Document(text))]


class TestReading:
    """Reading and writing tables."""

    def test_fields(self, table: Lexicon) -> None:
        """Originals come best first; an empty lift is NaN."""
        rows = {entry.wording: entry for entry in table.entries}
        assert rows["well-being"].expected == ("health", "welfare")
        assert rows["well-being"].lift == 3.0
        assert math.isnan(rows["new york's mayor's office"].lift)

    def test_writing_is_reading_backwards(self, table: Lexicon) -> None:
        """Reading and writing a table gives the same bytes."""
        assert as_text(table.entries) == TABLE

    def test_shipped_table_is_read_once(self) -> None:
        """The lexicon is cached and immutable."""
        assert lexicon() is lexicon()
        with pytest.raises(dataclasses.FrozenInstanceError):
            lexicon().entries = ()  # type: ignore[misc]

    @pytest.mark.parametrize(
        "text", ["", "# unspin lexicon 9\n", "wording\n", HEADER + "\nwording\n", HEAD + "stated\tsaid\n"]
    )
    def test_damaged_table_names_the_file_and_what_to_do(self, text: str) -> None:
        """A wrong header, version, column or row gives one sentence with the file's name."""
        with pytest.raises(ValueError, match=r"^some/where\.tsv.*(install unspin again|mend it)\.$"):
            read_lexicon(text, "some/where.tsv")


class TestFinding:
    """Finding the entries in texts."""

    def test_longest_wording_wins(self, table: Lexicon) -> None:
        """Of two wordings at one place, only the longer is found."""
        assert _found(table, "In keeping with officials, he fell.") == ["In keeping with officials"]
        assert _found(table, "In keeping with custom, he fell.") == ["In keeping with"]

    def test_any_case_and_both_apostrophes(self, table: Lexicon) -> None:
        """Lower-case wordings match in capitals; curly and straight apostrophes are equal."""
        assert _found(table, "IN KEEPING WITH it, New York’s mayor's office") == [
            "IN KEEPING WITH",
            "New York’s mayor's office",
        ]

    def test_capitals_are_needed_where_the_table_has_them(self, table: Lexicon) -> None:
        """An entry such as `Wall Road` does not match a wall road."""
        assert _found(table, "On Wall Road, on WALL ROAD, on the wall road") == ["Wall Road", "WALL ROAD"]

    def test_single_words_are_not_found_inside_names(self, table: Lexicon) -> None:
        """Words inside names such as the United Nations are not found; the first word of a sentence may be."""
        assert _found(table, "The United Nations met at COP. Nations agreed. “Nations agree,” nations said.") == [
            "Nations",
            "Nations",
            "nations",
        ]

    def test_no_phrase_across_a_blank_line(self, table: Lexicon) -> None:
        """A phrase may cross a line break, but not a blank line."""
        assert _found(table, "a post on Wall\nRoad") == ["Wall\nRoad"]
        assert _found(table, "a hole in the Wall\n\nRoad works") == []
        assert _found(table, "a hole in the Wall\r\n\r\nRoad works") == []

    def test_nothing_between_the_words(self, table: Lexicon) -> None:
        """A phrase with a comma or another word inside it is not found."""
        assert _found(table, "in keeping, with; Wall and Road; the wells being; well being") == []

    def test_marks_are_matched_too(self, table: Lexicon) -> None:
        """Initials with spaces, as some tools write them, are found; normal ones are not."""
        assert _found(table, "the u . s . army, the U.S. army") == ["u . s ."]

    def test_spans_index_the_text_as_given(self, table: Lexicon) -> None:
        """Emoji, letters that grow in lower case, and CRLF do not shift spans."""
        assert _found(table, "🚒 İstanbul\r\n“It was so”, he stated 🚒") == ["stated"]

    @pytest.mark.parametrize("text", ["", " ", "\n\n", "stated", "…", "in keeping"])
    def test_ends_of_texts(self, table: Lexicon, text: str) -> None:
        """A text may end inside a wording."""
        assert _found(table, text) == (["stated"] if text == "stated" else [])
