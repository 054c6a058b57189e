from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.playing import Playing
    from ..models.speaker import Speaker
    from ..models.turn import Turn


T = TypeVar("T", bound="Roster")


@_attrs_define
class Roster:
    """Who is on stage, in the order in which they came.

    Attributes:
        speakers (list[Speaker]): Those on stage.
        lead (None | str | Unset): Who runs the stage now: the host, or a co-host while the host's line is lost.
        locked (bool | Unset): Nobody else may come on stage.
        playing (None | Playing | Unset):
        turn (None | Turn | Unset):
    """

    speakers: list[Speaker]
    lead: None | str | Unset = UNSET
    locked: bool | Unset = UNSET
    playing: None | Playing | Unset = UNSET
    turn: None | Turn | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.playing import Playing  # noqa: PLC0415
        from ..models.turn import Turn  # noqa: PLC0415

        speakers = []
        for speakers_item_data in self.speakers:
            speakers_item = speakers_item_data.to_dict()
            speakers.append(speakers_item)

        lead: None | str | Unset
        if isinstance(self.lead, Unset):
            lead = UNSET
        else:
            lead = self.lead

        locked = self.locked

        playing: dict[str, Any] | None | Unset
        if isinstance(self.playing, Unset):
            playing = UNSET
        elif isinstance(self.playing, Playing):
            playing = self.playing.to_dict()
        else:
            playing = self.playing

        turn: dict[str, Any] | None | Unset
        if isinstance(self.turn, Unset):
            turn = UNSET
        elif isinstance(self.turn, Turn):
            turn = self.turn.to_dict()
        else:
            turn = self.turn

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "speakers": speakers,
            }
        )
        if lead is not UNSET:
            field_dict["lead"] = lead
        if locked is not UNSET:
            field_dict["locked"] = locked
        if playing is not UNSET:
            field_dict["playing"] = playing
        if turn is not UNSET:
            field_dict["turn"] = turn

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.playing import Playing  # noqa: PLC0415
        from ..models.speaker import Speaker  # noqa: PLC0415
        from ..models.turn import Turn  # noqa: PLC0415

        d = dict(src_dict)
        speakers = []
        _speakers = d.pop("speakers")
        for speakers_item_data in _speakers:
            speakers_item = Speaker.from_dict(speakers_item_data)

            speakers.append(speakers_item)

        def _parse_lead(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        lead = _parse_lead(d.pop("lead", UNSET))

        locked = d.pop("locked", UNSET)

        def _parse_playing(data: object) -> None | Playing | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                playing_type_0 = Playing.from_dict(data)

                return playing_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Playing | Unset, data)

        playing = _parse_playing(d.pop("playing", UNSET))

        def _parse_turn(data: object) -> None | Turn | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                turn_type_0 = Turn.from_dict(data)

                return turn_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Turn | Unset, data)

        turn = _parse_turn(d.pop("turn", UNSET))

        roster = cls(
            speakers=speakers,
            lead=lead,
            locked=locked,
            playing=playing,
            turn=turn,
        )

        roster.additional_properties = d
        return roster

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
