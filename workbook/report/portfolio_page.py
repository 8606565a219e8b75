"""The page on all engagements as one HTML file, for the team alone: its notebook is run like that of any page."""

from workbook import paths
from workbook.branding import read_branding
from workbook.errors import BadInput, NotMade
from workbook.language import say, speaking, spoken
from workbook.remote import Place
from workbook.report.batch import PageWork, make_page
from workbook.report.folder import write
from workbook.report.html import Frame
from workbook.report.page import read_page
from workbook.report.parameters import check
from workbook.report.shown import Basis
from workbook.seals import seal
from workbook.standings import check_asked, shared_language


def make_portfolio(as_of: str = "", audience: str = "internal") -> Place:
    """Make index.html in the folder of the portfolio, with the notebook as it was executed; returns where it lies.

    Raises BadInput for what cannot be asked or written. Where the notebook fails, a page that says so takes the place
    of an earlier one, and NotMade says the same.
    """
    check_asked(as_of, audience)
    notebook = paths.notebooks() / f"{paths.PORTFOLIO_PAGE}.ipynb"
    if not notebook.is_file():
        raise BadInput(f"{notebook} is missing. `workbook init {notebook.parents[1]}` lays out what is not there.")
    page = read_page(notebook)
    parameters = check(page, {"as_of": as_of, "audience": audience, "mode": "page"})
    made, folder = make_page(PageWork(page.path, parameters, _frame())), paths.portfolio()
    notebooks = {f"notebooks/{made.run.page}.ipynb": made.notebook} if made.notebook else {}
    write(folder, {"index.html": seal(made.html), **notebooks})
    if not made.run.ok:
        raise NotMade(f"The page of the portfolio failed in cell {made.run.cell}: {made.run.reason}")
    return folder / "index.html"


def _frame() -> Frame:
    with speaking(shared_language()):
        about = say("All engagements of this workspace · internal edition")
        return Frame(say("Portfolio"), about, basis=Basis(branding=read_branding()), lang=spoken())
