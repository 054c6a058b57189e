from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.role import Role
from ..types import UNSET, Unset

T = TypeVar("T", bound="IssueToken")


@_attrs_define
class IssueToken:
    """A token to issue.

    Attributes:
        role (Role): A role in one conversation. The server enforces it, never the client.
        expires_s (int | None | Unset): Seconds until it ends; 24 hours if absent.
        name (None | str | Unset): The name to show, 1 to 80 characters.
        seat (None | str | Unset): The seat, the same person whatever device they come from: 1 to 64 of `A-Z`, `a-z`,
            `0-9`, `-`, `_` and `.`; a
            random one if absent.
    """

    role: Role
    expires_s: int | None | Unset = UNSET
    name: None | str | Unset = UNSET
    seat: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        role = self.role.value

        expires_s: int | None | Unset
        if isinstance(self.expires_s, Unset):
            expires_s = UNSET
        else:
            expires_s = self.expires_s

        name: None | str | Unset
        if isinstance(self.name, Unset):
            name = UNSET
        else:
            name = self.name

        seat: None | str | Unset
        if isinstance(self.seat, Unset):
            seat = UNSET
        else:
            seat = self.seat

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "role": role,
            }
        )
        if expires_s is not UNSET:
            field_dict["expires_s"] = expires_s
        if name is not UNSET:
            field_dict["name"] = name
        if seat is not UNSET:
            field_dict["seat"] = seat

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        role = Role(d.pop("role"))

        def _parse_expires_s(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        expires_s = _parse_expires_s(d.pop("expires_s", UNSET))

        def _parse_name(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        name = _parse_name(d.pop("name", UNSET))

        def _parse_seat(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        seat = _parse_seat(d.pop("seat", UNSET))

        issue_token = cls(
            role=role,
            expires_s=expires_s,
            name=name,
            seat=seat,
        )

        return issue_token
