from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="MinuteView")


@_attrs_define
class MinuteView:
    """One minute of an audience. Nobody is named.

    Attributes:
        arrived (int): Listeners who came; who comes back is counted again.
        at_ms (int): When it began, in milliseconds since 1970.
        left (int): Listeners who went.
        listening (int): Listeners at its end.
    """

    arrived: int
    at_ms: int
    left: int
    listening: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        arrived = self.arrived

        at_ms = self.at_ms

        left = self.left

        listening = self.listening

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "arrived": arrived,
                "at_ms": at_ms,
                "left": left,
                "listening": listening,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        arrived = d.pop("arrived")

        at_ms = d.pop("at_ms")

        left = d.pop("left")

        listening = d.pop("listening")

        minute_view = cls(
            arrived=arrived,
            at_ms=at_ms,
            left=left,
            listening=listening,
        )

        minute_view.additional_properties = d
        return minute_view

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
