"""ML Audit Workbook: a guided ISO/IEC 27001 audit of machine-learning systems, in notebooks.

`open_audit` is all that a notebook needs; that of the portfolio needs `open_portfolio`.
"""

from typing import Any

__version__ = "0.1.0"
__all__ = ["__version__", "open_audit", "open_portfolio"]


def __getattr__(name: str) -> Any:
    """Import what a notebook calls when it is first asked for, so that the command line starts quickly."""
    if name == "open_audit":
        from workbook.audit import open_audit

        return open_audit
    if name == "open_portfolio":
        from workbook.portfolio import open_portfolio

        return open_portfolio
    raise AttributeError(name)
