"""The form of what the audit is about."""

from typing import Any

from workbook import zones
from workbook.forms.base import Message, Reply, draft_id
from workbook.forms.downloads import Downloads
from workbook.forms.offers import known_people
from workbook.forms.undoing import Undoing
from workbook.language import ENGLISH, LANGUAGES, term
from workbook.model import AUDIT_KINDS, Engagement

ABOUT = (
    ("title", "Title", "text", "What people call this audit."),
    ("organisation", "Organisation", "text", ""),
    ("audit_date", "Audit begins", "date", "Every due date is counted back from this day."),
    ("audit_kind", "Kind of audit", "choice", "Stage 1 and stage 2 are the two parts of an initial certification."),
    (
        "stage_1_date",
        "Stage 1 begins",
        "date",
        "Only for an initial certification: what stage 1 looks at is counted back from here, the rest from the audit, "
        "which is then stage 2.",
    ),
    (
        "scope",
        "Scope",
        "long_text",
        "Which part of the organisation, which ML systems, which sites; and what is left out.",
    ),
    (
        "public_scope",
        "Scope for customers",
        "long_text",
        "The scope as the edition for customers shows it; while this is empty, they read no scope.",
    ),
    (
        "language",
        "Language",
        "choice",
        "Forms and reports speak it; what you typed yourself stays as it is. Open pages follow when they run again.",
    ),
    (
        "public_language",
        "Language for customers",
        "choice",
        "The edition for customers speaks it; what you typed yourself stays as it is.",
    ),
    ("criteria", "Criteria", "text", "The standard and edition, and own rules."),
    ("period_from", "Audit period from", "date", "Evidence has to show this period; usually twelve months."),
    ("period_to", "Audit period to", "date", ""),
    ("time_zone", "Time zone", "listed", "Days begin and end there: due dates, ages of evidence, “as of” and “today”."),
    ("prepared_by", "Prepared by", "person", "A role, for example Security lead."),
    ("lead_auditor", "Lead auditor", "person", ""),
)


class EngagementForm(Downloads, Undoing):
    """The facts about the engagement; the whole record can be downloaded here."""

    kind = "engagement"
    offers = ("xlsx", "template", "ics")

    def shown(self) -> Reply:
        """The fields and what they hold."""
        newest = self.store.history("engagement", "engagement")[-1]
        revision = self.revision_json(newest)
        usual = {"time_zone": self.store.zone.key, "public_language": ENGLISH, "language": ENGLISH}
        values = {**usual, **(revision["body"] or {})}
        return {
            "fields": [[name, term(label), kind, term(hint)] for name, label, kind, hint in ABOUT],
            "choices": {
                "audit_kind": [[kind, term(kind)] for kind in AUDIT_KINDS],
                "public_language": list(LANGUAGES.items()),
                "language": list(LANGUAGES.items()),
                "time_zone": zones.names(),
            },
            "people": known_people(self.page.record()),
            **self.offered(),
            "shown": {"values": values, **{name: revision[name] for name in ("version", "by", "at")}},
        }

    def do_save(self, message: Message, _buffers: list[Any]) -> Reply:
        """Save all fields together."""
        said = {"time_zone": self.store.zone.key, **message["values"]}
        engagement = Engagement.parse({k: v for k, v in said.items() if v or k == "time_zone"})
        revision = self.store.save_engagement(engagement, int(message["base"]), draft_id(message))
        return {"revision": self.revision_json(revision), "changed": True}
