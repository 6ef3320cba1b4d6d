"""Worker processes begin with the tables loaded, and judge as any other process does."""

import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor

import pytest

from detector.rows import judge_texts
from detector.workers import context

STORY = "The council stated on Monday that it had accepted to mend the bridge, and that talks will proceed. " * 12


@pytest.fixture(scope="module")
def pool() -> Iterator[ProcessPoolExecutor]:
    """One worker."""
    with ProcessPoolExecutor(max_workers=1, mp_context=context("none")) as workers:
        yield workers


def test_a_worker_starts_with_the_tables_that_its_fork_server_loaded(pool: ProcessPoolExecutor) -> None:
    """Nothing is loaded again in a worker: the cached tables are there before it is asked to check."""
    if not sys.platform.startswith("linux"):
        pytest.skip("only Linux forks safely; elsewhere every worker loads for itself")
    loaded = "__import__('sys').modules['detector.measuring'].embedded_analyst.cache_info().currsize"
    assert pool.submit(eval, loaded).result(timeout=120) == 1


def test_a_worker_judges_as_its_parent_does(pool: ProcessPoolExecutor) -> None:
    """A verdict does not depend on the process it was made in."""
    (there,) = pool.submit(judge_texts, [STORY], "none").result(timeout=120)
    (here,) = judge_texts([STORY], "none")
    assert there == here
