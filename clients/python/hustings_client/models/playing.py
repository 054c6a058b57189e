from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Playing")


@_attrs_define
class Playing:
    """A clip that is played. It has a lane and levels of its own, as a voice has.

    Attributes:
        length_ms (int): How long it is, in milliseconds.
        seat (str): The name of its lane and of its levels: no person's, and the same whenever this clip is played.
        title (str): Its title.
    """

    length_ms: int
    seat: str
    title: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        length_ms = self.length_ms

        seat = self.seat

        title = self.title

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "length_ms": length_ms,
                "seat": seat,
                "title": title,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        length_ms = d.pop("length_ms")

        seat = d.pop("seat")

        title = d.pop("title")

        playing = cls(
            length_ms=length_ms,
            seat=seat,
            title=title,
        )

        playing.additional_properties = d
        return playing

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
