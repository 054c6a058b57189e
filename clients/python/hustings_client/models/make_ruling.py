from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.decision import Decision
from ..types import UNSET, Unset

T = TypeVar("T", bound="MakeRuling")


@_attrs_define
class MakeRuling:
    """A ruling.

    Attributes:
        decision (Decision): What a moderator rules.
        reasons (str): Why, for the record, 1 to 2,000 characters.
        statement (str): What the person is told, 1 to 2,000 characters.
        days (int | None | Unset): For how many days, 1 to 730; for ever if absent. A suspension is lifted when they are
            over.
        territory (list[str] | Unset): Countries that it is said to hold for, as two letters (ISO 3166-1); everywhere if
            empty. It is told and recorded; sound
            is not withheld by it.
    """

    decision: Decision
    reasons: str
    statement: str
    days: int | None | Unset = UNSET
    territory: list[str] | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        decision = self.decision.value

        reasons = self.reasons

        statement = self.statement

        days: int | None | Unset
        if isinstance(self.days, Unset):
            days = UNSET
        else:
            days = self.days

        territory: list[str] | Unset = UNSET
        if not isinstance(self.territory, Unset):
            territory = self.territory

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "decision": decision,
                "reasons": reasons,
                "statement": statement,
            }
        )
        if days is not UNSET:
            field_dict["days"] = days
        if territory is not UNSET:
            field_dict["territory"] = territory

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        decision = Decision(d.pop("decision"))

        reasons = d.pop("reasons")

        statement = d.pop("statement")

        def _parse_days(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        days = _parse_days(d.pop("days", UNSET))

        territory = cast(list[str], d.pop("territory", UNSET))

        make_ruling = cls(
            decision=decision,
            reasons=reasons,
            statement=statement,
            days=days,
            territory=territory,
        )

        return make_ruling
