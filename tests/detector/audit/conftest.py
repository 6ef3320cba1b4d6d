"""Fakes for audits: judges that are quick, and that die, hang and fail when an article says so."""

import sys
from pathlib import Path

# Worker processes must be able to import them, so they are found by path and not by way of pytest.
sys.path.insert(0, str(Path(__file__).parent / "fakes"))
