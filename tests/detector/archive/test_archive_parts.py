"""The parts that both engines share: words, ids, times, near-duplicates."""

from dataclasses import replace

import pytest
from archive_stories import PORT, invented
from hypothesis import given
from hypothesis import strategies as st

from detector.archive import ArchivedStory
from detector.archive.grouping import grouped
from detector.archive.keeping import Known, date_of, digest_of, moment, tidy, to_keep
from detector.archive.words import MOST_WORDS, query_words


class TestWords:
    """A query splits a text as the index does."""

    @given(st.text(alphabet=st.characters(codec="utf-8"), max_size=200))
    def test_words_are_distinct_and_in_lower_case(self, text: str) -> None:
        """Whatever the text is."""
        words = query_words(text)
        assert len(words) == len(set(words))
        assert all(word == word.lower() and "_" not in word for word in words)

    @pytest.mark.parametrize(
        "text", [PORT.text, "U.S.-led talks, Müller's 3.5bn co-operation_plan ÉTÉ", "x" * 39 + " " + "y" * 40]
    )
    def test_the_index_has_them(self, text: str) -> None:
        """Every word of the query is a word of the index, in the same order."""
        tantivy = pytest.importorskip("tantivy", reason="the extra archive is not installed")
        kinds = tantivy.Filter
        analyzer = (
            tantivy.TextAnalyzerBuilder(tantivy.Tokenizer.simple())
            .filter(kinds.remove_long(40))
            .filter(kinds.lowercase())
            .build()
        )
        assert query_words(text) == list(dict.fromkeys(analyzer.analyze(text)))

    def test_a_query_has_a_bound(self) -> None:
        """The words at the top of the text stay."""
        words = query_words(" ".join(f"w{number}" for number in range(5000)))
        assert (len(words), words[0], words[-1]) == (MOST_WORDS, "w0", f"w{MOST_WORDS - 1}")


class TestTimes:
    """Dates as numbers whose order is that of time."""

    @pytest.mark.parametrize(
        ("date", "number"),
        [
            ("2026-11-24", 20261124000000),
            (" 2026-11-24T08:30:00Z ", 20261124083000),
            ("2026-11-24T00:30:00+02:00", 20261123223000),
            ("0012-01-02", 120102000000),
            ("0001-01-01T00:00:00+05:00", None),
            ("", None),
            ("24.11.2026", None),
            ("2026-13-01", None),
        ],
    )
    def test_moment(self, date: str, number: int | None) -> None:
        """Of a day its beginning; None for what is no date."""
        assert moment(date) == number

    @given(st.dates())
    def test_days_come_back(self, day: object) -> None:
        """Also of the year 12."""
        number = moment(str(day))
        assert number is not None
        assert date_of(number) == str(day)


class TestKeeping:
    """What is new, what has changed, and under which id."""

    def test_any_field_changes_the_digest(self) -> None:
        """A correction of a headline is a correction."""
        digests = {digest_of(PORT)} | {
            digest_of(replace(PORT, **{name: "other"}))
            for name in ("id", "text", "title", "outlet", "date", "url", "author")
        }
        assert len(digests) == 8

    @given(st.text(max_size=40), st.text(max_size=40), st.text(max_size=40))
    def test_a_tidy_story_stays_as_it_is(self, own: str, text: str, title: str) -> None:
        """Otherwise it would seem changed each time it comes."""
        story = tidy(ArchivedStory(own, text, title))
        assert tidy(story) == story
        assert story.id
        assert len(story.text) == len(text)

    def test_known_and_changed(self) -> None:
        """None for what is kept already."""
        known = {PORT.id: Known(digest_of(PORT), lambda: PORT.outlet)}
        assert to_keep(PORT, known.get) is None
        changed = replace(PORT, title="Other")
        assert to_keep(changed, known.get) == (changed, digest_of(changed))

    @pytest.mark.parametrize("outlet", ["", "Alden Herald"])
    def test_who_may_replace(self, outlet: str) -> None:
        """The same outlet, and whoever names none."""
        known = {PORT.id: Known(digest_of(PORT), lambda: PORT.outlet)}
        kept = to_keep(replace(PORT, outlet=outlet, text="Changed."), known.get)
        assert kept is not None
        assert kept[0].id == PORT.id


class TestGrouping:
    """Near-duplicates are one candidate."""

    def candidates(self, *stories: ArchivedStory, most: int = 5) -> list[tuple[str, ...]]:
        """Groups of ids, for hits in this order."""
        hits = [(100.0 - place, story) for place, story in enumerate(stories)]
        return [(c.story.id, *c.duplicates) for c in grouped(lambda wanted: hits[:wanted], most)]

    def test_copies_and_updates(self) -> None:
        """The best hit stands for its group, and groups stay in order."""
        other = next(invented(1))
        update = replace(PORT, id="update", text=f"(Adds detail) {PORT.text} The county had warned of it in March.")
        assert self.candidates(update, other, PORT) == [("update", "port-1"), (other.id,)]

    def test_a_correction_of_a_few_words(self) -> None:
        """Still the same story."""
        corrected = replace(
            PORT, id="new", text=PORT.text.replace("nine weeks", "ten weeks").replace("two of", "three of")
        )
        assert self.candidates(PORT, corrected) == [("port-1", "new")]

    def test_two_reports_of_one_event(self) -> None:
        """They share names and figures, and are two stories."""
        report = ArchivedStory(
            "report",
            "Commuters to Merrow Bay face nine weeks of buses. The ferry terminal in Port Alden shuts on Friday because "
            "eleven piers need work, says harbour master Ines Calloway, who puts the bill at 2.6 million crowns.",
        )
        assert self.candidates(PORT, report) == [("port-1",), ("report",)]

    def test_short_texts(self) -> None:
        """Alike only where they are the same."""
        one, two, three = (
            ArchivedStory(own, text) for own, text in (("1", "Talks end."), ("2", "Talks begin."), ("3", "Talks end."))
        )
        assert self.candidates(one, two, three, ArchivedStory("4", "")) == [("1", "3"), ("2",), ("4",)]

    def test_it_looks_further_only_where_copies_fill_the_answer(self) -> None:
        """And no further than a bound."""
        asked: list[int] = []
        copies = [(1.0, replace(PORT, id=str(number))) for number in range(5000)]

        def search(wanted: int) -> list[tuple[float, ArchivedStory]]:
            asked.append(wanted)
            return copies[:wanted]

        (found,) = grouped(search, 2)
        assert len(found.duplicates) == 999
        assert asked == sorted(asked)
        asked.clear()

        def others(wanted: int) -> list[tuple[float, ArchivedStory]]:
            asked.append(wanted)
            return [(1.0, story) for story in invented(wanted)]

        assert len(grouped(others, 2)) == 2
        assert len(asked) == 1
