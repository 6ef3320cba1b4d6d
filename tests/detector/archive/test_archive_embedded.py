"""The archive in a folder: what it keeps, finds and forgets, and what it says of bad places."""

import json
import random
import shutil
import stat
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from archive_stories import PORT, SPUN, invented

from detector.archive import Archive, ArchivedStory, ArchiveError, DamagedArchiveError, open_archive

pytest.importorskip("tantivy", reason="the extra archive is not installed")

FAKES = Path(__file__).parent / "fakes"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """Where an archive can be made."""
    return tmp_path / "wire.archive"


@pytest.fixture
def archive(place: Path) -> Iterator[Archive]:
    """An empty archive, open for writing."""
    with closing(open_archive(place, create=True)) as opened:
        yield opened


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An archive of 3,000 stories and the one about the port; not to be changed."""
    folder = tmp_path_factory.mktemp("filled") / "wire.archive"
    with closing(open_archive(folder, create=True)) as opened:
        opened.add([*invented(3000), PORT])
    return folder


def ids(found: Archive, text: str, most: int = 5) -> list[str]:
    """Ids of candidates."""
    return [candidate.story.id for candidate in found.candidates(text, most)]


class TestKeeping:
    """Each story once, as it was given."""

    def test_a_story_comes_back_whole(self, archive: Archive) -> None:
        """Every field, and None for an id that is not there."""
        assert archive.add([PORT]) == 1
        assert archive.get("port-1") == PORT
        assert archive.get("port-2") is None

    def test_the_same_again_changes_nothing(self, archive: Archive) -> None:
        """In one call and in another; also where a story stands twice in one call."""
        stories = list(invented(50))
        assert archive.add([*stories, *stories]) == 50
        assert archive.add(stories) == 0
        assert archive.info().stories == 50

    def test_a_changed_story_takes_the_place_of_the_old_one(self, archive: Archive) -> None:
        """Its text or its headline; within one call the last one counts."""
        archive.add([PORT])
        corrected = replace(PORT, text=PORT.text.replace("4,300", "3,400"))
        assert archive.add([corrected]) == 1
        assert archive.get("port-1") == corrected
        assert archive.add([replace(PORT, title="Other"), replace(PORT, title="Third")]) == 2
        assert archive.get("port-1") == replace(PORT, title="Third")
        assert archive.info().stories == 1

    def test_without_an_id_the_text_is_the_id(self, archive: Archive) -> None:
        """Added twice, it is there once, and it can be fetched."""
        nameless = replace(PORT, id="")
        assert (archive.add([nameless]), archive.add([nameless])) == (1, 0)
        (found,) = archive.candidates(PORT.text)
        assert archive.get(found.story.id) == found.story
        assert found.story.text == PORT.text

    def test_outlets_that_number_alike_do_not_lose_stories(self, archive: Archive) -> None:
        """Whoever comes second has its outlet before the id, however often both are added."""
        one, other = ArchivedStory("1", "First words.", outlet="A"), ArchivedStory("1", "Second words.", outlet="B")
        assert (archive.add([one, other]), archive.add([other, one])) == (2, 0)
        assert archive.get("1") == one
        assert archive.get("B:1") == replace(other, id="B:1")

    def test_very_long_ids(self, archive: Archive) -> None:
        """An index takes terms of some length only; what is too long must not be added each time anew."""
        long = replace(PORT, id="x" * 100_000)
        assert (archive.add([long]), archive.add([long])) == (1, 0)
        assert archive.info().stories == 1

    def test_what_came_before_an_interruption_is_kept(self, place: Path, archive: Archive) -> None:
        """Ctrl-C in the middle of a feed."""

        def cut_short() -> Iterator[ArchivedStory]:
            yield from invented(20)
            raise KeyboardInterrupt

        with pytest.raises(KeyboardInterrupt):
            archive.add(cut_short())
        with closing(open_archive(place)) as reader:
            assert reader.info().stories == 20

    def test_readers_see_the_last_commit(self, place: Path, archive: Archive) -> None:
        """A reader that was open before sees what a writer adds and removes."""
        with closing(open_archive(place)) as reader:
            assert reader.candidates(PORT.text) == []
            archive.add([PORT])
            assert ids(reader, PORT.text) == ["port-1"]
            archive.remove(ids=["port-1"])
            assert ids(reader, PORT.text) == []

    def test_nobody_else_may_read_the_files(self, place: Path, archive: Archive) -> None:
        """Mode 700 for folders and 600 for files, after commits and after closing."""
        archive.add(invented(10))
        archive.close()
        for path in [place, *place.rglob("*")]:
            assert stat.S_IMODE(path.stat().st_mode) == (0o700 if path.is_dir() else 0o600), path

    def test_the_index_with_its_texts_is_hardly_larger_than_the_texts(self, filled: Path) -> None:
        """At most 1.1 times, also for words that no dictionary has."""
        with closing(open_archive(filled)) as opened:
            raw = sum(len(story.text.encode()) for story in invented(3000))
            assert opened.info().bytes <= 1.1 * raw


class TestRemoving:
    """By id, outlet and date."""

    @pytest.fixture(autouse=True)
    def _stories(self, archive: Archive) -> None:
        archive.add(
            [
                ArchivedStory("a", "Words of one.", outlet="Post", date="2025-01-01"),
                ArchivedStory("b", "Words of two.", outlet="post", date="2026-01-01T00:30:00+02:00"),
                ArchivedStory("c", "Words of three.", outlet="Sun", date="2026-03-01"),
                ArchivedStory("d", "Words of four.", date="yesterday"),
            ]
        )

    @pytest.mark.parametrize(
        ("arguments", "left"),
        [
            ({"ids": ["a", "c", "unknown"]}, "bd"),
            ({"outlet": "POST"}, "cd"),
            ({"outlet": "Nobody"}, "abcd"),
            # Two hours east of Greenwich it was still the year before.
            ({"before": "2026-01-01"}, "cd"),
            ({"before": "2026-03-01"}, "cd"),
            ({"before": "2999-01-01"}, ""),
            ({"outlet": "post", "before": "2025-06-01"}, "bcd"),
            ({"ids": ["a", "b"], "before": "2025-06-01"}, "bcd"),
            ({}, "abcd"),
        ],
    )
    def test_conditions_are_met_together(self, archive: Archive, arguments: dict[str, Any], left: str) -> None:
        """What meets all of them goes, and nothing else."""
        removed = archive.remove(**arguments)
        assert removed == 4 - len(left)
        assert archive.info().stories == len(left)
        assert "".join(own for own in "abcd" if archive.get(own) is not None) == left

    def test_a_date_that_is_none_removes_nothing(self, archive: Archive) -> None:
        """The sentence names it."""
        with pytest.raises(Exception, match="“last week” is no date"):
            archive.remove(before="last week")
        assert archive.info().stories == 4

    def test_removed_stories_can_come_back(self, archive: Archive) -> None:
        """What an index still holds of a removed story does not count."""
        archive.remove(ids=["a"])
        assert archive.add([ArchivedStory("a", "Words of one.", outlet="Post", date="2025-01-01")]) == 1

    def test_info(self, archive: Archive) -> None:
        """Counts, outlets as they are spelled, dates of the stories that have one."""
        info = archive.info()
        assert (info.stories, info.oldest, info.newest) == (4, "2025-01-01", "2026-03-01")
        assert info.outlets == {"Post": 1, "post": 1, "Sun": 1, "": 1}
        assert (info.engine, info.version) == ("embedded", 1)


class TestFinding:
    """The source among thousands."""

    def test_the_source_of_a_spun_story_comes_first(self, filled: Path) -> None:
        """And alone: words that stand in more than a tenth of the stories find nothing."""
        with closing(open_archive(filled)) as opened:
            (best,) = opened.candidates(SPUN, most=2)
            assert best.story == PORT
            assert best.score > 0

    def test_an_article_that_is_in_the_archive(self, filled: Path) -> None:
        """It finds itself."""
        with closing(open_archive(filled)) as opened:
            for story in list(invented(3000))[::500]:
                assert ids(opened, story.text, 1) == [story.id]

    @pytest.mark.parametrize("text", ["", " \n", "?!", "zzzyx qqqw", "\x00\ud800", "the of to in and"])
    def test_texts_without_a_telling_word(self, filled: Path, text: str) -> None:
        """No candidate, and no error; the commonest words alone find nothing."""
        with closing(open_archive(filled)) as opened:
            assert opened.candidates(text) == []

    def test_the_number_of_candidates(self, filled: Path) -> None:
        """As many as are asked for."""
        with closing(open_archive(filled)) as opened:
            text = next(invented(1)).text
            assert [len(opened.candidates(text, most)) for most in (0, 1, 7)] == [0, 1, 7]

    def test_updates_are_grouped(self, archive: Archive) -> None:
        """A longer version and a copy of another outlet stand under the story that fits best."""
        update = replace(
            PORT, id="port-2", text=PORT.text + " A bridge is planned. It would open in 2031 at the earliest."
        )
        copy = replace(PORT, id="copy", outlet="Other")
        archive.add([*invented(200), PORT, update, copy])
        best, second = archive.candidates(SPUN, most=2)
        assert {best.story.id, *best.duplicates} == {"port-1", "port-2", "copy"}
        assert second.story.id.startswith("made-")

    def test_200_copies_do_not_hide_a_second_source(self, archive: Archive) -> None:
        """An article merged of two stories finds both."""
        other = next(invented(1, seed=5))
        archive.add([*invented(300), *(replace(PORT, id=f"copy-{n}") for n in range(200)), other])
        found = archive.candidates(PORT.text + " " + " ".join(other.text.split()[:40]), most=3)
        copies, single = sorted(found[:2], key=lambda candidate: len(candidate.duplicates), reverse=True)
        assert copies.story.text == PORT.text
        assert len(copies.duplicates) == 199
        assert (single.story.id, single.duplicates) == (other.id, ())

    def test_thousands_of_stories_with_one_headline(self, archive: Archive) -> None:
        """What they share tells them apart no more, and what they do not share still does."""
        stories = [
            replace(story, text=f"Shares close mixed on Monday. {story.text}") for story in invented(2000, words=40)
        ]
        archive.add(stories)
        assert ids(archive, stories[1234].text, 1) == [stories[1234].id]
        assert len(archive.candidates("Shares close mixed on Monday", most=3)) <= 3

    def test_a_very_long_article(self, filled: Path) -> None:
        """A query has a bound; the facts of a story stand at its top."""
        with closing(open_archive(filled)) as opened:
            text = SPUN + " ".join(story.text for story in invented(400, seed=3))
            assert ids(opened, text, 1) == ["port-1"]


class TestHostileText:
    """What stands in a feed may be anything."""

    @pytest.mark.parametrize(
        "text",
        [
            "<script>alert(1)</script> & <b>Port</b> 'OR 1=1 --",
            "Port\x00 Alden\x1b[31m\u202e reversed \x7f",
            "Line " * 200_000,
            "x" * 1_000_000,
            "Ferry 🚢 ﬁnds Ünïcödé ﷺ",
            "text:* AND (id:port OR [1 TO 2]) ~^ \\",
        ],
        ids=["script", "control", "million", "one word", "unicode", "query"],
    )
    def test_it_is_text(self, archive: Archive, text: str) -> None:
        """It comes back as it was, and a search with it works."""
        archive.add([ArchivedStory("odd", text, title=text[:100], outlet=text[:50]), PORT])
        found = archive.get("odd")
        assert found is not None
        assert (found.text, found.title) == (text, text[:100])
        assert len(archive.candidates(text)) <= 2
        assert ids(archive, SPUN, 1) == ["port-1"]
        assert archive.verify() == []

    def test_halves_of_characters(self, archive: Archive) -> None:
        """They are no text; places in the rest stay the same."""
        archive.add([ArchivedStory("half\ud83d", "Port \ud83d Alden")])
        (found,) = archive.candidates("Port Alden")
        assert found.story.text == "Port \ufffd Alden"


class TestBadPlaces:
    """One sentence each."""

    def refused(self, place: Path, said: str, **how: bool) -> None:
        """Opening fails with one sentence."""
        with pytest.raises(ArchiveError, match=said) as caught:
            open_archive(place, **how)
        assert "\n" not in str(caught.value)
        assert str(place) in str(caught.value)

    def test_nothing_there(self, place: Path) -> None:
        """Reading makes nothing."""
        self.refused(place, "no such archive. Make one with: unspin archive add")
        assert not place.exists()

    def test_a_folder_that_is_not_there(self, tmp_path: Path) -> None:
        """A misspelt path makes no folders."""
        self.refused(tmp_path / "no" / "wire.archive", "does not exist", create=True)

    def test_a_file(self, place: Path) -> None:
        """An audit store was meant for another option."""
        place.write_text("x", encoding="utf-8")
        self.refused(place, "this is a file and no archive")
        self.refused(place, "this is a file and no archive", create=True)

    def test_another_folder(self, place: Path) -> None:
        """Nothing of it is touched."""
        place.mkdir()
        (place / "letter.txt").write_text("Dear", encoding="utf-8")
        self.refused(place, "no archive of unspin")
        self.refused(place, "no archive of unspin", create=True)
        assert [path.name for path in place.iterdir()] == ["letter.txt"]

    def test_an_empty_folder_may_become_one(self, place: Path) -> None:
        """It was made for it."""
        place.mkdir()
        self.refused(place, "no such archive")
        with closing(open_archive(place, create=True)) as opened:
            assert opened.add([PORT]) == 1

    @pytest.mark.parametrize(
        ("version", "said"), [(2, "a newer unspin wrote this archive"), (0, "an older unspin wrote this archive")]
    )
    def test_another_version(self, place: Path, version: int, said: str, archive: Archive) -> None:
        """Neither read nor written."""
        archive.close()
        marker = place / "archive.json"
        marker.write_text(json.dumps({"format": "unspin.archive", "version": version}), encoding="utf-8")
        self.refused(place, said)
        self.refused(place, said, create=True)

    @pytest.mark.parametrize("content", ["", "{", "[]", "[" * 5000, '{"format": 1}'])
    def test_a_damaged_marker(self, place: Path, content: str, archive: Archive) -> None:
        """It is not taken for an empty folder."""
        archive.close()
        (place / "archive.json").write_text(content, encoding="utf-8")
        with pytest.raises(ArchiveError, match=r"archive\.json: this file is damaged"):
            open_archive(place, create=True)

    def test_a_second_writer(self, place: Path, archive: Archive) -> None:
        """Reading goes on; writing has to wait, and may when the first has ended."""
        archive.add([PORT])
        self.refused(place, "another process is writing", read_only=False)
        with closing(open_archive(place)) as reader:
            assert reader.info().stories == 1
        archive.close()
        with closing(open_archive(place, read_only=False)) as second:
            assert second.remove(ids=["port-1"]) == 1

    def test_writing_to_what_is_only_read(self, filled: Path) -> None:
        """A reader has no lock."""
        with closing(open_archive(filled)) as reader:
            with pytest.raises(ArchiveError, match="for reading only"):
                reader.add([PORT])
            with pytest.raises(ArchiveError, match="for reading only"):
                reader.remove(ids=["a"])

    def test_an_archive_that_was_closed(self, filled: Path) -> None:
        """Closing twice is fine; asking is not."""
        reader = open_archive(filled)
        reader.close()
        reader.close()
        with pytest.raises(ArchiveError, match="the archive is closed"):
            reader.candidates(SPUN)

    def test_a_first_run_that_was_interrupted(self, place: Path, archive: Archive) -> None:
        """The folder was made and its index was not: it is an empty archive."""
        archive.close()
        shutil.rmtree(place / "index")
        with closing(open_archive(place)) as reader:
            assert reader.info().stories == 0
            assert reader.candidates(PORT.text) == []
            assert reader.verify() == []
        with closing(open_archive(place, create=True)) as writer:
            assert writer.add([PORT]) == 1


class TestDamage:
    """Bytes that change on a disk must not change a proof."""

    @pytest.fixture
    def copy(self, filled: Path, tmp_path: Path) -> Path:
        """An archive to be damaged."""
        return Path(shutil.copytree(filled, tmp_path / "copy.archive"))

    @pytest.mark.parametrize("kind", ["idx", "term", "fast", "fieldnorm", "store", "pos"])
    def test_a_file_that_was_cut_short(self, copy: Path, kind: str) -> None:
        """It is named, at once."""
        path = next((copy / "index").glob(f"*.{kind}"))
        path.write_bytes(path.read_bytes()[: path.stat().st_size // 2])
        with pytest.raises(DamagedArchiveError, match=path.name):
            open_archive(copy)

    @pytest.mark.parametrize("kind", ["idx", "term", "fast", "fieldnorm"])
    def test_changed_bytes_of_the_index(self, copy: Path, kind: str, capfd: pytest.CaptureFixture[str]) -> None:
        """They are seen before they can mislead a search, and nothing else is said."""
        path = next((copy / "index").glob(f"*.{kind}"))
        flip(path)
        with pytest.raises(DamagedArchiveError, match=path.name):
            open_archive(copy)
        assert capfd.readouterr().err == ""

    def test_changed_bytes_of_the_texts(self, copy: Path, filled: Path) -> None:
        """A story is whole, or it is an error; verify names the file."""
        for path in (copy / "index").glob("*.store"):
            flip(path, 400)
        wrong = 0
        with closing(open_archive(copy)) as opened, closing(open_archive(filled)) as whole:
            assert any(".store: this file was changed" in fault for fault in opened.verify())
            for story in list(invented(3000))[::100]:
                try:
                    assert opened.get(story.id) == whole.get(story.id)
                except ArchiveError:
                    wrong += 1
        assert wrong

    @pytest.mark.parametrize("name", ["meta.json", ".managed.json"])
    def test_the_list_of_files(self, copy: Path, name: str) -> None:
        """It is named as well."""
        (copy / "index" / name).write_bytes(b"{")
        with pytest.raises(DamagedArchiveError, match=name):
            open_archive(copy)

    def test_a_missing_file(self, copy: Path) -> None:
        """As above."""
        path = next((copy / "index").glob("*.idx"))
        path.unlink()
        with pytest.raises(DamagedArchiveError, match=f"{path.name}: this file is missing"):
            open_archive(copy)

    def test_a_whole_archive(self, filled: Path) -> None:
        """Nothing to say."""
        with closing(open_archive(filled)) as opened:
            assert opened.verify() == []


def flip(path: Path, times: int = 50) -> None:
    """Change bytes, but not those of the footer."""
    chance, data = random.Random(7), bytearray(path.read_bytes())
    for _ in range(times):
        data[chance.randrange(len(data) - 120)] ^= chance.randrange(1, 256)
    # A new file: the old one may still be mapped, and a mapped file must not shrink.
    path.with_name("changed").write_bytes(data)
    path.with_name("changed").replace(path)


def python(code: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Run code in a process of its own."""
    command = [sys.executable, "-c", f"import sys; sys.path.insert(0, {str(FAKES)!r})\n{code}", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)


@pytest.mark.skipif(sys.platform == "win32", reason="limits and signals as POSIX has them")
class TestTheMachine:
    """Kills, full disks and small memories."""

    def test_killed_again_and_again(self, place: Path) -> None:
        """No story is lost or doubled, and the archive is whole."""
        chance, seen = random.Random(4), list[int]()
        command = [sys.executable, str(FAKES / "archive_writer.py"), str(place), "1500", "100"]
        for _ in range(4):
            with subprocess.Popen(command) as process:
                until = time.monotonic() + 60
                while process.poll() is None and stored(place) <= (seen or [0])[-1] and time.monotonic() < until:
                    time.sleep(0.02)
                time.sleep(chance.uniform(0, 0.2))
                process.kill()
            seen.append(stored(place))
        assert seen == sorted(seen)
        assert 0 < seen[0] < 1500, "the first run was not cut short"
        subprocess.run(command, check=True)
        with closing(open_archive(place)) as opened:
            assert opened.verify() == []
            assert opened.info().stories == 1500
            assert all(opened.get(story.id) == story for story in invented(1500))

    def test_a_full_disk(self, place: Path) -> None:
        """A limit on the size of files stands for it: one sentence, what was committed is whole, and it can go on."""
        with closing(open_archive(place, create=True)) as opened:
            opened.add([PORT])
        code = """
import resource, signal
from pathlib import Path
from archive_stories import invented
from detector.archive import ArchiveError, open_archive
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
archive = open_archive(Path(sys.argv[1]), read_only=False)
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
try:
    archive.add(invented(5000))
except ArchiveError as error:
    print(error)
try:
    archive.close()
except ArchiveError as error:
    print(error)
"""
        answer = python(code, place)
        assert "the disk is full, or it takes no more" in answer.stdout, answer
        assert len(set(answer.stdout.splitlines())) == 1
        with closing(open_archive(place, read_only=False)) as opened:
            assert opened.verify() == []
            assert opened.get("port-1") == PORT
            assert opened.add(invented(5000)) == 5000

    @pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is looked at as Linux shows it")
    def test_an_archive_larger_than_the_memory(self, place: Path) -> None:
        """Its files are mapped and not read: searches need little memory of their own."""
        with closing(open_archive(place, create=True)) as opened:
            opened.add(invented(12_000, words=400))
            size = opened.info().bytes
        code = """
from pathlib import Path
from archive_stories import invented
from detector.archive import open_archive

def own():
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return next(int(line.split()[1]) * 1024 for line in status.splitlines() if line.startswith("RssAnon"))

texts = [story.text for story in invented(12_000, words=400)][::400]
before = own()
archive = open_archive(Path(sys.argv[1]))
for text in texts:
    assert archive.candidates(text)
print(own() - before)
"""
        answer = python(code, place)
        assert answer.returncode == 0, answer.stderr
        assert int(answer.stdout) < size / 2, f"of {size:,} bytes"


def stored(place: Path) -> int:
    """Stories that are committed; none while there is no archive."""
    try:
        with closing(open_archive(place)) as opened:
            return opened.info().stories
    except ArchiveError:
        return 0
