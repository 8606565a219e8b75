"""What of a report is edited before it is final, as DOCX: the summary, the Statement of Applicability, the findings.

Of the edition for customers all that they read, as one document.
"""

from dataclasses import replace

from workbook.analysis.applicability import SUBJECT
from workbook.analysis.approvals import standing
from workbook.as_of import AtRevision
from workbook.audience import Edition, language_of
from workbook.audit import Audit
from workbook.branding import read_branding
from workbook.exchange.customer_paper import customer_paper
from workbook.exchange.findings import findings_paper
from workbook.exchange.paper import Paper, as_docx
from workbook.exchange.soa import as_paper, version
from workbook.exchange.summary import Before, head_of_copy, summary_paper
from workbook.language import say, speaking
from workbook.record import Record
from workbook.redacting import redact
from workbook.report.batch import ReportRun
from workbook.report.folder import FOR_CUSTOMERS, IN_WORD
from workbook.workspace import open_store


def papers(run: ReportRun, system: str, audience: str) -> dict[str, bytes]:
    """The documents of a report by their names, from the state of its `run` as its `audience` may read it.

    `system` is the key as it stands in the record, empty for all. Raises what opening an engagement does.
    """
    state = AtRevision(run.head.number, run.on)
    store = open_store(run.engagement, as_of=str(state))
    try:
        if audience == "customer":
            secret = store.ledger.secret(store.name, run.head.number)
            _, redactions = redact(store.record(system), Edition(audience), secret)
            return {FOR_CUSTOMERS: as_docx(customer_paper(redactions), read_branding())}
        audit = Audit(store, system, Edition(audience), live=False)
        record = audit.record  # first, so that what is withheld has the numbers that the pages have
        before = Before(audit.earlier(record), audit.goes_on, audit.last_year() if audit.goes_on else None)
    finally:
        store.ledger.close()
    look = read_branding()
    made = (summary_paper(record, before), _statement(record), findings_paper(record))
    return {name: as_docx(paper, look) for name, paper in zip(IN_WORD, made, strict=True)}


def _statement(record: Record) -> Paper:
    with speaking(language_of(record)):
        approved = (say("Version"), version(standing(record, SUBJECT)))
        return replace(as_paper(record), facts=(*head_of_copy(record), approved))
