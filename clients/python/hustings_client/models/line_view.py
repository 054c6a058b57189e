from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="LineView")


@_attrs_define
class LineView:
    """What a speaker's line was like over the last ten seconds.

    Attributes:
        delay_ms (int): Milliseconds from the arrival of a packet to the mix.
        lost_permille (int): Packets that the network lost, in thousandths.
        missing_permille (int): Packets that could not be repaired in time, in thousandths: their sound was made up.
        seat (str): Whose.
    """

    delay_ms: int
    lost_permille: int
    missing_permille: int
    seat: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        delay_ms = self.delay_ms

        lost_permille = self.lost_permille

        missing_permille = self.missing_permille

        seat = self.seat

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "delay_ms": delay_ms,
                "lost_permille": lost_permille,
                "missing_permille": missing_permille,
                "seat": seat,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        delay_ms = d.pop("delay_ms")

        lost_permille = d.pop("lost_permille")

        missing_permille = d.pop("missing_permille")

        seat = d.pop("seat")

        line_view = cls(
            delay_ms=delay_ms,
            lost_permille=lost_permille,
            missing_permille=missing_permille,
            seat=seat,
        )

        line_view.additional_properties = d
        return line_view

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
