from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="RaiseHand")


@_attrs_define
class RaiseHand:
    """A hand.

    Attributes:
        raised (bool): Whether they ask to speak.
    """

    raised: bool

    def to_dict(self) -> dict[str, Any]:
        raised = self.raised

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "raised": raised,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        raised = d.pop("raised")

        raise_hand = cls(
            raised=raised,
        )

        return raise_hand
