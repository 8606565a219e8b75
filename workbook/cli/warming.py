"""What a command that runs pages does first, before it imports what runs them."""

import sys

from workbook.warm.parent import get_warm


def get_ready_to_run() -> None:
    """Begin the warm parent, which imports while we do, and spare this process what none of its commands needs.

    jsonschema compiles the grammar of internationalised addresses whenever it is imported, which takes longer than all
    our own imports; it does without where the package is missing. The process is ours alone, so nobody else misses it.
    """
    get_warm()
    sys.modules.setdefault("rfc3987_syntax", None)  # type: ignore[arg-type]  # how Python says: not there
