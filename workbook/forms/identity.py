"""Who speaks in this notebook."""

from workbook.forms.base import Form, Reply, script


class IdentityForm(Form):
    """Who speaks in this notebook."""

    _esm = script("small")

    def shown(self) -> Reply:
        """The name and part that everything is recorded under."""
        known = sorted({r.name for r in self.store.record().rows.get("people", ())})
        return {
            **self.speaker(),
            "kind": "identity",
            "title": "Who speaks",
            "people": known,
        }
