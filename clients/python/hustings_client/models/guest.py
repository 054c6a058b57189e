from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="Guest")


@_attrs_define
class Guest:
    """Somebody who is announced.

    Attributes:
        name (str): Their name, 1 to 80 characters.
        affiliation (str | Unset): Who they work or speak for, at most 200 characters; empty if nobody.
        interests (str | Unset): What of theirs the audience should know of, at most 200 characters; empty if nothing.
    """

    name: str
    affiliation: str | Unset = UNSET
    interests: str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        affiliation = self.affiliation

        interests = self.interests

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "name": name,
            }
        )
        if affiliation is not UNSET:
            field_dict["affiliation"] = affiliation
        if interests is not UNSET:
            field_dict["interests"] = interests

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        name = d.pop("name")

        affiliation = d.pop("affiliation", UNSET)

        interests = d.pop("interests", UNSET)

        guest = cls(
            name=name,
            affiliation=affiliation,
            interests=interests,
        )

        return guest
