"""The form that begins: choose the engagement that every notebook opens, or create one."""

from collections.abc import Callable
from datetime import date

import ipywidgets as widgets

from workbook import zones
from workbook.errors import WorkbookError
from workbook.model import Engagement
from workbook.store import Store, create
from workbook.views.markup import slug
from workbook.views.tag import text

WIDE = widgets.Layout(width="min(36rem, 98%)")
NAMED = {"description_width": "9rem"}


def engagements(store: Store, *, chosen_name: str, on_choice: Callable[[str], None]) -> widgets.VBox:
    """The engagements of this workspace to choose from, and the fields of a new one.

    `on_choice` is called with the name that was chosen; what happened is said in words below the buttons.
    """
    names = store.ledger.engagements()
    message = widgets.HTML()
    pick = widgets.Dropdown(
        options=[("choose …", ""), *((n, n) for n in names)],
        value=chosen_name if chosen_name in names else "",
        description="Audit",
        style=NAMED,
        layout=WIDE,
    )
    fields = _New()
    pick.observe(lambda change: _chosen(change["new"], on_choice, message), "value")
    fields.button.on_click(lambda _: _created(store, fields, pick, message))
    new = widgets.Accordion([fields.box], titles=["Begin a new audit"], selected_index=None if names else 0)
    return widgets.VBox([pick, new, message])


class _New:
    """The fields of a new engagement."""

    def __init__(self) -> None:
        self.name = widgets.Text(description="Short name", placeholder="isms-2027", style=NAMED, layout=WIDE)
        self.title = widgets.Text(description="Title", placeholder="ISMS audit 2027", style=NAMED, layout=WIDE)
        self.organisation = widgets.Text(description="Organisation", style=NAMED, layout=WIDE)
        self.date = widgets.DatePicker(description="Audit begins", style=NAMED, min=date(2000, 1, 1))
        self.zone = widgets.Combobox(
            description="Time zone",
            value=zones.machine_zone(),
            options=zones.names(),
            placeholder="Europe/Berlin",
            style=NAMED,
            layout=WIDE,
        )
        self.button = widgets.Button(description="Begin", button_style="primary")
        self.box = widgets.VBox([self.name, self.title, self.organisation, self.date, self.zone, self.button])


def _chosen(name: str, on_choice: Callable[[str], None], message: widgets.HTML) -> None:
    if not name:
        return
    on_choice(name)
    message.value = f"<b>{text(name)}</b> is chosen: every notebook opens it from now on. Run the cells below again."


def _created(store: Store, fields: _New, pick: widgets.Dropdown, message: widgets.HTML) -> None:
    title = fields.title.value.strip()
    name = fields.name.value.strip() or (slug(title) if title else "")
    about = {
        "organisation": fields.organisation.value.strip(),
        "audit_date": fields.date.value,
        "time_zone": fields.zone.value.strip(),
    }
    try:
        create(store.ledger, name, Engagement.parse({"title": title or name or "audit", **about}), store.who)
    except WorkbookError as error:
        message.value = f"<b>Not created.</b> {text(str(error))}"
        return
    pick.options = [*pick.options, (name, name)]
    pick.value = name
