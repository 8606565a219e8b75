"""What a reader gets: our pages beside nbconvert's of the same notebooks, and ydata-profiling's of the registers.

`python -m tests.benchmarks.readers` by hand; it takes some minutes, most of them axe's. ydata-profiling is none of our
dependencies: install it elsewhere and name that Python by WORKBOOK_BENCH_YDATA.
"""

import csv
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from nbconvert import HTMLExporter
from playwright.sync_api import Browser, Route

from tests.helpers_chromium import chromium
from workbook.workspace import open_store

PAGES = {"01_data_inventory": "datasets", "04_risk_assessment": "risks", "05_internal_audit": "findings"}
PROFILE = """
import sys, pandas
from ydata_profiling import ProfileReport
for source in sys.argv[2:]:
    name = source.rpartition("/")[2].removesuffix(".csv")
    ProfileReport(pandas.read_csv(source), title=name, progress_bar=False).to_file(f"{sys.argv[1]}/{name}.html")
"""


def look(browser: Browser, page: Path) -> tuple[int, int, int, int, int]:
    """Of one page: bytes, addresses it asks for, scripts, what axe finds with everything unfolded, sheets of paper."""
    asked: list[str] = []

    def refuse(route: Route) -> None:
        asked.append(route.request.url)
        route.abort()

    with browser.new_context(viewport={"width": 1280, "height": 900}, bypass_csp=True) as context:
        tab = context.new_page()
        tab.route(re.compile("^https?:"), refuse)
        tab.goto(page.as_uri(), wait_until="load")
        scripts = int(tab.evaluate("document.scripts.length"))
        sheets = len(re.findall(rb"/Type\s*/Page\b(?!s)", tab.pdf(prefer_css_page_size=True)))
        tab.evaluate("document.querySelectorAll('details').forEach(d => d.open = true)")
        found = Axe().run(tab, options={"resultTypes": ["violations"]}).response["violations"]
    return page.stat().st_size, len(set(asked)), scripts, len(found), sheets


def tell(browser: Browser, what: str, pages: Iterable[Path]) -> None:
    """A row for these pages together."""
    seen = [look(browser, page) for page in pages]
    size, asked, scripts, found, sheets = map(sum, zip(*seen, strict=True))
    print(f"| {what} | {len(seen)} | {size / 1000:,.0f} kB | {asked} | {scripts} | {found} | {sheets} |", flush=True)


def of_nbconvert(notebooks: Path, room: Path) -> Iterable[Path]:
    """What `jupyter nbconvert --to html` makes of the notebooks, by its defaults."""
    for name in PAGES:
        made = room / f"nbconvert-{name}.html"
        made.write_text(HTMLExporter().from_filename(str(notebooks / f"{name}.ipynb"))[0], encoding="utf-8")
        yield made


def of_ydata(engagement: str, room: Path, python: str) -> Iterable[Path]:
    """What ydata-profiling makes of the registers of these pages, by its defaults."""
    store = open_store(engagement)
    for register in PAGES.values():
        rows = [{"key": row.key, **row.values} for row in store.record().rows[register]]
        with (room / f"{register}.csv").open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(dict.fromkeys(name for row in rows for name in row)))
            writer.writeheader()
            writer.writerows(rows)
    store.ledger.close()
    sources = [str(room / f"{register}.csv") for register in PAGES.values()]
    subprocess.run([python, "-c", PROFILE, str(room), *sources], check=True, capture_output=True)
    return [Path(source).with_suffix(".html") for source in sources]


def main() -> None:
    """Measure the demo's pages, in the workspace that WORKBOOK_HOME names, whose report is made there already."""
    home = Path(os.environ["WORKBOOK_HOME"]) / "demo"
    python = os.environ.get("WORKBOOK_BENCH_YDATA", "")
    print("| what | pages | size | addresses asked for | scripts | axe findings | printed pages |")
    print("|---|---|---|---|---|---|---|")
    with tempfile.TemporaryDirectory() as folder, chromium() as browser:
        tell(browser, "ours", [home / f"{name}.html" for name in PAGES])
        tell(browser, "nbconvert", of_nbconvert(home / "notebooks", Path(folder)))
        if python:
            tell(browser, "ydata-profiling", of_ydata("demo", Path(folder), python))
        else:
            print("NOT MEASURED: ydata-profiling; name a Python that has it by WORKBOOK_BENCH_YDATA")


if __name__ == "__main__":
    sys.exit(main())
