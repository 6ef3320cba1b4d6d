"""What the tests of the reader's training need."""

import pytest

REASON = "the learning library (extra reader-train) is missing"
pytest.importorskip("torch", reason=REASON)
pytest.importorskip("safetensors", reason=REASON)
