"""The audit trails of a record: one thing after the other, each link with what shows it."""

from collections.abc import Mapping

from workbook import entries
from workbook.analysis.trail import AuditTrail, Followed, is_shown, matches
from workbook.analysis.trail_links import judge_link
from workbook.errors import Unknown
from workbook.language import say
from workbook.record import Record, Row


def trails_of(record: Record, kind_id: str) -> tuple[AuditTrail, ...]:
    """The trails of one kind that the page shows, by key; raises Unknown for a kind that is none."""
    kinds = {kind.id: kind for kind in record.catalog.trails}
    if kind_id not in kinds:
        raise Unknown("kind of trail", kind_id, kinds)
    return tuple(t for t in shown_trails(record) if t.kind.id == kind_id)


def shown_trails(record: Record) -> tuple[AuditTrail, ...]:
    """Every trail that the page shows, kind by kind."""
    return record.once(_follow_all)


def _follow_all(record: Record) -> tuple[AuditTrail, ...]:
    kinds = record.catalog.trails
    return tuple(_follow(record, k, r) for k in kinds for r in record.register(k.register_) if is_shown(k, r))


def followed_keys(record: Record) -> Mapping[str, str]:
    """The register of each row whose trail the page shows, by its key; of two with one key, the first."""
    kinds = reversed(record.catalog.trails)
    return {r.key: r.register for k in kinds for r in record.register(k.register_) if is_shown(k, r)}


def follow(record: Record, key: str) -> AuditTrail:
    """The trail of the row of this key, whether or not the page shows it; raises Unknown with the nearest keys."""
    rows = [(k, r) for k in record.catalog.trails for r in record.register(k.register_) if matches(r, k.where)]
    for kind, row in rows:
        if row.key.casefold() == str(key).strip().casefold():
            return _follow(record, kind, row)
    hint = say("Models, datasets, suppliers, people and changes have an audit trail.")
    raise Unknown("row with an audit trail", str(key), (row.key for _, row in rows), hint)


def _follow(record: Record, kind: entries.Trail, row: Row) -> AuditTrail:
    links = (judge_link(Followed(record, kind, row, link)) for link in kind.links)
    return AuditTrail(kind, row, tuple(links))
