"""Forms of an audit that speaks German: what a person reads there is German, what is recorded is what it ever was."""

from typing import Any

import pytest

from tests.test_forms import ANSWER, Q, nothing, tell
from workbook import forms
from workbook.forms.page import Page
from workbook.model import Result
from workbook.store import Store


@pytest.fixture
def page(store: Store) -> Page:
    about = store.record().engagement.model_copy(update={"language": "de"})
    store.save_engagement(about, store.history("engagement", "engagement")[-1].version)
    return Page(store)


def register(page: Page, name: str) -> Any:
    return forms.form("register", page, name, "", static=nothing)


def test_a_question_and_its_results_are_read_in_german_and_recorded_as_ever(page: Page, store: Store):
    form = forms.form("questions", page, "access-control", "", static=nothing)
    said = tell(form, "open", key=Q)

    assert "Teilweise" in {state[3] for state in form.state["results"]}
    assert said["ask"] != store.catalog.question("ac-privileged-deploy").ask
    assert tell(form, "save", key=Q, base=0, draft="d1", answer=ANSWER)["ok"]
    assert store.record().ask("ac-privileged-deploy", "SYS-001").result is Result.PARTIAL


def test_an_artefact_that_is_chosen_by_its_german_name_counts(page: Page, store: Store):
    form = forms.form("questions", page, "access-control", "", static=nothing)
    [first, *_] = tell(form, "open", key=Q)["proof"]["artefacts"]
    said = tell(form, "attach_link", key=Q, link="https://example.com/x", draft="e1",
                about={"artefact": first["artefact"], "collected_at": "2026-11-01"})  # fmt: skip

    assert first["named"] != first["artefact"]
    assert store.record().evidence[said["evidence"]["key"]].value.artefact == first["artefact"]


def test_choices_are_offered_in_german_and_kept_as_their_register_names_them(page: Page, store: Store):
    form = register(page, "datasets")
    labels = dict(form.state["choices"]["classification"])

    assert labels["strictly confidential"] == "streng vertraulich"
    assert form.state["title"] == "Datensätze"
    row = {"name": "Anträge", "classification": "strictly confidential"}
    assert tell(form, "save", key="", base=0, draft="d1", values=row)["ok"]
    [saved] = (r for r in store.record().register("datasets") if r.name == "Anträge")
    assert saved["classification"] == "strictly confidential"


def test_a_refusal_is_german_and_names_the_field(page: Page):
    said = tell(register(page, "datasets"), "save", key="", base=0, draft="d1", values={"name": ""})

    assert not said["ok"]
    assert said["field"] == "name"
    assert said["says"].startswith("„Name“ ist leer")


def test_another_language_is_spoken_as_soon_as_it_is_recorded(page: Page, store: Store):
    form = forms.form("engagement", page, static=nothing)
    german = {name: label for name, label, *_ in form.state["fields"]}
    about = store.record().engagement.model_copy(update={"language": "en"})
    store.save_engagement(about, store.history("engagement", "engagement")[-1].version)
    page.changed()

    assert german["scope"] == "Geltungsbereich"
    assert {name: label for name, label, *_ in form.state["fields"]}["scope"] == "Scope"


def test_tables_are_downloaded_as_they_are_read_back(page: Page):
    form = register(page, "datasets")
    sent: list[Any] = []
    form.send = lambda content, buffers=None: sent.append((content, buffers))
    form._received(form, {"do": "download", "id": "m1", "file": "csv"}, [])
    [(reply, [table])] = sent

    assert reply["ok"]
    assert "Classification" in table.decode("utf-8-sig").splitlines()[0]


def test_rows_copied_from_a_german_form_are_understood(page: Page, store: Store):
    form = register(page, "datasets")
    labels = {column["id"]: column["label"] for column in form.state["columns"]}
    text = f"{labels['name']}\t{labels['classification']}\t{labels['personal_data']}\nAnträge\tstreng vertraulich\tja"
    said = tell(form, "paste", text=text)

    assert {one["header"]: one["column"] for one in said["columns"]} == {
        labels[name]: name for name in ("name", "classification", "personal_data")
    }
    assert {word["value"]: word["ours"] for word in said["words"]}["streng vertraulich"] == "strictly confidential"
