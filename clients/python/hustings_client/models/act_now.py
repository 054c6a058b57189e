from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="ActNow")


@_attrs_define
class ActNow:
    """What to do at once.

    Attributes:
        act (str): What: off the stage, hide the message, warn or suspend the account.
        reason (str): In words that the person may read, 1 to 500 characters.
    """

    act: str
    reason: str

    def to_dict(self) -> dict[str, Any]:
        act = self.act

        reason = self.reason

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "act": act,
                "reason": reason,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        act = d.pop("act")

        reason = d.pop("reason")

        act_now = cls(
            act=act,
            reason=reason,
        )

        return act_now
