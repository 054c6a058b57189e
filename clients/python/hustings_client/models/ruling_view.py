from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.decision import Decision
from ..types import UNSET, Unset

T = TypeVar("T", bound="RulingView")


@_attrs_define
class RulingView:
    """What was ruled.

    Attributes:
        appeal_until_ms (int): Until when it can be appealed.
        at_ms (int): When.
        decision (Decision): What a moderator rules.
        statement (str): What the person is told.
        territory (list[str]): Countries that it is said to hold for; empty is everywhere.
        by (None | str | Unset): By whom; moderators alone are told.
        ends_ms (int | None | Unset): When it ceases to hold; absent: never.
        reasons (None | str | Unset): Why, for the record; moderators alone are told.
    """

    appeal_until_ms: int
    at_ms: int
    decision: Decision
    statement: str
    territory: list[str]
    by: None | str | Unset = UNSET
    ends_ms: int | None | Unset = UNSET
    reasons: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        appeal_until_ms = self.appeal_until_ms

        at_ms = self.at_ms

        decision = self.decision.value

        statement = self.statement

        territory = self.territory

        by: None | str | Unset
        if isinstance(self.by, Unset):
            by = UNSET
        else:
            by = self.by

        ends_ms: int | None | Unset
        if isinstance(self.ends_ms, Unset):
            ends_ms = UNSET
        else:
            ends_ms = self.ends_ms

        reasons: None | str | Unset
        if isinstance(self.reasons, Unset):
            reasons = UNSET
        else:
            reasons = self.reasons

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "appeal_until_ms": appeal_until_ms,
                "at_ms": at_ms,
                "decision": decision,
                "statement": statement,
                "territory": territory,
            }
        )
        if by is not UNSET:
            field_dict["by"] = by
        if ends_ms is not UNSET:
            field_dict["ends_ms"] = ends_ms
        if reasons is not UNSET:
            field_dict["reasons"] = reasons

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        appeal_until_ms = d.pop("appeal_until_ms")

        at_ms = d.pop("at_ms")

        decision = Decision(d.pop("decision"))

        statement = d.pop("statement")

        territory = cast(list[str], d.pop("territory"))

        def _parse_by(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        by = _parse_by(d.pop("by", UNSET))

        def _parse_ends_ms(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        ends_ms = _parse_ends_ms(d.pop("ends_ms", UNSET))

        def _parse_reasons(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        reasons = _parse_reasons(d.pop("reasons", UNSET))

        ruling_view = cls(
            appeal_until_ms=appeal_until_ms,
            at_ms=at_ms,
            decision=decision,
            statement=statement,
            territory=territory,
            by=by,
            ends_ms=ends_ms,
            reasons=reasons,
        )

        ruling_view.additional_properties = d
        return ruling_view

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
