"""docs/training-data.md names all that training and evaluation read."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from detector.lab.data.corpus import ROLES, SETS

CLONE = Path(__file__).resolve().parents[4]
PAGE = (CLONE / "docs" / "training-data.md").read_text(encoding="utf-8")
LAB = CLONE / "detector" / "lab"

ROW = re.compile(
    r"^\| `(?P<name>[\w-]+)` \| [^|]+ \| (?P<shares>\d+-\d+-\d+-\d+) \| [\d,]+ \| (?P<needs>[^|]+) \|$", re.MULTILINE
)
FIELD = re.compile(r"^\| ((?:`\w+`(?:, )?)+) \|", re.MULTILINE)


@pytest.mark.parametrize("name", SETS)
def test_every_set_is_described_as_it_is(name: str) -> None:
    """Its row gives the shares of the roles and the fields that it needs."""
    rows = {row["name"]: row for row in ROW.finditer(PAGE)}
    described = SETS[name]
    assert rows[name]["shares"] == "-".join(map(str, described.shares))
    group = () if described.group == "text" else (described.group,)
    assert re.findall(r"`(\w+)`", rows[name]["needs"]) == [*group, *described.fields, *described.of_rewrites]


def test_no_other_set_is_described() -> None:
    """A row of a set that was dropped would send readers after a file that nobody reads."""
    assert {row["name"] for row in ROW.finditer(PAGE)} == set(SETS)


def test_every_field_that_is_needed_is_explained() -> None:
    """Each has a row in the table of fields, and so have those that the lab reads where they are there."""
    explained = {name for row in FIELD.finditer(PAGE) for name in re.findall(r"`(\w+)`", row[1])}
    needed = {name for s in SETS.values() for name in (*s.fields, *s.of_rewrites)}
    assert needed | {s.group for s in SETS.values()} - {"text"} <= explained
    assert set(read_fields()) - {"set"} <= explained


def test_every_other_file_is_described() -> None:
    """Whatever the lab's code opens in the data folder by its name."""
    found = set(opened_files())
    assert {"tortured_phrases.csv", "spinner_dictionary.groups.jsonl"} <= found
    assert [name for name in sorted(found) if f"`{name}`" not in PAGE] == []


def test_every_role_is_described() -> None:
    """The page explains each role by its name."""
    assert all(f"| `{role}` |" in PAGE for role in ROLES)


def opened_files() -> Iterator[str]:
    """Names in expressions ``data / "NAME"``, or ``data / NAME`` with a constant of the same module."""
    for tree in trees():
        constants = dict(assigned(tree))
        for node in ast.walk(tree):
            if not (isinstance(node, ast.BinOp) and isinstance(node.op, ast.Div)):
                continue
            if ast.unparse(node.left) not in {"data", "self.data", "retraining.data"}:
                continue
            if isinstance(node.right, ast.Constant):
                yield str(node.right.value)
            elif isinstance(node.right, ast.Name) and node.right.id in constants:
                yield constants[node.right.id]


def read_fields() -> Iterator[str]:
    """Names in ``fields["NAME"]`` and ``fields.get("NAME")``, of stories."""
    for path in LAB.rglob("*.py"):
        yield from re.findall(r"\bfields(?:\.get\(|\[)[\"'](\w+)[\"']", path.read_text(encoding="utf-8"))


def trees() -> Iterator[ast.Module]:
    """Every module of the lab."""
    for path in LAB.rglob("*.py"):
        yield ast.parse(path.read_text(encoding="utf-8"))


def assigned(tree: ast.Module) -> Iterator[tuple[str, str]]:
    """The module's constants that are strings, those that are assigned together too."""
    for node in tree.body:
        if not isinstance(node, ast.Assign):
            continue
        (target,) = node.targets
        names = target.elts if isinstance(target, ast.Tuple) else [target]
        values = node.value.elts if isinstance(node.value, ast.Tuple) else [node.value]
        for name, value in zip(names, values, strict=False):
            if isinstance(name, ast.Name) and isinstance(value, ast.Constant) and isinstance(value.value, str):
                yield name.id, value.value
