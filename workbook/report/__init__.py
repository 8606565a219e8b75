"""From notebooks to a report that can be mailed: runs each page where nobody can type, and turns it into static HTML.

The only place that knows papermill and nbconvert.
"""

from workbook.report.batch import MadePage, PageWork, ReportRun, make, make_page, run_all
from workbook.report.html import Frame, Link, page_html
from workbook.report.page import Page, read_page
from workbook.report.parameters import check
from workbook.report.pool import pool
from workbook.report.run import PageRun, run_page

__all__ = [
    "Frame",
    "Link",
    "MadePage",
    "Page",
    "PageRun",
    "PageWork",
    "ReportRun",
    "check",
    "make",
    "make_page",
    "page_html",
    "pool",
    "read_page",
    "run_all",
    "run_page",
]
