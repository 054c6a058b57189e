from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="ByTier")


@_attrs_define
class ByTier:
    """Listeners by how they receive the sound.

    Attributes:
        hls (int): LL-HLS.
        stream (int): One endless response.
        whep (int): WebRTC.
    """

    hls: int
    stream: int
    whep: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        hls = self.hls

        stream = self.stream

        whep = self.whep

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "hls": hls,
                "stream": stream,
                "whep": whep,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        hls = d.pop("hls")

        stream = d.pop("stream")

        whep = d.pop("whep")

        by_tier = cls(
            hls=hls,
            stream=stream,
            whep=whep,
        )

        by_tier.additional_properties = d
        return by_tier

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
