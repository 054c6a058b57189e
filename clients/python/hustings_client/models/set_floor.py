from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

T = TypeVar("T", bound="SetFloor")


@_attrs_define
class SetFloor:
    """How the audience may take part.

    Attributes:
        chat (bool | Unset): Whether lines of the chat are taken; true if absent.
        links (bool | Unset): Whether lines and questions may hold links; false if absent.
        moderated (bool | Unset): Whether a question is shown only after it was accepted; true if absent.
        slow_s (int | Unset): Seconds between two lines of one person, 0 to 600; 0 if absent.
        words (list[str] | Unset): Words that no line may hold, at most 200; none if absent.
    """

    chat: bool | Unset = UNSET
    links: bool | Unset = UNSET
    moderated: bool | Unset = UNSET
    slow_s: int | Unset = UNSET
    words: list[str] | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        chat = self.chat

        links = self.links

        moderated = self.moderated

        slow_s = self.slow_s

        words: list[str] | Unset = UNSET
        if not isinstance(self.words, Unset):
            words = self.words

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if chat is not UNSET:
            field_dict["chat"] = chat
        if links is not UNSET:
            field_dict["links"] = links
        if moderated is not UNSET:
            field_dict["moderated"] = moderated
        if slow_s is not UNSET:
            field_dict["slow_s"] = slow_s
        if words is not UNSET:
            field_dict["words"] = words

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        chat = d.pop("chat", UNSET)

        links = d.pop("links", UNSET)

        moderated = d.pop("moderated", UNSET)

        slow_s = d.pop("slow_s", UNSET)

        words = cast(list[str], d.pop("words", UNSET))

        set_floor = cls(
            chat=chat,
            links=links,
            moderated=moderated,
            slow_s=slow_s,
            words=words,
        )

        return set_floor
