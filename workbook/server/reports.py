"""Serves the reports that were made in this workspace, and nothing beside them.

A page of a report holds what people typed, so a browser is told to treat it as a stranger: no scripts, nothing from
elsewhere, no access to the server it comes from.
"""

import asyncio
import json
import re
from pathlib import Path
from typing import Any

from jupyter_server.auth.decorator import authorized
from jupyter_server.base.handlers import JupyterHandler
from jupyter_server.utils import url_path_join
from tornado.web import authenticated

from workbook import files, paths
from workbook.errors import BadFile, BadInput
from workbook.model import SLUG
from workbook.remote import Place

MAX_BYTES = 50 * 1024**2
TYPES = {".html": "text/html; charset=utf-8", ".ipynb": "application/x-ipynb+json"}
POLICY = (
    "sandbox allow-popups allow-popups-to-escape-sandbox allow-downloads; default-src 'none'; img-src data:; "
    "style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
)


def report_rules(base_url: str) -> list[tuple[str, type]]:
    """The place of the reports and who answers there."""
    return [(url_path_join(base_url, r"workbook/reports/([^/]+)/(.*)"), Reports)]


class Reports(JupyterHandler):
    """Answers with a file of a made report."""

    auth_resource = "workbook"

    @property
    def content_security_policy(self) -> str:
        """What a browser may do with a page of a report."""
        return POLICY

    @authenticated
    @authorized
    async def get(self, engagement: str, path: str) -> None:
        """Answer with a file, or with 404 and a sentence."""
        name = f"{path}index.html" if not path or path.endswith("/") else path
        self.set_header("Cache-Control", "no-cache")
        try:
            content = await asyncio.to_thread(read_report, engagement, name)
        except BadInput as error:
            self.set_status(404)
            self.set_header("Content-Type", "text/plain; charset=utf-8")
            self.finish(str(error))
            return
        self.set_header("Content-Type", TYPES[Path(name).suffix])
        self.finish(content)

    @authenticated
    @authorized
    async def head(self, engagement: str, path: str) -> None:
        """As `get`, without the file: whether it is there."""
        await self.get(engagement, path)


def read_report(engagement: str, path: str) -> bytes:
    """The bytes of a file that the manifest of a report of `engagement` lists; raises BadInput for anything else.

    `path` is that of the file in the engagement's folder, whose reports for other audiences and on one system lie in
    folders of their own below it.
    """
    parts = path.split("/")
    if not re.fullmatch(SLUG, engagement) or Path(path).suffix not in TYPES or not all(map(_is_plain, parts)):
        raise BadInput(_nothing(path))
    home = paths.results(engagement)
    for depth in range(len(parts)):
        folder, name = home.joinpath(*parts[:depth]), "/".join(parts[depth:])
        if name in _listed(folder, engagement) and _lies_in(home, folder / name):
            return files.read_limited(folder / name, MAX_BYTES)
    raise BadInput(_nothing(path))


def _nothing(path: str) -> str:
    return f"No report holds {path[:200]!r}. Make it on the page 06_audit_report, or with `workbook report`."


def _is_plain(part: str) -> bool:
    """Whether this can only be a name in a folder, on any system."""
    return re.fullmatch(r"(?!\.)[^\\:\x00]+", part) is not None


def _listed(folder: Place, engagement: str) -> frozenset[str]:
    """The files of the report in `folder`; none where no report of this engagement lies there."""
    try:
        manifest: Any = json.loads(files.read_limited(folder / paths.MANIFEST, MAX_BYTES))
        return frozenset(manifest["files"]) if manifest["engagement"] == engagement else frozenset()
    except (BadFile, ValueError, KeyError, TypeError, RecursionError):
        return frozenset()


def _lies_in(home: Place, file: Place) -> bool:
    """Whether no link on the way leads out of the engagement's folder; a bucket has none."""
    if not isinstance(home, Path) or not isinstance(file, Path):
        return True
    return file.resolve().is_relative_to(home.resolve())
