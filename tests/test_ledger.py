"""The ledger: what goes in comes out, nothing is overwritten, and whatever was tampered with is found."""

import json
import multiprocessing
import os
import shutil
import sqlite3
import tempfile
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from uuid import uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection, create_engine, text

from tests.nobody import as_nobody, in_a_child, small_files
from workbook.errors import BadInput, Conflict, LedgerUnreadable, NotRecorded
from workbook.ledger import Ledger, Verdict, chain, database, guards, paging, schema
from workbook.model import Draft, Erasure, Head, Numbering, Person, Role

ANN = Person("Ann")
BOB = Person("Bob", Role.REVIEWER)
needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork a process to try it in")


@pytest.fixture
def sqlite_url(tmp_path):
    return f"sqlite:///{tmp_path / 'a b ü#?%41' / 'work book.db'}"


@pytest.fixture(params=["sqlite", "postgresql"])
def url(request):
    return request.getfixturevalue(f"{request.param}_url")


@pytest.fixture
def ledger(url):
    with closing(Ledger.open(url)) as ledger:
        yield ledger


@pytest.fixture
def sqlite_ledger(sqlite_url):
    with closing(Ledger.open(sqlite_url)) as ledger:
        yield ledger


def answer(key="ac-1", text="yes", base=0, **more):
    return Draft("answer", key, {"rationale": text}, base, **more)


def twelve(ledger: Ledger) -> None:
    """Twelve revisions, with second versions, a deletion and two authors."""
    ledger.append("demo", [answer(f"ac-{n}") for n in range(6)], ANN)
    ledger.append("demo", [answer(f"ac-{n}", "no", 1) for n in range(5)], BOB)
    ledger.append("demo", [Draft("answer", "ac-0", None, 2)], ANN)


@contextmanager
def raw(url: str) -> Iterator[Connection]:
    """The database as another program sees it."""
    engine = create_engine("sqlite://", creator=lambda: sqlite3.connect(path_of(url))) if "sqlite" in url else None
    engine = engine or create_engine(url)
    try:
        with engine.begin() as connection:
            yield connection
    finally:
        engine.dispose()


@contextmanager
def behind_the_triggers(url: str) -> Iterator[Connection]:
    """The database without its triggers, as somebody has it who wants to falsify; they are back afterwards."""
    with raw(url) as connection:
        statements = [s for s in schema.MIGRATIONS[0][1][connection.dialect.name] if s.startswith("CREATE TRIGGER")]
        on = "" if connection.dialect.name == "sqlite" else " ON revision"
        for statement in statements:
            connection.exec_driver_sql(f"DROP TRIGGER {statement.split()[2]}{on}")
        yield connection
        for statement in statements:
            connection.exec_driver_sql(statement)


def path_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


def verdict(url: str, witness: str | None = None, engagement: str = "demo") -> Verdict:
    with closing(Ledger.open(url, create=False, guarded=False)) as ledger:
        return ledger.verify(engagement, witness)


# ---- what goes in comes out


def test_an_answer_comes_back_as_it_was_given(ledger):
    [made] = ledger.append("demo", [answer(text='Ω "quoted" \u202eright to left 🎈\r\n')], BOB)

    assert ledger.get("demo", "answer", "ac-1") == made
    assert (made.number, made.version, made.actor, made.role, made.prev) == (1, 1, "Bob", "reviewer", "")
    assert made.body == {"rationale": 'Ω "quoted" \u202eright to left 🎈\r\n'}
    assert abs(datetime.now(UTC) - made.at) < timedelta(minutes=5)


characters = st.characters(exclude_categories=["Cs"], exclude_characters="\x00")
values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(characters),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(characters), inner, max_size=4),
    max_leaves=15,
)


@settings(max_examples=80, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.dictionaries(st.text(characters), values, max_size=5))
def test_any_plain_body_comes_back_byte_for_byte_and_verifies(ledger, body):
    key = str(uuid4())
    ledger.append("demo", [Draft("thing", key, body)], ANN)

    assert json.dumps(ledger.get("demo", "thing", key).body, sort_keys=True) == json.dumps(body, sort_keys=True)
    assert ledger.verify("demo").ok


def test_a_second_version_counts_and_the_first_stays_in_the_history(ledger):
    ledger.append("demo", [answer()], ANN)
    ledger.append("demo", [answer(text="no", base=1)], BOB)

    assert [(r.version, r.body["rationale"]) for r in ledger.current("demo")] == [(2, "no")]
    assert [(r.number, r.actor) for r in ledger.history("demo", "answer", "ac-1")] == [(1, "Ann"), (2, "Bob")]


def test_current_is_ordered_by_kind_and_key_and_leaves_other_engagements_out(ledger):
    ledger.append("demo", [answer("b"), answer("É")], ANN)
    ledger.append("demo", [Draft("risk", "r", {}), answer("a"), answer("B")], ANN)
    ledger.append("other", [answer("zz")], ANN)

    assert [(r.kind, r.key) for r in ledger.current("demo")] == [
        ("answer", "a"),
        ("answer", "B"),
        ("answer", "b"),
        ("answer", "É"),
        ("risk", "r"),
    ]
    assert [r.key for r in ledger.current("demo", "risk")] == ["r"]
    assert ledger.engagements() == ["demo", "other"]


def test_a_deletion_is_a_revision_and_what_was_deleted_can_be_made_anew(ledger):
    ledger.append("demo", [answer()], ANN)
    [gone] = ledger.append("demo", [Draft("answer", "ac-1", None, 1)], BOB)

    assert (gone.body, gone.version) == (None, 2)
    assert ledger.get("demo", "answer", "ac-1") == gone
    assert ledger.current("demo") == []
    assert ledger.append("demo", [answer(base=2)], ANN)[0].version == 3


def test_who_saw_nothing_because_it_was_deleted_may_make_it_anew(ledger):
    ledger.append("demo", [answer()], ANN)
    ledger.append("demo", [Draft("answer", "ac-1", None, 1)], BOB)

    assert ledger.append("demo", [answer(base=0)], ANN)[0].version == 3


def test_deleting_what_is_not_there_is_refused(ledger):
    with pytest.raises(BadInput, match="There is no answer ac-1 to delete"):
        ledger.append("demo", [Draft("answer", "ac-1", None)], ANN)


def test_the_ledger_can_be_read_as_it_stood_after_any_revision(ledger):
    twelve(ledger)

    assert [r.body["rationale"] for r in ledger.current("demo", upto=7)] == ["no", *["yes"] * 5]
    assert len(ledger.current("demo")) == 5
    assert ledger.get("demo", "answer", "ac-0", upto=7).body == {"rationale": "no"}
    assert ledger.get("demo", "answer", "ac-0", upto=12).body is None
    assert ledger.current("demo", upto=0) == []


def record_at(url: str, *moments: datetime) -> None:
    """Revisions as the ledger writes them, made at these moments by the clock of their machine."""
    prev = ""
    with raw(url) as connection:
        for n, moment in enumerate(moments, 1):
            row = chain.seal(chain.Place("demo", n, 1, chain.stamp(moment), prev), answer(f"ac-{n}"), ANN)
            connection.execute(text(schema.INSERT), row)
            prev = row["hash"]


def test_the_head_as_of_a_moment_is_a_prefix_even_if_the_clock_ran_back(ledger, url):
    noon = datetime(2026, 3, 1, 12, tzinfo=UTC)
    hours = [0, 5, 1, 2]  # the second clock was wrong
    record_at(url, *[noon + timedelta(hours=h) for h in hours])

    numbers = [ledger.head("demo", noon + timedelta(hours=h)).number for h in (-1, 0, 1, 2, 5)]
    assert numbers == [0, 1, 3, 4, 4]
    assert ledger.head("demo", noon + timedelta(hours=1)).at == noon + timedelta(hours=1)
    assert ledger.verify("demo").ok


def test_revisions_that_hold_a_text_are_found_by_it(ledger):
    ledger.append("demo", [answer("a", "c0ffee"), answer("b", "tea"), answer("c", "more c0ffee")], ANN)
    ledger.append("demo", [answer("a", "tea", 1), Draft("other", "d", {"n": "c0ffee"})], ANN)

    assert [r.number for r in ledger.mentions("demo", "answer", "c0ffee")] == [1, 3]


def test_the_head_at_a_revision_is_the_one_the_ledger_had_then(ledger):
    then = ledger.append("demo", [answer(f"ac-{n}") for n in range(3)], ANN)[-1]
    ledger.append("other", [answer("ac-0")], ANN)
    ledger.append("demo", [answer("ac-9")], ANN)

    assert ledger.head("demo", upto=3) == Head(3, then.hash, then.at)
    assert ledger.head("demo", upto=9) == ledger.head("demo")
    assert ledger.head("demo", upto=0) == Head()


def test_a_moment_without_a_time_zone_is_refused(ledger):
    with pytest.raises(BadInput, match="time zone"):
        ledger.head("demo", datetime(2026, 3, 1))


def test_an_empty_ledger_has_an_empty_head_and_verifies(ledger):
    assert ledger.head("demo") == Head()
    assert ledger.verify("demo") == Verdict(True, 0, Head(), None, "All 0 revisions are as they were recorded.")
    assert ledger.get("demo", "answer", "ac-1") is None
    assert ledger.append("demo", [], ANN) == []


def test_the_ledger_is_the_same_after_it_was_closed_and_opened(ledger, url):
    twelve(ledger)
    with closing(Ledger.open(url, create=False)) as again:
        assert again.history("demo") == ledger.history("demo")
        assert again.head("demo") == ledger.head("demo")


# ---- conflicts and retries


def test_the_second_of_two_who_started_from_the_same_version_is_shown_both_texts(ledger):
    ledger.append("demo", [answer(text="first")], ANN)
    with pytest.raises(Conflict, match=r"Ann saved ac-1 first, at .* UTC \(version 1\)\. Nothing was over") as caught:
        ledger.append("demo", [answer(text="second")], BOB)

    assert caught.value.theirs == ledger.get("demo", "answer", "ac-1")
    assert caught.value.ours == {"rationale": "second"}
    assert ledger.head("demo").number == 1


def test_a_text_is_not_saved_over_a_deletion_the_author_did_not_see(ledger):
    ledger.append("demo", [answer()], ANN)
    ledger.append("demo", [Draft("answer", "ac-1", None, 1)], BOB)
    with pytest.raises(Conflict, match="Bob deleted ac-1 first"):
        ledger.append("demo", [answer(base=1)], ANN)


def test_a_base_that_cannot_be_is_refused(ledger):
    with pytest.raises(BadInput, match="is at version 0, not 3"):
        ledger.append("demo", [answer(base=3)], ANN)


def test_one_conflict_in_a_batch_records_none_of_it(ledger):
    ledger.append("demo", [answer("b")], ANN)
    with pytest.raises(Conflict):
        ledger.append("demo", [answer("a"), answer("b"), answer("c")], BOB)

    assert [r.key for r in ledger.history("demo")] == ["b"]


def test_a_batch_may_hold_two_versions_of_the_same_answer(ledger):
    made = ledger.append("demo", [answer(), answer(text="no", base=1)], ANN)
    assert [r.version for r in made] == [1, 2]


def test_the_same_draft_sent_twice_is_recorded_once(ledger):
    drafts = [answer("a"), answer("b")]
    first = ledger.append("demo", drafts, ANN)
    ledger.append("demo", [answer("a", "newer", 1)], BOB)

    assert ledger.append("demo", drafts, ANN) == first
    assert ledger.head("demo").number == 3


def test_a_retry_with_another_text_is_a_conflict_and_not_lost(ledger):
    draft = answer()
    ledger.append("demo", [draft], ANN)
    with pytest.raises(Conflict) as caught:
        ledger.append("demo", [answer(text="edited since", id=draft.id)], ANN)
    assert caught.value.ours == {"rationale": "edited since"}


def test_an_id_is_not_used_twice(ledger):
    draft = answer()
    ledger.append("demo", [draft], ANN)
    with pytest.raises(BadInput, match="make a new one"):
        ledger.append("demo", [answer("ac-2", id=draft.id)], ANN)


# ---- keys that the ledger gives

SETS = Numbering("DS", 3)


def dataset(name="Loans", numbers=SETS, **more):
    return Draft("dataset", "", {"name": name}, numbers=numbers, **more)


def test_a_key_left_open_is_the_next_number(ledger):
    made = ledger.append("demo", [dataset("Loans"), dataset("Chats")], ANN)
    ledger.append("other", [dataset()], ANN)
    ledger.append("demo", [Draft("model", "", {}, numbers=SETS)], ANN)

    assert [r.key for r in made] == ["DS-001", "DS-002"]
    assert [r.key for r in ledger.history("other")] == ["DS-001"]
    assert ledger.append("demo", [dataset("Mails")], ANN)[0].key == "DS-003"


@pytest.mark.parametrize(
    ("taken", "key"),
    [
        (["DS-007"], "DS-008"),
        (["DS-999", "DS-1000", "DS-150"], "DS-1001"),
        (["DS-1500", "DS-0007", "DS-2"], "DS-1501"),
        (["DS-9x", "DS-1 2", "DS-", "ds-500", "DS_500", "EDS-500", "DS-٧"], "DS-001"),
        (["DS-99999999999999999999999"], "DS-001"),
    ],
)
def test_numbers_go_on_after_the_highest_that_was_ever_given(ledger, taken, key):
    ledger.append("demo", [Draft("dataset", one, {}) for one in taken], ANN)
    ledger.append("demo", [Draft("dataset", taken[0], None, 1)], ANN)

    assert ledger.append("demo", [dataset()], ANN)[0].key == key


def test_a_draft_with_an_open_key_that_is_sent_twice_is_recorded_once(ledger):
    draft = dataset(id="one")
    first = ledger.append("demo", [draft], ANN)

    assert ledger.append("demo", [draft], BOB) == first
    assert ledger.recorded("demo", "one") == first[0]
    assert ledger.recorded("other", "one") is None
    with pytest.raises(Conflict, match="An earlier text of yours for DS-001 was recorded already"):
        ledger.append("demo", [dataset("Edited since", id="one")], ANN)
    with pytest.raises(BadInput, match="was used before"):
        ledger.append("demo", [dataset(numbers=Numbering("EV", 4), id="one")], ANN)
    assert ledger.head("demo").number == 1


def test_a_refused_batch_gives_no_numbers(ledger):
    ledger.append("demo", [answer("taken")], ANN)
    with pytest.raises(Conflict):
        ledger.append("demo", [dataset(), answer("taken")], ANN)

    assert ledger.append("demo", [dataset()], ANN)[0].key == "DS-001"


# ---- what cannot be kept


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"note": "a\0b"}, "field note of ac-1 holds a NUL"),
        ({"notes": ["fine", {"deep": "\ud800"}]}, r"field notes\[1\].deep of ac-1 holds half of a character"),
        ({"a\0b": 1}, "name of a field in ac-1 holds a NUL"),
        ({"share": 0.5}, "field share of ac-1 holds the decimal number 0.5"),
        ({"n": 2**53}, "beyond 9,007,199,254,740,991"),
        ({"n": {1: 2}}, "names must be text"),
        ({"when": datetime(2026, 1, 1, tzinfo=UTC)}, "holds a datetime"),
        ({"raw": b"x"}, "holds a bytes"),
        ({"long": "é" * 1_000_001}, r"holds 2,000,0\d\d bytes; the ledger takes 2,000,000"),
    ],
)
def test_a_body_that_databases_would_not_keep_alike_is_refused_by_field(ledger, body, said):
    with pytest.raises(BadInput, match=said):
        ledger.append("demo", [Draft("answer", "ac-1", body)], ANN)
    assert ledger.head("demo") == Head()


def test_a_body_nested_too_deep_is_refused(sqlite_ledger):
    body: dict[str, object] = {}
    for _ in range(2000):
        body = {"in": body}
    with pytest.raises(BadInput, match="levels deep"):
        sqlite_ledger.append("demo", [Draft("answer", "ac-1", body)], ANN)


@pytest.mark.parametrize(
    ("engagement", "draft", "who", "said"),
    [
        ("", answer(), ANN, "engagement is empty"),
        ("demo", answer(" "), ANN, "key is empty"),
        ("demo", answer("a\0"), ANN, "key holds a NUL"),
        ("demo", answer("k" * 301), ANN, "key 'kkk.* is longer than 300"),
        ("demo", answer(id="\udfff"), ANN, "id holds half of a character"),
        ("demo", answer(), Person(""), "actor is empty"),
        ("de\0mo", answer(), ANN, "engagement holds a NUL"),
    ],
)
def test_a_name_that_cannot_be_kept_is_refused_by_field(ledger, engagement, draft, who, said):
    with pytest.raises(BadInput, match=said):
        ledger.append(engagement, [draft], who)


def test_the_longest_names_are_taken(ledger):
    ledger.append("😀" * 100, [Draft("😀" * 100, "😀" * 300, {}, id="😀" * 100)], Person("😀" * 300))
    assert ledger.verify("😀" * 100).ok


# ---- the database itself refuses


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE revision SET actor = 'eve'",
        "DELETE FROM revision",
        "DELETE FROM revision WHERE number = 12",
        "UPDATE revision SET seq = seq + 100",
    ],
)
def test_the_database_refuses_to_change_or_delete_a_revision(ledger, url, change):
    twelve(ledger)
    with pytest.raises(Exception, match="never changed or deleted"), raw(url) as connection:
        connection.execute(text(change))
    assert ledger.verify("demo").revisions == 12


def test_sqlite_refuses_to_replace_a_revision(sqlite_ledger, sqlite_url):
    twelve(sqlite_ledger)
    names = ", ".join(["seq", *chain.COLUMNS])
    for unique in ("seq", "id", "number", "prev"):
        fresh = {"seq": "999", "id": "'new'", "number": "99", "prev": "'new'", "version": "99"}
        values = ", ".join(fresh[name] if name in fresh and name != unique else name for name in names.split(", "))
        with raw(sqlite_url) as connection, pytest.raises(Exception, match="never changed or deleted"):
            connection.execute(text(f"INSERT OR REPLACE INTO revision ({names}) SELECT {values} FROM revision LIMIT 1"))
    assert sqlite_ledger.verify("demo").revisions == 12


def test_postgresql_refuses_to_empty_the_table(postgresql_url):
    with closing(Ledger.open(postgresql_url)) as ledger:
        twelve(ledger)
        with pytest.raises(Exception, match="never changed or deleted"), raw(postgresql_url) as connection:
            connection.execute(text("TRUNCATE revision"))
        assert ledger.verify("demo").ok


# ---- tampering is found


def test_anybody_can_recompute_the_chain_with_the_standard_library_alone(ledger, url):
    twelve(ledger)
    prev = ""
    with raw(url) as connection:
        for payload, found in connection.execute(text("SELECT payload, hash FROM revision ORDER BY number")):
            parts = [len(prev).to_bytes(8, "big"), prev.encode(), len(payload).to_bytes(8, "big"), bytes(payload)]
            assert sha256(b"ml-audit-workbook/revision/1\0" + b"".join(parts)).hexdigest() == found
            prev = found
    assert ledger.head("demo").hash == prev


def test_the_hash_of_a_known_revision_never_changes():
    place = chain.Place("demo", 1, 1, "2026-01-02T03:04:05.000006Z", "")
    row = chain.seal(place, Draft("answer", "ac-1", {"b": "é", "a": [1, None]}, id="one"), ANN)

    assert row["payload"].decode() == (
        '{"actor":"Ann","at":"2026-01-02T03:04:05.000006Z","body":{"a":[1,null],"b":"é"},"engagement":"demo",'
        '"id":"one","key":"ac-1","kind":"answer","number":1,"part":"preparer","version":1}'
    )
    assert row["hash"] == "3a7071b130adb49cf2ed805356278647f996c8d840df35fa382dde384e2c4423"


@pytest.mark.parametrize(
    "change",
    [
        "number = number + 100",
        "kind = 'risk'",
        "key = 'elsewhere'",
        "version = version + 50",
        "actor = 'Eve'",
        "part = 'auditor'",
        "at = '2020-01-01T00:00:00.000000Z'",
        "id = 'another'",
        "prev = 'another'",
        "hash = 'another'",
        "hash = upper(hash)",
        "seq = -seq",
    ],
)
@pytest.mark.parametrize("number", [1, 2, 7, 11, 12])
def test_a_changed_column_is_found_at_its_revision(ledger, url, change, number):
    twelve(ledger)
    with behind_the_triggers(url) as connection:
        connection.execute(text(f"UPDATE revision SET {change} WHERE number = {number}"))

    found = verdict(url)
    assert (found.ok, found.broken_at, found.revisions) in [(False, number, number - 1), (False, None, 12)]
    if not (change.startswith("number") and number == 12):
        assert found.broken_at == number
        assert f"Revision {number} " in found.reason


def test_a_changed_content_is_found_with_who_and_when(ledger, url):
    twelve(ledger)
    with behind_the_triggers(url) as connection:
        payload = connection.execute(text("SELECT payload FROM revision WHERE number = 8")).scalar_one()
        forged = bytes(payload).replace(b'"no"', b'"ok"')
        connection.execute(text("UPDATE revision SET payload = :p WHERE number = 8"), {"p": forged})

    found = verdict(url)
    assert found.broken_at == 8
    assert "Revision 8 was altered" in found.reason
    assert "answer ac-1, saved by Bob at 20" in found.reason
    assert found.head.number == 7


def test_a_content_that_was_hashed_anew_is_found_at_the_next_revision(ledger, url):
    twelve(ledger)
    with behind_the_triggers(url) as connection:
        prev, payload = connection.execute(text("SELECT prev, payload FROM revision WHERE number = 8")).one()
        forged = bytes(payload).replace(b'"no"', b'"ok"')
        values = {"p": forged, "h": chain.digest(prev, forged)}
        connection.execute(text("UPDATE revision SET payload = :p, hash = :h WHERE number = 8"), values)

    assert verdict(url).broken_at == 9


@pytest.mark.parametrize("number", range(1, 12))
def test_a_deleted_revision_is_found(ledger, url, number):
    twelve(ledger)
    with behind_the_triggers(url) as connection:
        connection.execute(text(f"DELETE FROM revision WHERE number = {number}"))

    found = verdict(url)
    assert (found.broken_at, found.revisions) == (number, number - 1)
    assert "missing" in found.reason


def test_two_swapped_revisions_are_found(ledger, url):
    twelve(ledger)
    with behind_the_triggers(url) as connection:
        for old, new in ((3, 99), (4, 3), (99, 4)):
            connection.execute(text(f"UPDATE revision SET number = {new} WHERE number = {old}"))

    assert verdict(url).broken_at == 3


def test_swapped_contents_are_found(ledger, url):
    twelve(ledger)
    with behind_the_triggers(url) as connection:
        two = connection.execute(text("SELECT payload FROM revision WHERE number IN (3, 4) ORDER BY number")).scalars()
        for number, payload in zip((4, 3), list(two), strict=True):
            connection.execute(text(f"UPDATE revision SET payload = :p WHERE number = {number}"), {"p": payload})

    assert verdict(url).broken_at == 3


def test_an_inserted_revision_is_found(ledger, url):
    twelve(ledger)
    row = chain.seal(chain.Place("demo", 13, 3, "2026-01-01T00:00:00.000000Z", "no such hash"), answer("ac-1"), BOB)
    with raw(url) as connection:
        connection.execute(text(schema.INSERT), row)

    assert verdict(url).broken_at == 13


@pytest.mark.parametrize("version", [2, 4, 0])  # 2 would be right
def test_an_appended_revision_that_skips_or_repeats_a_version_is_found(ledger, url, version):
    twelve(ledger)
    place = chain.Place("demo", 13, version, "2026-01-01T00:00:00.000000Z", ledger.head("demo").hash)
    with raw(url) as connection:
        connection.execute(text(schema.INSERT), chain.seal(place, answer("ac-5"), BOB))

    assert ("version" in verdict(url).reason) is (version != 2)


def test_a_revision_with_something_added_to_it_is_found(ledger, url):
    twelve(ledger)
    head = ledger.head("demo")
    row = chain.seal(chain.Place("demo", 13, 1, "2026-01-01T00:00:00.000000Z", head.hash), answer("new"), BOB)
    row["payload"] = row["payload"].replace(b'"id"', b'"hidden":1,"id"')
    with raw(url) as connection:
        connection.execute(text(schema.INSERT), row | {"hash": chain.digest(head.hash, row["payload"])})

    assert verdict(url).broken_at == 13


def test_a_revision_that_is_no_json_is_found_and_not_read_as_something_else(ledger, url):
    twelve(ledger)
    head = ledger.head("demo")
    row = chain.seal(chain.Place("demo", 13, 1, "2026-01-01T00:00:00.000000Z", head.hash), answer("new"), BOB)
    row |= {"payload": b"not json", "hash": chain.digest(head.hash, b"not json")}
    with raw(url) as connection:
        connection.execute(text(schema.INSERT), row)

    assert "cannot be read" in verdict(url).reason
    with pytest.raises(LedgerUnreadable, match="Revision 13 of 'demo' is damaged"):
        ledger.current("demo")


def test_a_revision_moved_to_another_engagement_is_found_in_both(ledger, url):
    twelve(ledger)
    ledger.append("other", [answer()], ANN)
    with behind_the_triggers(url) as connection:
        connection.execute(text("UPDATE revision SET engagement = 'other' WHERE number = 5 AND engagement = 'demo'"))

    assert verdict(url).broken_at == 5
    assert verdict(url, engagement="other").broken_at == 2


def test_a_whole_engagement_under_another_name_is_found(ledger, url):
    twelve(ledger)
    with behind_the_triggers(url) as connection:
        connection.execute(text("UPDATE revision SET engagement = 'stolen'"))

    assert verdict(url, engagement="stolen").broken_at == 1


def test_a_cut_off_tail_is_found_by_a_head_that_was_noted_elsewhere(ledger, url):
    twelve(ledger)
    noted = ledger.head("demo").hash
    ledger.append("demo", [answer("later")], ANN)
    assert (verdict(url, noted).witnessed, verdict(url, noted[:16].upper()).ok) == (12, True)
    assert "revision 12: it vouches for all up to there, and says nothing of the 1 since" in verdict(url, noted).reason
    with behind_the_triggers(url) as connection:
        connection.execute(text("DELETE FROM revision WHERE number > 10"))

    assert verdict(url).ok
    assert not verdict(url, noted).ok
    assert "cut off" in verdict(url, noted[:16]).reason


def test_a_chain_that_was_hashed_anew_is_found_by_a_head_that_was_noted_elsewhere(ledger, url):
    twelve(ledger)
    noted, prev = ledger.head("demo").hash, ""
    with behind_the_triggers(url) as connection:
        for number in range(1, 13):
            found = connection.execute(text(f"SELECT payload FROM revision WHERE number = {number}")).scalar_one()
            payload = bytes(found).replace(b'"no"', b'"ok"')
            values = {"p": payload, "v": prev, "h": (prev := chain.digest(prev, payload))}
            connection.execute(text(f"UPDATE revision SET payload=:p, prev=:v, hash=:h WHERE number={number}"), values)

    assert verdict(url).ok
    assert not verdict(url, noted).ok


@pytest.mark.parametrize("witness", ["abc", "0123456789abcde", "x" * 64, "a" * 65])
def test_a_witness_that_proves_nothing_is_refused(ledger, witness):
    with pytest.raises(BadInput, match="first 16 digits"):
        ledger.verify("demo", witness)


def test_nobody_who_saves_waits_for_a_verification(url, monkeypatch):
    monkeypatch.setattr(paging, "PAGE", 5)
    seen = []

    def told(done):
        seen.append(done)
        other.append("demo", [answer(f"meanwhile-{done}")], BOB)

    with closing(Ledger.open(url)) as ledger, closing(Ledger.open(url, wait=0.05)) as other:
        twelve(ledger)
        found = ledger.verify("demo", told=told)

    assert (found.ok, found.revisions, seen) == (True, 14, [5, 10, 14])


def test_an_erasure_while_it_is_verified_is_no_damage(url, monkeypatch):
    monkeypatch.setattr(paging, "PAGE", 5)
    told = []

    def erase(done):
        if not told:
            ledger.erase("demo", Erasure(kind="answer", key="ac-5", fields=("rationale",), why="Asked for it"), ANN)
        told.append(done)

    with closing(Ledger.open(url)) as ledger:
        twelve(ledger)
        assert ledger.verify("demo", told=erase).ok
        assert ledger.history("demo", "answer", "ac-5")[0].body == {"rationale": "[erased]"}


@pytest.mark.parametrize("number", [5, 6])
def test_a_second_revision_of_one_number_is_found_at_the_edge_of_a_page(sqlite_ledger, sqlite_url, number, monkeypatch):
    monkeypatch.setattr(paging, "PAGE", 5)
    twelve(sqlite_ledger)
    with closing(sqlite3.connect(path_of(sqlite_url))) as connection:
        connection.executescript(
            "CREATE TABLE bare AS SELECT * FROM revision; DROP TABLE revision; ALTER TABLE bare RENAME TO revision;"
            f"INSERT INTO revision SELECT seq + 100, engagement, number, kind, 'x', version, actor, part, at, 'new',"
            f" payload, prev, hash FROM revision WHERE number = {number}"
        )

    assert verdict(sqlite_url).broken_at == number + 1


def test_a_revision_without_a_place_in_the_table_is_found(sqlite_ledger, sqlite_url):
    twelve(sqlite_ledger)
    with closing(sqlite3.connect(path_of(sqlite_url))) as connection:
        connection.executescript(
            "CREATE TABLE bare AS SELECT * FROM revision; DROP TABLE revision; ALTER TABLE bare RENAME TO revision;"
            "UPDATE revision SET seq = NULL WHERE number = 3"
        )

    assert verdict(sqlite_url).broken_at == 3


@pytest.mark.parametrize("upto", [None, 0, 1, 6, 9, 11, 12, 99])
def test_what_is_newest_is_found_by_steps_as_by_reading_everything(ledger, upto):
    twelve(ledger)
    ledger.append("demo", [Draft("risks", f"R-{n}", {"n": n}) for n in range(3)], BOB)
    ledger.append("zoo", [answer("other"), answer("ac-0")], BOB)
    ledger.append("a", [answer("ac-1")], ANN)
    newest, authors = {}, {}
    for r in ledger.history("demo"):
        if upto is None or r.number <= upto:
            newest[r.kind, r.key] = r
            authors.setdefault(r.kind, {}).setdefault(r.key, set()).add(r.actor)
    left = sorted((r for r in newest.values() if r.body is not None), key=lambda r: (r.kind, r.key))

    assert ledger.current("demo", upto=upto) == left
    for kind in ("answer", "risks", "nothing"):
        assert ledger.current("demo", kind, upto=upto) == [r for r in left if r.kind == kind]
        assert ledger.authors("demo", kind, upto=upto) == authors.get(kind, {})
    assert ledger.engagements() == ["a", "demo", "zoo"]
    assert ledger.current("nobody") == []


def test_a_missing_safeguard_is_found_though_the_revisions_are_intact(ledger, url):
    twelve(ledger)
    with raw(url) as connection:
        server = connection.dialect.name == "postgresql"
        connection.execute(
            text("DROP TRIGGER revision_no_change ON revision" if server else "DROP TRIGGER revision_no_update")
        )

    assert not verdict(url).ok
    assert "trigger revision_no_" in verdict(url).reason


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ("ALTER TABLE revision DISABLE TRIGGER USER", "trigger revision_no_change"),
        ("ALTER TABLE revision ENABLE REPLICA TRIGGER revision_no_change", "trigger revision_no_change"),
        (
            "CREATE OR REPLACE FUNCTION revision_refuse() RETURNS trigger LANGUAGE plpgsql AS"
            " $$ BEGIN RETURN COALESCE(NEW, OLD); END $$",
            "function revision_refuse",
        ),
        ("CREATE RULE quiet AS ON UPDATE TO revision DO INSTEAD NOTHING", "rule quiet"),
        ("CREATE RULE lost AS ON INSERT TO revision DO INSTEAD NOTHING", "rule lost"),
        (
            "ALTER TABLE revision DROP CONSTRAINT revision_engagement_prev_key",
            "constraint revision_engagement_prev_key",
        ),
        ("ALTER TABLE revision ENABLE ROW LEVEL SECURITY", "row security of revision"),
        ("CREATE POLICY hide ON revision USING (number < 5)", "policy hide"),
        ("ALTER TABLE revision ALTER COLUMN key DROP NOT NULL", "column revision.key"),
        ("ALTER TABLE revision ADD COLUMN extra TEXT", "column revision.extra"),
        ("ALTER TABLE revision SET UNLOGGED", "table revision"),
        ("DROP INDEX revision_numbers", "index revision_numbers"),
        ("DROP INDEX revision_authors", "index revision_authors"),
        ("CREATE TABLE heir () INHERITS (revision)", "heir heir"),
        ("CREATE TRIGGER eve BEFORE INSERT ON revision FOR EACH ROW EXECUTE FUNCTION revision_refuse()", "trigger eve"),
        ("UPDATE meta SET name = 'anything' WHERE version = 1", "schema number 1"),
    ],
)
def test_every_changed_safeguard_is_named_on_postgresql(postgresql_url, change, said):
    with closing(Ledger.open(postgresql_url)) as ledger:
        twelve(ledger)
    with raw(postgresql_url) as connection:
        connection.execute(text(change))

    found = verdict(postgresql_url)
    assert (found.ok, found.revisions) == (False, 12)
    assert said in found.reason


def test_a_cut_off_tail_is_found_by_what_this_workspace_saw(url, tmp_path):
    with closing(Ledger.open(url, heads=tmp_path / "heads")) as ledger:
        twelve(ledger)
        ledger.append("other", [answer()], ANN)
        for number in (12, 11):
            with behind_the_triggers(url) as connection:
                connection.execute(text(f"DELETE FROM revision WHERE number = {number} AND engagement = 'demo'"))
            found = ledger.verify("demo")
            assert (found.ok, found.broken_at) == (False, number)
            assert f"Revision {number} is missing, and all up to 12, which this workspace saw" in found.reason
        assert ledger.verify("other").ok


def test_a_ledger_that_was_exchanged_is_found_by_what_this_workspace_saw(url, tmp_path):
    with closing(Ledger.open(url, heads=tmp_path / "heads")) as ledger:
        twelve(ledger)
        with behind_the_triggers(url) as connection:
            connection.execute(text("DELETE FROM revision"))
        with closing(Ledger.open(url)) as elsewhere:
            twelve(elsewhere)

        found = ledger.verify("demo")
        assert (found.ok, found.broken_at) == (False, 12)
        assert "is another one than this workspace saw" in found.reason


@pytest.mark.parametrize("note", ["", "12", "x" * 5000, "12 " + "0" * 63, "\n", f"11 {'0' * 64}\n", f"12 {'0' * 64} "])
def test_a_note_that_cannot_be_read_is_none_and_is_replaced(sqlite_url, tmp_path, note):
    with closing(Ledger.open(sqlite_url, heads=tmp_path)) as ledger:
        (tmp_path / "demo").write_text(note)
        twelve(ledger)
        assert (tmp_path / "demo").read_text() == f"{12:015} {ledger.head('demo').hash}\n"
        assert ledger.verify("demo").ok


def test_an_older_save_sent_again_leaves_the_note_of_the_newer(sqlite_url, tmp_path):
    with closing(Ledger.open(sqlite_url, heads=tmp_path)) as ledger:
        draft = answer("first")
        ledger.append("demo", [draft], ANN)
        ledger.append("demo", [answer("second")], ANN)
        ledger.append("demo", [draft], ANN)

        assert (tmp_path / "demo").read_text().lstrip("0").startswith("2 ")


@needs_fork
def test_a_save_does_not_depend_on_its_note(readable_folder):
    with closing(Ledger.open(f"sqlite:///{readable_folder / 'work.db'}", heads=readable_folder / "work.db")) as ledger:
        assert ledger.append("demo", [answer()], ANN)
        assert ledger.verify("demo").ok


@pytest.mark.parametrize(
    "change",
    [
        "CREATE TRIGGER evil AFTER INSERT ON revision BEGIN UPDATE revision SET actor = 'x'; END",
        "CREATE VIEW evil AS SELECT * FROM revision",
        "ALTER TABLE revision ADD COLUMN extra TEXT",
    ],
)
def test_a_database_with_something_strange_in_it_is_not_opened(sqlite_ledger, sqlite_url, change):
    twelve(sqlite_ledger)
    with raw(sqlite_url) as connection:
        connection.exec_driver_sql(change)

    assert "altered" in sqlite_ledger.verify("demo").reason
    with pytest.raises(LedgerUnreadable, match="altered by another program"):
        Ledger.open(sqlite_url)


def test_a_save_that_the_database_falsifies_is_not_acknowledged(sqlite_ledger, sqlite_url):
    twelve(sqlite_ledger)
    with raw(sqlite_url) as connection:
        connection.exec_driver_sql("DROP TRIGGER revision_no_update")
        connection.exec_driver_sql(
            "CREATE TRIGGER evil AFTER INSERT ON revision BEGIN UPDATE revision SET actor = 'Eve'; END"
        )
    with pytest.raises(NotRecorded, match="came back from the database other than it was written"):
        sqlite_ledger.append("demo", [answer("new")], ANN)
    assert sqlite_ledger.head("demo").number == 12


@pytest.mark.parametrize("change", ["version = 0", "program = 'other'", "version = -1"])
def test_a_ledger_that_does_not_know_its_version_is_refused(ledger, url, change):
    with raw(url) as connection:
        connection.execute(text("DELETE FROM meta WHERE version > 1"))
        connection.execute(text(f"UPDATE meta SET {change}"))
    with pytest.raises(LedgerUnreadable, match="not a workbook ledger, or it was altered"):
        Ledger.open(url)


def test_a_schema_that_is_not_even_text_is_refused(sqlite_ledger, sqlite_url):
    twelve(sqlite_ledger)
    with raw(sqlite_url) as connection:
        connection.exec_driver_sql("PRAGMA writable_schema = ON")
        connection.exec_driver_sql("UPDATE sqlite_master SET sql = CAST(x'43fffe' AS TEXT) WHERE name = 'revision'")
    with pytest.raises(LedgerUnreadable):
        Ledger.open(sqlite_url)
    assert not sqlite_ledger.verify("demo").ok


def test_other_peoples_tables_and_statistics_in_it_do_no_harm(sqlite_ledger, sqlite_url):
    twelve(sqlite_ledger)
    with raw(sqlite_url) as connection:
        connection.exec_driver_sql("CREATE TABLE notes (n)")
        connection.exec_driver_sql("ANALYZE")
    assert verdict(sqlite_url).ok


def logical(path: Path) -> object:
    """All that the ledger holds, read by a plain scan; the exception's class if it cannot be read."""
    try:
        with closing(sqlite3.connect(path)) as connection:
            rows = connection.execute("SELECT * FROM revision NOT INDEXED").fetchall()
            return rows, connection.execute("SELECT type, name, sql FROM sqlite_master").fetchall()
    except (sqlite3.Error, UnicodeDecodeError) as error:
        return type(error)


def flipped(url: str) -> str:
    """What opening and verifying says of a damaged file; empty if nothing."""
    try:
        found = verdict(url)
    except (LedgerUnreadable, BadInput) as error:
        return str(error)
    return "" if found.ok else found.reason


def test_every_flipped_bit_that_changes_what_the_ledger_says_is_found(sqlite_ledger, sqlite_url, tmp_path):
    twelve(sqlite_ledger)
    whole = path_of(sqlite_url).read_bytes()
    base = logical(path_of(sqlite_url))
    missed, changed = [], 0
    for at in range(0, len(whole), len(whole) // 1500):
        damaged = bytearray(whole)
        damaged[at] ^= 1 << at % 8
        copy = tmp_path / "copy.db"
        copy.write_bytes(damaged)
        if logical(copy) != base:
            changed += 1
            missed += [] if flipped(f"sqlite:///{copy}") else [at]
    assert changed > 150
    assert missed == []


def test_a_file_cut_in_half_is_found(sqlite_ledger, sqlite_url):
    sqlite_ledger.append("demo", [answer(f"ac-{n}", "x" * 5000) for n in range(20)], ANN)
    path = path_of(sqlite_url)
    os.truncate(path, path.stat().st_size // 2)

    assert flipped(sqlite_url)


# ---- what is not a ledger


def test_a_ledger_of_a_newer_version_is_refused_with_both_versions(ledger, url):
    newer = {"version": schema.VERSION + 1, "name": "sealed envelopes", "program": schema.PROGRAM, "at": ""}
    with raw(url) as connection:
        connection.execute(text(schema.INSERT_META), newer)

    said = (
        rf"newer workbook \(schema {schema.VERSION + 1}, 'sealed envelopes'\); this one knows schema {schema.VERSION}\."
    )
    with pytest.raises(LedgerUnreadable, match=said):
        Ledger.open(url)


def test_a_file_that_is_no_database_is_refused_and_left_as_it_is(tmp_path):
    path = tmp_path / "work.db"
    path.write_text("Dear diary, " * 500)
    with pytest.raises(LedgerUnreadable, match="not a workbook ledger"):
        Ledger.open(f"sqlite:///{path}")
    assert path.read_text() == "Dear diary, " * 500


@pytest.mark.parametrize("table", ["customers", "meta", "revision"])
def test_a_database_of_another_program_is_refused(tmp_path, table):
    path = tmp_path / "shop.db"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(f"CREATE TABLE {table} (n)")
    with pytest.raises(LedgerUnreadable, match="another program"):
        Ledger.open(f"sqlite:///{path}")


def test_another_programs_tables_called_like_ours_are_refused(url):
    with raw(made(url)) as connection:
        connection.execute(text("CREATE TABLE meta (version INTEGER, name TEXT, program TEXT)"))
        connection.execute(text("CREATE TABLE revision (n INTEGER)"))
    with pytest.raises(LedgerUnreadable, match="not a workbook ledger"):
        Ledger.open(url)


def made(url: str) -> str:
    if "sqlite" in url:
        path_of(url).parent.mkdir(parents=True)
    return url


def test_a_missing_or_empty_ledger_is_not_made_unasked(tmp_path):
    path = tmp_path / "none" / "work.db"
    with pytest.raises(LedgerUnreadable, match="There is no ledger at"):
        Ledger.open(f"sqlite:///{path}", create=False)
    assert not path.parent.exists()
    (tmp_path / "empty.db").touch()
    with pytest.raises(LedgerUnreadable, match="is empty"):
        Ledger.open(f"sqlite:///{tmp_path / 'empty.db'}", create=False)


def test_a_file_left_empty_by_an_interrupted_start_becomes_a_ledger(tmp_path):
    (tmp_path / "work.db").touch()
    with closing(Ledger.open(f"sqlite:///{tmp_path / 'work.db'}")) as ledger:
        assert ledger.append("demo", [answer()], ANN)


def test_a_folder_is_not_a_ledger(tmp_path):
    with pytest.raises(LedgerUnreadable, match="is not a file"):
        Ledger.open(f"sqlite:///{tmp_path}")


@pytest.mark.parametrize("address", ["sqlite:///:memory:", "sqlite://", "mysql://x/y", "nonsense", ""])
def test_an_address_that_is_none_is_refused(address):
    with pytest.raises(BadInput):
        Ledger.open(address)


def test_a_server_out_of_reach_is_said_without_the_password():
    pytest.importorskip("psycopg", reason="psycopg is not installed")
    with pytest.raises(LedgerUnreadable, match=r"postgresql://ann:\*\*\*@127.0.0.1:1/x could not be reached") as caught:
        Ledger.open("postgresql://ann:secret@127.0.0.1:1/x")
    assert "secret" not in str(caught.value)


# ---- when it cannot be recorded


def test_a_locked_database_is_said_and_nothing_is_changed(sqlite_url):
    with closing(Ledger.open(sqlite_url, wait=0.05)) as ledger, closing(sqlite3.connect(path_of(sqlite_url))) as other:
        ledger.append("demo", [answer()], ANN)
        other.execute("BEGIN EXCLUSIVE")
        with pytest.raises(NotRecorded, match=r"has kept .* locked for 0.05 seconds. Nothing was changed. Close other"):
            ledger.append("demo", [answer("ac-2")], ANN)
        with pytest.raises(LedgerUnreadable, match=r"locked for 0.05 seconds"):
            ledger.current("demo")
        with pytest.raises(LedgerUnreadable, match=r"locked for 0.05 seconds"):
            ledger.verify("demo")
        other.execute("ROLLBACK")
        assert len(ledger.append("demo", [answer("ac-2")], ANN)) == 1


def test_an_append_waits_for_its_turn_on_postgresql(postgresql_url):
    with closing(Ledger.open(postgresql_url, wait=0.5)) as ledger, raw(postgresql_url) as other:
        ledger.append("demo", [answer()], ANN)
        other.execute(text("LOCK TABLE revision IN EXCLUSIVE MODE"))
        with pytest.raises(NotRecorded, match=r"locked for 0.5 seconds. Nothing was changed"):
            ledger.append("demo", [answer("ac-2")], ANN)
        assert ledger.head("demo").number == 1


def cut_off_whoever_waits(url: str) -> None:
    """End the server's process of the append that waits for its turn, as soon as there is one."""
    kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND query ~ :what"
    for _ in range(1000):
        with raw(url) as connection:
            if connection.execute(text(kill), {"what": "INSERT INTO revision"}).all():
                return
        time.sleep(0.01)


def test_a_connection_that_breaks_before_the_end_records_nothing_and_a_retry_records_it_once(postgresql_url):
    draft = answer()
    with closing(Ledger.open(postgresql_url)) as ledger, ThreadPoolExecutor(1) as pool:
        with raw(postgresql_url) as other:
            other.execute(text("LOCK TABLE revision IN EXCLUSIVE MODE"))
            saved = pool.submit(ledger.append, "demo", [draft], ANN)
            cut_off_whoever_waits(postgresql_url)
            with pytest.raises(NotRecorded, match=r"administrator command.*Nothing was changed") as caught:
                saved.result()
            assert caught.value.lost
            assert ledger.history("demo") == []
        assert ledger.append("demo", [draft], ANN) == ledger.append("demo", [draft], ANN)


@pytest.mark.parametrize("how", [shutil.copyfile, os.replace], ids=["copied over it", "put in its place"])
def test_what_is_put_back_while_the_ledger_is_open_is_what_it_goes_on_with(sqlite_ledger, sqlite_url, tmp_path, how):
    sqlite_ledger.append("demo", [answer("first")], ANN)
    sqlite_ledger.backup(tmp_path / "copy.db")
    sqlite_ledger.append("demo", [answer("second")], ANN)
    how(tmp_path / "copy.db", path_of(sqlite_url))

    assert [r.key for r in sqlite_ledger.history("demo")] == ["first"]
    sqlite_ledger.append("demo", [answer("third")], ANN)
    with closing(Ledger.open(sqlite_url)) as other:
        assert [r.key for r in other.history("demo")] == ["first", "third"]
        assert other.verify("demo").ok


def test_nothing_is_saved_into_a_ledger_that_was_removed_while_it_was_open(sqlite_url):
    Ledger.open(sqlite_url).close()
    with closing(Ledger.open(sqlite_url, create=False)) as ledger:
        ledger.append("demo", [answer("first")], ANN)
        path_of(sqlite_url).unlink()
        with pytest.raises(NotRecorded, match="could not be opened for writing"):
            ledger.append("demo", [answer("second")], ANN)
        with pytest.raises(LedgerUnreadable):
            ledger.history("demo")


def test_whoever_could_not_get_a_turn_waits_for_the_next_one_as_long(sqlite_url):
    with closing(Ledger.open(sqlite_url, wait=0.05)) as ledger, closing(sqlite3.connect(path_of(sqlite_url))) as other:
        ledger.append("demo", [answer()], ANN)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(NotRecorded, match="locked"):
            ledger.append("demo", [answer("ac-2")], ANN)
        other.execute("ROLLBACK")
        with ledger._base.reading() as connection:
            assert connection.exec_driver_sql("PRAGMA busy_timeout").scalar() == 50


def test_a_full_disk_is_said_and_earlier_revisions_stay(sqlite_ledger, sqlite_url, monkeypatch):
    twelve(sqlite_ledger)
    pages = path_of(sqlite_url).stat().st_size // 4096
    monkeypatch.setitem(database.PRAGMAS, "max_page_count", pages + 2)
    sqlite_ledger.close()  # what is open already does not know of it
    with pytest.raises(NotRecorded, match=r"is full. Nothing was changed. Free some space"):
        sqlite_ledger.append("demo", [answer("small"), answer("large", "x" * 50_000)], ANN)
    monkeypatch.undo()
    sqlite_ledger.close()

    assert sqlite_ledger.verify("demo").revisions == 12
    assert sqlite_ledger.append("demo", [answer("small")], ANN)[0].number == 13


@needs_fork
def test_a_quota_in_the_middle_of_a_write_is_said_and_earlier_revisions_stay(sqlite_ledger, sqlite_url):
    twelve(sqlite_ledger)
    quota = path_of(sqlite_url).stat().st_size + 8192
    kind, said = in_a_child(
        lambda: sqlite_ledger.append("demo", [answer("large", "x" * 50_000)], ANN),
        lambda: small_files(quota),
    )

    assert kind == "NotRecorded"
    assert "Nothing was changed" in said
    assert sqlite_ledger.verify("demo").revisions == 12


@pytest.fixture
def readable_folder():
    """A folder that everybody may read and only its owner may write."""
    folder = Path(tempfile.mkdtemp(prefix="sealed"))
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


def sealed(folder: Path) -> str:
    url = f"sqlite:///{folder / 'work.db'}"
    with closing(Ledger.open(url)) as ledger:
        twelve(ledger)
    (folder / "work.db").chmod(0o444)
    folder.chmod(0o555)
    return url


@needs_fork
def test_a_ledger_in_a_folder_without_write_permission_opens_read_only(readable_folder):
    url = sealed(readable_folder)

    def look():
        with closing(Ledger.open(url)) as ledger:
            return ledger.writable, len(ledger.current("demo")), ledger.verify("demo").ok

    assert as_nobody(look) == (False, 5, True)


@needs_fork
def test_saving_to_a_read_only_ledger_is_refused(readable_folder):
    url = sealed(readable_folder)
    kind, said = as_nobody(lambda: Ledger.open(url).append("demo", [answer("new")], ANN))

    assert kind == "NotRecorded"
    assert "open read-only" in said
    assert verdict(url).revisions == 12


@needs_fork
def test_a_ledger_that_became_read_only_while_open_is_said(readable_folder):
    url = f"sqlite:///{readable_folder / 'work.db'}"
    with closing(Ledger.open(url)) as ledger:
        ledger.append("demo", [answer()], ANN)
        (readable_folder / "work.db").chmod(0o444)
        (readable_folder / "work.db-journal").unlink(missing_ok=True)
        kind, said = as_nobody(lambda: ledger.append("demo", [answer("new")], ANN))
        assert (kind, "Nothing was changed" in said) == ("NotRecorded", True)
        assert ledger.head("demo").number == 1


@needs_fork
def test_no_ledger_is_made_where_it_may_not(readable_folder):
    readable_folder.chmod(0o555)
    here = as_nobody(lambda: Ledger.open(f"sqlite:///{readable_folder / 'work.db'}"))
    below = as_nobody(lambda: Ledger.open(f"sqlite:///{readable_folder / 'new' / 'work.db'}"))

    assert (here[0], "may not be written" in here[1]) == ("LedgerUnreadable", True)
    assert (below[0], "could not be made" in below[1]) == ("NotRecorded", True)


def test_settings_that_do_not_stick_are_refused(sqlite_url, monkeypatch):
    monkeypatch.setitem(database.PRAGMAS, "journal_mode", "nonsense")
    with pytest.raises(LedgerUnreadable, match="did not take the setting journal_mode"):
        Ledger.open(sqlite_url)


def test_the_settings_that_keep_saves_through_a_power_cut_are_on(sqlite_ledger):
    with sqlite_ledger._base.reading() as connection:
        found = {name: connection.exec_driver_sql(f"PRAGMA {name}").scalar() for name in database.PRAGMAS}
    assert (found["journal_mode"], found["synchronous"]) == ("truncate", 3)
    assert found == database.PRAGMAS


# ---- many at once


def counts(url: str, lane: int, inherited: Ledger | None) -> None:
    """One of several processes: saves its own answers, and adds to a number that all of them share."""
    ledger = inherited or Ledger.open(url)
    for n in range(10):
        ledger.append("demo", [answer(f"{lane}-{n}")], Person(f"P{lane}"))
        version, total = 0, 0
        while True:
            try:
                ledger.append("demo", [Draft("count", "all", {"n": total + 1}, version)], Person(f"P{lane}"))
                break
            except Conflict as conflict:
                version, total = conflict.theirs.version, conflict.theirs.body["n"]
    ledger.close()


@needs_fork
@pytest.mark.parametrize("shared", [True, False], ids=["forked with it open", "each opens it"])
def test_eight_processes_at_once_lose_nothing_and_fork_nothing(url, shared):
    inherited = Ledger.open(url) if shared else None
    fork = multiprocessing.get_context("fork")
    lanes = [fork.Process(target=counts, args=(url, lane, inherited)) for lane in range(8)]
    for lane in lanes:
        lane.start()
    for lane in lanes:
        lane.join()

    assert [lane.exitcode for lane in lanes] == [0] * 8
    with closing(inherited or Ledger.open(url, create=False)) as ledger:
        assert ledger.verify("demo").revisions == 160
        assert len(ledger.current("demo", "answer")) == 80
        total = ledger.get("demo", "count", "all")
        assert (total.version, total.body) == (80, {"n": 80})


def test_eight_threads_can_save_through_one_ledger(ledger):
    gate = threading.Barrier(8)

    def save(lane):
        gate.wait()
        return [ledger.append("demo", [answer(f"{lane}-{n}")], ANN)[0].number for n in range(5)]

    with ThreadPoolExecutor(8) as pool:
        numbers = [number for made in pool.map(save, range(8)) for number in made]
    assert sorted(numbers) == list(range(1, 41))
    assert ledger.verify("demo").ok


def adds(url: str, lane: int) -> None:
    """One of several processes: adds rows whose keys it leaves to the ledger."""
    with closing(Ledger.open(url)) as ledger:
        for n in range(20):
            ledger.append("demo", [dataset(f"{lane}-{n}")], Person(f"P{lane}"))


@needs_fork
def test_processes_that_add_rows_at_once_all_get_keys_of_their_own(ledger, url):
    fork = multiprocessing.get_context("fork")
    lanes = [fork.Process(target=adds, args=(url, lane)) for lane in range(8)]
    for lane in lanes:
        lane.start()
    for lane in lanes:
        lane.join()

    assert [lane.exitcode for lane in lanes] == [0] * 8
    assert [r.key for r in ledger.current("demo")] == [SETS.key(n) for n in range(1, 161)]
    assert ledger.verify("demo").ok


def test_a_ledger_of_the_first_schema_is_brought_up_to_date_and_stays_the_same(url):
    with monkeypatched_version(1), closing(Ledger.open(url)) as first:
        twelve(first)
        before = first.history("demo")
    with closing(Ledger.open(url)) as ledger:
        assert (ledger.history("demo"), ledger.verify("demo").ok) == (before, True)
        assert ledger.append("demo", [dataset()], ANN)[0].key == "DS-001"


@contextmanager
def monkeypatched_version(number: int) -> Iterator[None]:
    """The ledger as it was when the schema had this number."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(schema, "VERSION", number)
        guards._own_objects.cache_clear()
        yield
    guards._own_objects.cache_clear()


def test_a_writer_waits_for_a_reader_that_takes_its_time(sqlite_ledger):
    twelve(sqlite_ledger)
    with ThreadPoolExecutor(1) as pool, sqlite_ledger._base.reading() as connection:
        rows = connection.execute(text("SELECT * FROM revision"))
        rows.fetchone()
        saved = pool.submit(sqlite_ledger.append, "demo", [answer("waits")], ANN)
        assert len(rows.fetchall()) == 11
        rows.close()
        connection.commit()
        assert saved.result()[0].number == 13


# ---- backups


def test_a_backup_is_a_whole_ledger_of_its_own(sqlite_ledger, tmp_path):
    twelve(sqlite_ledger)
    sqlite_ledger.backup(tmp_path / "away" / "copy.db")

    assert verdict(f"sqlite:///{tmp_path / 'away' / 'copy.db'}", sqlite_ledger.head("demo").hash).ok
    assert [p.name for p in (tmp_path / "away").iterdir() if "journal" not in p.name] == ["copy.db"]


def test_a_backup_under_a_name_that_is_too_long_is_refused_in_a_sentence(sqlite_ledger, tmp_path):
    with pytest.raises(NotRecorded, match="could not be written: File name too long"):
        sqlite_ledger.backup(tmp_path / ("x" * 5_000))


def test_a_backup_overwrites_nothing(sqlite_ledger, tmp_path):
    (tmp_path / "copy.db").write_text("mine")
    with pytest.raises(BadInput, match="is there already"):
        sqlite_ledger.backup(tmp_path / "copy.db")
    assert (tmp_path / "copy.db").read_text() == "mine"


@needs_fork
def test_a_backup_that_cannot_be_written_leaves_nothing_behind(sqlite_ledger, tmp_path):
    sqlite_ledger.append("demo", [answer(text="x" * 200_000)], ANN)
    (tmp_path / "away").mkdir()
    kind, said = in_a_child(
        lambda: sqlite_ledger.backup(tmp_path / "away" / "copy.db"),
        lambda: small_files(60_000),
    )
    assert kind == "NotRecorded", said
    assert list((tmp_path / "away").iterdir()) == []


@needs_fork
def test_a_read_only_ledger_can_be_backed_up(readable_folder, tmp_path):
    url = sealed(readable_folder)
    target = Path(tempfile.gettempdir()) / f"{uuid4().hex}.db"
    try:
        as_nobody(lambda: Ledger.open(url).backup(target))
        assert verdict(f"sqlite:///{target}").revisions == 12
    finally:
        target.unlink(missing_ok=True)


def test_a_backup_of_a_server_is_its_own_tools_work(postgresql_url):
    with closing(Ledger.open(postgresql_url)) as ledger, pytest.raises(BadInput, match="pg_dump"):
        ledger.backup(Path("copy.db"))


def test_the_secret_of_an_engagement_stays_as_it_goes_on_and_is_another_for_another(ledger: Ledger):
    twelve(ledger)
    name = "demo"
    before = ledger.secret(name, 12)
    ledger.append(name, [answer("ac-99")], ANN)

    assert ledger.secret(name, 12) == before
    assert len({before, ledger.secret(name, 13), ledger.secret(name, 11), ledger.secret("another", 12)}) == 4
