"""What is newest of each key, and who wrote it, found by stepping through an index from one key to the next.

So it takes as long as there are keys, however long their history is. SQLite and PostgreSQL do not step by themselves;
a recursive query does, that asks for the next value after the one before and ends when there is none.
"""

NEWEST_NUMBER = 2**31 - 1  # greater than any number of a revision


def _next(column: str, of: str, after: str = "") -> str:
    """The least value of `column` after the one in `after`, among the revisions that `of` describes."""
    more = f" AND {column} > {after}" if after else ""
    return f"(SELECT min({column}) FROM revision WHERE engagement = :engagement{of}{more})"


_OF_KIND, _OF_KEY = " AND kind = kinds.kind", " AND kind = keys.kind"
_KINDS = f"""kinds(kind) AS (SELECT {_next("kind", "")}
    UNION ALL SELECT {_next("kind", "", "kinds.kind")} FROM kinds WHERE kind IS NOT NULL)"""
_ONE_KIND = f"kinds(kind) AS (SELECT {_next('kind', ' AND kind = :kind')})"
_KEYS = f"""keys(kind, key) AS (SELECT kind, {_next("key", _OF_KIND)} FROM kinds WHERE kind IS NOT NULL
    UNION ALL SELECT kind, {_next("key", _OF_KEY, "keys.key")} FROM keys WHERE key IS NOT NULL)"""
_ACTORS = f"""actors(kind, key, actor) AS (
    SELECT kind, key, {_next("actor", f"{_OF_KEY} AND key = keys.key")} FROM keys WHERE key IS NOT NULL
    UNION ALL SELECT kind, key, {_next("actor", " AND kind = actors.kind AND key = actors.key", "actors.actor")}
    FROM actors WHERE actor IS NOT NULL)"""
_NEWEST = f"""SELECT (SELECT seq FROM revision WHERE engagement = :engagement{_OF_KEY} AND key = keys.key
    AND number <= :upto ORDER BY version DESC LIMIT 1) FROM keys WHERE key IS NOT NULL"""
_AUTHORS = f"""SELECT key, actor FROM actors WHERE actor IS NOT NULL AND
    {_next("number", " AND kind = actors.kind AND key = actors.key AND actor = actors.actor", ":after")} <= :upto"""

# The `seq` of the newest revision of each key, or NULL. Joined with the revisions, PostgreSQL would read all of them.
NEWEST = f"WITH RECURSIVE {_KINDS}, {_KEYS} {_NEWEST}"
NEWEST_OF_KIND = f"WITH RECURSIVE {_ONE_KIND}, {_KEYS} {_NEWEST}"
AUTHORS = f"WITH RECURSIVE {_ONE_KIND}, {_KEYS}, {_ACTORS} {_AUTHORS}"
ENGAGEMENTS = """WITH RECURSIVE names(engagement) AS (SELECT min(engagement) FROM revision
    UNION ALL SELECT (SELECT min(engagement) FROM revision WHERE engagement > names.engagement)
    FROM names WHERE engagement IS NOT NULL) SELECT engagement FROM names WHERE engagement IS NOT NULL"""
