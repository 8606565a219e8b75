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
    "classification": "inventory",
    "retention": "inventory",
    "third_parties": "inventory",
    "inventory_gaps": "inventory",
    "diagram": "flows",
    "personal_data": "flows",
    "infrastructure_map": "infrastructure",
    "integration_points": "infrastructure",
    "unprotected": "infrastructure",
    "coverage": "controls",
    "by_control": "controls",
    "evidence_status": "controls",
    "mapping": "controls",
    "documents": "controls",
    "heat_map": "risks",
    "areas": "risks",
    "treatment": "risks",
    "acceptance": "risks",
    "triggers": "risks",
    "suggestions": "risks",
    "watches": "audit",
    "readiness": "audit",
    "plan": "audit",
    "tests": "audit",
    "findings": "audit",
    "independence": "audit",
    "faq": "audit",
    "summary": "report",
    "verdict_by_area": "report",
    "open_points": "report",
    "open_by_owner": "report",
    "evidence_index": "report",
    "sign_offs": "report",
    "limits": "report",
}


def find(name: str) -> Callable[..., Markup]:
    """The view of this name, a function of a Record; raises Unknown."""
    if name not in VIEWS:
        raise Unknown("view", name, VIEWS)
    view: Callable[..., Any] = getattr(import_module(f"workbook.views.{VIEWS[name]}"), name)
    return view
