"""The OpenAPI document is complete and correct, and no request that it allows or forbids causes a fault."""

import json
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
    unsupported_method,
)

from detector.web import examples
from detector.web.batch import MEDIA_TYPES as LINES
from detector.web.problems import TITLES
from detector.web.reference import reference

Server = Any
OPERATIONS = (
    ("POST", "/v1/check"),
    ("POST", "/v1/trace"),
    ("POST", "/v1/report"),
    ("POST", "/v1/check/batch"),
    ("GET", "/v1/model"),
    ("GET", "/healthz"),
    ("GET", "/readyz"),
    ("GET", "/metrics"),
)


@schemathesis.serializer(*LINES)
def _lines(context: schemathesis.SerializationContext, value: Any) -> bytes:  # noqa: ANN401 - as it is called
    """Send generated batch bodies unchanged."""
    del context
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "surrogatepass")


@pytest.fixture(scope="module")
def document(api: Server) -> dict[str, Any]:
    """The document that the server sends."""
    found: dict[str, Any] = api.ask("GET", "/openapi.json").json
    return found


def test_it_holds_every_route_of_the_api_and_no_other(document: dict[str, Any]) -> None:
    """The document lists exactly the routes of the API."""
    told = {(method.upper(), path) for path, methods in document["paths"].items() for method in methods}
    assert told == set(OPERATIONS)


def test_its_examples_fit_its_schemas(document: dict[str, Any]) -> None:
    """All examples of requests, answers and problems are valid."""
    checked = 0
    for methods in document["paths"].values():
        for operation in methods.values():
            for holder in (operation.get("requestBody", {}), *operation["responses"].values()):
                for content in holder.get("content", {}).values():
                    given_examples = [content["example"]] if "example" in content else []
                    given_examples += [each["value"] for each in content.get("examples", {}).values()]
                    for example in given_examples:
                        schema = {**content["schema"], "components": document["components"]}
                        Draft202012Validator(schema).validate(example)
                        checked += 1
    assert checked > 40


def test_its_example_of_a_batch_is_one(api: Server) -> None:
    """Sending the example gives an answer for each line, of the kinds shown."""
    sent = examples.lines(examples.LINES_IN).encode()
    answer = api.ask("POST", "/v1/check/batch", sent, {"Content-Type": "application/x-ndjson"})
    rows = [json.loads(line) for line in answer.body.splitlines()]
    assert [row["schema"] for row in rows] == [row["schema"] for row in examples.LINES_OUT]
    assert rows[1] == examples.LINES_OUT[1]


def test_every_problem_of_the_api_has_an_example(document: dict[str, Any]) -> None:
    """The document shows every problem."""
    text = json.dumps(document["paths"])
    missing = {kind for kind in TITLES if f"urn:unspin:problem:{kind}" not in text}
    assert missing <= {"not-found", "method-not-allowed"}  # these belong to no route


@pytest.mark.parametrize("operation", OPERATIONS, ids=" ".join)
def test_whatever_is_sent_is_answered_as_documented(
    api: Server, document: dict[str, Any], operation: tuple[str, str]
) -> None:
    """Valid and invalid generated requests cause no fault and only documented answers."""
    method, path = operation
    schema = schemathesis.openapi.from_dict(document)
    schema.config.update(base_url=api.address)
    modes = (schemathesis.GenerationMode.POSITIVE, schemathesis.GenerationMode.NEGATIVE)
    cases = st.one_of(*(schema[path][method].as_strategy(generation_mode=mode) for mode in modes))

    @given(case=cases)
    @settings(max_examples=40, database=None, phases=[Phase.generate], suppress_health_check=list(HealthCheck))
    def ask(case: "schemathesis.Case[Any]") -> None:
        answer = case.call()
        case.validate_response(
            answer,
            checks=[
                schemathesis.checks.not_a_server_error,
                status_code_conformance,
                content_type_conformance,
                response_schema_conformance,
                unsupported_method,
            ],
        )

    ask()


def test_its_page_is_current() -> None:
    """docs/http-api.md matches the document."""
    page = Path(__file__).parents[3] / "docs" / "http-api.md"
    assert page.read_text(encoding="utf-8") == reference(), "run: python -m detector.web.reference > docs/http-api.md"
