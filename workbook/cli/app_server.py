"""Voilà behind the token that JupyterLab asks for; run by `workbook app`, as a module.

Voilà by itself serves whoever reaches its port: another user of this machine, or a web page opened in a browser here.
Every handler is locked, static files too; a browser is told to fetch nothing from anywhere else.
"""

import os
import re
import signal
import tempfile
import threading
import webbrowser
from html import escape
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from jupyter_server.base.handlers import APIHandler, JupyterHandler
from jupyter_server.utils import url_path_join
from tornado.ioloop import IOLoop
from tornado.web import HTTPError, RequestHandler
from traitlets import Bool
from voila.app import Voila
from voila.handler import BaseVoilaHandler

from workbook.cli.serving import FIRST, has_browser, require_port, tell, with_token
from workbook.server.reports import report_rules

# what Voilà's own pages and widgets need; what is not installed would be fetched from elsewhere
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; worker-src 'self' blob:; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'self'"
)
SAME_SITE = {"samesite": "Lax"}
ELSEWHERE = re.compile(r"<link\b[^>]*\bhref=[\"']https?:[^>]*>")  # its templates ask for fonts of icons; we have none


class App(Voila):
    """Voilà for those who bring its token, under a name of this machine."""

    auto_token = Bool(True, help="Make a token when the server begins.").tag(config=True)

    def init_settings(self) -> dict[str, Any]:
        """Voilà's settings, with the token's cookie and the Host checked as JupyterLab does."""
        settings = super().init_settings()
        provider = self.identity_provider
        provider.cookie_options = {**SAME_SITE, **provider.cookie_options}
        headers = {"Content-Security-Policy": POLICY, "Referrer-Policy": "same-origin"}
        return {**settings, "allow_remote_access": not _is_loopback(self.ip), "headers": headers,
                "xsrf_cookie_kwargs": SAME_SITE}  # fmt: skip

    def init_handlers(self) -> list[tuple[Any, ...]]:
        """Voilà's handlers and the made reports, each one locked but those through which one logs in."""
        free = {handler for _, handler in self.identity_provider.get_handlers()}
        handlers = [*report_rules(self.server_url), *super().init_handlers()]
        return [(path, cls if cls in free else _locked(cls), *options) for path, cls, *options in handlers]

    def listen(self) -> None:
        """Serve until somebody ends it; what is open is said as soon as it is."""
        require_port(self)
        loop = IOLoop.current()
        signal.signal(signal.SIGINT, lambda *_: loop.add_callback_from_signal(loop.stop))  # a second one does no harm
        loop.add_callback(self._tell)
        super().listen()

    def _tell(self) -> None:
        address = with_token(self._first_page(), self.identity_provider)
        tell("The app", address, opens=self.open_browser and has_browser(self.browser))

    def _first_page(self) -> str:
        return str(url_path_join(self.connection_url, f"voila/render/{FIRST}.ipynb"))

    def launch_browser(self) -> None:
        """Open the browser with the token, by way of a file of ours: everybody here can read a command line."""
        if not has_browser(self.browser):
            return
        address = f"{self._first_page()}?token={self.identity_provider.token}"
        handle, name = tempfile.mkstemp(suffix=".html", dir=self.connection_dir)  # goes with the server
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(f'<!doctype html><meta http-equiv="refresh" content="0; url={escape(address)}">')
        browser = webbrowser.get(self.browser or None)
        threading.Thread(target=browser.open, args=(Path(name).as_uri(), self.webbrowser_open_new)).start()


class _Locked(RequestHandler):
    """Lets nobody in who has not brought the token, whatever the handler would let pass."""

    async def prepare(self, *given: Any, **named: Any) -> None:
        waiting = super().prepare(*given, **named)
        if waiting is not None:
            await waiting
        if self.current_user is None and not self._finished:
            raise HTTPError(403)

    def write(self, chunk: Any) -> None:
        """Send a piece of a page, without the style sheets that would come from elsewhere."""
        super().write(ELSEWHERE.sub("", chunk) if isinstance(chunk, str) else chunk)

    def write_error(self, status_code: int, **named: Any) -> None:
        """Say what went wrong; Jupyter's page of it would need a folder of static files that Voilà does not serve."""
        if isinstance(self, BaseVoilaHandler | APIHandler):
            super().write_error(status_code, **named)
        else:
            RequestHandler.write_error(self, status_code, **named)


def _locked(handler: type) -> type:
    bases = (handler,) if issubclass(handler, JupyterHandler) else (JupyterHandler, handler)
    return type(handler.__name__, (_Locked, *bases), {"__module__": handler.__module__})


def _is_loopback(ip: str) -> bool:
    try:
        return ip == "localhost" or ip_address(ip).is_loopback
    except ValueError:
        return False


if __name__ == "__main__":
    App.launch_instance()
