from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Asked")


@_attrs_define
class Asked:
    """How pages that play HLS are asked to report.

    Attributes:
        every_s (int): Seconds between two reports.
        one_in (int): A page draws a number of 64 bits at random when it begins to play, and reports if it is below 2^64
            / `one_in`.
        seen (bool): Whoever asks this way is seen on its connections, and must not report.
    """

    every_s: int
    one_in: int
    seen: bool
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        every_s = self.every_s

        one_in = self.one_in

        seen = self.seen

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "every_s": every_s,
                "one_in": one_in,
                "seen": seen,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        every_s = d.pop("every_s")

        one_in = d.pop("one_in")

        seen = d.pop("seen")

        asked = cls(
            every_s=every_s,
            one_in=one_in,
            seen=seen,
        )

        asked.additional_properties = d
        return asked

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
