from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="StageMe")


@_attrs_define
class StageMe:
    """What somebody on stage says of themselves. One of them at least.

    Attributes:
        interrupted (bool | None | Unset): Whether their device has stopped capturing: a call, or a locked screen.
        muted (bool | None | Unset): Whether they are muted.
    """

    interrupted: bool | None | Unset = UNSET
    muted: bool | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        interrupted: bool | None | Unset
        if isinstance(self.interrupted, Unset):
            interrupted = UNSET
        else:
            interrupted = self.interrupted

        muted: bool | None | Unset
        if isinstance(self.muted, Unset):
            muted = UNSET
        else:
            muted = self.muted

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if interrupted is not UNSET:
            field_dict["interrupted"] = interrupted
        if muted is not UNSET:
            field_dict["muted"] = muted

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_interrupted(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        interrupted = _parse_interrupted(d.pop("interrupted", UNSET))

        def _parse_muted(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        muted = _parse_muted(d.pop("muted", UNSET))

        stage_me = cls(
            interrupted=interrupted,
            muted=muted,
        )

        return stage_me
