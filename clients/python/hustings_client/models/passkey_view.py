from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="PasskeyView")


@_attrs_define
class PasskeyView:
    """A passkey.

    Attributes:
        created_ms (int): When it was added, in milliseconds since 1970.
        id (str): Its name for programs.
        name (str): What its owner calls it.
        used_ms (int | None | Unset): When it was used last.
    """

    created_ms: int
    id: str
    name: str
    used_ms: int | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        created_ms = self.created_ms

        id = self.id

        name = self.name

        used_ms: int | None | Unset
        if isinstance(self.used_ms, Unset):
            used_ms = UNSET
        else:
            used_ms = self.used_ms

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "created_ms": created_ms,
                "id": id,
                "name": name,
            }
        )
        if used_ms is not UNSET:
            field_dict["used_ms"] = used_ms

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        created_ms = d.pop("created_ms")

        id = d.pop("id")

        name = d.pop("name")

        def _parse_used_ms(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        used_ms = _parse_used_ms(d.pop("used_ms", UNSET))

        passkey_view = cls(
            created_ms=created_ms,
            id=id,
            name=name,
            used_ms=used_ms,
        )

        passkey_view.additional_properties = d
        return passkey_view

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
