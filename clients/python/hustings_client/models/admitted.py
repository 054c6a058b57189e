from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="Admitted")


@_attrs_define
class Admitted:
    """Somebody who may come in.

    Attributes:
        address (str): Where to listen.
        kbit (int): At most so many kbit/s of sound.
        secret (str): By which its holder is known again.
        ticket (str): The ticket: one seat.
        tier (str): `whep`, `stream` or `hls`: the one that was asked for, or a cheaper one.
    """

    address: str
    kbit: int
    secret: str
    ticket: str
    tier: str
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        address = self.address

        kbit = self.kbit

        secret = self.secret

        ticket = self.ticket

        tier = self.tier

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "address": address,
                "kbit": kbit,
                "secret": secret,
                "ticket": ticket,
                "tier": tier,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        address = d.pop("address")

        kbit = d.pop("kbit")

        secret = d.pop("secret")

        ticket = d.pop("ticket")

        tier = d.pop("tier")

        admitted = cls(
            address=address,
            kbit=kbit,
            secret=secret,
            ticket=ticket,
            tier=tier,
        )

        admitted.additional_properties = d
        return admitted

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
