"""The `workbook` command: a thin face over the record and the report.

Exit codes: 0 all is well, 1 something was found (a failed page, a broken ledger, a problem in the set-up), 2 the
command could not be carried out as it was given. `--json` prints one JSON value on standard output; progress goes to
standard error.
"""

import click

from workbook import __version__, paths
from workbook.cli.commands import Commands, Late

__all__ = ["main"]

HELP = """A guided ISO/IEC 27001 audit of machine-learning systems.

\b
  workbook init my-audit                    lay out notebooks and checklists in a new folder
  workbook new isms-2027 --date 2027-02-02  begin an engagement
  workbook lab                              step through the notebooks
  workbook report isms-2027                 make the HTML report
  workbook batch --all                      make the reports of all engagements that are out of date
  workbook demo                             see all of it on an invented company

`workbook COMMAND --help` shows an example of each command. WORKBOOK_HOME moves everything that lies in outputs/
elsewhere, WORKBOOK_DATABASE_URL the ledger alone (postgresql+psycopg://...), WORKBOOK_EVIDENCE_URL the evidence files
and WORKBOOK_REPORTS_URL the reports (s3://bucket/folder), WORKBOOK_BRANDING names the folder of your own look,
WORKBOOK_ACTOR says who speaks.
"""


@click.group(
    cls=Late,
    commands=Commands(),
    help=HELP,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 110},
)
@click.version_option(__version__, "--version", "-V", prog_name="workbook")
def main() -> None:
    """The group of all commands; what they start means the same places as they do."""
    paths.settle()
