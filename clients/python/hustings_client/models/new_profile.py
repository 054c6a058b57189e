from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="NewProfile")


@_attrs_define
class NewProfile:
    """What an account says of its owner.

    Attributes:
        name (str): The name that others read, 1 to 80 characters.
        affiliation (None | str | Unset): What its owner belongs to, at most 120 characters.
        interests (None | str | Unset): What its owner declares, at most 400 characters.
    """

    name: str
    affiliation: None | str | Unset = UNSET
    interests: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        affiliation: None | str | Unset
        if isinstance(self.affiliation, Unset):
            affiliation = UNSET
        else:
            affiliation = self.affiliation

        interests: None | str | Unset
        if isinstance(self.interests, Unset):
            interests = UNSET
        else:
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

        def _parse_affiliation(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        affiliation = _parse_affiliation(d.pop("affiliation", UNSET))

        def _parse_interests(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        interests = _parse_interests(d.pop("interests", UNSET))

        new_profile = cls(
            name=name,
            affiliation=affiliation,
            interests=interests,
        )

        return new_profile
