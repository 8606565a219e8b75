"""The forms people answer in: the only place that knows widgets."""

from collections.abc import Callable
from typing import Any

from markupsafe import Markup

from workbook.store import Store

__all__ = ["engagement", "identity", "line", "live", "questions", "register", "reviews", "tasks"]

Change = Callable[[], None]
Static = Callable[[], Markup]


def questions(store: Store, section: str, system: str, *, on_change: Change, static: Static) -> Any:
    """The form of a section's questions, or with an empty section of those that name the speaker as their owner.

    `static` is what stands in its place where no kernel runs.
    """
    from workbook.forms.questionnaire import Questions

    return Questions(store, section, system, on_change, static)


def register(store: Store, register_id: str, system: str, *, on_change: Change, static: Static) -> Any:
    """The form of a register."""
    from workbook.forms.grid import RegisterForm

    return RegisterForm(store, register_id, system, on_change, static)


def engagement(store: Store, *, on_change: Change, static: Static) -> Any:
    """The form of what the audit is about."""
    from workbook.forms.small import EngagementForm

    return EngagementForm(store, on_change, static)


def tasks(store: Store, *, on_change: Change, static: Static) -> Any:
    """The form of the preparation timeline."""
    from workbook.forms.small import TasksForm

    return TasksForm(store, on_change, static)


def reviews(store: Store, *, on_change: Change, static: Static) -> Any:
    """The queue of answers that wait for a second person."""
    from workbook.forms.small import ReviewsForm

    return ReviewsForm(store, on_change, static)


def identity(store: Store, *, on_change: Change, static: Static) -> Any:
    """Who speaks in this notebook."""
    from workbook.forms.small import IdentityForm

    return IdentityForm(store, on_change, static)


def live(render: Callable[[], Markup]) -> Any:
    """A view that is made again whenever something was recorded."""
    from workbook.forms.following import Live

    return Live(render)


def line(render: Callable[[], Markup]) -> Any:
    """The line that says which record is open, and the style sheet of the page."""
    from workbook.forms.following import Line

    return Line(render)
