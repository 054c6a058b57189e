from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="SessionView")


@_attrs_define
class SessionView:
    """A session.

    Attributes:
        created_ms (int): When it began, in milliseconds since 1970.
        current (bool): Whether it is this one.
        id (str): Its name.
        label (str): The device, in words.
        seen_ms (int): When it was used last, to within five minutes.
    """

    created_ms: int
    current: bool
    id: str
    label: str
    seen_ms: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        created_ms = self.created_ms

        current = self.current

        id = self.id

        label = self.label

        seen_ms = self.seen_ms

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "created_ms": created_ms,
                "current": current,
                "id": id,
                "label": label,
                "seen_ms": seen_ms,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        created_ms = d.pop("created_ms")

        current = d.pop("current")

        id = d.pop("id")

        label = d.pop("label")

        seen_ms = d.pop("seen_ms")

        session_view = cls(
            created_ms=created_ms,
            current=current,
            id=id,
            label=label,
            seen_ms=seen_ms,
        )

        session_view.additional_properties = d
        return session_view

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
