"""The forms people answer in: the only place that knows widgets."""

from importlib import import_module
from typing import Any

# what a page calls it → the module beside this one, and its class; imported when a page first needs it
FORMS = {
    "questions": ("questions", "Questions"),
    "register": ("register", "RegisterForm"),
    "engagement": ("engagement", "EngagementForm"),
    "tasks": ("tasks", "TasksForm"),
    "reviews": ("reviews", "ReviewsForm"),
    "samples": ("samples", "SamplesForm"),
    "identity": ("identity", "IdentityForm"),
    "report": ("report", "ReportForm"),
    "live": ("live", "Live"),
    "line": ("line", "Line"),
    "portfolio": ("portfolio", "PortfolioForm"),
    "portfolio line": ("portfolio", "PortfolioLine"),
}
__all__ = ["FORMS", "form", "load"]


def form(kind: str, *about: Any, **more: Any) -> Any:
    """A new form of this kind; its class says what it is `about`."""
    module, name = FORMS[kind]
    return getattr(import_module(f"{__name__}.{module}"), name)(*about, **more)


def load() -> None:
    """Import every form ahead of its first use."""
    for module, _ in FORMS.values():
        import_module(f"{__name__}.{module}")
