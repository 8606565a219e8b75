"""The house measures of CONTRIBUTING.md, measured over the whole package."""

import ast
import tokenize
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MODULES = {str(path.relative_to(ROOT)): path for path in sorted((ROOT / "workbook").rglob("*.py"))}
TREES = {name: ast.parse(path.read_text(encoding="utf-8")) for name, path in MODULES.items()}

MODULE_LINES, BODY_LINES, BODY_MEAN, PARAMETERS = 300, 40, 8, 5
NO_CODE = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
Function = ast.FunctionDef | ast.AsyncFunctionDef


def docstring_lines(node: ast.AST) -> set[int]:
    """The lines of the docstrings in a tree."""
    return {
        line
        for owner in ast.walk(node)
        if isinstance(owner, ast.Module | ast.ClassDef | Function) and ast.get_docstring(owner, clean=False) is not None
        for line in range(owner.body[0].lineno, (owner.body[0].end_lineno or 0) + 1)
    }


@cache
def code_lines(name: str) -> set[int]:
    """The lines of a module that hold code: no blank ones, no comments, no docstrings."""
    with MODULES[name].open("rb") as file:
        tokens = [token for token in tokenize.tokenize(file.readline) if token.type not in NO_CODE]
    lines = {line for token in tokens[1:] for line in range(token.start[0], token.end[0] + 1)}
    return lines - docstring_lines(TREES[name])


def functions(name: str) -> Iterator[tuple[str, Function]]:
    """Every function of a module, with its place as a person finds it."""
    for node in ast.walk(TREES[name]):
        if isinstance(node, Function):
            yield f"{name}:{node.lineno} {node.name}", node


def body_length(node: Function, code: set[int]) -> int:
    """How many lines of code the body of a function has."""
    return len(code.intersection(range(node.body[0].lineno, (node.end_lineno or 0) + 1)))


def parameters(node: Function) -> int:
    """How many parameters a caller has to know, `self` and `cls` left out."""
    every = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    return sum(argument.arg not in ("self", "cls") for argument in every)


def public(body: list[ast.stmt], place: str) -> Iterator[tuple[str, ast.ClassDef | Function]]:
    """The public classes and functions in a body, and the public methods of those classes."""
    for node in body:
        if isinstance(node, ast.ClassDef | Function) and not node.name.startswith("_"):
            yield f"{place}:{node.lineno} {node.name}", node
            if isinstance(node, ast.ClassDef):
                yield from public(node.body, place)


@pytest.mark.parametrize("name", MODULES)
def test_a_module_can_be_read_in_one_go(name: str):
    assert len(code_lines(name)) <= MODULE_LINES


def test_a_function_can_be_seen_at_once():
    lengths = {place: body_length(node, code_lines(name)) for name in MODULES for place, node in functions(name)}
    assert {place: length for place, length in lengths.items() if length > BODY_LINES} == {}
    assert sum(lengths.values()) / len(lengths) <= BODY_MEAN


def test_a_function_takes_few_parameters():
    counts = {place: parameters(node) for name in MODULES for place, node in functions(name)}
    assert {place: count for place, count in counts.items() if count > PARAMETERS} == {}


def test_every_function_is_typed():
    for name in MODULES:
        for place, node in functions(name):
            arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
            untyped = [a.arg for a in arguments if a.annotation is None and a.arg not in ("self", "cls")]
            assert (untyped, node.returns is not None) == ([], True), place


def test_what_is_public_says_what_it_is():
    silent = [
        place for name in MODULES for place, node in public(TREES[name].body, name) if not ast.get_docstring(node)
    ]
    assert silent == []
    assert [name for name, tree in TREES.items() if not ast.get_docstring(tree)] == []


def test_a_module_of_ours_has_one_name_everywhere():
    aliases = [
        f"{name}:{node.lineno} {alias.name} as {alias.asname}"
        for name, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
        if alias.asname and "workbook" in f"{getattr(node, 'module', '')} {alias.name}"
    ]
    assert aliases == []
