"""A page as PDF: printed by the Chromium that is there, tagged and with bookmarks, without a request to anywhere.

What Chromium leaves open for people who hear a PDF rather than see it is added then.
"""

import os
import shutil
import subprocess
from pathlib import Path
from tempfile import TemporaryDirectory

from workbook import files
from workbook.errors import BadInput
from workbook.report.links import live

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge")
SECONDS = 180  # a page of a report takes about one
_BODY = '<body class="mlaw">'
_MISSING = (
    "No Chromium is here to print with. Install Chromium, Chrome or Edge, or name one by CHROMIUM=/path/to/it; or make "
    "the report without --pdf and print its pages in any browser."
)


def find_browser() -> str:
    """The browser to print with: that of the environment variable CHROMIUM, else the first that is installed.

    Raises BadInput where there is none.
    """
    named = os.environ.get("CHROMIUM", "")
    found = next(filter(None, map(shutil.which, [named] if named else BROWSERS)), None)
    if found is None:
        raise BadInput(f"CHROMIUM names {named}, which cannot be started. {_MISSING}" if named else _MISSING)
    return found


def to_pdf(html: str, target: Path, browser: str, *, full: bool = False) -> None:
    """Print the page `html` into the file `target`, whole or not at all; `full` prints reference text, too.

    Links to other pages read as their words: on paper they would lead to where it was printed.
    Raises BadInput where the browser makes no PDF of it.
    """
    name = target.with_suffix(".html").name
    text = live({name: html})[name].replace(f'href="{name}"', 'href="#main"')
    text = text.replace(_BODY, '<body class="mlaw full">', 1) if full else text
    with TemporaryDirectory(prefix="workbook-pdf-") as room:
        page, printed = Path(room) / "page.html", Path(room) / "page.pdf"
        page.write_text(text, encoding="utf-8")
        said = _print(browser, Path(room), page, printed)
        content = printed.read_bytes() if printed.is_file() else b""
    if not content.startswith(b"%PDF-"):
        reason = said.strip().rpartition("\n")[2][:200] or "it said nothing"
        raise BadInput(f"{target.name} was not printed; {Path(browser).name} ended without a PDF: {reason}")
    from workbook.report.accessible import made_accessible  # when something is printed, so that nothing else waits

    try:
        files.write_all({target: made_accessible(content)})
    except ValueError as error:
        raise BadInput(f"{target.name} was not printed whole: {error}. Print it again.") from None


def _print(browser: str, room: Path, page: Path, printed: Path) -> str:
    """Let the browser print; returns what it said."""
    command = [
        browser, "--headless", "--disable-gpu", "--no-pdf-header-footer", "--generate-pdf-document-outline",
        "--export-tagged-pdf", "--no-first-run", "--disable-extensions", f"--user-data-dir={room / 'profile'}",
        f"--print-to-pdf={printed}", page.as_uri(),
    ]  # fmt: skip
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        command.insert(1, "--no-sandbox")  # Chromium has none for root, and these pages have no script
    try:
        done = subprocess.run(command, capture_output=True, timeout=SECONDS, check=False)  # noqa: S603 - no shell
    except (OSError, subprocess.TimeoutExpired) as error:
        return str(error)
    return done.stderr.decode("utf-8", errors="replace")
