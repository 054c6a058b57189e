from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="VoiceLevels")


@_attrs_define
class VoiceLevels:
    """The levels of one voice.

    Attributes:
        dbov (list[int]): Level in dB below full scale, 0 (loudest) to 127 (silence), as in RFC 6464; the loudest tick
            of each step.
        seat (str): Whose.
        spoke_ms (int | Unset): How long they have spoken on air so far, in milliseconds.
    """

    dbov: list[int]
    seat: str
    spoke_ms: int | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        dbov = self.dbov

        seat = self.seat

        spoke_ms = self.spoke_ms

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "dbov": dbov,
                "seat": seat,
            }
        )
        if spoke_ms is not UNSET:
            field_dict["spoke_ms"] = spoke_ms

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        dbov = cast(list[int], d.pop("dbov"))

        seat = d.pop("seat")

        spoke_ms = d.pop("spoke_ms", UNSET)

        voice_levels = cls(
            dbov=dbov,
            seat=seat,
            spoke_ms=spoke_ms,
        )

        voice_levels.additional_properties = d
        return voice_levels

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
