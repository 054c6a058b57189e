from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.role import Role
from ..types import UNSET, Unset

T = TypeVar("T", bound="Speaker")


@_attrs_define
class Speaker:
    """One person on stage.

    Attributes:
        connected (bool): Whether their line is up. A seat whose line was lost stays on the roster for a while.
        muted (bool): Whether they are muted, by themselves or by `muted_by`.
        name (str): The name to show.
        role (Role): A role in one conversation. The server enforces it, never the client.
        seat (str): Their seat, the same over reconnections.
        asked_to_unmute (bool | Unset): They are muted, and were asked to unmute.
        interrupted (bool | Unset): Their device does not capture just now: a call, or a locked screen.
        muted_by (None | str | Unset): The name of who muted them, until they unmute themselves.
        spoke_ms (int | Unset): How long they have spoken on air, in milliseconds, as of the last change of the roster.
    """

    connected: bool
    muted: bool
    name: str
    role: Role
    seat: str
    asked_to_unmute: bool | Unset = UNSET
    interrupted: bool | Unset = UNSET
    muted_by: None | str | Unset = UNSET
    spoke_ms: int | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        connected = self.connected

        muted = self.muted

        name = self.name

        role = self.role.value

        seat = self.seat

        asked_to_unmute = self.asked_to_unmute

        interrupted = self.interrupted

        muted_by: None | str | Unset
        if isinstance(self.muted_by, Unset):
            muted_by = UNSET
        else:
            muted_by = self.muted_by

        spoke_ms = self.spoke_ms

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "connected": connected,
                "muted": muted,
                "name": name,
                "role": role,
                "seat": seat,
            }
        )
        if asked_to_unmute is not UNSET:
            field_dict["asked_to_unmute"] = asked_to_unmute
        if interrupted is not UNSET:
            field_dict["interrupted"] = interrupted
        if muted_by is not UNSET:
            field_dict["muted_by"] = muted_by
        if spoke_ms is not UNSET:
            field_dict["spoke_ms"] = spoke_ms

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        connected = d.pop("connected")

        muted = d.pop("muted")

        name = d.pop("name")

        role = Role(d.pop("role"))

        seat = d.pop("seat")

        asked_to_unmute = d.pop("asked_to_unmute", UNSET)

        interrupted = d.pop("interrupted", UNSET)

        def _parse_muted_by(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        muted_by = _parse_muted_by(d.pop("muted_by", UNSET))

        spoke_ms = d.pop("spoke_ms", UNSET)

        speaker = cls(
            connected=connected,
            muted=muted,
            name=name,
            role=role,
            seat=seat,
            asked_to_unmute=asked_to_unmute,
            interrupted=interrupted,
            muted_by=muted_by,
            spoke_ms=spoke_ms,
        )

        speaker.additional_properties = d
        return speaker

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
