from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="ActView")


@_attrs_define
class ActView:
    """What was done at once.

    Attributes:
        act (str): `remove`, `hide`, `warn` or `suspend`.
        at_ms (int): When, in milliseconds since 1970.
        by (str): By whom.
        reason (str): In words that the person may read.
    """

    act: str
    at_ms: int
    by: str
    reason: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        act = self.act

        at_ms = self.at_ms

        by = self.by

        reason = self.reason

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "act": act,
                "at_ms": at_ms,
                "by": by,
                "reason": reason,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        act = d.pop("act")

        at_ms = d.pop("at_ms")

        by = d.pop("by")

        reason = d.pop("reason")

        act_view = cls(
            act=act,
            at_ms=at_ms,
            by=by,
            reason=reason,
        )

        act_view.additional_properties = d
        return act_view

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
