"""The OpenSearch engine: for archives that outgrow one machine.

Each story's document id is derived from its id, so sending a request twice changes nothing. An answer without all
shards is an error: a search that skipped the source must not look as if there were none.
"""

import hashlib
import logging
import os
import time
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from itertools import islice
from typing import Any

from detector.archive.engine import ArchiveError, ArchiveInfo
from detector.archive.grouping import grouped
from detector.archive.keeping import Known, date_of, digest_of, limit_of, moment, now, tidy, to_keep
from detector.archive.opensearch_place import AUTHORITIES, LOGIN, TOKEN, OpenSearchPlace, credentials, place_of
from detector.archive.story import ArchivedStory, Candidate
from detector.archive.words import LONGEST_WORD, MOST_WORDS, most_stories, query_words
from detector.errors import UnspinError, printable
from detector.extras import require

VERSION = 1
"""Version of the index mapping. Raise it when an older unspin cannot use new indices."""

_FORMAT = "unspin.archive"
_FACTS = ("id", "text", "title", "outlet", "date", "url", "author")
_BATCH_STORIES = 500
_BATCH_CHARACTERS = 5_000_000
_PATIENCE_SECONDS = 180.0
"""How long writes are retried while the cluster recovers from the loss of a node."""

_SEARCH_PATIENCE_SECONDS = 2.0
"""How long a search is retried, because a person waits for it. A slow search is not retried."""

_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 8.0

_LATER = frozenset({429, 502, 503, 504})
_COUNT_SECONDS = 60.0
_LONG_SECONDS = 3600
_MOST_OUTLETS = 10_000
_MOST_IDS = 10_000

_UNUSED = {"type": "keyword", "index": False, "doc_values": False}
_PROPERTIES: dict[str, dict[str, Any]] = {
    "id": {"type": "keyword"},
    "text": {"type": "text", "analyzer": "words", "index_options": "freqs"},
    "title": _UNUSED,
    "outlet": {"type": "keyword"},
    "date": _UNUSED,
    "url": _UNUSED,
    "author": _UNUSED,
    "digest": _UNUSED,
    "when": {"type": "long"},
    "dated": {"type": "long", "index": False},
}
_ANALYSIS = {
    # Splits text as query_words does.
    "tokenizer": {"letters": {"type": "pattern", "pattern": r"[\W_]+", "flags": "UNICODE_CHARACTER_CLASS"}},
    "filter": {"no_words": {"type": "length", "max": LONGEST_WORD - 1}},
    "analyzer": {"words": {"type": "custom", "tokenizer": "letters", "filter": ["lowercase", "no_words"]}},
}


class OpenSearchArchive:
    """An archive in an OpenSearch index; see :class:`~detector.archive.engine.Archive`.

    Parameters
    ----------
    address : str
        In the format of :func:`~detector.archive.opensearch_place.place_of`.
    create : bool
        Make the index if it does not exist.
    """

    def __init__(self, address: str, *, create: bool = False, read_only: bool = True) -> None:
        self.place = place_of(address)
        self._read_only = read_only and not create
        self._client = _client(self.place)
        self._stories = (0.0, 0)
        try:
            self._shards = self._check(create=create)
        except BaseException:
            self.close()
            raise

    def _check(self, *, create: bool) -> int:
        """Check that the index is an archive of this version, or create it; returns the number of its shards."""
        name = self.place.index
        with self._as_archive_errors():
            if not self._client.indices.exists(index=name):
                if not create:
                    raise ArchiveError(
                        f"{self.place}: there is no such archive. Make one with: unspin archive add SOURCE --archive "
                        f"{self.place}"
                    )
                # Another process may create it at the same moment.
                self._client.indices.create(index=name, body=_index(self.place), params={"ignore": 400})
            found = self._client.indices.get(index=name)
        if len(found) != 1:
            raise ArchiveError(f"{self.place}: this name stands for {len(found)} indices. Name one index.")
        (described,) = found.values()
        mappings = described.get("mappings", {})
        meta = mappings.get("_meta", {})
        if meta.get("format") != _FORMAT:
            raise ArchiveError(f"{self.place}: this index is no archive of unspin. Name another one.")
        if meta.get("version") != VERSION:
            raise ArchiveError(
                f"{self.place}: another unspin made this archive (version {meta.get('version')}, this one knows "
                f"{VERSION}). Update unspin, or make the archive again."
            )
        types = {field: kind.get("type") for field, kind in mappings.get("properties", {}).items()}
        if types != {field: kind["type"] for field, kind in _PROPERTIES.items()}:
            raise ArchiveError(
                f"{self.place}: somebody changed the mapping of this index, so it cannot be used. Make the archive again "
                "under another name."
            )
        return int(described["settings"]["index"]["number_of_shards"])

    def add(self, stories: Iterable[ArchivedStory]) -> int:
        """Add stories and replace those whose content has changed; returns how many were new or changed."""
        self._refuse_reading()
        changed = 0
        try:
            for batch in _batches(map(tidy, stories)):
                changed += self._add(batch)
        finally:
            self._stories = (0.0, 0)
        self._patiently(partial(self._client.indices.refresh, index=self.place.index))
        return changed

    def _add(self, batch: Sequence[ArchivedStory]) -> int:
        seen = self._knowns([story.id for story in batch])

        def known(own: str) -> Known | None:
            if own not in seen:
                seen.update(self._knowns([own]))
            return seen[own]

        changed: dict[str, dict[str, Any]] = {}
        for given in batch:
            kept = to_keep(given, known)
            if kept is not None:
                story, digest = kept
                seen[story.id] = Known(digest, partial(str, story.outlet))
                changed[story.id] = _document(story, digest)
        if changed:
            self._write(changed)
        return len(changed)

    def _knowns(self, ids: Sequence[str]) -> dict[str, Known | None]:
        unlike = list(dict.fromkeys(ids))
        documents = self._patiently(partial(self._fetch, [_place_in_index(own) for own in unlike]))
        found: dict[str, Known | None] = {}
        for own, document in zip(unlike, documents, strict=True):
            source = document.get("_source")
            found[own] = Known(int(source["digest"]), partial(str, source["outlet"])) if source else None
        return found

    def _fetch(self, places: list[str]) -> list[dict[str, Any]]:
        answer = self._client.mget(
            index=self.place.index, body={"ids": places}, params={"_source_includes": "digest,outlet"}
        )
        documents: list[dict[str, Any]] = answer["docs"]
        if any("error" in document for document in documents):
            raise self._missing_shards()
        return documents

    def _write(self, documents: dict[str, dict[str, Any]]) -> None:
        """Store documents; those that the cluster cannot accept now are sent again."""
        left = dict(documents)

        def send() -> None:
            lines: list[dict[str, Any]] = []
            for own, document in left.items():
                lines += [{"index": {"_id": _place_in_index(own)}}, document]
            answer = self._client.bulk(index=self.place.index, body=lines)
            for own, item in zip(list(left), answer["items"], strict=True):
                result = item["index"]
                if result["status"] < 300:
                    del left[own]
                elif result["status"] not in _LATER:
                    reason = printable(str(result.get("error", {}).get("reason", "")))[:200]
                    raise ArchiveError(
                        f"{self.place}: the story “{printable(own)[:60]}” was refused ({reason}). What was added before "
                        "is kept."
                    )
            if left:
                raise _RecoveringError(
                    f"{self.place}: the cluster does not take {len(left):,} stories. What was added before is kept: run "
                    "the same command again when it is well."
                )

        self._patiently(send)

    def candidates(self, text: str, most: int = 5) -> list[Candidate]:
        """Returns the stories that may be the source of a text, best first, with near-duplicates grouped.

        The query holds every distinct word of the text that occurs in under a tenth of a shard's stories. BM25 scores
        the stories with the frequencies of all shards together.
        """
        words = query_words(text)
        if not words:
            return []
        # A shard knows only its own frequencies; stories are spread evenly over the shards.
        common = most_stories(self._count() // self._shards)
        query = {
            "more_like_this": {
                "fields": ["text"],
                "like": " ".join(words),
                "min_term_freq": 1,
                "min_doc_freq": 1,
                "max_doc_freq": common,
                "max_query_terms": MOST_WORDS,
                "minimum_should_match": 1,
            }
        }
        return grouped(partial(self._hits, query), most)

    def _hits(self, query: dict[str, Any], most: int) -> Sequence[tuple[float, ArchivedStory]]:
        answer = self._search(
            {"query": query, "size": most, "track_total_hits": False}, search_type="dfs_query_then_fetch"
        )
        return [(float(hit["_score"]), self._story(hit["_source"])) for hit in answer["hits"]["hits"]]

    def _search(self, body: dict[str, Any], **params: Any) -> dict[str, Any]:  # noqa: ANN401 - the client's own
        """Returns the answer of all shards; raises if one is missing."""
        asked = {"allow_partial_search_results": "false", **params}
        ask = partial(self._client.search, index=self.place.index, body=body, params=asked)
        answer: dict[str, Any] = self._patiently(ask, _SEARCH_PATIENCE_SECONDS)
        if answer["timed_out"] or answer["_shards"]["failed"]:
            raise self._missing_shards()
        return answer

    def _count(self) -> int:
        """Returns the number of stories, cached for at most a minute."""
        at, number = self._stories
        if not at or time.monotonic() - at > _COUNT_SECONDS:
            number = self._patiently(self._counted, _SEARCH_PATIENCE_SECONDS)
            self._stories = (time.monotonic(), number)
        return number

    def _counted(self) -> int:
        answer = self._client.count(index=self.place.index)
        if answer["_shards"]["failed"]:
            raise self._missing_shards()
        return int(answer["count"])

    def _story(self, source: dict[str, Any]) -> ArchivedStory:
        story = ArchivedStory(**{name: source[name] for name in _FACTS})
        if digest_of(story) != int(source["digest"]):
            raise ArchiveError(
                f"{self.place}: the story “{printable(story.id)[:60]}” was changed in the index by another program. Add "
                "it again."
            )
        return story

    def get(self, id: str) -> ArchivedStory | None:  # noqa: A002 - the story's own word
        """Returns the story with this id, or None."""
        with self._as_archive_errors():
            answer = self._client.get(index=self.place.index, id=_place_in_index(id), params={"ignore": 404})
        return self._story(answer["_source"]) if answer.get("found") else None

    def remove(self, *, ids: Collection[str] = (), outlet: str | None = None, before: str | None = None) -> int:
        """Remove the stories that meet all given conditions; returns how many. See the embedded engine."""
        self._refuse_reading()
        parts: list[dict[str, Any]] = []
        if outlet is not None:
            parts.append({"term": {"outlet": {"value": outlet, "case_insensitive": True}}})
        if before is not None:
            parts.append({"range": {"when": {"lt": limit_of(before)}}})
        if not ids:
            return self._remove(parts) if parts else 0
        listed = list(ids)
        blocks = [listed[start : start + _MOST_IDS] for start in range(0, len(listed), _MOST_IDS)]
        return sum(self._remove([*parts, {"terms": {"id": block}}]) for block in blocks)

    def _remove(self, parts: list[dict[str, Any]]) -> int:
        with self._as_archive_errors():
            self._client.indices.refresh(index=self.place.index)
            answer = self._client.delete_by_query(
                index=self.place.index,
                body={"query": {"bool": {"filter": parts}}},
                params={"conflicts": "proceed", "refresh": "true", "request_timeout": _LONG_SECONDS},
            )
        self._stories = (0.0, 0)
        if answer["failures"] or answer["timed_out"]:
            raise self._missing_shards()
        return int(answer["deleted"])

    def info(self) -> ArchiveInfo:
        """Returns counts, dates and size of the archive."""
        self._stories = (0.0, 0)
        asked = {
            "outlets": {"terms": {"field": "outlet", "size": _MOST_OUTLETS}},
            "oldest": {"min": {"field": "dated"}},
            "newest": {"max": {"field": "dated"}},
        }
        found = self._search({"size": 0, "aggs": asked})["aggregations"]
        with self._as_archive_errors():
            stats = self._client.indices.stats(index=self.place.index, metric="store")
        oldest, newest = (
            "" if found[name]["value"] is None else date_of(int(found[name]["value"])) for name in ("oldest", "newest")
        )
        return ArchiveInfo(
            self._count(),
            int(stats["_all"]["primaries"]["store"]["size_in_bytes"]),
            {str(bucket["key"]): int(bucket["doc_count"]) for bucket in found["outlets"]["buckets"]},
            oldest,
            newest,
            "opensearch",
            VERSION,
        )

    def verify(self) -> list[str]:
        """Check the state of the shards and read every story; returns one sentence for each fault."""
        from opensearchpy import helpers

        with self._as_archive_errors():
            health = self._client.cluster.health(index=self.place.index)
        faults = []
        if health["status"] == "red":
            faults.append(str(self._missing_shards()))
            return faults
        with self._as_archive_errors():
            scanned = helpers.scan(
                self._client, index=self.place.index, query={"query": {"match_all": {}}}, size=_BATCH_STORIES
            )
            for hit in scanned:
                try:
                    self._story(hit["_source"])
                except (ArchiveError, KeyError, TypeError, ValueError):
                    faults.append(
                        f"{self.place}: the story {printable(str(hit['_id']))} was changed by another program."
                    )
        return faults

    def close(self) -> None:
        """Close the connections; may be called again."""
        self._client.close()

    def _refuse_reading(self) -> None:
        if self._read_only:
            raise ArchiveError(f"{self.place}: the archive was opened for reading only.")

    def _missing_shards(self) -> "_RecoveringError":
        return _RecoveringError(
            f"{self.place}: a part of the archive does not answer, so a source could be missed. Look at the cluster's "
            "health, and try again when all its nodes are up."
        )

    def _patiently(self, ask: Callable[[], Any], seconds: float = _PATIENCE_SECONDS) -> Any:  # noqa: ANN401 - the client's own
        """Retry while the cluster recovers from the loss of a node."""
        until, pause = time.monotonic() + seconds, _FIRST_PAUSE
        while True:
            try:
                with self._as_archive_errors():
                    return ask()
            except _RecoveringError as error:
                if time.monotonic() > until or (isinstance(error, _SlowError) and seconds < _PATIENCE_SECONDS):
                    raise
                time.sleep(pause)
                pause = min(2 * pause, _LONGEST_PAUSE)

    @contextmanager
    def _as_archive_errors(self) -> Iterator[None]:
        """Turn the client's errors into an :class:`ArchiveError` with one sentence."""
        from opensearchpy import exceptions as kinds

        try:
            yield
        except UnspinError:
            raise
        except kinds.SSLError as error:
            raise ArchiveError(
                f"{self.place}: the server's certificate is not trusted. Set {AUTHORITIES} to the file of your authority."
            ) from error
        except kinds.ConnectionTimeout as error:
            raise _SlowError(
                f"{self.place}: no answer within {self.place.timeout} s. Try again, or write ?timeout=SECONDS after "
                "the address."
            ) from error
        except kinds.ConnectionError as error:
            raise _RecoveringError(
                f"{self.place}: the server cannot be reached. Check the address, and that OpenSearch runs."
            ) from error
        except (kinds.AuthenticationException, kinds.AuthorizationException) as error:
            raise ArchiveError(
                f"{self.place}: the server refused the credentials. Check {TOKEN} or {LOGIN}, or the files they name."
            ) from error
        except kinds.TransportError as error:
            raise self._refused(error.status_code, str(error.error)) from error
        except kinds.OpenSearchException as error:
            raise ArchiveError(
                f"{self.place}: the server's answer cannot be used ({type(error).__name__}). Check that OpenSearch is what "
                "answers at this address."
            ) from error

    def _refused(self, status: object, reason: str) -> ArchiveError:
        if status == 404:
            return ArchiveError(f"{self.place}: the archive is gone: somebody removed the index.")
        if status == 429:
            return _RecoveringError(f"{self.place}: the cluster is too busy. Try again later.")
        if status in _LATER or "shard" in reason or "search_phase" in reason:
            return self._missing_shards()
        told = f"{status}: {printable(reason)[:100]}".rstrip(": ")
        return ArchiveError(f"{self.place}: the server refused the request ({told}). Its log says more.")


class _RecoveringError(ArchiveError):
    """A temporary error."""


class _SlowError(_RecoveringError):
    """The server did not answer in time."""


def _client(place: OpenSearchPlace) -> Any:  # noqa: ANN401 - its package may not be installed
    require("opensearch", "an archive on OpenSearch")
    import opensearchpy

    # Its log would report each failure a second time.
    logging.getLogger("opensearch").setLevel(logging.CRITICAL)
    allowed = credentials()
    authorities = os.environ.get(AUTHORITIES, "")
    settings: dict[str, Any] = {"ca_certs": authorities} if place.encrypted and authorities else {}
    try:
        return opensearchpy.OpenSearch(
            hosts=[{"host": name.strip("[]"), "port": port} for name, port in place.hosts],
            use_ssl=place.encrypted,
            verify_certs=place.encrypted,
            http_auth=allowed.login,
            headers={"authorization": f"Bearer {allowed.token}"} if allowed.token else None,
            timeout=place.timeout,
            max_retries=2 * len(place.hosts),
            # Every request may be repeated. After a timeout, that helps only if there is another server.
            retry_on_timeout=len(place.hosts) > 1,
            retry_on_status=(502, 504),
            **settings,
        )
    except (opensearchpy.ImproperlyConfigured, OSError, ValueError) as error:
        raise ArchiveError(f"{place}: the connection cannot be made ({printable(str(error))[:200]}).") from error


def _index(place: OpenSearchPlace) -> dict[str, Any]:
    settings: dict[str, Any] = {"analysis": _ANALYSIS, "codec": "best_compression"}
    if place.shards is not None:
        settings["number_of_shards"] = place.shards
    if place.replicas is not None:
        settings["number_of_replicas"] = place.replicas
    mappings = {"dynamic": "strict", "_meta": {"format": _FORMAT, "version": VERSION}, "properties": _PROPERTIES}
    return {"settings": {"index": settings}, "mappings": mappings}


def _document(story: ArchivedStory, digest: int) -> dict[str, Any]:
    document: dict[str, Any] = {name: getattr(story, name) for name in _FACTS}
    when = moment(story.date)
    document |= {"digest": str(digest), "when": now() if when is None else when}
    if when is not None:
        document["dated"] = when
    return document


def _place_in_index(own: str) -> str:
    """Returns a document id from a story id. OpenSearch allows 512 bytes, and a story id may be a long URL."""
    return hashlib.blake2b(own.encode("utf-8", "replace"), digest_size=16).hexdigest()


def _batches(stories: Iterable[ArchivedStory]) -> Iterator[list[ArchivedStory]]:
    rest = iter(stories)
    while batch := list(islice(rest, 1)):
        size = len(batch[0].text)
        while len(batch) < _BATCH_STORIES and size < _BATCH_CHARACTERS and (more := list(islice(rest, 1))):
            batch += more
            size += len(more[0].text)
        yield batch
