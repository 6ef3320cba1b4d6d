"""The archive on OpenSearch: real nodes, one of which dies. The tests stand in one file, so that one process starts them."""

import os
import shutil
import threading
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest
from archive_stories import PORT, SPUN, invented
from opensearch_nodes import Cluster

from detector.archive import Archive, ArchivedStory, ArchiveError, open_archive

pytest.importorskip("opensearchpy", reason="the extra opensearch is not installed")


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Two nodes, as .ci/opensearch.sh makes it possible to start them."""
    if not os.environ.get("UNSPIN_OPENSEARCH"):
        pytest.skip("no OpenSearch: UNSPIN_OPENSEARCH names no folder with its jars")
    if shutil.which("java") is None:
        pytest.skip("no OpenSearch: Java was not found")
    made = Cluster(tmp_path_factory.mktemp("opensearch"))
    yield made
    made.close()


@pytest.fixture
def archive(cluster: Cluster, request: pytest.FixtureRequest) -> Iterator[Archive]:
    """An empty archive of two shards, each on both nodes."""
    cluster.revive()
    index = f"wire-{abs(hash(request.node.name)) % 10**9}"
    with closing(open_archive(cluster.address(index, "?shards=2&replicas=1&timeout=60"), create=True)) as opened:
        # A copy that is not there yet cannot take the place of one that dies.
        cluster.wait_for(nodes=2, status="green")
        yield opened
    cluster.revive()
    cluster.ask(index, "DELETE")


def address_of(archive: Archive) -> str:
    """Where an archive is."""
    return f"{archive.place}?timeout=60"  # type: ignore[attr-defined]


def test_it_keeps_and_finds_as_the_embedded_engine_does(archive: Archive) -> None:
    """Each story once, whole, found by its rewrite, replaced where it changed."""
    stories = [*invented(600), PORT]
    assert archive.add([*stories, PORT]) == 601
    assert archive.add(stories) == 0
    assert archive.get("port-1") == PORT
    assert archive.get("nobody") is None
    best = archive.candidates(SPUN, most=3)[0]
    assert best.story == PORT
    corrected = replace(PORT, text=PORT.text.replace("4,300", "3,400"))
    assert archive.add([corrected, replace(PORT, id="")]) == 2
    found = archive.candidates(SPUN, most=1)[0]
    assert found.story.text in {corrected.text, PORT.text}
    assert len(found.duplicates) == 1
    assert archive.get("port-1") == corrected
    info = archive.info()
    assert (info.stories, info.engine, info.version) == (602, "opensearch", 1)
    assert (info.oldest, info.newest) == ("2026-01-15", "2026-11-24T08:30:00Z")
    assert info.outlets == {"Daily Post": 300, "Evening Sun": 300, "Alden Herald": 2}
    assert archive.verify() == []


def test_both_engines_score_alike(archive: Archive, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The same words and the same BM25, however many shards there are: the same order, and scores that hardly differ."""
    pytest.importorskip("tantivy", reason="the extra archive is not installed")
    stories = list(invented(400))
    archive.add(stories)
    with closing(open_archive(tmp_path_factory.mktemp("same") / "wire.archive", create=True)) as embedded:
        embedded.add(stories)
        for story in stories[::80]:
            text = " ".join(story.text.split()[:60])
            ours, theirs = (
                [(c.story.id, round(c.score, 1)) for c in engine.candidates(text, 1)] for engine in (embedded, archive)
            )
            assert ours == theirs


def test_removing(archive: Archive) -> None:
    """By id, outlet in any case and date; conditions are met together."""
    archive.add(
        [
            ArchivedStory("a", "Words of one.", outlet="Post", date="2025-01-01"),
            ArchivedStory("b", "Words of two.", outlet="post", date="2026-01-01"),
            ArchivedStory("c", "Words of three.", outlet="Sun", date="2026-03-01"),
            ArchivedStory("d", "Words of four."),
        ]
    )
    assert archive.remove() == 0
    assert archive.remove(ids=["a", "b"], outlet="POST", before="2025-06-01") == 1
    assert archive.remove(outlet="POST") == 1
    assert archive.remove(before="2026-03-02") == 1
    assert archive.info().stories == 1
    assert archive.remove(ids=["d", "nobody"]) == 1
    assert archive.add([ArchivedStory("d", "Words of four.")]) == 1


@pytest.mark.parametrize(
    "text", ["<script>\x00\x1b[31m\u202e", "x" * 1_000_000, "Line " * 200_000, 'text:* AND ~^ \\ "']
)
def test_hostile_text(archive: Archive, text: str) -> None:
    """It comes back as it was, and a search with it works."""
    archive.add([ArchivedStory("odd", text), PORT])
    found = archive.get("odd")
    assert found is not None
    assert found.text == text
    assert len(archive.candidates(text)) <= 2
    assert archive.candidates(SPUN)[0].story == PORT


def test_200_copies_of_one_story(archive: Archive) -> None:
    """One candidate."""
    archive.add(replace(PORT, id=f"copy-{n}") for n in range(200))
    (found,) = archive.candidates(SPUN)
    assert len(found.duplicates) == 199


def test_a_node_that_dies_while_stories_are_added(archive: Archive, cluster: Cluster) -> None:
    """Nothing is lost or doubled, and the same again changes nothing."""

    def stories() -> Iterator[ArchivedStory]:
        for number, story in enumerate(invented(3000)):
            if number == 1200:
                cluster.second.kill()
            yield story

    archive.add(stories())
    assert archive.add(invented(3000)) == 0
    assert archive.info().stories == 3000
    assert archive.verify() == []


def test_a_node_that_dies_while_a_search_runs(archive: Archive, cluster: Cluster) -> None:
    """Every answer is whole, or one sentence says that it is not."""
    archive.add([*invented(500), PORT])
    wrong, sentences, done = list[str](), list[str](), threading.Event()

    def search() -> None:
        while not done.is_set():
            try:
                best = archive.candidates(SPUN)[0].story.id
                if best != "port-1":
                    wrong.append(best)
            except ArchiveError as error:
                sentences.append(str(error))

    searching = threading.Thread(target=search)
    searching.start()
    cluster.second.kill()
    cluster.wait_for(nodes=1)
    done.set()
    searching.join()
    assert wrong == []
    assert all("\n" not in sentence for sentence in sentences)
    # The node that is left has a copy of every shard.
    assert archive.candidates(SPUN)[0].story == PORT


def test_half_the_shards_gone(cluster: Cluster) -> None:
    """An answer without them would look like an article without a source: it is an error, in every command."""
    cluster.revive()
    with closing(open_archive(cluster.address("half", "?shards=2&replicas=0&timeout=20"), create=True)) as opened:
        try:
            opened.add([*invented(200), PORT])
            cluster.second.kill()
            cluster.wait_for(nodes=1, status="red")
            said = "a part of the archive does not answer, so a source could be missed"
            with pytest.raises(ArchiveError, match=said):
                opened.candidates(SPUN)
            with pytest.raises(ArchiveError, match=said):
                opened.info()
            assert [fault for fault in opened.verify() if said in fault]
        finally:
            cluster.revive()
        assert opened.candidates(SPUN)[0].story == PORT
        assert opened.verify() == []
    cluster.ask("half", "DELETE")


class TestBadPlaces:
    """One sentence each."""

    def refused(self, address: str, said: str, **how: bool) -> None:
        """Opening fails with one sentence."""
        with pytest.raises(ArchiveError, match=said) as caught:
            open_archive(address, **how)
        assert "\n" not in str(caught.value)

    def test_no_such_index(self, cluster: Cluster) -> None:
        """Reading makes nothing."""
        self.refused(cluster.address("nothing"), "no such archive. Make one with")

    def test_an_index_of_another_program(self, cluster: Cluster) -> None:
        """It is left alone."""
        cluster.ask("other", "PUT", {"mappings": {"properties": {"text": {"type": "keyword"}}}})
        self.refused(cluster.address("other"), "no archive of unspin")
        self.refused(cluster.address("other"), "no archive of unspin", create=True)
        cluster.ask("other", "DELETE")

    def test_another_version(self, archive: Archive, cluster: Cluster) -> None:
        """Neither read nor written."""
        place = address_of(archive)
        index = place.partition("?")[0].rpartition("/")[2]
        cluster.ask(f"{index}/_mapping", "PUT", {"_meta": {"format": "unspin.archive", "version": 2}})
        self.refused(place, "another unspin made this archive")

    def test_another_mapping(self, archive: Archive, cluster: Cluster) -> None:
        """A field more would be a field that somebody relies on."""
        place = address_of(archive)
        index = place.partition("?")[0].rpartition("/")[2]
        cluster.ask(f"{index}/_mapping", "PUT", {"properties": {"section": {"type": "keyword"}}})
        self.refused(place, "somebody changed the mapping")

    def test_a_story_that_somebody_changed(self, archive: Archive, cluster: Cluster) -> None:
        """A proof needs the story as it was added."""
        archive.add([PORT])
        index = address_of(archive).partition("?")[0].rpartition("/")[2]
        script = {"script": {"source": "ctx._source.text = 'The harbour will stay open'"}}
        cluster.ask(f"{index}/_update_by_query?refresh=true", "POST", script)
        with pytest.raises(ArchiveError, match="changed in the index by another program"):
            archive.get("port-1")
        assert len(archive.verify()) == 1

    def test_writing_to_what_is_only_read(self, archive: Archive) -> None:
        """As in a folder."""
        with (
            closing(open_archive(address_of(archive))) as reader,
            pytest.raises(ArchiveError, match="for reading only"),
        ):
            reader.add([PORT])
