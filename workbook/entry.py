"""What every entry of a checklist is made of, and crosswalks: what questions say about other frames, link by link."""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

Text = Annotated[str, StringConstraints(min_length=1, strip_whitespace=True)]
Id = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_-]{1,63}$")]
Refs = Mapping[str, tuple[Text, ...]]


class Entry(BaseModel):
    """Something in a checklist: frozen, known fields only."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=False)


AiActRole = Literal["provider", "deployer", "importer", "distributor"]
AiActClass = Literal["high", "high and transparency", "transparency", "general-purpose", "minimal"]


class Link(Entry):
    """Why the answer to a question says something about a requirement of another frame, and how much of it it carries.

    `source` says what that rests on, where it is more than what the whole crosswalk rests on.
    """

    question: Id
    carries: Literal["whole", "part"]
    because: Text
    source: str = ""


class Requirement(Entry):
    """A requirement of another frame, and the questions whose answers say something about it; without links, none do.

    A law binds whoever has one of the `roles` for a system of one of the `classes`; none named, everybody. It may be a
    `part` of an article, say what that `asks` in our words, and which article it `follows`: it applies no earlier than
    that one. `leaves_open` says what of it no question asks.
    """

    of: Text
    part: str = ""
    asks: str = ""
    roles: tuple[AiActRole, ...] = ()
    classes: tuple[AiActClass, ...] = ()
    follows: str = ""
    links: tuple[Link, ...] = Field(default=(), alias="asked_by")
    leaves_open: str = ""

    @property
    def carried_whole(self) -> bool:
        """Whether one of its links carries all of it."""
        return any(link.carries == "whole" for link in self.links)

    @model_validator(mode="after")
    def _says_what_stays_open(self) -> Self:
        names = [link.question for link in self.links]
        if twice := next((name for name in names if names.count(name) > 1), ""):
            raise ValueError(f"{self.of} names {twice} twice; keep one of the links")
        if self.carried_whole and self.leaves_open:
            raise ValueError(
                f"a link carries the whole of {self.of}, so leaves_open must be empty; or it carries a part"
            )
        if self.links and not self.carried_whole and not self.leaves_open.strip():
            raise ValueError(f"every link carries a part of {self.of}; say in leaves_open what no question asks")
        return self


class LeftOut(Entry):
    """What of a frame is no requirement of its own, and why."""

    of: tuple[Text, ...] = Field(min_length=1)
    because: Text


class Crosswalk(Entry):
    """What answers here say about another frame, a set of references; `source` is what its links rest on."""

    frame: Text
    source: Text
    left_out: tuple[LeftOut, ...] = ()
    requirements: tuple[Requirement, ...] = Field(min_length=1)
