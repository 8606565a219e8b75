"""The rules that links of audit trails name in checklists/audit_trails.yaml, by their names."""

from collections.abc import Mapping

from workbook.analysis import trail_changes, trail_data, trail_models, trail_suppliers
from workbook.analysis.trail import Rule

RULES: Mapping[str, Rule] = {
    **trail_models.RULES,
    **trail_data.RULES,
    **trail_suppliers.RULES,
    **trail_changes.RULES,
}
