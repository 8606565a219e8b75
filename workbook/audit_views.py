"""The views that a notebook shows: one method for each, page by page; how they are shown is left to `audit`."""

from abc import ABC, abstractmethod
from collections.abc import Callable
from typing import Any

from markupsafe import Markup

from workbook import views
from workbook.record import Record

Render = Callable[[Record], Markup]


class AuditViews(ABC):
    """What the pages show of a record; each method may be called on any page."""

    @abstractmethod
    def _view(self, render: Render) -> Any:
        """What a cell shows for `render`, a function of the record."""

    # every page -------------------------------------------------------------------------------------------------

    def gaps(self, *names: str) -> Any:
        """What is missing or has run out in the registers of these names, or in all."""
        return self._view(lambda record: views.registers.gap_table(record, names or tuple(record.catalog.registers)))

    def left(self, page: str = views.pages.START) -> Any:
        """What is left to fill in on a page, as links, and the way to the next page; in a report, nothing.

        Raises Unknown.
        """
        return self._view(lambda record: views.markup.hint(views.pages.left(record, page)))

    # 00_start ---------------------------------------------------------------------------------------------------

    def overview(self) -> Any:
        """What the audit is about: organisation, scope, dates, people responsible."""
        return self._view(views.start.overview)

    def progress(self) -> Any:
        """Every page with its questions: asked, answered, claimed as implemented, evidenced, tested."""
        return self._view(views.start.progress)

    def timeline(self) -> Any:
        """The preparation counted back from the audit date, what is overdue first."""
        return self._view(views.start.timeline)

    def evidence_plan(self) -> Any:
        """Which artefact proves what, from whom, by when, and whether it is collected."""
        return self._view(views.start.evidence_plan)

    def context(self) -> Any:
        """Why machine learning is different: what an auditor should know before the first interview."""
        return self._view(views.start.context)

    # 01_data_inventory ------------------------------------------------------------------------------------------

    def classification(self) -> Any:
        """How sensitive the data sources and datasets are; rows without a classification are counted too."""
        return self._view(views.data_inventory.classification)

    def retention(self) -> Any:
        """How long each dataset is kept and how it ends, overdue ones first."""
        return self._view(views.data_inventory.retention)

    def third_parties(self) -> Any:
        """Data from outside, and whether an agreement covers its use."""
        return self._view(views.data_inventory.third_parties)

    def diagram(self) -> Any:
        """The data flows as a picture, zone by zone, and as a table."""
        return self._view(views.data_inventory.diagram)

    def personal_data(self) -> Any:
        """Flows of personal data; profiling and automated decisions first (GDPR Articles 35 and 22)."""
        return self._view(views.data_inventory.personal_data)

    def inventory_gaps(self) -> Any:
        """What is missing in the data registers, and agreements that are missing or have run out."""
        return self._view(views.data_inventory.inventory_gaps)

    # 02_infrastructure_mapping ----------------------------------------------------------------------------------

    def infrastructure_map(self) -> Any:
        """The components in their trust zones, with the data flows between them."""
        return self._view(views.infrastructure_mapping.infrastructure_map)

    def integration_points(self) -> Any:
        """What can be called, by whom, and what crosses a trust boundary."""
        return self._view(views.infrastructure_mapping.integration_points)

    def unprotected(self) -> Any:
        """Components without a linked control, authentication, encryption or log."""
        return self._view(views.infrastructure_mapping.unprotected)

    # 03_control_review ------------------------------------------------------------------------------------------

    def documents(self) -> Any:
        """How many of the documents an auditor asks for are there, approved and reviewed in time; page 07 names all."""
        return self._view(views.documented.summary)

    def mapping(self) -> Any:
        """Each Annex A control with its implementation, evidence and exceptions; those without a row too."""
        return self._view(views.control_review.mapping)

    def coverage(self, page: str = views.control_review.PAGE) -> Any:
        """By area of a page and system, how many claims are evidenced, with nothing against them."""
        return self._view(lambda record: views.control_review.coverage(record, page))

    def evidence_status(self) -> Any:
        """Evidence that is missing, undated or too old, oldest first."""
        return self._view(views.control_review.evidence_status)

    def by_control(self) -> Any:
        """Every Annex A control: how far it is covered, what is claimed and shown of it, what ML changes about it."""
        return self._view(views.by_control.by_control)

    def by_clause(self) -> Any:
        """Every clause from 4 to 10: how far it is covered, what is claimed and shown of it, what ML changes."""
        return self._view(views.by_control.by_clause)

    def proof_calendar(self) -> Any:
        """Each Annex A control by month of the audit period and how it is proven there; what to export first."""
        return self._view(views.proof_calendar.calendar)

    # 04_risk_assessment -----------------------------------------------------------------------------------------

    def risk_method(self) -> Any:
        """By which method risks are rated: what it lacks, its limit, and who agrees above it (clause 6.1.2)."""
        return self._view(views.risk_assessment.method)

    def suggestions(self) -> Any:
        """Risks of the catalogue that nobody has rated yet, with the weakness that lets them happen."""
        return self._view(views.risk_assessment.suggestions)

    def heat_map(self) -> Any:
        """The risks by likelihood and consequence: before treatment, today and as planned."""
        return self._view(views.risk_assessment.heat_map)

    def areas(self) -> Any:
        """The risks by area, from adversarial attacks to suppliers."""
        return self._view(views.risk_assessment.areas)

    def treatment(self) -> Any:
        """What is planned against which risk, by whom, by when; overdue first."""
        return self._view(views.risk_assessment.treatment)

    def acceptance(self) -> Any:
        """Who accepted which residual risk, and which acceptances have run out."""
        return self._view(views.risk_assessment.acceptance)

    def triggers(self) -> Any:
        """Changes that ask for a new look at the risks (clause 8.2)."""
        return self._view(views.risk_assessment.triggers)

    # 05_internal_audit ------------------------------------------------------------------------------------------

    def programme(self) -> Any:
        """The audits of three years, who makes them, and which controls and clauses have no turn or a late one."""
        return self._view(views.programme.programme_table)

    def plan(self) -> Any:
        """The planned audits by date, with auditor, criteria and sampling."""
        return self._view(views.internal_audit.plan)

    def independence(self) -> Any:
        """Who audits what, and whether they are independent of it (clause 9.2.2)."""
        return self._view(views.internal_audit.independence)

    def tests(self) -> Any:
        """What was tested, by area, and what the tests concluded."""
        return self._view(views.working_papers.tests)

    def watches(self) -> Any:
        """The findings that ML teams get most often, and the signs of them in the record."""
        return self._view(views.internal_audit.watches)

    def mock(self) -> Any:
        """The visit of a certification body, rehearsed: asked for, trails, interviews; for the team alone."""
        return self._view(views.mock.mock)

    def predictions(self) -> Any:
        """What an auditor would write from the record today, drafted in three parts; for the team alone."""
        return self._view(views.predictions.predictions)

    def findings(self) -> Any:
        """The findings by grade and age with their corrective actions; overdue first."""
        return self._view(views.internal_audit.findings)

    def readiness(self) -> Any:
        """How ready the audit is, with the arithmetic shown: a planning aid that certifies nothing."""
        return self._view(views.internal_audit.readiness)

    def faq(self) -> Any:
        """Short answers to what teams ask before their first ML audit."""
        return self._view(views.internal_audit.faq)

    # 06_audit_report --------------------------------------------------------------------------------------------

    def summary(self) -> Any:
        """Scope, date, verdict and the figures that it rests on."""
        return self._view(views.audit_report.summary)

    def risks_today(self) -> Any:
        """How many risks stand at which level today, and the ones that nobody accepts as they are."""
        return self._view(views.management_summary.risks_today)

    def responses(self) -> Any:
        """The open findings of the internal audit, and how each is answered."""
        return self._view(views.management_summary.responses)

    def decisions(self) -> Any:
        """What only management can decide, with who decides it."""
        return self._view(views.management_summary.decisions)

    def verdict_by_area(self) -> Any:
        """Each area with its weakest item: a mean hides a hole."""
        return self._view(views.audit_report.verdict_by_area)

    def predicted(self) -> Any:
        """The nonconformities predicted from the record, the gravest first; for the team alone."""
        return self._view(views.predictions.predicted)

    def open_points(self, limit: int | None = None) -> Any:
        """What is open, by severity, each point with its owner and date; with a `limit`, only the first ones."""
        return self._view(lambda record: views.audit_report.open_points(record, limit))

    def open_by_owner(self) -> Any:
        """What is open, by owner."""
        return self._view(views.audit_report.open_by_owner)

    def evidence_index(self) -> Any:
        """Every piece of evidence with its fingerprint (SHA-256), the period it covers and what it proves."""
        return self._view(views.audit_report.evidence_index)

    def sign_offs(self) -> Any:
        """Who has signed and who has not."""
        return self._view(views.audit_report.sign_offs)

    def limits(self) -> Any:
        """What the report does not say: not assessed, not tested, or kept by nobody."""
        return self._view(views.audit_report.limits)

    # 07_management_system ---------------------------------------------------------------------------------------

    def approvals(self) -> Any:
        """Which versions of the documents of the management system were approved, and whether they still stand."""
        return self._view(views.approvals.approvals)

    # 08_statement_of_applicability ------------------------------------------------------------------------------

    def statement(self) -> Any:
        """The Statement of Applicability: all 93 controls, whether each applies and why, its status, how it is met."""
        return self._view(views.applicability.statement)

    # 07_management_system ---------------------------------------------------------------------------------------

    def figures(self) -> Any:
        """The objectives and measurements that are not where they should be (clauses 6.2 and 9.1)."""
        return self._view(views.management_system.figures)

    def documented_information(self) -> Any:
        """What has to be written down, and whether it is found, outdated, unapproved or missing (clause 7.5)."""
        return self._view(views.documented.whole)

    def management_review(self) -> Any:
        """Whether a management review counts, and every input of the next one from the record (clause 9.3)."""
        return self._view(views.management_system.management_review)

    def certification(self) -> Any:
        """Each certificate with what of it does not fit the record; the findings of the body that are open or late."""
        return self._view(views.certification.certification)

    def crosswalk(self, frame: str = "iso42001") -> Any:
        """What answers show of another frame, `iso42001` or `eu_ai_act`, each link with its reason. Raises Unknown."""
        return self._view(lambda record: views.crosswalk.crosswalk(record, frame))

    # 09_audit_trails --------------------------------------------------------------------------------------------

    def trails(self, kind: str = "") -> Any:
        """The audit trails of one kind, for example trail-model, or of all, folded. Raises Unknown."""
        return self._view(lambda record: views.trails.trails(record, kind))

    def trail_rule(self) -> Any:
        """What the states of a link mean."""
        return self._view(views.trails.rule)
