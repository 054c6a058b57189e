from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="Hand")


@_attrs_define
class Hand:
    """A raised hand.

    Attributes:
        name (str): The name to show.
        seat (str): Whose.
        since (int): Media time in samples since which it is raised.
        invited (bool | Unset): They were asked to come on stage, and are not there yet.
    """

    name: str
    seat: str
    since: int
    invited: bool | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        seat = self.seat

        since = self.since

        invited = self.invited

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "name": name,
                "seat": seat,
                "since": since,
            }
        )
        if invited is not UNSET:
            field_dict["invited"] = invited

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        name = d.pop("name")

        seat = d.pop("seat")

        since = d.pop("since")

        invited = d.pop("invited", UNSET)

        hand = cls(
            name=name,
            seat=seat,
            since=since,
            invited=invited,
        )

        hand.additional_properties = d
        return hand

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
