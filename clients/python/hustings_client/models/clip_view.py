from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="ClipView")


@_attrs_define
class ClipView:
    """A clip.

    Attributes:
        added_ms (int): When it was brought, in milliseconds since 1970.
        id (str): Its name.
        lane (str): The name of its lane while it is played (`playing` of the roster).
        length_ms (int): How long it is, in milliseconds.
        title (str): What it is called.
    """

    added_ms: int
    id: str
    lane: str
    length_ms: int
    title: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        added_ms = self.added_ms

        id = self.id

        lane = self.lane

        length_ms = self.length_ms

        title = self.title

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "added_ms": added_ms,
                "id": id,
                "lane": lane,
                "length_ms": length_ms,
                "title": title,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        added_ms = d.pop("added_ms")

        id = d.pop("id")

        lane = d.pop("lane")

        length_ms = d.pop("length_ms")

        title = d.pop("title")

        clip_view = cls(
            added_ms=added_ms,
            id=id,
            lane=lane,
            length_ms=length_ms,
            title=title,
        )

        clip_view.additional_properties = d
        return clip_view

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
