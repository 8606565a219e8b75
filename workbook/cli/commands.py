"""Every command by name: its module and its first sentence, so that `workbook --help` imports none of them."""

from collections.abc import Iterator, Mapping
from importlib import import_module

import click

from workbook.cli.output import Plain

# by module, in whose COMMANDS they are; the sentence is the first of the command's own help, which a test compares
SENTENCES: Mapping[str, Mapping[str, str]] = {
    "workspace": {
        "init": "Lay out notebooks/ and checklists/ in FOLDER, so that an audit can begin there.",
        "new": "Begin the engagement NAME: one audit of one scope.",
        "list": "List the engagements of this workspace.",
        "check": "Check the set-up: checklists, own look, notebooks, ledger, who may open what is private, and what "
        "diagrams need.",
    },
    "servers": {
        "lab": "Open the notebooks in JupyterLab, on the first page.",
        "app": "Serve the notebooks as pages without code, with Voilà (needs the extra `app`).",
    },
    "engagement": {
        "demo": "Load the engagement of an invented company and make its report.",
        "status": "Show how far engagement NAME is: the verdict and what it still needs, pages, open points, what is "
        "due next.",
        "report": "Make the HTML report of engagement NAME in outputs/NAME: one file per page and index.html.",
    },
    "issuing": {
        "issue": "Issue the report of engagement NAME to somebody: numbered, recorded, in a folder that is never "
        "written again.",
        "keys": "Show the key by which you sign the reports that you issue, or make one; it stays on this machine, for "
        "you alone.",
    },
    "verifying": {
        "verify": "Check that nothing of NAME in the ledger was changed and all evidence is there; or that FILE of a "
        "report was not.",
    },
    "redacting": {
        "redactions": "Show what an edition of engagement NAME leaves out, by kind and field, or one value of it.",
    },
    "batch": {
        "batch": "Make the reports of many engagements: only the pages that are missing or out of date, several at a "
        "time.",
    },
    "portfolio": {
        "portfolio": "Show all engagements side by side, the worst first, and make the page of it: "
        "outputs/portfolio/index.html.",
    },
    "exchange": {"import": "Import registers, answers and evidence from CSV or XLSX: one file, or a folder of them."},
    "files_out": {
        "export": "Take the record of engagement NAME out: registers, answers, evidence index, tasks, reviews.",
        "template": "Write an empty XLSX table to fill in: drop-downs, what each column is for, an example.",
    },
    "documents": {
        "soa": "Write the Statement of Applicability of engagement NAME: 93 rows, as an auditor expects them.",
        "document": "Write a document of the management system of engagement NAME, filled from its record; without "
        "KIND, list them.",
    },
    "risk": {
        "risk-method": "Show the risk method of engagement NAME: levels, matrix, limit, and what it still lacks.",
    },
    "sampling": {
        "sample": "Draw a sample of engagement NAME that nobody can choose, from a register, a CSV file or a frozen "
        "population.",
    },
    "comparing": {
        "compare": "Show what became of engagement EARLIER in engagement LATER: new, gone, changed, confirmed, to "
        "re-verify.",
    },
    "ledger": {
        "history": "Show who recorded what and when in engagement NAME, oldest first.",
        "erase": "Erase the file behind evidence KEY, or the text in one field of KEY in every version of it, for "
        "good.",
        "migrate-store": "Copy all engagements of the ledger SOURCE, with their evidence, into the ledger TARGET, byte "
        "for byte.",
        "backup": "Write a whole copy of the ledger to the file TARGET; safe while others work (SQLite; evidence/ is "
        "copied apart).",
    },
}


class Commands(Mapping[str, click.Command]):
    """The commands by name, each imported when it is first asked for."""

    def __init__(self) -> None:
        self._module = {name: module for module, names in SENTENCES.items() for name in names}

    def __getitem__(self, name: str) -> click.Command:
        commands: tuple[click.Command, ...] = import_module(f"workbook.cli.{self._module[name]}").COMMANDS
        return next(command for command in commands if command.name == name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._module)

    def __len__(self) -> int:
        return len(self._module)


class Late(Plain):
    """A group that lists its commands without importing them."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's
        """Write the list of commands as click does, from `SENTENCES`."""
        listed = {name: says for names in SENTENCES.values() for name, says in names.items()}
        limit = formatter.width - 6 - max(map(len, listed))
        rows = [(name, click.Command(name, help=listed[name]).get_short_help_str(limit)) for name in sorted(listed)]
        with formatter.section("Commands"):
            formatter.write_dl(rows)
