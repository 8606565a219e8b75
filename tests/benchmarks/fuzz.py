"""Nothing ends in a traceback: random arguments, environments, files, parameters and messages, through the real doors.

`python -m tests.benchmarks.fuzz [EXAMPLES] [SEED]` draws 135,000 examples for 300,000 tries and prints a row for
README.md; `tests/test_fuzz.py` tries a few of each. A door may refuse what it is given, in words; anything else that it
raises is a failure.
"""

import io
import json
import logging
import os
import sys
import tempfile
import time
import traceback
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any
from unittest.mock import patch

import click
import openpyxl
from click.testing import CliRunner
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from workbook import forms, open_audit, paths, people, yamlfile
from workbook.as_of import parse_as_of
from workbook.cli import main
from workbook.cli.servers import app, lab
from workbook.days import parse_day
from workbook.errors import WorkbookError
from workbook.exchange import imports
from workbook.exchange.mapping import read_mapping
from workbook.forms.page import Page
from workbook.masking import mask
from workbook.model import Answer, Engagement, Evidence, Person, Review, TaskState
from workbook.report import check, read_page
from workbook.store import Store
from workbook.workspace import open_store

ROOT = Path(__file__).resolve().parents[2]
NAME = "isms-2027"
WHO = Person("Security lead")
ROUND = 2_000  # examples in one room; in a longer record each save would take its time
CLOSED = {"app", "lab", "demo"}  # two go on as a server, one takes its time

# what people type, what goes wrong at an edge, and what an attacker would try
ODD = [
    "", " ", "\t", "\n", "\r\n", "0", "-1", "1", "r1", "r0", "r1@2026-11-30", "r999999999", "1e309", "nan", "inf", "٣",
    "2026-11-30", "0001-01-01", "9999-12-31", "2026-02-30", "0001-01-01T00:00+14:00", "9999-12-31T23:59-14:00",
    "2026-11-30T10:00:00Z", "30.11.2026", "11/30/2026", "46000", "True", "no", "null", "None", "~", "[]", "{}", "yes",
    "=1+1", "@SUM(A1)", "-2+3", "+1", "#N/A", "#REF!", "_x000D_", "a=b", "=", "a=", "=b", "*", "%", "%s", "{0}", "\\",
    "'", '"', "--", "--help", "-h", "<script>alert(1)</script>", "&amp;", "]]>", "\x00", "\x1b[31m", "\x7f", "\ufeff",
    "\ud800", "\udcff", "\u202e", "e\u0301", "ﬀ", "𝔘", "💥", "x" * 300, "x" * 70_000, "a;b", "a,b", "a|b", "a\nb", NAME,
    "demo", "systems", "datasets", "answers", "evidence", "tasks", "engagement", "SYS-001", "sys-001", "DS-001", "name",
    "id", "owner", "A.5.15", "A.5.2", "5.1", "A.5.15 Access control", "ac-privileged-deploy", "implemented", "high",
    "ac-privileged-deploy@SYS-001", "not applicable", "customer", "internal", "xlsx", "csv", "jsonl", "ics", "00_start",
    "01_page", "https://wiki.example", "file:///etc/passwd", "\\\\server\\share", "con", "evidence.csv", "workbook.db",
    "engagement.yaml", "risks.xlsx", "in", "in/datasets.csv", "in/mine.xlsx", "in/map.yaml", "out", "out.db", "/proc/x",
    "/dev/null/x",
]  # fmt: skip
TEXT = st.one_of(st.sampled_from(ODD), st.text(max_size=30), st.text(alphabet="0123456789-:.TZ+r@/ ", max_size=25))
VALUE = st.recursive(
    st.one_of(TEXT, st.none(), st.booleans(), st.integers(), st.floats()),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXT, inner, max_size=3)),
    max_leaves=6,
)
HARMLESS = {"/proc/x", "/dev/null/x"}


def stays_here(text: str) -> bool:
    """Whether `text`, taken as a path, leads nowhere but to the room of the trial."""
    return text in HARMLESS or not (text.lstrip().startswith(("/", "~", "\\")) or ".." in text)


@dataclass
class Findings:
    """How often each door was tried, and what it raised: by place, an example and how often."""

    tries: Counter[str] = field(default_factory=Counter)
    failures: dict[str, str] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)

    def of(self, door: str, given: object, call: Callable[[], object]) -> None:
        """Try one call."""
        self.tries[door] += 1
        try:
            call()
        except WorkbookError:
            return
        except Exception as error:
            self.note(door, given, error)

    def note(self, door: str, given: object, error: BaseException) -> None:
        """Keep what a door raised."""
        ours = [f for f in traceback.extract_tb(error.__traceback__) if "/workbook/" in f.filename]
        place = f"{ours[-1].filename.rpartition('/workbook/')[2]}:{ours[-1].lineno}" if ours else "?"
        key = f"{door}: {type(error).__name__} at {place}"
        self.counts[key] += 1
        self.failures.setdefault(key, f"{str(error)[:200]!r} from {ascii(given)[:600]}")


Door = Callable[[Findings, Any], None]
Trial = tuple[st.SearchStrategy[Any], Door]


# the command line -----------------------------------------------------------------------------------------------


def parameter(one: click.Parameter) -> st.SearchStrategy[list[str]]:
    """Arguments for one parameter of a command: most often left out, if that may be."""
    value = st.sampled_from(list(one.type.choices)) | TEXT if isinstance(one.type, click.Choice) else TEXT
    value = value.filter(lambda text: stays_here(text) and _encodes(text))
    if isinstance(one, click.Argument):
        kept = st.sampled_from([NAME, NAME, "systems", "in"]) if one.name == "name" else value
        return st.lists(kept | value, min_size=1 if one.required else 0, max_size=2 if one.nargs == -1 else 1)
    name = max(one.opts, key=len)
    given_ = st.just([name]) if getattr(one, "is_flag", False) else value.map(lambda text: [name, text])
    return st.one_of(st.just([]), st.just([]), given_)


def command_line() -> st.SearchStrategy[list[str]]:
    """A command of ours and what it is given."""
    found = {name: command for name, command in main.commands.items() if name not in CLOSED}
    lines = [
        st.tuples(*map(parameter, command.params)).map(lambda parts, name=name: [name, *chain.from_iterable(parts)])
        for name, command in found.items()
    ]
    anything = st.lists(st.sampled_from([*found, *CLOSED]) | TEXT.filter(stays_here).filter(_encodes), max_size=4)
    return st.one_of(*lines, *lines, anything.filter(lambda words: not (words and words[0] in CLOSED)))


def run_command(findings: Findings, arguments: list[str]) -> None:
    """Run one command line in the room; the answer is an exit code and words."""
    findings.tries["command"] += 1
    with patch.object(lab, "callback", None), patch.object(app, "callback", None):
        result = CliRunner().invoke(main, arguments)
    if result.exception and not isinstance(result.exception, SystemExit):
        findings.note("command", arguments, result.exception)
    elif result.exit_code not in (0, 1, 2):
        findings.note("command", arguments, RuntimeError(f"exit code {result.exit_code}: {result.output}"))


ENVIRONMENT = st.fixed_dictionaries(
    {},
    optional={
        "WORKBOOK_HOME": TEXT.filter(stays_here),
        "WORKBOOK_DATABASE_URL": st.one_of(
            TEXT.filter(stays_here),
            st.tuples(
                st.sampled_from(["sqlite:///", "sqlite://", "postgresql://127.0.0.1:1/", "postgresql://u:p@127.0.0.1:",
                                 "postgresql+psycopg://127.0.0.1:1/x?", "mysql://", "sqlite:///:memory:"]),
                TEXT.filter(stays_here),
            ).map("".join),
        ),
        "WORKBOOK_ACTOR": TEXT,
        "WORKBOOK_PART": TEXT | st.sampled_from(["preparer", "reviewer", "auditor"]),
        "JUPYTERHUB_USER": TEXT,
        "PGPASSWORD": TEXT,
    },
)  # fmt: skip


def run_in_environment(findings: Findings, drawn: tuple[dict[str, str], str]) -> None:
    """Run a harmless command under odd variables."""
    variables, command = drawn
    if any(not _encodes(value) or len(value) > 5_000 for value in variables.values()):
        return  # no process can be started with these
    with patch.dict(os.environ, variables):
        run_command(findings, [command, *([NAME] if command in ("status", "history") else [])])


def _encodes(text: str) -> bool:
    """Whether a process can be given `text` at all."""
    try:
        return b"\0" not in os.fsencode(text)
    except UnicodeEncodeError:
        return False


# files ----------------------------------------------------------------------------------------------------------


def _samples() -> dict[str, list[bytes]]:
    """Whole files of each kind, to be damaged."""
    demo = ROOT / "examples" / "demo"
    book = io.BytesIO()
    made = openpyxl.Workbook()
    for row in [["id", "name", "owner"], ["SYS-001", "Credit", "Lead"], ["SYS-002", 5.0, None]]:
        made.active.append(row)
    made.active.title = "systems"
    made.save(book)
    return {
        "csv": [path.read_bytes()[:3000] for path in sorted(demo.glob("*.csv"))],
        "xlsx": [book.getvalue()],
        "yaml": [path.read_bytes()[:4000] for path in (ROOT / "checklists").glob("e*.yaml")]
        + [b"title: ISMS audit\naudit_date: 2027-02-01\n", b"tables:\n  risks:\n    columns: {Owner: owner}\n"],
        "ipynb": [(ROOT / "notebooks" / "01_data_inventory.ipynb").read_bytes()[:4000],
                  (ROOT / "tests" / "notebooks" / "checked.ipynb").read_bytes()],
        "json": [b'{"name": "Security lead", "part": "preparer"}'],
    }  # fmt: skip


SAMPLES = _samples()
CELL = st.one_of(TEXT, TEXT.map(lambda text: f'"{text}"'))


def damaged(kind: str) -> st.SearchStrategy[bytes]:
    """A file of this kind with some of its bytes changed, taken out or put in."""
    change = st.tuples(st.integers(0, 100_000), st.integers(0, 20), st.binary(max_size=8))

    def apply(drawn: tuple[bytes, list[tuple[int, int, bytes]]]) -> bytes:
        content, changes = drawn
        for at, out, put in changes:
            at %= len(content) + 1
            content = content[:at] + put + content[at + out :]
        return content

    return st.tuples(st.sampled_from(SAMPLES[kind]), st.lists(change, max_size=6)).map(apply)


def csv_bytes() -> st.SearchStrategy[bytes]:
    """Rows of odd cells under a header that fits, in any delimiter and encoding."""
    head = st.lists(st.sampled_from(["id", "name", "owner", "question", "answer", "Data owner"]) | CELL, max_size=5)
    rows = st.lists(st.lists(CELL, max_size=6), max_size=5)
    made = st.tuples(head, rows, st.sampled_from(",;\t|"), st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "latin-1"]))
    text = made.map(
        lambda drawn: "\n".join(drawn[2].join(row) for row in [drawn[0], *drawn[1]]).encode(drawn[3], "replace")
    )
    return st.one_of(text, damaged("csv"), st.binary(max_size=300))


def xlsx_bytes() -> st.SearchStrategy[bytes]:
    """A workbook in which parts were changed before they were packed, or bytes after it."""
    part = st.tuples(
        st.integers(0, 30), st.integers(0, 5000), st.integers(0, 20), st.binary(max_size=8) | TEXT.map(_utf8)
    )

    def packed(changes: list[tuple[int, int, int, bytes]]) -> bytes:
        with zipfile.ZipFile(io.BytesIO(SAMPLES["xlsx"][0])) as book:
            parts = {name: book.read(name) for name in book.namelist()}
        for which, at, out, put in changes:
            name = sorted(parts)[which % len(parts)]
            at %= len(parts[name]) + 1
            parts[name] = parts[name][:at] + put + parts[name][at + out :]
        target = io.BytesIO()
        with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as book:
            for name, content in parts.items():
                book.writestr(name, content)
        return target.getvalue()

    return st.one_of(st.lists(part, max_size=4).map(packed), damaged("xlsx"), st.binary(max_size=200))


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


JSON = VALUE.map(lambda value: json.dumps(value).encode())
YAML = st.one_of(damaged("yaml"), JSON, TEXT.map(_utf8), st.binary(max_size=200))


def file_door(name: str, call: Callable[[Path], object]) -> Door:
    """Puts bytes into a real file called `name` in the room, and opens it as a user's."""

    def door(findings: Findings, content: bytes) -> None:
        path = Path("in") / name
        path.write_bytes(content)
        findings.of(name, content, lambda: call(path))

    return door


def identity(_: Path) -> object:
    """Who speaks, by the settings file."""
    paths.settings().write_bytes((Path("in") / "identity.json").read_bytes())
    try:
        return people.who()
    finally:
        paths.settings().unlink()


# notebooks and forms ----------------------------------------------------------------------------------------------


def parameters(findings: Findings, drawn: dict[str, Any]) -> None:
    """What is passed to a notebook, as the report checks it and as the notebook takes it."""
    page = read_page(ROOT / "notebooks" / "03_control_review.ipynb")
    findings.of("notebook's parameters", drawn, lambda: check(page, drawn))

    def opened() -> None:
        audit = open_audit(**{"engagement": NAME, **known, "mode": "page"})
        audit.store.ledger.close()

    known = {name: value for name, value in drawn.items() if name in ("engagement", "system", "as_of", "audience")}
    findings.of("open_audit", known, opened)


def form_door(form: Any, store: Store) -> Door:
    """Sends messages to a form as a browser would; a form never raises, it answers."""

    def door(findings: Findings, drawn: tuple[str, dict[str, Any], list[bytes]]) -> None:
        do, more, buffers = drawn
        message = {"do": do, "id": "m", **more}
        said: list[Mapping[str, Any]] = []

        def answered() -> None:
            form._received(form, message, buffers)
            if "Something went wrong" in str(said[0].get("says")):
                raise RuntimeError(said[0]["says"])
            json.dumps(said[0])

        with patch.object(form, "send", lambda content, _buffers=None: said.append(content)):
            findings.of(f"form {form.kind}", message, answered)

    return door


def messages(form: Any) -> st.SearchStrategy[tuple[str, dict[str, Any], list[bytes]]]:
    """A message to one of the form's methods, its facts by the names that they read."""
    methods = [name.removeprefix("do_") for name in dir(form) if name.startswith("do_")]
    key = st.sampled_from(["SYS-001", "ac-privileged-deploy@SYS-001", "DS-001", "EV-0001"]) | TEXT
    facts = {
        **dict.fromkeys(("key", "evidence", "name", "upload", "path", "link", "reason", "owner", "due", "text"), key),
        **dict.fromkeys(("kind", "verdict", "comment", "role", "file", "sheet", "plan", "draft", "task"), TEXT),
        **dict.fromkeys(("base", "number", "version", "size"), st.integers(-1, 10) | st.integers()),
        **dict.fromkeys(("values", "answer", "about", "tables"), st.dictionaries(TEXT, VALUE, max_size=4)),
        "keys": st.lists(key, max_size=3),
        "last": st.booleans(),
    }
    return st.tuples(
        st.sampled_from(methods) | TEXT,
        st.fixed_dictionaries({}, optional=facts),
        st.lists(st.binary(max_size=50), max_size=2),
    )


# all together -----------------------------------------------------------------------------------------------------


@contextmanager
def room() -> Iterator[Store]:
    """A workspace with one engagement, in which nothing of anybody else can be reached."""
    before, variables = Path.cwd(), dict(os.environ)
    with tempfile.TemporaryDirectory(prefix="mlaw-fuzz-") as name:
        here = Path(name)
        for folder in ("notebooks", "in", "home", "config/ml-audit-workbook"):
            (here / folder).mkdir(parents=True)
        (here / "checklists").symlink_to(ROOT / "checklists")
        (here / "notebooks" / "01_page.ipynb").write_text("no notebook")
        os.chdir(here)
        os.environ |= {"WORKBOOK_HOME": str(here / "home"), "XDG_CONFIG_HOME": str(here / "config")}
        os.environ |= {"WORKBOOK_DEBUG": "1", "HOME": str(here)}
        for variable in ("WORKBOOK_DATABASE_URL", "WORKBOOK_ACTOR", "WORKBOOK_PART", "JUPYTERHUB_USER"):
            os.environ.pop(variable, None)
        CliRunner().invoke(main, ["new", NAME, "--date", "2027-02-01"], catch_exceptions=False)
        (here / "in" / "systems.csv").write_text("id,name,owner\nSYS-001,Credit scoring,Credit lead\n")
        CliRunner().invoke(main, ["import", NAME, "in/systems.csv"], catch_exceptions=False)
        store = open_store(NAME, WHO)
        try:
            yield store
        finally:
            store.ledger.close()
            os.chdir(before)
            os.environ.clear()
            os.environ |= variables


def trials(store: Store) -> dict[str, tuple[int, Trial]]:
    """Every door with its share of the tries."""
    page = Page(store)
    made = {
        "questions": forms.form("questions", page, "access-control", "", static=str),
        "register": forms.form("register", page, "systems", "", static=str),
        "identity": forms.form("identity", page, static=str),
        "engagement": forms.form("engagement", page, static=str),
        "tasks": forms.form("tasks", page, static=str),
        "reviews": forms.form("reviews", page, static=str),
    }

    def plan(path: Path) -> object:
        return imports.plan(store, path)

    facts = st.dictionaries(st.sampled_from(["title", "question", "result", "due", "audit_date", "name"]) | TEXT, VALUE)
    values = (Engagement, Answer, Evidence, Review, TaskState)

    def text_door(findings: Findings, text: str) -> None:
        findings.of("as_of", text, lambda: parse_as_of(text))
        findings.of("day", text, lambda: _day(text))
        findings.of("name", text, lambda: people.person(text, text))
        findings.of("masking", text, lambda: mask(text))

    def value_door(findings: Findings, drawn: dict[str, Any]) -> None:
        for value in values:
            findings.of(value.noun, drawn, lambda value=value: value.parse(drawn))

    names = st.sampled_from(["engagement", "system", "as_of", "audience"]) | TEXT
    return {
        "commands": (20, (command_line(), run_command)),
        "environments": (10, (st.tuples(ENVIRONMENT, st.sampled_from(["list", "check", "new", "status", "history"])),
                             run_in_environment)),
        "csv": (12, (csv_bytes(), file_door("systems.csv", plan))),
        "answers": (10, (csv_bytes(), file_door("answers.csv", plan))),
        "evidence": (10, (csv_bytes(), file_door("evidence.csv", plan))),
        "xlsx": (10, (xlsx_bytes(), file_door("systems.xlsx", plan))),
        "engagement": (10, (YAML, file_door("engagement.yaml", plan))),
        "checklist": (10, (YAML, file_door("mine.yaml", yamlfile.read))),
        "mapping": (10, (YAML, file_door("map.yaml", read_mapping))),
        "notebook": (8, (damaged("ipynb") | st.binary(max_size=100), file_door("01_page.ipynb", read_page))),
        "identity": (10, (damaged("json") | JSON, file_door("identity.json", identity))),
        "parameters": (8, (st.dictionaries(names, TEXT | VALUE, max_size=3), parameters)),
        "text": (60, (TEXT, text_door)),
        "values": (20, (facts, value_door)),
        **{f"form {name}": (8, (messages(form), form_door(form, store))) for name, form in made.items()},
    }  # fmt: skip


def _day(text: str) -> object:
    try:
        return parse_day(text)
    except ValueError as error:  # what its callers put into their own sentence
        return error


def fuzz(examples: int, begin: int) -> Findings:
    """Draw `examples` for all doors together, the same for the same `begin`; in a new room when one is full."""
    findings = Findings()
    for number in range(0, examples, ROUND):
        with room() as store:
            doors = trials(store)
            shares = sum(share for share, _ in doors.values())
            for share, (strategy, door) in doors.values():
                drawn = max(min(ROUND, examples - number) * share // shares, 1)
                _try(strategy, door, findings, drawn, begin + number)
    return findings


def _try(strategy: st.SearchStrategy[Any], door: Door, findings: Findings, tries: int, begin: int) -> None:
    @seed(begin)
    @settings(max_examples=tries, database=None, deadline=None, phases=[Phase.generate],
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(strategy)
    def one(drawn: Any) -> None:
        door(findings, drawn)

    one()


if __name__ == "__main__":
    logging.disable(logging.CRITICAL)  # a form tells the log what it could not answer; here it is told below
    begun = time.monotonic()
    numbers = [int(word) for word in sys.argv[1:]]
    found = fuzz(*numbers, *(135_000, 1)[len(numbers) :])
    for key, example in found.failures.items():
        print(f"{found.counts[key]} x {key}: {example}")
    print(dict(found.tries))
    took = time.monotonic() - begun
    told = f"{found.tries.total():,} in {took / 60:.0f} min, {found.counts.total()} tracebacks"
    print(f"| random arguments, variables, files, parameters and messages, {len(found.tries)} doors | {told} | |")
