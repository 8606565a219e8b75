"""The workbook inside a Jupyter server: where an audit stands for JupyterLab's panel, who speaks, and made reports.

Enabled by a file that is installed with the package; importing it brings nothing along until a server loads it.
"""

from pathlib import Path
from typing import Any


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "workbook.server"}]


def _load_jupyter_server_extension(server: Any) -> None:
    """Answer below `workbook/` from now on, and keep notebooks clean; Jupyter calls this once, while it starts."""
    from workbook.server.handlers import late_reader, rules
    from workbook.server.pages import is_workspace
    from workbook.server.saving import strip_before_saving

    server.contents_manager.register_pre_save_hook(strip_before_saving)
    root = Path(server.root_dir)
    reader = late_reader(root)
    server.web_app.add_handlers(".*$", rules(server.base_url, reader))
    if is_workspace(root):  # then somebody will ask soon: read once while the browser still loads
        server.io_loop.add_callback(server.io_loop.run_in_executor, None, lambda: reader().state())
