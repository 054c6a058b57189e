from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define

T = TypeVar("T", bound="Goodbye")


@_attrs_define
class Goodbye:
    """A ticket that is not needed any more.

    Attributes:
        secret (str): Its holder's secret.
        ticket (str): The ticket.
    """

    secret: str
    ticket: str

    def to_dict(self) -> dict[str, Any]:
        secret = self.secret

        ticket = self.ticket

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "secret": secret,
                "ticket": ticket,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        secret = d.pop("secret")

        ticket = d.pop("ticket")

        goodbye = cls(
            secret=secret,
            ticket=ticket,
        )

        return goodbye
