"""Values as HTML: one module for each page, and what they share. A module is imported when it is first asked for."""

from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from workbook.views import (
        applicability,
        approvals,
        audit_report,
        by_control,
        certification,
        changes,
        control_review,
        crosswalk,
        customer_edition,
        data_inventory,
        documented,
        infrastructure_mapping,
        internal_audit,
        management_summary,
        management_system,
        mock,
        pages,
        portfolio,
        predictions,
        programme,
        proof_calendar,
        registers,
        risk_assessment,
        samples,
        start,
        trails,
        working_papers,
        years,
    )

__all__ = [
    "applicability",
    "approvals",
    "audit_report",
    "by_control",
    "certification",
    "changes",
    "control_review",
    "crosswalk",
    "customer_edition",
    "data_inventory",
    "documented",
    "infrastructure_mapping",
    "internal_audit",
    "management_summary",
    "management_system",
    "mock",
    "pages",
    "portfolio",
    "predictions",
    "programme",
    "proof_calendar",
    "registers",
    "risk_assessment",
    "samples",
    "start",
    "trails",
    "working_papers",
    "years",
]


def __getattr__(name: str) -> ModuleType:
    """A page pays only for the views it shows."""
    if name in __all__:
        return import_module(f"{__name__}.{name}")
    raise AttributeError(name)


def load() -> None:
    """Import all of them, so that whoever asks first does not wait."""
    for name in __all__:
        import_module(f"{__name__}.{name}")
