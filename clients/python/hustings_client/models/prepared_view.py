from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.clip_view import ClipView


T = TypeVar("T", bound="PreparedView")


@_attrs_define
class PreparedView:
    """What is there to be heard.

    Attributes:
        clips (list[ClipView]): The clips, in the order in which they came.
        lobby_sound (str): What the lobby sounds of: `off`, `default` or the id of a clip.
    """

    clips: list[ClipView]
    lobby_sound: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        clips = []
        for clips_item_data in self.clips:
            clips_item = clips_item_data.to_dict()
            clips.append(clips_item)

        lobby_sound = self.lobby_sound

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "clips": clips,
                "lobby_sound": lobby_sound,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.clip_view import ClipView  # noqa: PLC0415

        d = dict(src_dict)
        clips = []
        _clips = d.pop("clips")
        for clips_item_data in _clips:
            clips_item = ClipView.from_dict(clips_item_data)

            clips.append(clips_item)

        lobby_sound = d.pop("lobby_sound")

        prepared_view = cls(
            clips=clips,
            lobby_sound=lobby_sound,
        )

        prepared_view.additional_properties = d
        return prepared_view

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
