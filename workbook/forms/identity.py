"""Who speaks in this notebook."""

from workbook.forms.base import Form, Reply
from workbook.words import natural


class IdentityForm(Form):
    """Who speaks in this notebook."""

    kind = "identity"

    def shown(self) -> Reply:
        """The name and role that everything is recorded under."""
        return {"people": sorted({r.name for r in self.page.record().rows.get("people", ())}, key=natural)}
