"""Undo and redo of what was saved: single changes, several at once, imports."""

import re

import pytest

from workbook.errors import BadInput
from workbook.exchange import imports
from workbook.model import Answer, Draft, Person, Result
from workbook.store import Store, numbered
from workbook.undo import redo, take_back, undo

KEY = "ac-privileged-deploy@SYS-001"


def say(store: Store, *texts: str) -> None:
    """Save one answer again and again, with these rationales."""
    for text in texts:
        newest = store.ledger.get(store.name, "answer", KEY)
        answer = Answer(question="ac-privileged-deploy", system="SYS-001", result=Result.PARTIAL, rationale=text)
        store.save_answer(answer, newest.version if newest else 0)


def said(store: Store) -> str:
    return store.record().ask("ac-privileged-deploy", "SYS-001").answer.value.rationale


def names(store: Store, register: str = "datasets") -> list[str]:
    return [row.name for row in store.record().register(register)]


def add(store: Store, name: str) -> str:
    return store.save_row("datasets", "", {"name": name}, 0).key


def test_undo_goes_one_step_back_each_time_and_redo_forward_again(store: Store):
    say(store, "one", "two", "three")

    seen = []
    for step in (undo, undo, undo, redo, redo, redo):
        step(store, "answer", KEY)
        seen.append(said(store))

    assert seen == ["two", "one", "", "one", "two", "three"]
    with pytest.raises(BadInput, match="nothing to redo"):
        redo(store, "answer", KEY)


def test_nothing_is_removed_by_an_undo(store: Store):
    say(store, "one", "two")
    undo(store, "answer", KEY)

    assert [r.body["rationale"] for r in store.history("answer", KEY) if r.body] == ["one", "two", "one"]


def test_a_change_after_an_undo_ends_what_could_be_redone(store: Store):
    say(store, "one", "two")
    undo(store, "answer", KEY)
    say(store, "other")

    with pytest.raises(BadInput, match="nothing to redo"):
        redo(store, "answer", KEY)
    undo(store, "answer", KEY)
    assert said(store) == "one"


def test_typing_the_old_text_again_is_a_change_and_no_undo(store: Store):
    say(store, "one", "two", "one")
    undo(store, "answer", KEY)

    assert said(store) == "two"


def test_a_row_deleted_right_after_it_was_added_comes_back(store: Store):
    key = add(store, "Loans")
    store.delete("datasets", key, 1)
    undo(store, "datasets")

    assert names(store) == ["Loans"]
    undo(store, "datasets")
    assert names(store) == []


def test_in_a_register_undo_goes_through_its_rows_in_the_order_of_their_changes(store: Store):
    first, second = add(store, "Loans"), add(store, "Chats")
    store.save_row("datasets", first, {"name": "Loans", "owner": "Data steward"}, 1)
    store.save_row("datasets", second, {"name": "Chat logs"}, 1)

    undo(store, "datasets")
    assert names(store) == ["Loans", "Chats"]
    undo(store, "datasets")
    assert store.record().register("datasets")[0]["owner"] is None
    redo(store, "datasets")
    redo(store, "datasets")
    assert names(store) == ["Loans", "Chat logs"]


def test_what_one_save_recorded_is_undone_and_redone_together(store: Store):
    rows = [Draft("datasets", f"DS-00{n}", {"name": f"Set {n}"}) for n in (1, 2, 3)]
    number = store.save(numbered(rows, "sent"))[0].number

    undone = take_back(store, number)
    assert names(store) == []
    redone = take_back(store, undone[-1].number)
    assert names(store) == ["Set 1", "Set 2", "Set 3"]
    undo(store, "datasets")
    assert (names(store), len(redone)) == ([], 3)


def test_an_import_is_undone_as_a_whole(store: Store, tmp_path):
    kept = add(store, "Loans")
    file = tmp_path / "datasets.csv"
    file.write_text("name,owner\nLoans,Data steward\nChats,Support lead\n")
    made = imports.apply(store, imports.plan(store, file), "sent")
    take_back(store, made[0].number)

    assert [(r.key, r["owner"]) for r in store.record().register("datasets")] == [(kept, None)]


def test_if_somebody_changed_one_row_since_none_is_undone(store: Store):
    rows = [Draft("datasets", f"DS-00{n}", {"name": f"Set {n}"}) for n in (1, 2)]
    number = store.save(rows)[0].number
    store.acting_as(Person("Data steward")).save_row("datasets", "DS-002", {"name": "Set two"}, 1)

    says = "Nothing was undone or redone, because Data steward changed DS-002 since."
    with pytest.raises(BadInput, match=re.escape(says)):
        take_back(store, number)
    assert names(store) == ["Set 1", "Set two"]


def test_undo_in_a_register_takes_back_no_change_of_a_colleague(store: Store):
    add(store, "Mine")
    add(store.acting_as(Person("Data steward")), "Theirs")
    undo(store, "datasets")

    assert names(store) == ["Theirs"]
    with pytest.raises(BadInput, match="nothing of yours to undo"):
        undo(store, "datasets")


def test_an_undo_that_is_sent_twice_is_recorded_once(store: Store):
    say(store, "one", "two", "three")
    first = undo(store, "answer", KEY, "sent")
    again = undo(store, "answer", KEY, "sent")
    taken = take_back(store, first[0].number, "once")

    assert first == again
    assert take_back(store, first[0].number, "once") == taken
    assert said(store) == "three"


def test_undo_records_nothing_that_the_rules_refuse(store: Store):
    key = store.save_row("data_sources", "", {"name": "Bureau"}, 0).key
    store.save_row("datasets", "", {"name": "Loans", "sources": [key]}, 0)
    store.save_row("datasets", "DS-001", {"name": "Loans"}, 1)
    store.delete("data_sources", key, 1)

    with pytest.raises(BadInput, match="Made from"):
        undo(store, "datasets")


def test_an_import_of_several_tables_is_undone_whole_and_not_by_one_of_its_registers(store: Store, tmp_path):
    (tmp_path / "data_sources.csv").write_text("name\nBureau\n")
    (tmp_path / "datasets.csv").write_text("name,sources\nLoans,Bureau\n")
    made = imports.apply(store, imports.plan(store, tmp_path), "sent")

    with pytest.raises(BadInput, match="nothing of yours to undo"):
        undo(store, "datasets")
    take_back(store, made[0].number)
    assert (names(store), names(store, "data_sources")) == ([], [])
