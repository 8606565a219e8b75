"""The list of what an edition leaves out: each withheld value once, no shown one, and nothing that can be guessed."""

import json
from dataclasses import replace
from hashlib import sha256
from pathlib import Path

from click.testing import CliRunner
from click.testing import Result as Ran

from tests.helpers_audit import answer, plain, proof, record, row, with_review
from workbook.audience import Edition
from workbook.cli import main
from workbook.cli.commands import Commands
from workbook.model import Result, Review
from workbook.record import Record
from workbook.redacting import REDACTIONS, Redactions, hashes, redact
from workbook.store import Store
from workbook.views.redactions import left_out

SECRET = b"only the ledger has it"


def a_record() -> Record:
    said = answer("roles", Result.PARTIAL, rationale="Two of three", evidence=("contract ACME",))
    review = Review(question="roles", version=1, verdict="returned", comment="Ask them again")
    full = record(
        [said],
        {"contract ACME": proof(name="acme.csv", artefact="Dump")},
        [row("risks", "R-001", owner="CFO", likelihood=3)],
    )
    return with_review(replace(full, authors={"roles": frozenset({"ML platform lead"})}), review)


def redacted(full: Record, audience: str = "customer", secret: bytes = SECRET) -> Redactions:
    return redact(full, Edition(audience), secret)[1]


def test_each_value_that_is_withheld_is_listed_once_and_none_that_is_shown():
    found = redacted(a_record())

    assert {one.place: one.rule for one in found.items} == {
        ("answer", "roles", "actor"): "person",
        ("answer", "roles", "authors"): "person",
        ("answer", "roles", "evidence"): "key",
        ("answer", "roles", "rationale"): "field",
        ("engagement", "northlight-2026", "scope"): "field",
        ("evidence", "EV-X01", "actor"): "person",
        ("evidence", "EV-X01", "artefact"): "field",
        ("evidence", "EV-X01", "key"): "key",
        ("evidence", "EV-X01", "name"): "field",
        ("review", "roles", "actor"): "person",
        ("review", "roles", "comment"): "field",
        ("risks", "R-001", "owner"): "field",
        ("systems", "SYS-001", "owner"): "field",
    }
    assert len(found.items) == 13
    assert found.counts["evidence"] == {"actor": 1, "artefact": 1, "key": 1, "name": 1}
    assert sum(n for fields in found.counts.values() for n in fields.values()) == 13
    assert {one.rule for one in found.items} <= found.rules.keys()


def test_auditors_miss_the_comments_of_reviews_alone_and_the_team_nothing():
    (comment,) = redacted(a_record(), "auditor").items

    assert (comment.place, comment.rule) == (("review", "roles", "comment"), "review-comment")
    assert redacted(a_record(), "internal").items == ()


def test_the_list_holds_no_value_and_no_hash_of_one_that_somebody_could_guess():
    found = redacted(a_record())
    text = found.text()

    for word in ("CFO", "ACME", "acme", "Two of three", "Ask them", "lead", "Lending"):
        assert word not in text
    guesses = [
        f"{prefix}{value}" for value in ("CFO", '"CFO"') for prefix in ("", " ", "risks R-001 owner ", "9f2c" * 16)
    ]
    assert not any(sha256(guess.encode()).hexdigest() in text for guess in guesses)
    ours = set(hashes(json.loads(text)).values())
    assert not ours & set(hashes(redacted(a_record(), secret=b"another").as_json()).values())


def test_the_same_record_gives_the_same_file_and_another_state_or_place_other_hashes():
    full = a_record()
    assert redacted(full).text() == redacted(a_record()).text()

    later = replace(full, head=replace(full.head, number=13))
    twice = replace(full, rows={**full.rows, "risks": (*full.rows["risks"], row("risks", "R-002", owner="CFO"))})
    found = [digest for each in (full, later) for digest in hashes(redacted(each).as_json()).values()]
    owners = [digest for place, digest in hashes(redacted(twice).as_json()).items() if place[2] == "owner"]
    assert len(set(found)) == len(found) == 26
    assert len(set(owners)) == 3


def test_one_value_with_its_salt_shows_itself_and_no_other():
    found = redacted(a_record())
    owner = next(one for one in found.items if one.place == ("risks", "R-001", "owner"))

    digest = sha256(f'{found.salt(owner)} "CFO"'.encode()).hexdigest()

    assert digest in found.text()
    assert len({found.salt(one) for one in found.items}) == len(found.items)


def test_every_value_of_the_demo_that_an_edition_changes_is_listed_once(demo: Record):
    shown, found = redact(demo, Edition("customer"), SECRET)

    places = [one.place for one in found.items]
    assert len(set(places)) == len(places) > 1000
    for register, rows in shown.rows.items():
        full = {r.number: r for r in demo.rows[register]}
        changed = {(register, r.key, c) for r in rows for c, v in r.values.items()
                   if full[r.number][c] not in (None, "", ()) and str(full[r.number][c]).strip() != str(v)}  # fmt: skip
        assert changed == {p for p in places if p[0] == register and p[2] not in ("actor", "key")}
    assert {r.place[2] for r in found.items if r.kind == "result"} >= {"item", "actor"}


def test_a_report_on_one_system_lists_nothing_of_another():
    second = row("systems", "SYS-002", name="Support", owner="Support lead")
    rows = [row("systems", "SYS-001", name="Scoring", owner="CFO"), second]
    said = [answer("deploy", Result.PARTIAL, key, rationale="Half of it") for key in ("SYS-001", "SYS-002")]

    found = redacted(record(said, rows=rows).for_system("SYS-001"))

    assert {key for _, key, _ in (one.place for one in found.items)} == {"northlight-2026", "SYS-001", "deploy@SYS-001"}


def test_the_overview_says_how_much_is_left_out_and_by_which_rule():
    words = plain(left_out(redacted(a_record())))

    assert "Left out or replaced: 13 values of the record at revision 12." in words
    assert "Evidence 4: recorded by 1, artefact 1, key 1, name 1" in words
    assert "A key that somebody made up is left out" in words
    nothing = plain(left_out(redacted(record(), "auditor")))
    assert "Left out or replaced: no values of the record at revision 12." in nothing


# the command ----------------------------------------------------------------------------------------------------------


def run(*arguments: str) -> Ran:
    return CliRunner().invoke(main, ["redactions", "isms-2027", *arguments])


def a_file(store: Store, folder: Path, audience: str = "customer") -> Path:
    """The list as it lies in a report made now."""
    full = store.record()
    _, found = redact(full, Edition(audience), store.ledger.secret(store.name, full.head.number))
    place = folder / REDACTIONS
    place.write_text(found.text())
    return place


def test_the_team_shows_one_value_that_a_report_left_out_also_when_the_record_has_gone_on(store: Store, tmp_path: Path):
    place = str(a_file(store, tmp_path))
    before = store.record().register("systems")[0]
    store.save_row("systems", "SYS-001", {**before.values, "owner": "Somebody else"}, before.version)

    shown = run("--against", place, "--show", "systems", "SYS-001", "owner", "--json")
    told = json.loads(shown.stdout)

    assert (shown.exit_code, told["same"], told["value"]) == (0, True, before["owner"])
    assert told["hash"] == sha256(f'{told["salt"]} "{before["owner"]}"'.encode()).hexdigest()
    assert "The same: " in run("--against", place).stdout
    now = run("--show", "systems", "SYS-001", "owner")
    assert '"Somebody else"' in now.stdout


def test_a_file_that_was_changed_is_not_the_one_of_the_record(store: Store, tmp_path: Path):
    place = a_file(store, tmp_path)
    held = json.loads(place.read_text())
    owners = held["left_out"]["systems"]["owner"]["hashes"]
    first, second = owners
    del owners[first]
    owners[second] = "0" * 64
    place.write_text(json.dumps(held))

    compared = run("--against", str(place))

    assert compared.exit_code == 1
    assert "Not the same: 2 values differ" in compared.stdout
    assert f"systems {first} owner" in compared.stdout


def test_what_cannot_be_compared_comes_as_one_sentence(store: Store, tmp_path: Path):
    place, odd = a_file(store, tmp_path), tmp_path / "odd.json"
    odd.write_text('{"left_out": []}')
    twice = tmp_path / "twice.json"
    twice.write_text(place.read_text().replace('"actor": {', '"owner": {}, "owner": {', 1))
    held = json.loads(place.read_text())
    other = tmp_path / "other.json"
    other.write_text(json.dumps(held | {"engagement": "isms-2026"}))

    for arguments, says in (
        (["--against", str(odd)], "is no redactions.json of a report"),
        (["--against", str(twice)], "is no redactions.json of a report"),
        (["--against", str(tmp_path / "none.json")], "does not exist"),
        (["--against", str(place), "--audience", "auditor"], "leave out --audience"),
        (["--against", str(other)], "engagement isms-2026 and not isms-2027"),
        (["--show", "systems", "SYS-001", "colour"], "lists no systems SYS-001 colour as left out; it lists"),
    ):
        refused = run(*arguments)
        assert (refused.exit_code, says in refused.stderr, "Traceback" in refused.output) == (2, True, False), (
            refused.output
        )


def test_the_command_counts_what_the_next_report_would_leave_out(store: Store):
    assert "redactions" in Commands()
    counted = run("--audience", "customer").stdout

    assert f"The customer edition of isms-2027 at revision {store.head().number} leaves out" in counted
    assert "systems" in counted
    assert "leaves out no values." in run("--audience", "auditor").stdout
