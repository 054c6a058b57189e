from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="MakeAppeal")


@_attrs_define
class MakeAppeal:
    """An appeal to make.

    Attributes:
        text (str): Why the ruling should not stand, 1 to 2,000 characters.
    """

    text: str

    def to_dict(self) -> dict[str, Any]:
        text = self.text

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "text": text,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        text = d.pop("text")

        make_appeal = cls(
            text=text,
        )

        return make_appeal
