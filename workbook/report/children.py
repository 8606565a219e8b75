"""The processes that this one started: how they are ended when it is to stop at once."""

from collections.abc import Set

import psutil

Children = Set[psutil.Process]


def children() -> Children:
    """All processes that this one started, and those that they started."""
    return frozenset(psutil.Process().children(recursive=True))


def end_children(but: Children) -> None:
    """End what was started here, `but` those; a page that runs in one of them fails at once."""
    for child in children() - but:
        try:
            child.kill()
        except psutil.NoSuchProcess:  # it was faster
            continue
