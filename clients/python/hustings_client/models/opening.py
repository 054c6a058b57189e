from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="Opening")


@_attrs_define
class Opening:
    """Whether it opened on time.

    Attributes:
        first_speech_ms (int): When somebody was first heard, in milliseconds since 1970.
        announced_ms (int | None | Unset): For when it was announced when it began, in milliseconds since 1970.
    """

    first_speech_ms: int
    announced_ms: int | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        first_speech_ms = self.first_speech_ms

        announced_ms: int | None | Unset
        if isinstance(self.announced_ms, Unset):
            announced_ms = UNSET
        else:
            announced_ms = self.announced_ms

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "first_speech_ms": first_speech_ms,
            }
        )
        if announced_ms is not UNSET:
            field_dict["announced_ms"] = announced_ms

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        first_speech_ms = d.pop("first_speech_ms")

        def _parse_announced_ms(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        announced_ms = _parse_announced_ms(d.pop("announced_ms", UNSET))

        opening = cls(
            first_speech_ms=first_speech_ms,
            announced_ms=announced_ms,
        )

        opening.additional_properties = d
        return opening

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
