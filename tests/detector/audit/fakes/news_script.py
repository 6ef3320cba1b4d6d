"""An audit with a fake judge that posts what is new, in a process of its own that a test may kill: URL FORM."""

import sys

from audit_fakes import FakeMaker

from detector.audit import work
from detector.cli import main

if __name__ == "__main__":
    work.CheckerMaker = lambda *_, **__: FakeMaker()  # type: ignore[assignment, misc]
    main(["audit", "feed.jsonl", "--notify", sys.argv[1], "--notify-format", sys.argv[2], "--jobs", "0"])
