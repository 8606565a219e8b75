"""How our servers speak: what is open and how it ends in a few lines, what cannot be in one sentence."""

import socket
import sys
import webbrowser
from typing import Any, NoReturn

from tornado.httputil import url_concat

from workbook import paths
from workbook.masking import mask

FIRST = "00_start"  # the page that is opened


def refuse(sentence: str) -> NoReturn:
    """End the server before it serves anything, as every command of ours ends that could not be carried out."""
    print(f"workbook: {sentence}", file=sys.stderr)  # noqa: T201
    raise SystemExit(2)


def require_port(server: Any) -> None:
    """End a Jupyter or Voilà `server` that cannot have the port it was asked for; without one, it looks for another."""
    sections = (kind.__name__ for kind in type(server).mro())
    if server.port and any("port" in server.config[name] for name in sections if name in server.config):
        _require(server.ip, server.port)


def _require(ip: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in ip else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, sys.platform != "win32")
        try:
            probe.bind((ip, port))
        except OSError as error:
            refuse(
                f"Port {port} is not free ({error.strerror}). Perhaps a server of yours runs there already: use that "
                "one or stop it, or ask for another port or for none."
            )


def has_browser(name: str) -> bool:
    """Whether this machine has the browser `name`, or one at all if that is empty."""
    try:
        webbrowser.get(name or None)
    except webbrowser.Error:
        return False
    return True


def with_token(address: str, identity: Any) -> str:
    """The address that lets a person in; a token that somebody chose is not told, as Jupyter does not."""
    return (
        str(url_concat(address, {"token": identity.token})) if identity.token and identity.token_generated else address
    )


def tell(what: str, address: str, *, opens: bool) -> None:
    """Say what is served and at which `address`, where the record lies, and how to stop; `opens` if a browser does."""
    ledger = paths.database_file() or mask(paths.database_url())
    comes = f"{what} opens in your browser; if it does not, open" if opens else f"{what} is ready. Open in a browser"
    print(f"{comes}:\n\n    {address}\n\nThe record: {ledger}\nCtrl-C stops it.", flush=True)  # noqa: T201
