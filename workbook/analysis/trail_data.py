"""What the record says of the links of a dataset's audit trail: rights, storage, use and end."""

from collections.abc import Iterator, Mapping
from datetime import date

from workbook.analysis.prediction_hits import rows_by_key
from workbook.analysis.trail import Followed, Rule, Told, broken, claimed, missing
from workbook.language import later, say, say_many
from workbook.registers import says_nothing
from workbook.words import day

OUTSIDE = ("purchased", "public or open", "scraped", "labelling service", "third-party service")
_LACKS = {
    "authentication": later("no authentication"),
    "encryption": later("no encryption"),
    "logging": later("no logging"),
}


def data_rights(one: Followed) -> Iterator[Told]:
    """Whether the right to the dataset and to each source of it runs today (controls A.5.31 and A.5.32)."""
    yield from _ended(one, "", one.row["licence_expires"])
    sources = rows_by_key(one.record, "data_sources")
    for source in (sources[key] for key in one.row["sources"] or () if key in sources):
        if source["origin"] in OUTSIDE and says_nothing(source["agreement"]):
            says = say("{key} comes from outside, and no licence or agreement is recorded.", key=source.key)
            yield missing(says, source.key)
        yield from _ended(one, source.key, source["agreement_expires"])


def _ended(one: Followed, source: str, end: date | None) -> Iterator[Told]:
    """That the right to a source, or without one to the dataset itself, has ended."""
    if end and end < one.record.on and source:
        yield broken(say("The right to {key} ended {day}, and the dataset is still kept.", key=source, day=day(end)))
    elif end and end < one.record.on:
        yield broken(say("The right to the dataset ended {day}, and the dataset is still kept.", day=day(end)))


def storage(one: Followed) -> Iterator[Told]:
    """Whether the component it lies in says who may sign in, how it is encrypted and where it is logged."""
    place = rows_by_key(one.record, "components").get(str(one.row["location"]))
    if place is not None:
        lacking = [say(words) for c, words in _LACKS.items() if says_nothing(place[c])]
        if lacking:
            says = say("{key} has {lacking} recorded.", key=place.key, lacking=", ".join(lacking))
            yield missing(says, place.key)


def used(one: Followed) -> Iterator[Told]:
    """The models that were trained on it."""
    models = [m.key for m in one.record.register("models") if one.row.key in (m["training_data"] or ())]
    if models:
        yield claimed(say("Trained on it:"), *models)
    elif one.row["use"] == "training":
        yield missing(say("It is for training, and no model names it."))
    else:
        yield claimed(say("No model was trained on it."))


def overdue(one: Followed) -> Iterator[Told]:
    """Whether it is kept beyond the day on which it was to be deleted (control A.8.10)."""
    end = one.row["delete_by"]
    if end and end < one.record.on:
        yield broken(
            say_many(
                "To be deleted by {day}, {n} day ago, and nothing says that it was.",
                "To be deleted by {day}, {n} days ago, and nothing says that it was.",
                (one.record.on - end).days,
                day=day(end),
            )
        )
    elif end:
        yield claimed(say("To be deleted by {day}.", day=day(end)))


RULES: Mapping[str, Rule] = {"data-rights": data_rights, "storage": storage, "used": used, "overdue": overdue}
