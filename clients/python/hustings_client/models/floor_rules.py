from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

T = TypeVar("T", bound="FloorRules")


@_attrs_define
class FloorRules:
    """How the audience may take part.

    Attributes:
        chat (bool): Whether lines of the chat are taken.
        links (bool): Whether lines and questions may hold links.
        moderated (bool): Whether a question is shown only after it was accepted.
        slow_s (int): Seconds between two lines of one person; 0 is no slow mode.
    """

    chat: bool
    links: bool
    moderated: bool
    slow_s: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        chat = self.chat

        links = self.links

        moderated = self.moderated

        slow_s = self.slow_s

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "chat": chat,
                "links": links,
                "moderated": moderated,
                "slow_s": slow_s,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        chat = d.pop("chat")

        links = d.pop("links")

        moderated = d.pop("moderated")

        slow_s = d.pop("slow_s")

        floor_rules = cls(
            chat=chat,
            links=links,
            moderated=moderated,
            slow_s=slow_s,
        )

        floor_rules.additional_properties = d
        return floor_rules

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
