from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.chat_line import ChatLine


T = TypeVar("T", bound="Chat")


@_attrs_define
class Chat:
    """The chat of one second.

    Attributes:
        lines (list[ChatLine]): What is shown, oldest first; at most [`crate::limits::CHAT_LINES_PER_SECOND_MAX`].
        offered (int): How many lines there were, shown or not. If it is more than are shown, those were drawn by
            chance.
        hidden (list[int] | Unset): Lines that are no longer shown.
    """

    lines: list[ChatLine]
    offered: int
    hidden: list[int] | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        lines = []
        for lines_item_data in self.lines:
            lines_item = lines_item_data.to_dict()
            lines.append(lines_item)

        offered = self.offered

        hidden: list[int] | Unset = UNSET
        if not isinstance(self.hidden, Unset):
            hidden = self.hidden

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "lines": lines,
                "offered": offered,
            }
        )
        if hidden is not UNSET:
            field_dict["hidden"] = hidden

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.chat_line import ChatLine  # noqa: PLC0415

        d = dict(src_dict)
        lines = []
        _lines = d.pop("lines")
        for lines_item_data in _lines:
            lines_item = ChatLine.from_dict(lines_item_data)

            lines.append(lines_item)

        offered = d.pop("offered")

        hidden = cast(list[int], d.pop("hidden", UNSET))

        chat = cls(
            lines=lines,
            offered=offered,
            hidden=hidden,
        )

        chat.additional_properties = d
        return chat

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
