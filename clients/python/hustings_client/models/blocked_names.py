from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

T = TypeVar("T", bound="BlockedNames")


@_attrs_define
class BlockedNames:
    """Names whose lines one does not want to see.

    Attributes:
        names (list[str]): At most 190 of at most 80 characters.
    """

    names: list[str]

    def to_dict(self) -> dict[str, Any]:
        names = self.names

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "names": names,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        names = cast(list[str], d.pop("names"))

        blocked_names = cls(
            names=names,
        )

        return blocked_names
