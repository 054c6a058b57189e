from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define

if TYPE_CHECKING:
    from ..models.by_passkey_answer import ByPasskeyAnswer


T = TypeVar("T", bound="ByPasskey")


@_attrs_define
class ByPasskey:
    """A passkey's answer.

    Attributes:
        answer (ByPasskeyAnswer): The credential as JSON (WebAuthn level 3, section 5.1).
        ceremony (str): Which question it answers.
    """

    answer: ByPasskeyAnswer
    ceremony: str

    def to_dict(self) -> dict[str, Any]:
        answer = self.answer.to_dict()

        ceremony = self.ceremony

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "answer": answer,
                "ceremony": ceremony,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.by_passkey_answer import ByPasskeyAnswer  # noqa: PLC0415

        d = dict(src_dict)
        answer = ByPasskeyAnswer.from_dict(d.pop("answer"))

        ceremony = d.pop("ceremony")

        by_passkey = cls(
            answer=answer,
            ceremony=ceremony,
        )

        return by_passkey
