from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.voice_levels import VoiceLevels


T = TypeVar("T", bound="Levels")


@_attrs_define
class Levels:
    """The levels of one second.

    Attributes:
        step_ms (int): Milliseconds that each number stands for; the event's media time is the end of the last one.
        voices (list[VoiceLevels]): One row for each voice on stage that was not silent.
    """

    step_ms: int
    voices: list[VoiceLevels]
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        step_ms = self.step_ms

        voices = []
        for voices_item_data in self.voices:
            voices_item = voices_item_data.to_dict()
            voices.append(voices_item)

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "step_ms": step_ms,
                "voices": voices,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.voice_levels import VoiceLevels  # noqa: PLC0415

        d = dict(src_dict)
        step_ms = d.pop("step_ms")

        voices = []
        _voices = d.pop("voices")
        for voices_item_data in _voices:
            voices_item = VoiceLevels.from_dict(voices_item_data)

            voices.append(voices_item)

        levels = cls(
            step_ms=step_ms,
            voices=voices,
        )

        levels.additional_properties = d
        return levels

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
