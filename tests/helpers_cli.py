"""The command as somebody starts it: in a process of its own."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any


def workbook(*arguments: str, cwd: Path | None = None, **streams: Any) -> subprocess.CompletedProcess[str]:
    """What the command did, without the variable that makes defects loud."""
    environment = {k: v for k, v in os.environ.items() if k != "WORKBOOK_DEBUG"}
    return subprocess.run([sys.executable, "-m", "workbook", *arguments], env=environment, text=True, cwd=cwd,
                          **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **streams})  # fmt: skip
