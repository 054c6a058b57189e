from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="SetLobbySound")


@_attrs_define
class SetLobbySound:
    """What a lobby is to sound of.

    Attributes:
        sound (str): `off`, `default` (a soft chord), or the id of a clip, which is then played over and over.
    """

    sound: str

    def to_dict(self) -> dict[str, Any]:
        sound = self.sound

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "sound": sound,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        sound = d.pop("sound")

        set_lobby_sound = cls(
            sound=sound,
        )

        return set_lobby_sound
