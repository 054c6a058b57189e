from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.category import Category
from ..types import UNSET, Unset

T = TypeVar("T", bound="MakeReport")


@_attrs_define
class MakeReport:
    """A report. It names a seat, a line, or neither: then it is about the conversation.

    Attributes:
        category (Category): What a report is about, the most urgent first: cases are listed by it, then by age. How
            many reported is told beside a
            case and orders nothing, because a crowd can be called together.
        heard_ms (int | None | Unset): When what was heard was spoken, in milliseconds since 1970: a listener hears it
            later. Now if absent.
        line (int | None | Unset): Which line of the chat.
        seat (None | str | Unset): Who on stage.
        text (None | str | Unset): In words; at most 500 characters.
    """

    category: Category
    heard_ms: int | None | Unset = UNSET
    line: int | None | Unset = UNSET
    seat: None | str | Unset = UNSET
    text: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        category = self.category.value

        heard_ms: int | None | Unset
        if isinstance(self.heard_ms, Unset):
            heard_ms = UNSET
        else:
            heard_ms = self.heard_ms

        line: int | None | Unset
        if isinstance(self.line, Unset):
            line = UNSET
        else:
            line = self.line

        seat: None | str | Unset
        if isinstance(self.seat, Unset):
            seat = UNSET
        else:
            seat = self.seat

        text: None | str | Unset
        if isinstance(self.text, Unset):
            text = UNSET
        else:
            text = self.text

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "category": category,
            }
        )
        if heard_ms is not UNSET:
            field_dict["heard_ms"] = heard_ms
        if line is not UNSET:
            field_dict["line"] = line
        if seat is not UNSET:
            field_dict["seat"] = seat
        if text is not UNSET:
            field_dict["text"] = text

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        category = Category(d.pop("category"))

        def _parse_heard_ms(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        heard_ms = _parse_heard_ms(d.pop("heard_ms", UNSET))

        def _parse_line(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        line = _parse_line(d.pop("line", UNSET))

        def _parse_seat(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        seat = _parse_seat(d.pop("seat", UNSET))

        def _parse_text(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        text = _parse_text(d.pop("text", UNSET))

        make_report = cls(
            category=category,
            heard_ms=heard_ms,
            line=line,
            seat=seat,
            text=text,
        )

        return make_report
