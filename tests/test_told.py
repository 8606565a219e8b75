"""What a test run says at its end."""

from pathlib import Path

from tests.told import told


def test_what_failed_is_named_and_all_is_counted(tmp_path: Path):
    (tmp_path / "package.xml").write_text(
        '<testsuites><testsuite><testcase classname="tests.test_a" name="good"/>'
        '<testcase classname="tests.test_a" name="bad"><failure/></testcase>'
        '<testcase classname="tests.test_a" name="left"><skipped/></testcase></testsuite></testsuites>'
    )
    (tmp_path / "browser.xml").write_text(
        '<testsuites><testsuite><testcase classname="tests.test_b" name="lost"><error/></testcase>'
        "</testsuite></testsuites>"
    )

    assert told(tmp_path) == [
        "FAILED: tests.test_b lost",
        "FAILED: tests.test_a bad",
        "1 passed, 2 failed, 1 skipped",
    ]
