"""The last lines of a test run, from the reports of its steps: what failed, by name, and how many passed.

usage: python tests/told.py FOLDER      a folder of JUnit XML files
"""

import sys
from pathlib import Path
from xml.etree import ElementTree


def told(folder: Path) -> list[str]:
    """A line for each test that failed or could not run, then the count."""
    cases = [case for file in sorted(folder.glob("*.xml")) for case in ElementTree.parse(file).iter("testcase")]
    bad = [case for case in cases if case.find("failure") is not None or case.find("error") is not None]
    skipped = sum(case.find("skipped") is not None for case in cases)
    lines = [f"FAILED: {case.get('classname')} {case.get('name')}" for case in bad]
    return [*lines, f"{len(cases) - len(bad) - skipped} passed, {len(bad)} failed, {skipped} skipped"]


if __name__ == "__main__":
    sys.stdout.write("\n".join([*told(Path(sys.argv[1])), ""]))
