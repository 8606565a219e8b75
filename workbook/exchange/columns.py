"""What a table holds, by its name, and which of its columns is which, by their headers."""

from collections.abc import Mapping

from workbook.catalog import Catalog
from workbook.errors import Unknown
from workbook.model import Engagement

ANSWERS = ("question", "system", "result", "rationale", "owner", "due", "evidence")
ENGAGEMENT = tuple(Engagement.model_fields)
TASKS = ("task", "status", "owner", "note", "evidence")
EVIDENCE = (
    "file", "link", "file_name", "title", "artefact", "source", "collector", "classification", "collected_at",
    "period_from", "period_to", "valid_until", "sha256",
)  # fmt: skip
PLAIN = {"answers": ANSWERS, "engagement": ENGAGEMENT, "tasks": TASKS, "evidence": EVIDENCE}
NOTES = ("about", "columns", "reviews")  # tables that go out to be read: nobody's words are claimed by a copy
REQUIRED: Mapping[str, tuple[str, ...]] = {
    "answers": ("question", "result"),
    "tasks": ("task", "status"),
    "engagement": (),
    "evidence": (),
}


def kind_of(catalog: Catalog, name: str) -> str:
    """What a table called `name` holds: a register's id, or answers, evidence or tasks; raises Unknown."""
    names = {n: r for r, d in catalog.registers.items() for n in (r, d.title.casefold())} | {k: k for k in PLAIN}
    plain = " ".join(name.casefold().split())
    for candidate in (plain, plain.replace(" ", "_"), plain.replace("_", " ").replace("-", " ")):
        if candidate in names:
            return names[candidate]
    raise Unknown("kind of table", name, names, "Rename it after what it holds, or say so with --into.")


def match(
    catalog: Catalog, kind: str, headers: tuple[str, ...], rename: Mapping[str, str]
) -> tuple[dict[str, str], list[str]]:
    """Header → column of `kind`, and what is wrong in sentences; `rename` maps headers, an empty name drops one.

    A column is found by its id or by its label, whatever the case. A header in brackets tells a reader more than
    import takes: it stands for no column.
    """
    fields = _fields(catalog, kind)
    renamed = {theirs.strip().casefold(): ours for theirs, ours in rename.items()}
    columns: dict[str, str] = {}
    errors: list[str] = []
    for header in headers:
        name = renamed.get(header.casefold(), header).strip()
        column = fields.get(name.casefold())
        if name and column is None and name.startswith("(") and name.endswith(")"):
            continue
        if name and column is None:
            hint = "Rename the column, map it with --map, or drop it with --map 'its name='."
            errors.append(f"column {header}: {Unknown('column', name, set(fields.values()), hint)}")
        elif name and column in columns.values():
            other = next(h for h, c in columns.items() if c == column)
            errors.append(f"the columns {other} and {header} both stand for {column}; drop one of them.")
        elif name and column:
            columns[header] = column
    missing = [c for c in _required(catalog, kind) if c not in columns.values()]
    if missing:
        many = "column is" if len(missing) == 1 else "columns are"
        errors.insert(0, f"the {many} missing: {', '.join(missing)}. Found: {', '.join(headers)}.")
    return columns, errors


def _fields(catalog: Catalog, kind: str) -> dict[str, str]:
    """Every name that a header may have, in lower case, with the column it stands for."""
    if kind in PLAIN:
        return {c.replace("_", separator): c for c in ("id", *PLAIN[kind]) for separator in "_ "}
    columns = catalog.register(kind).fields
    return {"id": "id"} | {f.label.casefold(): f.id for f in columns} | {f.id.casefold(): f.id for f in columns}


def _required(catalog: Catalog, kind: str) -> tuple[str, ...]:
    if kind in PLAIN:
        return REQUIRED[kind]
    return tuple(f.id for f in catalog.register(kind).fields if f.required)
