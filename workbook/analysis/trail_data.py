"""What the record says of the links of a dataset's audit trail: rights, storage, use and end."""

from collections.abc import Iterator, Mapping
from datetime import date

from workbook.analysis.prediction_hits import rows_by_key
from workbook.analysis.trail import Followed, Rule, Told, broken, claimed, missing
from workbook.registers import says_nothing
from workbook.words import count, day

OUTSIDE = ("purchased", "public or open", "scraped", "labelling service", "third-party service")


def data_rights(one: Followed) -> Iterator[Told]:
    """Whether the right to the dataset and to each source of it runs today (controls A.5.31 and A.5.32)."""
    yield from _ended(one, "the dataset", one.row["licence_expires"])
    sources = rows_by_key(one.record, "data_sources")
    for source in (sources[key] for key in one.row["sources"] or () if key in sources):
        if source["origin"] in OUTSIDE and says_nothing(source["agreement"]):
            yield missing(f"{source.key} comes from outside, and no licence or agreement is recorded.", source.key)
        yield from _ended(one, source.key, source["agreement_expires"])


def _ended(one: Followed, what: str, end: date | None) -> Iterator[Told]:
    if end and end < one.record.on:
        yield broken(f"The right to {what} ended {day(end)}, and the dataset is still kept.")


def storage(one: Followed) -> Iterator[Told]:
    """Whether the component it lies in says who may sign in, how it is encrypted and where it is logged."""
    place = rows_by_key(one.record, "components").get(str(one.row["location"]))
    if place is not None:
        lacking = [c for c in ("authentication", "encryption", "logging") if says_nothing(place[c])]
        if lacking:
            yield missing(f"{place.key} has no {', no '.join(lacking)} recorded.", place.key)


def used(one: Followed) -> Iterator[Told]:
    """The models that were trained on it."""
    models = [m.key for m in one.record.register("models") if one.row.key in (m["training_data"] or ())]
    if models:
        yield claimed("Trained on it:", *models)
    elif one.row["use"] == "training":
        yield missing("It is for training, and no model names it.")
    else:
        yield claimed("No model was trained on it.")


def overdue(one: Followed) -> Iterator[Told]:
    """Whether it is kept beyond the day on which it was to be deleted (control A.8.10)."""
    end = one.row["delete_by"]
    if end and end < one.record.on:
        late = count((one.record.on - end).days, "day")
        yield broken(f"To be deleted by {day(end)}, {late} ago, and nothing says that it was.")
    elif end:
        yield claimed(f"To be deleted by {day(end)}.")


RULES: Mapping[str, Rule] = {"data-rights": data_rights, "storage": storage, "used": used, "overdue": overdue}
