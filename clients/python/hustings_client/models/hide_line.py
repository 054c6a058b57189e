from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="HideLine")


@_attrs_define
class HideLine:
    """What becomes of a line.

    Attributes:
        hidden (bool): Whether it is hidden. Showing a line again lets its author write again.
        mute (bool | Unset): Whether its author may write no more, and all their lines are hidden with it.
    """

    hidden: bool
    mute: bool | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        hidden = self.hidden

        mute = self.mute

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "hidden": hidden,
            }
        )
        if mute is not UNSET:
            field_dict["mute"] = mute

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        hidden = d.pop("hidden")

        mute = d.pop("mute", UNSET)

        hide_line = cls(
            hidden=hidden,
            mute=mute,
        )

        return hide_line
