from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="AppealByLink")


@_attrs_define
class AppealByLink:
    """An appeal by a link.

    Attributes:
        id (str): Which case.
        secret (str): The secret of the link.
        text (str): Why the ruling should not stand, 1 to 2,000 characters.
    """

    id: str
    secret: str
    text: str

    def to_dict(self) -> dict[str, Any]:
        id = self.id

        secret = self.secret

        text = self.text

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "id": id,
                "secret": secret,
                "text": text,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        id = d.pop("id")

        secret = d.pop("secret")

        text = d.pop("text")

        appeal_by_link = cls(
            id=id,
            secret=secret,
            text=text,
        )

        return appeal_by_link
