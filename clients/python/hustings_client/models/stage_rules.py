from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="StageRules")


@_attrs_define
class StageRules:
    """What is changed of the whole stage. One of them at least.

    Attributes:
        end_turn (bool | Unset): Ends the turn that somebody has.
        hands_open (bool | None | Unset): Whether hands may be raised.
        locked (bool | None | Unset): Whether nobody else may come on stage.
        mute_all (bool | Unset): Mutes everybody who does not run the stage.
    """

    end_turn: bool | Unset = UNSET
    hands_open: bool | None | Unset = UNSET
    locked: bool | None | Unset = UNSET
    mute_all: bool | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        end_turn = self.end_turn

        hands_open: bool | None | Unset
        if isinstance(self.hands_open, Unset):
            hands_open = UNSET
        else:
            hands_open = self.hands_open

        locked: bool | None | Unset
        if isinstance(self.locked, Unset):
            locked = UNSET
        else:
            locked = self.locked

        mute_all = self.mute_all

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if end_turn is not UNSET:
            field_dict["end_turn"] = end_turn
        if hands_open is not UNSET:
            field_dict["hands_open"] = hands_open
        if locked is not UNSET:
            field_dict["locked"] = locked
        if mute_all is not UNSET:
            field_dict["mute_all"] = mute_all

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        end_turn = d.pop("end_turn", UNSET)

        def _parse_hands_open(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        hands_open = _parse_hands_open(d.pop("hands_open", UNSET))

        def _parse_locked(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        locked = _parse_locked(d.pop("locked", UNSET))

        mute_all = d.pop("mute_all", UNSET)

        stage_rules = cls(
            end_turn=end_turn,
            hands_open=hands_open,
            locked=locked,
            mute_all=mute_all,
        )

        return stage_rules
