from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.site_role import SiteRole
from ..types import UNSET, Unset

T = TypeVar("T", bound="NewRole")


@_attrs_define
class NewRole:
    """Another role.

    Attributes:
        role (SiteRole): What an account may do on the site. Each may do what those before it may.
        reason (None | str | Unset): Why; at most 500 characters.
    """

    role: SiteRole
    reason: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        role = self.role.value

        reason: None | str | Unset
        if isinstance(self.reason, Unset):
            reason = UNSET
        else:
            reason = self.reason

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "role": role,
            }
        )
        if reason is not UNSET:
            field_dict["reason"] = reason

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        role = SiteRole(d.pop("role"))

        def _parse_reason(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        reason = _parse_reason(d.pop("reason", UNSET))

        new_role = cls(
            role=role,
            reason=reason,
        )

        return new_role
