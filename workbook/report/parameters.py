"""What may be passed to a notebook: parameters it has, as plain JSON values, and nothing else.

Papermill pastes names and the text of unusual values into a cell as code, and only warns of a name it does not know.
Whatever reaches it has been here first.
"""

from collections.abc import Mapping
from keyword import iskeyword
from math import isfinite
from typing import Any, NewType

from workbook.errors import BadFile, BadInput, Unknown
from workbook.model import check_text
from workbook.report.page import Page

DEEPEST = 20
Checked = NewType("Checked", dict[str, Any])  # what `check` let pass; the type checker lets nothing else near Papermill


def check(page: Page, parameters: Mapping[str, Any]) -> Checked:
    """The parameters as they may be passed on to the notebook of `page`.

    Raises Unknown for a parameter the notebook does not have, BadInput for a value that is not plain JSON, BadFile for
    a file that is no notebook.
    """
    if page.problem:
        raise BadFile(page.problem)
    for name, value in parameters.items():
        if not isinstance(name, str) or not name.isidentifier() or iskeyword(name) or name not in page.parameters:
            raise Unknown("parameter", str(name), page.parameters, f"See the first cell of {page.path.name}.")
        _check_value(name, value)
    return Checked(dict(parameters))


def _check_value(name: str, value: Any, depth: int = 0) -> None:
    if depth > DEEPEST:
        raise BadInput(f"The parameter {name} is nested more than {DEEPEST} levels deep.")
    kind = type(value)
    if kind is str:
        _check_text(name, value)
    elif kind is float:
        if not isfinite(value):
            raise BadInput(f"The parameter {name} holds {value}, which is not a number that JSON knows.")
    elif kind is list:
        for item in value:
            _check_value(name, item, depth + 1)
    elif kind is dict:
        for key, item in value.items():
            if type(key) is not str:
                raise BadInput(f"The parameter {name} holds a key that is not text: {key!r}.")
            _check_text(name, key)
            _check_value(name, item, depth + 1)
    elif value is not None and kind not in (int, bool):
        raise BadInput(
            f"The parameter {name} holds a {kind.__name__}; pass text, a number, true or false, or lists of them."
        )


def _check_text(name: str, text: str) -> None:
    try:
        check_text(text)
    except ValueError as error:
        raise BadInput(f"The parameter {name} {error}.") from None
