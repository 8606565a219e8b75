"""The workbook inside a Jupyter server: where an audit stands for JupyterLab's panel, who speaks, and made reports.

Enabled by a file that is installed with the package; importing it costs nothing until somebody asks for something.
"""

from typing import Any


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    return [{"module": "workbook.server"}]


def _load_jupyter_server_extension(server: Any) -> None:
    """Answer below `workbook/` from now on, and keep notebooks clean; Jupyter calls this once, while it starts."""
    from workbook.server.handlers import rules
    from workbook.server.saving import strip_before_saving

    server.contents_manager.register_pre_save_hook(strip_before_saving)
    server.web_app.add_handlers(".*$", rules(server.base_url, server.root_dir))
