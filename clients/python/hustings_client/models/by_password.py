from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="ByPassword")


@_attrs_define
class ByPassword:
    """A handle and a password.

    Attributes:
        handle (str): The handle.
        password (str): The password.
    """

    handle: str
    password: str

    def to_dict(self) -> dict[str, Any]:
        handle = self.handle

        password = self.password

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "handle": handle,
                "password": password,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        handle = d.pop("handle")

        password = d.pop("password")

        by_password = cls(
            handle=handle,
            password=password,
        )

        return by_password
