"""The embedded engine: one folder and no server. The index is that of tantivy, a full-text engine in Rust.

Commits are atomic. If the process is killed, the last commit remains, and the same command adds the rest. Files are
memory-mapped, so an archive may be larger than the memory.
"""

import json
import os
import threading
import time
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from detector.archive import files
from detector.archive.engine import ArchiveError, ArchiveInfo, DamagedArchiveError
from detector.archive.grouping import grouped
from detector.archive.keeping import Known, date_of, digest_of, limit_of, moment, now, to_keep
from detector.archive.story import ArchivedStory, Candidate
from detector.archive.words import most_stories, query_words
from detector.errors import UnspinError, short
from detector.extras import require

if TYPE_CHECKING:
    import tantivy

COMMIT_STORIES = 50_000
COMMIT_BYTES = 100_000_000
COMMIT_SECONDS = 30.0
"""A commit follows after this many stories, bytes of text or seconds. It limits what a killed process loses."""

_HEAP_BYTES = 256_000_000
_THREADS = 1
"""Indexing threads, in addition to the thread that reads the sources: unspin is made for two cores."""

_MOST_OUTLETS = 100_000
_MOST_FREQUENCIES = 200_000
_FULL = ("No space left", "File too large", "os error 28", "os error 27", "A worker thread encountered an error")
_FACTS = ("title", "outlet", "date", "url", "author")


class EmbeddedArchive:
    """An archive in a folder; see :class:`~detector.archive.engine.Archive`.

    Parameters
    ----------
    create : bool
        Make it if it does not exist.
    read_only : bool
        An archive that is open for writing locks out other writers until it is closed.
    """

    def __init__(self, folder: Path, *, create: bool = False, read_only: bool = True) -> None:
        self.folder = folder
        self._meta = str(files.index_of(folder) / "meta.json")
        files.prepare(folder, create=create)
        self._tantivy = _engine()
        self._schema = _schema(self._tantivy)
        self._writer: tantivy.IndexWriter | None = None
        self._index: tantivy.Index | None = None
        self._closed = False
        self._seen: tuple[int, int, int] | None = None
        self._reloading = threading.Lock()
        self._frequencies: dict[str, int] = {}
        self._pending: dict[str, Known] = {}
        self._pending_bytes = 0
        self._committed = time.monotonic()
        if not read_only or create:
            self._begin_writing()
        elif files.has_index(folder):
            self._open_index()

    def _open_index(self) -> None:
        if faults := list(files.damages(self.folder, thorough=False)):
            raise DamagedArchiveError(faults)
        with self._as_archive_errors():
            index = self._tantivy.Index.open(str(files.index_of(self.folder)))
            index.config_reader("manual")
            self._index = index

    def _begin_writing(self) -> None:
        if files.has_index(self.folder):
            self._open_index()
        else:
            with self._as_archive_errors():
                place = files.index_of(self.folder)
                place.mkdir(mode=0o700, exist_ok=True)
                self._index = self._tantivy.Index(self._schema, path=str(place))
                self._index.config_reader("manual")
        with self._as_archive_errors():
            self._writer = self._opened.writer(_HEAP_BYTES, _THREADS)
            files.make_private(self.folder)

    @property
    def _opened(self) -> "tantivy.Index":
        if self._index is None:
            raise ArchiveError(f"{short(self.folder)}: the archive is closed.")
        return self._index

    def _searcher(self) -> "tantivy.Searcher | None":
        """Returns a searcher of the last commit of any process; None if there is no commit yet."""
        if self._index is None:
            if not self._closed and not files.has_index(self.folder):
                return None
            if not self._closed:
                self._open_index()
        opened = self._opened
        at = os.stat(self._meta)  # noqa: PTH116 - a path object is made anew for each of a million stories
        state = (at.st_ino, at.st_mtime_ns, at.st_size)
        with self._reloading:
            if state != self._seen:
                opened.reload()
                self._frequencies = {}
                self._seen = state
            return opened.searcher()

    def add(self, stories: Iterable[ArchivedStory]) -> int:
        """Add stories and replace those whose content has changed; returns how many were new or changed.

        A full disk or an interruption ends the adding. Everything up to the last commit is kept.
        """
        writer = self._writing()
        changed = 0
        self._committed = time.monotonic()
        try:
            for story in stories:
                with self._as_archive_errors():
                    changed += self._put(writer, story)
                if self._due():
                    self._commit(writer)
        except ArchiveError:
            raise
        except BaseException:
            self._commit(writer)
            raise
        self._commit(writer)
        return changed

    def _put(self, writer: "tantivy.IndexWriter", story: ArchivedStory) -> bool:
        kept = to_keep(story, self._known)
        if kept is None:
            return False
        story, digest = kept
        writer.delete_documents_by_term("id", story.id)
        document = self._tantivy.Document()
        document.add_text("id", story.id)
        document.add_text("text", story.text)
        document.add_bytes("facts", json.dumps([getattr(story, name) for name in _FACTS]).encode())
        document.add_unsigned("digest", digest)
        when = moment(story.date)
        document.add_integer("when", now() if when is None else when)
        if when is not None:
            document.add_integer("dated", when)
        document.add_text("outlet", story.outlet)
        writer.add_document(document)
        self._pending[story.id] = Known(digest, partial(str, story.outlet))
        self._pending_bytes += len(story.text)
        return True

    def _known(self, own: str) -> Known | None:
        if own in self._pending:
            return self._pending[own]
        searcher = self._searcher()
        if searcher is None or not searcher.num_docs:
            return None
        found = self._address(searcher, own)
        if found is None:
            return None
        (digest,) = searcher.fast_field_values("digest", [found])
        return Known(int(digest or 0), lambda: self._story(searcher, found).outlet)

    def _address(self, searcher: "tantivy.Searcher", own: str) -> "tantivy.DocAddress | None":
        query = self._tantivy.Query.term_query(self._schema, "id", own, "basic")
        hits = searcher.search(query, 1, count=False).hits
        return hits[0][1] if hits else None

    def _due(self) -> bool:
        return bool(self._pending) and (
            len(self._pending) >= COMMIT_STORIES
            or self._pending_bytes >= COMMIT_BYTES
            or time.monotonic() - self._committed >= COMMIT_SECONDS
        )

    def _commit(self, writer: "tantivy.IndexWriter") -> None:
        if self._pending:
            with self._as_archive_errors():
                writer.commit()
                files.make_private(self.folder)
        self._pending.clear()
        self._pending_bytes, self._committed = 0, time.monotonic()

    def _writing(self) -> "tantivy.IndexWriter":
        if self._writer is None:
            raise ArchiveError(f"{short(self.folder)}: the archive was opened for reading only.")
        return self._writer

    def candidates(self, text: str, most: int = 5) -> list[Candidate]:
        """Returns the stories that may be the source of a text, best first, with near-duplicates grouped.

        The query holds every distinct word of the text that occurs in under a tenth of the stories. BM25 scores the
        stories. :mod:`detector.archive.words` defines the limits.
        """
        with self._as_archive_errors():
            searcher = self._searcher()
            query = None if searcher is None else self._query(searcher, text)
            if searcher is None or query is None:
                return []
            return grouped(partial(self._hits, searcher, query), most)

    def _query(self, searcher: "tantivy.Searcher", text: str) -> "tantivy.Query | None":
        kinds = self._tantivy
        most = most_stories(searcher.num_docs)
        words = [word for word in query_words(text) if 0 < self._frequency(searcher, word) <= most]
        if not words:
            return None
        terms = [(kinds.Occur.Should, kinds.Query.term_query(self._schema, "text", word, "freq")) for word in words]
        return cast("tantivy.Query", kinds.Query.boolean_query(terms))

    def _frequency(self, searcher: "tantivy.Searcher", word: str) -> int:
        """The number of stories with a word, remembered until the next commit: articles share most of their words."""
        known = self._frequencies
        if word not in known:
            if len(known) >= _MOST_FREQUENCIES:
                known.clear()
            known[word] = searcher.doc_freq("text", word)
        return known[word]

    def _hits(
        self, searcher: "tantivy.Searcher", query: "tantivy.Query", most: int
    ) -> Sequence[tuple[float, ArchivedStory]]:
        found = searcher.search(query, most, count=False).hits
        return [(float(score), self._story(searcher, address)) for score, address in found]

    def _story(self, searcher: "tantivy.Searcher", address: "tantivy.DocAddress") -> ArchivedStory:
        document = searcher.doc(address)
        facts = json.loads(cast("bytes", document.get_first("facts")))
        story = ArchivedStory(
            cast("str", document.get_first("id")),
            cast("str", document.get_first("text")),
            **dict(zip(_FACTS, facts, strict=True)),
        )
        # A changed byte in the text of a source would falsify the evidence quoted from it.
        if [digest_of(story)] != searcher.fast_field_values("digest", [address]):
            raise ValueError("a story does not have its digest")
        return story

    def get(self, id: str) -> ArchivedStory | None:  # noqa: A002 - the story's own word
        """Returns the story with this id, or None."""
        with self._as_archive_errors():
            searcher = self._searcher()
            address = None if searcher is None else self._address(searcher, id)
            return None if searcher is None or address is None else self._story(searcher, address)

    def remove(self, *, ids: Collection[str] = (), outlet: str | None = None, before: str | None = None) -> int:
        """Remove the stories that meet all given conditions; returns how many.

        Parameters
        ----------
        outlet : str, optional
            Its name; case does not matter.
        before : str, optional
            A date. A story without a date counts from the day it was added.
        """
        writer = self._writing()
        limit = None if before is None else limit_of(before)
        with self._as_archive_errors():
            searcher = self._searcher()
            query = None if searcher is None else self._condition(searcher, ids, outlet, limit)
            if searcher is None or query is None:
                return 0
            number = int(cast("Any", searcher.search(query, 1)).count)
            if number:
                writer.delete_documents_by_query(query)
                writer.commit()
                files.make_private(self.folder)
            return number

    def _condition(
        self, searcher: "tantivy.Searcher", ids: Collection[str], outlet: str | None, limit: int | None
    ) -> "tantivy.Query | None":
        kinds, parts = self._tantivy, []
        if ids:
            parts.append(kinds.Query.term_set_query(self._schema, "id", list(ids)))
        if outlet is not None:
            spelled = [name for name in self._outlets(searcher) if name.casefold() == outlet.casefold()]
            parts.append(kinds.Query.term_set_query(self._schema, "outlet", spelled))
        if limit is not None:
            parts.append(
                kinds.Query.range_query(
                    self._schema, "when", kinds.FieldType.Integer, upper_bound=limit, include_upper=False
                )
            )
        return kinds.Query.boolean_query([(kinds.Occur.Must, part) for part in parts]) if parts else None

    def _outlets(self, searcher: "tantivy.Searcher") -> dict[str, int]:
        terms = {"terms": {"field": "outlet", "size": _MOST_OUTLETS}}
        found = searcher.aggregate(self._tantivy.Query.all_query(), {"outlets": terms})
        return {str(bucket["key"]): int(bucket["doc_count"]) for bucket in found["outlets"]["buckets"]}

    def info(self) -> ArchiveInfo:
        """Returns counts, dates and size of the archive."""
        with self._as_archive_errors():
            searcher = self._searcher()
            stories = 0 if searcher is None else searcher.num_docs
            outlets, oldest, newest = dict[str, int](), "", ""
            if searcher is not None and stories:
                outlets = self._outlets(searcher)
                asked = {"oldest": {"min": {"field": "dated"}}, "newest": {"max": {"field": "dated"}}}
                found = searcher.aggregate(self._tantivy.Query.all_query(), asked)
                values = [found[name]["value"] for name in asked]
                oldest, newest = ("" if value is None else date_of(int(value)) for value in values)
            size = files.size_of(self.folder)
        return ArchiveInfo(stories, size, outlets, oldest, newest, "embedded", files.VERSION)

    def verify(self) -> list[str]:
        """Compare every file with its checksum; returns one sentence for each fault."""
        return list(files.damages(self.folder, thorough=True)) if files.has_index(self.folder) else []

    def close(self) -> None:
        """Finish merging and release the lock; may be called again."""
        writer, self._writer = self._writer, None
        self._index, self._closed = None, True
        if writer is not None:
            # A failed merge loses nothing: all stories are committed.
            with suppress(ArchiveError), self._as_archive_errors():
                writer.wait_merging_threads()
            del writer
            files.make_private(self.folder)

    @contextmanager
    def _as_archive_errors(self) -> Iterator[None]:
        """Turn the engine's errors into an :class:`ArchiveError` with one sentence."""
        try:
            yield
        except UnspinError:
            raise
        except Exception as error:
            raise self._error(str(error)) from error
        except BaseException as error:
            # A Rust panic is not a subclass of Exception in Python.
            if type(error).__name__ != "PanicException":
                raise
            raise self._error(str(error)) from error

    def _error(self, said: str) -> ArchiveError:
        place = short(self.folder)
        if "LockBusy" in said:
            return ArchiveError(f"{place}: another process is writing to this archive. Wait until it has ended.")
        if any(sign in said for sign in _FULL):
            return ArchiveError(
                f"{place}: the disk is full, or it takes no more for another reason. What was committed before is safe: "
                "make room and run the same command again."
            )
        if "ermission denied" in said:
            return ArchiveError(f"{place}: the archive may not be used by you. Check the permissions of its folder.")
        if faults := list(files.damages(self.folder, thorough=True)):
            return DamagedArchiveError(faults)
        return ArchiveError(
            f"{place}: the archive cannot be used ({said.splitlines()[0][:200] if said else 'no reason'})."
        )


def _engine() -> Any:  # noqa: ANN401 - a module
    require("archive", "an archive in a folder")
    import tantivy

    return tantivy


def _schema(kinds: Any) -> "tantivy.Schema":  # noqa: ANN401 - a module
    made = kinds.SchemaBuilder()
    made.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    made.add_text_field("text", stored=True, tokenizer_name="default", index_option="freq")
    made.add_bytes_field("facts", stored=True)
    made.add_unsigned_field("digest", fast=True)
    made.add_integer_field("when", indexed=True)
    made.add_integer_field("dated", fast=True)
    made.add_text_field("outlet", fast=True, tokenizer_name="raw", index_option="basic")
    return cast("tantivy.Schema", made.build())
