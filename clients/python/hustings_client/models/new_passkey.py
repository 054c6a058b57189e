from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.new_passkey_answer import NewPasskeyAnswer


T = TypeVar("T", bound="NewPasskey")


@_attrs_define
class NewPasskey:
    """A passkey that a device has made.

    Attributes:
        answer (NewPasskeyAnswer): The credential as JSON (WebAuthn level 3, section 5.1).
        ceremony (str): Which question it answers.
        name (str): What to call it, 1 to 60 characters.
    """

    answer: NewPasskeyAnswer
    ceremony: str
    name: str

    def to_dict(self) -> dict[str, Any]:
        answer = self.answer.to_dict()

        ceremony = self.ceremony

        name = self.name

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "answer": answer,
                "ceremony": ceremony,
                "name": name,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.new_passkey_answer import NewPasskeyAnswer  # noqa: PLC0415

        d = dict(src_dict)
        answer = NewPasskeyAnswer.from_dict(d.pop("answer"))

        ceremony = d.pop("ceremony")

        name = d.pop("name")

        new_passkey = cls(
            answer=answer,
            ceremony=ceremony,
            name=name,
        )

        return new_passkey
