"""The OpenAPI document, with examples."""

from typing import Any

from fastapi import FastAPI

CHECK: dict[str, Any] = {}
REPORT: dict[str, Any] = {}
BATCH: dict[str, Any] = {}
MODEL: dict[str, Any] = {}
HEALTH: dict[str, Any] = {}
READY: dict[str, Any] = {}
METRICS: dict[str, Any] = {}


def document(app: FastAPI) -> dict[str, Any]:
    """The document."""
    return app.openapi()
