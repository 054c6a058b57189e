from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.role import Role
from ..models.seat_order_type_8_order import SeatOrderType8Order

T = TypeVar("T", bound="SeatOrderType8")


@_attrs_define
class SeatOrderType8:
    """They have another role on stage.

    Attributes:
        order (SeatOrderType8Order):
        role (Role): A role in one conversation. The server enforces it, never the client.
    """

    order: SeatOrderType8Order
    role: Role
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        order = self.order.value

        role = self.role.value

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "order": order,
                "role": role,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        order = SeatOrderType8Order(d.pop("order"))

        role = Role(d.pop("role"))

        seat_order_type_8 = cls(
            order=order,
            role=role,
        )

        seat_order_type_8.additional_properties = d
        return seat_order_type_8

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
