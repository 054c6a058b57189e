from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.act_details import ActDetails


T = TypeVar("T", bound="Act")


@_attrs_define
class Act:
    """One act.

    Attributes:
        act (str): What was done.
        actor (str): Who acted: `account:ID`, or `console` for who runs the server.
        at_ms (int): When it was, in milliseconds since 1970.
        details (ActDetails): More of it.
        hash_ (str): Its own hash: SHA-256 of what is above, each text after its length in eight bytes.
        previous (str): The hash of the act before it.
        reason (str): Why.
        seq (int): Its number: 1, 2, 3 and so on, without holes.
        subject (str): To whom or what.
    """

    act: str
    actor: str
    at_ms: int
    details: ActDetails
    hash_: str
    previous: str
    reason: str
    seq: int
    subject: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        act = self.act

        actor = self.actor

        at_ms = self.at_ms

        details = self.details.to_dict()

        hash_ = self.hash_

        previous = self.previous

        reason = self.reason

        seq = self.seq

        subject = self.subject

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "act": act,
                "actor": actor,
                "at_ms": at_ms,
                "details": details,
                "hash": hash_,
                "previous": previous,
                "reason": reason,
                "seq": seq,
                "subject": subject,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.act_details import ActDetails  # noqa: PLC0415

        d = dict(src_dict)
        act = d.pop("act")

        actor = d.pop("actor")

        at_ms = d.pop("at_ms")

        details = ActDetails.from_dict(d.pop("details"))

        hash_ = d.pop("hash")

        previous = d.pop("previous")

        reason = d.pop("reason")

        seq = d.pop("seq")

        subject = d.pop("subject")

        act = cls(
            act=act,
            actor=actor,
            at_ms=at_ms,
            details=details,
            hash_=hash_,
            previous=previous,
            reason=reason,
            seq=seq,
            subject=subject,
        )

        act.additional_properties = d
        return act

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
