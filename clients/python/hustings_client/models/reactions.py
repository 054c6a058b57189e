from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.reacted import Reacted


T = TypeVar("T", bound="Reactions")


@_attrs_define
class Reactions:
    """The reactions since they were told last: of one second.

    Attributes:
        counts (list[Reacted]): Those kinds of which there were some.
        one_in (int): From now on a page sends one reaction in so many, drawn by chance, and says so.
    """

    counts: list[Reacted]
    one_in: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        counts = []
        for counts_item_data in self.counts:
            counts_item = counts_item_data.to_dict()
            counts.append(counts_item)

        one_in = self.one_in

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "counts": counts,
                "one_in": one_in,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.reacted import Reacted  # noqa: PLC0415

        d = dict(src_dict)
        counts = []
        _counts = d.pop("counts")
        for counts_item_data in _counts:
            counts_item = Reacted.from_dict(counts_item_data)

            counts.append(counts_item)

        one_in = d.pop("one_in")

        reactions = cls(
            counts=counts,
            one_in=one_in,
        )

        reactions.additional_properties = d
        return reactions

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
