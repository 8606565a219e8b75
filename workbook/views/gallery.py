"""The views that a notebook can show by name."""

from collections.abc import Callable, Mapping
from importlib import import_module
from typing import Any

from markupsafe import Markup

from workbook.errors import Unknown

# name → module of workbook.views; imported when first shown, so that a page pays only for what it shows
VIEWS: Mapping[str, str] = {
    "overview": "start",
    "progress": "start",
    "timeline": "start",
    "evidence_plan": "start",
    "context": "start",
    "classification": "data_inventory",
    "retention": "data_inventory",
    "third_parties": "data_inventory",
    "inventory_gaps": "data_inventory",
    "diagram": "data_inventory",
    "personal_data": "data_inventory",
    "infrastructure_map": "infrastructure_mapping",
    "integration_points": "infrastructure_mapping",
    "unprotected": "infrastructure_mapping",
    "coverage": "control_review",
    "by_control": "control_review",
    "evidence_status": "control_review",
    "mapping": "control_review",
    "documents": "control_review",
    "heat_map": "risk_assessment",
    "areas": "risk_assessment",
    "treatment": "risk_assessment",
    "acceptance": "risk_assessment",
    "triggers": "risk_assessment",
    "suggestions": "risk_assessment",
    "watches": "internal_audit",
    "readiness": "internal_audit",
    "plan": "internal_audit",
    "tests": "internal_audit",
    "findings": "internal_audit",
    "independence": "internal_audit",
    "faq": "internal_audit",
    "summary": "audit_report",
    "verdict_by_area": "audit_report",
    "open_points": "audit_report",
    "open_by_owner": "audit_report",
    "evidence_index": "audit_report",
    "sign_offs": "audit_report",
    "limits": "audit_report",
}


def find(name: str) -> Callable[..., Markup]:
    """The view of this name, a function of a Record; raises Unknown."""
    if name not in VIEWS:
        raise Unknown("view", name, VIEWS)
    view: Callable[..., Any] = getattr(import_module(f"workbook.views.{VIEWS[name]}"), name)
    return view
