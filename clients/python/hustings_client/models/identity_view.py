from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="IdentityView")


@_attrs_define
class IdentityView:
    """An identity.

    Attributes:
        created_ms (int): When it was linked, in milliseconds since 1970.
        id (str): Its name here.
        provider (str): The provider's name on its button, or its issuer where it is configured no more.
        email (None | str | Unset): The mail address there, when it was linked.
        used_ms (int | None | Unset): When it was used last.
    """

    created_ms: int
    id: str
    provider: str
    email: None | str | Unset = UNSET
    used_ms: int | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        created_ms = self.created_ms

        id = self.id

        provider = self.provider

        email: None | str | Unset
        if isinstance(self.email, Unset):
            email = UNSET
        else:
            email = self.email

        used_ms: int | None | Unset
        if isinstance(self.used_ms, Unset):
            used_ms = UNSET
        else:
            used_ms = self.used_ms

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "created_ms": created_ms,
                "id": id,
                "provider": provider,
            }
        )
        if email is not UNSET:
            field_dict["email"] = email
        if used_ms is not UNSET:
            field_dict["used_ms"] = used_ms

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        created_ms = d.pop("created_ms")

        id = d.pop("id")

        provider = d.pop("provider")

        def _parse_email(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        email = _parse_email(d.pop("email", UNSET))

        def _parse_used_ms(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        used_ms = _parse_used_ms(d.pop("used_ms", UNSET))

        identity_view = cls(
            created_ms=created_ms,
            id=id,
            provider=provider,
            email=email,
            used_ms=used_ms,
        )

        identity_view.additional_properties = d
        return identity_view

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
