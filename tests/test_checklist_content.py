"""What the questions claim holds: references that are tested, artefacts that say what they prove, words about ML."""

import re
from collections import Counter
from collections.abc import Mapping

import pytest

from workbook import references
from workbook.catalog import Catalog, entries
from workbook.entries import LookFor, Question
from workbook.views import cards

MONTHS = re.compile(r"\b(January|February|March|April|May|June|July|August|September|October|November|December)\b")
# Words of which an ask, and one look-for line at least, needs one: without them the text fits any control.
ML_WORDS = re.compile(
    r"\b(ML|AI|models?|(re)?train(ed|ing)|weights|datasets?|labels?|labelling|prompts?|predictions?|inference"
    r"|notebooks?|registry|endpoints?|drift|embeddings?|GPU|experiments?|pipelines?|retrieval|learns?|vector|canary"
    r"|agents?|risks? catalogue|threshold|feature (store|table)s?|feature code)\b",
    re.IGNORECASE,
)
# What stands in questions that somebody copied from a list of controls.
GENERIC = re.compile(
    r"\b(is there an?|are there|best practices?|adequate(ly)?|appropriate(ly)?|as needed|in a timely manner"
    r"|on a regular basis|ensure that|policies and procedures are)\b",
    re.IGNORECASE,
)


def questions_of(catalog: Catalog) -> list[Question]:
    return list(catalog.questions.values())


def controls(refs: Mapping[str, tuple[str, ...]]) -> set[str]:
    return {i for i in refs.get("iso27001", ()) if i.startswith("A.")}


def generic(question: Question) -> list[str]:
    """What makes a question fit any control: the place, for each."""
    texts = (question.ask, *question.look_for)
    found = [f"{question.id}: {m[0]!r}" for t in texts if (m := GENERIC.search(t))]
    if not ML_WORDS.search(question.ask):
        found.append(f"{question.id}: ask")
    if not any(ML_WORDS.search(line) for line in question.look_for):
        found.append(f"{question.id}: look_for")
    return found


def successors(catalog: Catalog) -> dict[str, set[str]]:
    """For each control and clause of 2013, what became of it in 2022."""
    found = {old: set(new) for old, new in catalog.successors.items()}
    for row in references.rows(catalog.folder / "reference", "iso27001_2022_clauses"):
        found.setdefault(row["clause_2013"], set()).add(row["id"])
    return found


def test_each_reference_to_2013_became_one_that_the_same_entry_cites(catalog: Catalog):
    became = successors(catalog)
    stray = [
        f"{entry.id}: {old}"
        for _, entry in entries(catalog.topics)
        for old in getattr(entry, "refs", {}).get("iso27001_2013", ())
        if not became[old] & set(entry.refs["iso27001"])
    ]
    assert stray == []


def test_each_control_that_a_question_cites_is_tested_by_a_line_of_it(catalog: Catalog):
    untested = [f"{q.id}: {c}" for q in questions_of(catalog) for c in sorted(controls(q.refs) - set(q.tests))]
    assert untested == []


def test_lines_that_test_a_control_are_found_by_it(catalog: Catalog):
    lines = catalog.question("ac-privileged-deploy").tests["A.8.18"]

    assert len(lines) == 1
    assert "root notebook kernel" in lines[0]
    assert lines[0] in catalog.question("ac-privileged-deploy").look_for


def test_a_line_may_not_test_a_control_that_its_question_does_not_cite(catalog: Catalog):
    said = catalog.question("ac-rbac").model_dump(by_alias=True)
    said["look_for"] = [*said["look_for"][:3], {"says": "try it", "tests": ["A.7.7"]}]

    with pytest.raises(ValueError, match=r"tests A\.7\.7, which refs\.iso27001 does not name"):
        Question.model_validate(said)


@pytest.mark.parametrize(
    ("question", "control"),
    [
        ("ac-rbac", "A.6.5"),
        ("ac-privileged-deploy", "A.5.11"),
        ("am-rnd-documentation", "A.6.5"),
        ("am-dev-tools", "A.8.23"),
        ("faq-separate-certification-integrate", "A.6.8"),
        ("faq-separate-certification-extend", "A.8.30"),
        ("di-disposal-copies", "A.7.10"),
    ],
)
def test_what_is_asked_is_linked_to_its_control(catalog: Catalog, question: str, control: str):
    assert control in catalog.question(question).tests


@pytest.mark.parametrize(
    ("clause", "title"),
    [("9.2", "Internal audit"), ("9.3", "Management review"), ("10.2", "Continual improvement"), ("6.1.1", "General")],
)
def test_a_clause_of_2013_carries_its_own_title(catalog: Catalog, clause: str, title: str):
    assert catalog.facts["iso27001_2013"][clause].title == title


def test_a_superseded_list_is_marked_and_stands_behind_its_successor(catalog: Catalog):
    refs = {"owasp_llm": ("LLM10:2025",), "owasp_llm_2026": ("LLM06:2026",)}
    shown = cards.references(catalog.references(refs))

    assert shown.index("LLM06:2026") < shown.index("LLM10:2025")
    assert "2025 (superseded)" in shown


def test_each_item_of_the_superseded_list_stands_beside_its_successor(catalog: Catalog):
    rows = references.rows(catalog.folder / "reference", "owasp_llm_top10_2025")
    became = {row["id"]: row["id_2026"] for row in rows}
    alone = [
        f"{entry.id}: {old}"
        for _, entry in entries(catalog.topics)
        for old in getattr(entry, "refs", {}).get("owasp_llm", ())
        if became[old] not in entry.refs.get("owasp_llm_2026", ())
    ]
    assert alone == []


@pytest.mark.parametrize(
    ("article", "says"),
    [
        ("9", "provider: from 2 Dec 2027 (Annex III), 2 Aug 2028 (Annex I)"),
        ("26", "deployer: from 2 Dec 2027 (Annex III), 2 Aug 2028 (Annex I)"),
        ("5", "everybody: from 2 Feb 2025; points (ba) and (bb) from 2 Dec 2026"),
        ("53", "general-purpose model provider: from 2 Aug 2025"),
    ],
)
def test_an_article_of_the_ai_act_says_whom_it_binds_and_from_when(catalog: Catalog, article: str, says: str):
    assert says in cards.references(catalog.references({"eu_ai_act": (article,)}))


def test_each_article_that_is_cited_has_its_dates(catalog: Catalog):
    cited = {a for _, e in entries(catalog.topics) for a in getattr(e, "refs", {}).get("eu_ai_act", ())}

    assert {"5", "50"} <= cited
    assert [a for a in cited if "from " not in catalog.facts["eu_ai_act"][a].note] == []


def test_each_artefact_says_what_it_proves(catalog: Catalog):
    asked = [(q.id, w) for q in questions_of(catalog) for w in q.evidence]
    asked += [(t.id, w) for t in catalog.tasks.values() for w in t.artefacts]

    assert [f"{i}: {w.artefact}" for i, w in asked if "proves" not in w.model_fields_set] == []


def test_a_report_on_a_version_is_bound_to_the_version(catalog: Catalog):
    of_version = re.compile(r"of the (released|production) version|for the released version|for the released run")
    by_days = [
        f"{q.id}: {w.artefact}"
        for q in questions_of(catalog)
        for w in q.evidence
        if of_version.search(w.artefact) and w.bound_to == "days"
    ]
    assert by_days == []


def test_what_is_asked_once_is_bound_to_no_single_model(catalog: Catalog):
    bound = [
        w.artefact for q in questions_of(catalog) if q.per == "engagement" for w in q.evidence if w.bound_to == "model"
    ]
    assert bound == []


def test_a_piece_of_evidence_is_one_artefact_of_its_question(catalog: Catalog):
    names = [(q.id, name.casefold()) for q in questions_of(catalog) for w in q.evidence for name in w.names]
    assert [n for n, times in Counter(names).items() if times > 1] == []


def test_no_question_is_proven_by_designs_alone_where_the_control_has_to_run(catalog: Catalog):
    on_paper = [q.id for q in questions_of(catalog) if {w.proves for w in q.evidence} == {"design"}]
    # a mapping of controls is a document; whether it is true is asked by cm-effectiveness-evidence
    assert on_paper == ["cm-control-statements"]


def test_an_incident_or_an_exception_that_never_was_can_be_shown(catalog: Catalog):
    closed = next(w for w in catalog.question("op-incident-response").evidence if "incident record" in w.artefact)

    assert closed.or_ == ("Search for ML incidents that found none",)


def test_a_quarterly_review_is_not_stale_before_the_next_one(catalog: Catalog):
    assert catalog.question("ac-access-reviews").max_age("Access review signed within the period") == 100


def test_the_weights_tell_questions_apart(catalog: Catalog):
    weights = Counter(q.weight for q in questions_of(catalog))
    total = sum(weights.values())

    assert weights[3] <= total / 4
    assert weights[1] >= total / 4
    assert catalog.question("dc-training-records").weight == 3


def test_no_good_answer_names_a_month(catalog: Catalog):
    assert [q.id for q in questions_of(catalog) if MONTHS.search(q.good_answer)] == []


def test_no_question_fits_any_control(catalog: Catalog):
    assert [place for q in questions_of(catalog) for place in generic(q)] == []


@pytest.mark.parametrize(
    ("ask", "line", "place"),
    [
        ("Who reviews the report?", "read the report of the registry", "ask"),
        ("Who may deploy a model?", "read the report", "look_for"),
        ("Is there a policy for models?", "read the model card", "'Is there a'"),
    ],
)
def test_a_text_that_fits_any_control_is_refused(catalog: Catalog, ask: str, line: str, place: str):
    lines = (LookFor(says=line), LookFor(says="ask somebody"))
    plain = catalog.question("ac-rbac").model_copy(update={"ask": ask, "lines": lines})

    assert generic(plain) == [f"ac-rbac: {place}"]


def test_objectives_have_a_question_of_their_own(catalog: Catalog):
    assert [q.id for q in questions_of(catalog) if "6.2" in q.refs["iso27001"]] == ["context-isms-objectives"]


def test_findings_whose_text_makes_them_minor_are_not_called_major(catalog: Catalog):
    for watch in catalog.watches:
        if "is a minor nonconformity" in watch.finding:
            assert watch.grade == "minor nonconformity", watch.id


# notes on Annex A and the clauses -------------------------------------------------------------------------------------

# The controls that an auditor missed, and that ML changes: each has to be asked.
ASKED = ("A.5.5", "A.5.6", "A.5.11", "A.5.25", "A.6.1", "A.6.2", "A.6.5", "A.6.7", "A.6.8", "A.7.9", "A.7.10", "A.8.1",
         "A.8.23", "A.8.30")  # fmt: skip
# What stands in the text of a standard, and in no note of ours.
OF_THE_STANDARD = re.compile(
    r"\b(shall|should be|must be (established|defined|documented|maintained)|the organi[sz]ation"
    r"|(established|defined|identified|documented|approved), (and )?\w+(ed|d)\b|interested parties relevant to"
    r"|information processing facilities|in accordance with|relevant to the (ISMS|information security)|retained"
    r"|information security (policy|requirements|events|incidents|measures) (shall|are|is)\b)",
    re.IGNORECASE,
)
PHYSICAL = {"A.7.1", "A.7.2", "A.7.3", "A.7.4", "A.7.6", "A.7.7", "A.7.12"}  # ML changes nothing about these


def required(catalog: Catalog) -> list[str]:
    """The 93 controls of Annex A and the clauses that require something, in their order."""
    controls_ = [i for i in catalog.facts["iso27001"] if i.startswith("A.")]
    rows = references.rows(catalog.folder / "reference", "iso27001_2022_clauses")
    return [*controls_, *(row["id"] for row in rows if row["kind"] == "requirement")]


def test_every_control_and_clause_has_a_note_in_the_order_of_the_standard(catalog: Catalog):
    every = required(catalog)

    assert len(every) == 93 + 30
    assert [of for of in every if of not in catalog.notes] == []
    assert set(catalog.notes) == set(every)
    firsts = [note.of[0] for topic in catalog.topics for note in topic.notes]
    assert [of for of in every if of in firsts] == firsts


def test_a_block_stands_only_where_ml_changes_nothing_that_is_special_to_one(catalog: Catalog):
    blocks = [set(note.of) for topic in catalog.topics for note in topic.notes if len(note.of) > 1]

    assert blocks == [PHYSICAL, {"A.7.5", "A.7.8", "A.7.11", "A.7.13"}]


def test_notes_say_something_of_ml_in_our_own_words_and_each_its_own(catalog: Catalog):
    notes = [note for topic in catalog.topics for note in topic.notes]
    more = r"|\b(machine learning|accelerators?|assistants?|checkpoints?|validat\w+|learn)\b"
    of_ml = re.compile(ML_WORDS.pattern + more, re.IGNORECASE)

    assert [n.of for n in notes if not of_ml.search(n.note)] == []
    assert [(n.of, m[0]) for n in notes for p in (GENERIC, OF_THE_STANDARD) if (m := p.search(n.note))] == []
    assert [n.of for n in notes if not 20 <= len(n.note.split()) <= 75] == []
    assert [text for text, times in Counter(n.note for n in notes).items() if times > 1] == []


@pytest.mark.parametrize("text", ["Rules shall be set.", "Roles are defined, approved and told.", "Is there a model?"])
def test_the_words_of_a_standard_are_noticed_in_a_note(text: str):
    assert OF_THE_STANDARD.search(text) or GENERIC.search(text)


@pytest.mark.parametrize("control", ASKED)
def test_what_an_auditor_missed_is_tested_by_a_line(catalog: Catalog, control: str):
    assert [q.id for q in questions_of(catalog) if control in q.tests] != []


def test_only_the_physical_controls_that_ml_leaves_alone_are_tested_by_no_question(catalog: Catalog):
    tested = {of for q in questions_of(catalog) for of in q.tests}

    assert {of for of in required(catalog) if of not in tested} == PHYSICAL
