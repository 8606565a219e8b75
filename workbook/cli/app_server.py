"""Voilà behind the token that JupyterLab asks for; run by `workbook app`, as a module.

Voilà by itself serves whoever reaches its port: another user of this machine, or a web page opened in a browser here.
Every handler is locked, static files too; a browser is told to fetch nothing from anywhere else.
"""

import os
import re
import tempfile
import threading
import webbrowser
from html import escape
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from jupyter_server.base.handlers import APIHandler, JupyterHandler
from tornado.web import HTTPError, RequestHandler
from traitlets import Bool
from voila.app import Voila
from voila.handler import BaseVoilaHandler

# what Voilà's own pages and widgets need; what is not installed would be fetched from elsewhere
POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline' 'unsafe-eval' blob:; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; worker-src 'self' blob:; object-src 'none'; base-uri 'self'; "
    "form-action 'self'; frame-ancestors 'self'"
)
SAME_SITE = {"samesite": "Lax"}
ELSEWHERE = re.compile(r"<link\b[^>]*\bhref=[\"']https?:[^>]*>")  # its templates ask for fonts of icons; we have none


class App(Voila):  # type: ignore[misc]  # Voilà has no types
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
        """Voilà's handlers, each one locked but those through which one logs in."""
        free = {handler for _, handler in self.identity_provider.get_handlers()}
        handlers = super().init_handlers()
        return [(path, cls if cls in free else _locked(cls), *options) for path, cls, *options in handlers]

    def launch_browser(self) -> None:
        """Open the browser with the token, by way of a file of ours: everybody here can read a command line."""
        try:
            browser = webbrowser.get(self.browser or None)
        except webbrowser.Error as error:
            self.log.warning("No browser was found (%s); open the address above.", error)
            return
        address = f"{self.connection_url}?token={self.identity_provider.token}"
        handle, name = tempfile.mkstemp(suffix=".html", dir=self.connection_dir)  # goes with the server
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(f'<!doctype html><meta http-equiv="refresh" content="0; url={escape(address)}">')
        threading.Thread(target=browser.open, args=(Path(name).as_uri(), self.webbrowser_open_new)).start()


class _Locked(RequestHandler):  # type: ignore[misc]  # tornado has no types here
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
