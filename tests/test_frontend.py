"""What the front end says of the notebook that somebody opened."""

import pytest

from workbook.frontend import notebook

FRONTENDS = {
    "JupyterLab": {"JPY_SESSION_NAME": "notebooks/03_control_review.ipynb"},
    "Voilà": {"VOILA_REQUEST_URL": "http://localhost:8866/voila/render/03_control_review.ipynb?token=x#ac-rbac"},
    "Voilà in a folder": {"VOILA_REQUEST_URL": "http://localhost/base/voila/render/my%20audit/03_control_review.ipynb"},
}


@pytest.fixture(autouse=True)
def nothing_around(monkeypatch: pytest.MonkeyPatch):
    for name in ("JPY_SESSION_NAME", "VOILA_REQUEST_URL"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("variables", FRONTENDS.values(), ids=FRONTENDS)
def test_the_notebook_that_is_open_is_known_by_its_name(variables: dict[str, str], monkeypatch: pytest.MonkeyPatch):
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    assert notebook() == "03_control_review"


def test_where_nobody_says_it_no_notebook_is_open():
    assert notebook() == ""
