from tests.helpers_audit import days_ago, record
from workbook.analysis.overdue import days_late


def test_a_date_is_late_from_the_day_after():
    today = record().on

    assert days_late(today, today) == 0
    assert days_late(days_ago(1), today) == 1
    assert days_late(None, today) == 0
