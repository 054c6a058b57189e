from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="DecideAppeal")


@_attrs_define
class DecideAppeal:
    """What becomes of an appeal.

    Attributes:
        reasons (str): Why, in words that the person reads, 1 to 2,000 characters.
        upheld (bool): The ruling stands. If not, what was done by it is taken back.
    """

    reasons: str
    upheld: bool

    def to_dict(self) -> dict[str, Any]:
        reasons = self.reasons

        upheld = self.upheld

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "reasons": reasons,
                "upheld": upheld,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        reasons = d.pop("reasons")

        upheld = d.pop("upheld")

        decide_appeal = cls(
            reasons=reasons,
            upheld=upheld,
        )

        return decide_appeal
