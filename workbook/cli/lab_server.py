"""JupyterLab as `workbook lab` runs it, as a module: few lines, and a sentence where it cannot begin."""

import os

from jupyter_server.serverapp import ServerApp
from jupyter_server.utils import url_path_join
from jupyterlab.labapp import LabApp
from traitlets import default

from workbook.cli.serving import has_browser, refuse, require_port, tell, with_token

AS_ROOT = (
    "You are root, and who runs code in JupyterLab would be, too. Start it as another user; in a container of your "
    "own, `workbook lab -- --allow-root` does it all the same."
)


class Server(ServerApp):
    """The server of JupyterLab, which says itself what is open; Jupyter's own log tells what is wrong, not all it does.

    Ctrl-C ends it without a question: what was answered is in the record.
    """

    @default("token")
    def _default_token(self) -> str:
        return str(self.identity_provider.token)  # without a warning that is meant for the extension that asks

    @default("answer_yes")
    def _default_answer_yes(self) -> bool:
        return True

    def init_httpserver(self) -> None:
        """Take the port that was asked for, or none; else the first that is free."""
        require_port(self)
        super().init_httpserver()

    def start_app(self) -> None:
        """Say what is open as soon as it is, in place of Jupyter's own words."""
        if not self.allow_root and hasattr(os, "geteuid") and os.geteuid() == 0:
            refuse(AS_ROOT)
        page = url_path_join(self.connection_url, self.default_url.removeprefix(self.base_url))
        address = with_token(page, self.identity_provider)
        self.identity_provider.token_generated = False  # or Jupyter tells the address as well
        super().start_app()
        opens = self.open_browser and has_browser(self.browser)
        self.io_loop.add_callback(lambda: tell("JupyterLab", address, opens=opens))  # after the port was taken

    def launch_browser(self) -> None:
        """Open the browser, if there is one."""
        if has_browser(self.browser):
            super().launch_browser()


class Lab(LabApp):
    """JupyterLab on our server."""

    serverapp_class = Server

    @classmethod
    def get_extension_package(cls) -> str:
        """The package that the server loads it from."""
        return "jupyterlab"


if __name__ == "__main__":
    Lab.launch_instance()
