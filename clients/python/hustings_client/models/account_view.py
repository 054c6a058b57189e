from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.site_role import SiteRole
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.suspension_view import SuspensionView


T = TypeVar("T", bound="AccountView")


@_attrs_define
class AccountView:
    """An account, as its owner and operators see it.

    Attributes:
        created_ms (int): When it was made, in milliseconds since 1970.
        handle (str): What its owner signs in as.
        id (str): Its name for programs, which never changes.
        name (str): The name that others read.
        role (SiteRole): What an account may do on the site. Each may do what those before it may.
        affiliation (None | str | Unset): What its owner belongs to.
        email (None | str | Unset): Where its owner gets mail.
        has_password (bool | None | Unset): Whether it has a password; its owner is told.
        interests (None | str | Unset): What its owner has declared.
        suspended (None | SuspensionView | Unset):
    """

    created_ms: int
    handle: str
    id: str
    name: str
    role: SiteRole
    affiliation: None | str | Unset = UNSET
    email: None | str | Unset = UNSET
    has_password: bool | None | Unset = UNSET
    interests: None | str | Unset = UNSET
    suspended: None | SuspensionView | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.suspension_view import SuspensionView  # noqa: PLC0415

        created_ms = self.created_ms

        handle = self.handle

        id = self.id

        name = self.name

        role = self.role.value

        affiliation: None | str | Unset
        if isinstance(self.affiliation, Unset):
            affiliation = UNSET
        else:
            affiliation = self.affiliation

        email: None | str | Unset
        if isinstance(self.email, Unset):
            email = UNSET
        else:
            email = self.email

        has_password: bool | None | Unset
        if isinstance(self.has_password, Unset):
            has_password = UNSET
        else:
            has_password = self.has_password

        interests: None | str | Unset
        if isinstance(self.interests, Unset):
            interests = UNSET
        else:
            interests = self.interests

        suspended: dict[str, Any] | None | Unset
        if isinstance(self.suspended, Unset):
            suspended = UNSET
        elif isinstance(self.suspended, SuspensionView):
            suspended = self.suspended.to_dict()
        else:
            suspended = self.suspended

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "created_ms": created_ms,
                "handle": handle,
                "id": id,
                "name": name,
                "role": role,
            }
        )
        if affiliation is not UNSET:
            field_dict["affiliation"] = affiliation
        if email is not UNSET:
            field_dict["email"] = email
        if has_password is not UNSET:
            field_dict["has_password"] = has_password
        if interests is not UNSET:
            field_dict["interests"] = interests
        if suspended is not UNSET:
            field_dict["suspended"] = suspended

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.suspension_view import SuspensionView  # noqa: PLC0415

        d = dict(src_dict)
        created_ms = d.pop("created_ms")

        handle = d.pop("handle")

        id = d.pop("id")

        name = d.pop("name")

        role = SiteRole(d.pop("role"))

        def _parse_affiliation(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        affiliation = _parse_affiliation(d.pop("affiliation", UNSET))

        def _parse_email(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        email = _parse_email(d.pop("email", UNSET))

        def _parse_has_password(data: object) -> bool | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(bool | None | Unset, data)

        has_password = _parse_has_password(d.pop("has_password", UNSET))

        def _parse_interests(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        interests = _parse_interests(d.pop("interests", UNSET))

        def _parse_suspended(data: object) -> None | SuspensionView | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                suspended_type_0 = SuspensionView.from_dict(data)

                return suspended_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | SuspensionView | Unset, data)

        suspended = _parse_suspended(d.pop("suspended", UNSET))

        account_view = cls(
            created_ms=created_ms,
            handle=handle,
            id=id,
            name=name,
            role=role,
            affiliation=affiliation,
            email=email,
            has_password=has_password,
            interests=interests,
            suspended=suspended,
        )

        account_view.additional_properties = d
        return account_view

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
