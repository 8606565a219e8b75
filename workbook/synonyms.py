"""What people call our columns and choices in tables of their own: what checklists list as `also` and `means`.

Names are compared as `words.plain_name` does. A column's id and label go before every synonym, its own synonyms before
those that stand for all columns of its id. What a form calls them in another language comes last.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from workbook.entries import Register, RegisterField, Topic
from workbook.language import in_others
from workbook.words import plain_name

Place = tuple[int, int]  # how surely a name stands for a column, and where it stands in the list: the lower, the surer
ID, LABEL, OWN, COMMON = range(4)


@dataclass(frozen=True, slots=True)
class Synonyms:
    """The synonyms of every column by its id, and of every choice by its text, beside those that a field has itself."""

    also: Mapping[str, tuple[str, ...]]
    means: Mapping[str, tuple[str, ...]]

    def headers(self, fields: Iterable[RegisterField]) -> dict[str, tuple[str, Place]]:
        """Every plain name that a header may have, with the column it stands for, and how surely."""
        found: dict[str, tuple[str, Place]] = {}
        for name, column, place in sorted(self._names(fields), key=lambda named: named[2]):
            found.setdefault(plain_name(name), (column, place))
        return found

    def _names(self, fields: Iterable[RegisterField]) -> Iterator[tuple[str, str, Place]]:
        for field in fields:
            lists = (field.id,), (field.label,), field.also, self.also.get(field.id, ()), in_others(field.label)
            for rank, names in enumerate(lists):
                yield from ((name, field.id, (rank, i)) for i, name in enumerate(names))

    def words(self, field: RegisterField) -> dict[str, str]:
        """Every plain word that stands for a choice of `field`, or for a number on its scale, with that choice."""
        found = {plain_name(choice): choice for choice in field.choices}
        for means in (field.means, {c: self.means.get(c, ()) for c in field.choices}):
            for choice, words in means.items():
                for word in words:
                    found.setdefault(plain_name(word), choice)
        told = [(plain_name(word), choice) for choice in field.choices for word in in_others(choice)]
        often = Counter(word for word, _ in told)
        return {word: choice for word, choice in told if often[word] == 1} | found


def joined(topics: Iterable[Topic]) -> Synonyms:
    """The synonyms of all checklists together."""
    also: dict[str, tuple[str, ...]] = {}
    means: dict[str, tuple[str, ...]] = {}
    for topic in topics:
        also |= {column: also.get(column, ()) + names for column, names in topic.also.items()}
        means |= {choice: means.get(choice, ()) + words for choice, words in topic.means.items()}
    return Synonyms(also, means)


def clashes(register: Register) -> Iterator[tuple[str, str]]:
    """Synonyms of a register that cannot be told apart: the column's id and a sentence for each."""
    taken = {plain_name(n): f.id for f in register.fields for n in (f.id, f.label)} | {"id": "id"}
    listed = [("id", register.id_also), *((f.id, f.also) for f in register.fields)]
    for column, names in listed:
        for name in names:
            other = taken.setdefault(plain_name(name), column)
            if other != column:
                yield column, f"also {name!r} stands for {other} as well; keep one"
    for field in register.fields:
        yield from ((field.id, says) for says in _muddled_words(field))


def _muddled_words(field: RegisterField) -> Iterator[str]:
    known = set(field.choices) | _steps(field)
    taken = {plain_name(choice): choice for choice in field.choices}
    for choice, words in field.means.items():
        if choice not in known:
            yield f"means {choice!r}, which is not one of its values"
        for word in words:
            other = taken.setdefault(plain_name(word), choice)
            if other != choice:
                yield f"{word!r} means {other!r} as well as {choice!r}; keep one"


def _steps(field: RegisterField) -> set[str]:
    """The steps of a scale, as text."""
    if field.type != "number" or field.min is None or field.max is None:
        return set()
    return {str(step) for step in range(field.min, min(field.max, field.min + 100) + 1)}
