from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.role import Role
from ..types import UNSET, Unset

T = TypeVar("T", bound="Invite")


@_attrs_define
class Invite:
    """An invitation to make.

    Attributes:
        role (Role): A role in one conversation. The server enforces it, never the client.
        email (None | str | Unset): A mail address to send the link to, where the server sends mail. They are told by
            mail of a move, too.
        expires_s (int | None | Unset): Seconds until it ends; with the conversation if absent.
        label (None | str | Unset): What you call it, at most 80 characters.
        name (None | str | Unset): The name of whom it is for, at most 80 characters; they are asked for it if absent.
        uses_max (int | None | Unset): People who may accept it. 1, if absent: a guest's own link, the same guest on
            every device. 0: as many as come.
    """

    role: Role
    email: None | str | Unset = UNSET
    expires_s: int | None | Unset = UNSET
    label: None | str | Unset = UNSET
    name: None | str | Unset = UNSET
    uses_max: int | None | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        role = self.role.value

        email: None | str | Unset
        if isinstance(self.email, Unset):
            email = UNSET
        else:
            email = self.email

        expires_s: int | None | Unset
        if isinstance(self.expires_s, Unset):
            expires_s = UNSET
        else:
            expires_s = self.expires_s

        label: None | str | Unset
        if isinstance(self.label, Unset):
            label = UNSET
        else:
            label = self.label

        name: None | str | Unset
        if isinstance(self.name, Unset):
            name = UNSET
        else:
            name = self.name

        uses_max: int | None | Unset
        if isinstance(self.uses_max, Unset):
            uses_max = UNSET
        else:
            uses_max = self.uses_max

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "role": role,
            }
        )
        if email is not UNSET:
            field_dict["email"] = email
        if expires_s is not UNSET:
            field_dict["expires_s"] = expires_s
        if label is not UNSET:
            field_dict["label"] = label
        if name is not UNSET:
            field_dict["name"] = name
        if uses_max is not UNSET:
            field_dict["uses_max"] = uses_max

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        role = Role(d.pop("role"))

        def _parse_email(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        email = _parse_email(d.pop("email", UNSET))

        def _parse_expires_s(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        expires_s = _parse_expires_s(d.pop("expires_s", UNSET))

        def _parse_label(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        label = _parse_label(d.pop("label", UNSET))

        def _parse_name(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        name = _parse_name(d.pop("name", UNSET))

        def _parse_uses_max(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        uses_max = _parse_uses_max(d.pop("uses_max", UNSET))

        invite = cls(
            role=role,
            email=email,
            expires_s=expires_s,
            label=label,
            name=name,
            uses_max=uses_max,
        )

        return invite
