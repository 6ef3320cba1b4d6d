"""An audit with a fake judge, in a process of its own that a test may kill: STORE ARTICLES SECONDS."""

import os
import sys

from audit_fakes import FakeMaker, different

from detector.audit import audit, claims


def main() -> None:
    """Audit a file of articles, two workers."""
    store, articles, seconds = sys.argv[1:]
    claims.LEASE_SECONDS = float(os.environ.get("UNSPIN_TEST_LEASE", claims.LEASE_SECONDS))
    for _ in audit([articles], store=store, checker=FakeMaker(seconds=float(seconds)), jobs=2):
        pass


def write(path: str, count: int) -> None:
    """A JSON Lines file of articles that have nothing in common."""
    import json

    with open(path, "w", encoding="utf-8") as file:  # noqa: PTH123 - a path given as text
        file.writelines(json.dumps({"text": text}) + "\n" for text in different(count))


if __name__ == "__main__":
    main()
