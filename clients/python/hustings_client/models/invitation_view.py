from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.role import Role
from ..types import UNSET, Unset

T = TypeVar("T", bound="InvitationView")


@_attrs_define
class InvitationView:
    """An invitation. Its secret was in the link when it was made, and nowhere since.

    Attributes:
        created_ms (int): When it was made, in milliseconds since 1970.
        id (str): Its name.
        label (str): What the host calls it.
        name (str): The name of whom it is for.
        role (Role): A role in one conversation. The server enforces it, never the client.
        uses (int): People who have accepted it.
        expires_ms (int | None | Unset): When it ends, in milliseconds since 1970; absent is with the conversation.
        link (None | str | Unset): The link, once: when it is made.
        revoked_ms (int | None | Unset): When it was withdrawn, in milliseconds since 1970.
        uses_max (int | None | Unset): People who may accept it; 1 is a guest's own link; absent is as many as come.
    """

    created_ms: int
    id: str
    label: str
    name: str
    role: Role
    uses: int
    expires_ms: int | None | Unset = UNSET
    link: None | str | Unset = UNSET
    revoked_ms: int | None | Unset = UNSET
    uses_max: int | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        created_ms = self.created_ms

        id = self.id

        label = self.label

        name = self.name

        role = self.role.value

        uses = self.uses

        expires_ms: int | None | Unset
        if isinstance(self.expires_ms, Unset):
            expires_ms = UNSET
        else:
            expires_ms = self.expires_ms

        link: None | str | Unset
        if isinstance(self.link, Unset):
            link = UNSET
        else:
            link = self.link

        revoked_ms: int | None | Unset
        if isinstance(self.revoked_ms, Unset):
            revoked_ms = UNSET
        else:
            revoked_ms = self.revoked_ms

        uses_max: int | None | Unset
        if isinstance(self.uses_max, Unset):
            uses_max = UNSET
        else:
            uses_max = self.uses_max

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "created_ms": created_ms,
                "id": id,
                "label": label,
                "name": name,
                "role": role,
                "uses": uses,
            }
        )
        if expires_ms is not UNSET:
            field_dict["expires_ms"] = expires_ms
        if link is not UNSET:
            field_dict["link"] = link
        if revoked_ms is not UNSET:
            field_dict["revoked_ms"] = revoked_ms
        if uses_max is not UNSET:
            field_dict["uses_max"] = uses_max

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        created_ms = d.pop("created_ms")

        id = d.pop("id")

        label = d.pop("label")

        name = d.pop("name")

        role = Role(d.pop("role"))

        uses = d.pop("uses")

        def _parse_expires_ms(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        expires_ms = _parse_expires_ms(d.pop("expires_ms", UNSET))

        def _parse_link(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        link = _parse_link(d.pop("link", UNSET))

        def _parse_revoked_ms(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        revoked_ms = _parse_revoked_ms(d.pop("revoked_ms", UNSET))

        def _parse_uses_max(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        uses_max = _parse_uses_max(d.pop("uses_max", UNSET))

        invitation_view = cls(
            created_ms=created_ms,
            id=id,
            label=label,
            name=name,
            role=role,
            uses=uses,
            expires_ms=expires_ms,
            link=link,
            revoked_ms=revoked_ms,
            uses_max=uses_max,
        )

        invitation_view.additional_properties = d
        return invitation_view

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
