from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

from ..models.every import Every

T = TypeVar("T", bound="Repeats")


@_attrs_define
class Repeats:
    """How a conversation comes again.

    Attributes:
        count (int): How many there are, the first included: 2 to 52.
        every (Every): How often a conversation comes again.
    """

    count: int
    every: Every

    def to_dict(self) -> dict[str, Any]:
        count = self.count

        every = self.every.value

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "count": count,
                "every": every,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        count = d.pop("count")

        every = Every(d.pop("every"))

        repeats = cls(
            count=count,
            every=every,
        )

        return repeats
