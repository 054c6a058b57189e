from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="NewTicket")


@_attrs_define
class NewTicket:
    """What is asked for.

    Attributes:
        expires_s (int | None | Unset): Seconds for which it holds, at most a day; an hour if absent.
        tier (None | str | Unset): `stream` or `hls`; `stream` if absent.
    """

    expires_s: int | None | Unset = UNSET
    tier: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        expires_s: int | None | Unset
        if isinstance(self.expires_s, Unset):
            expires_s = UNSET
        else:
            expires_s = self.expires_s

        tier: None | str | Unset
        if isinstance(self.tier, Unset):
            tier = UNSET
        else:
            tier = self.tier

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if expires_s is not UNSET:
            field_dict["expires_s"] = expires_s
        if tier is not UNSET:
            field_dict["tier"] = tier

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)

        def _parse_expires_s(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        expires_s = _parse_expires_s(d.pop("expires_s", UNSET))

        def _parse_tier(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        tier = _parse_tier(d.pop("tier", UNSET))

        new_ticket = cls(
            expires_s=expires_s,
            tier=tier,
        )

        return new_ticket
