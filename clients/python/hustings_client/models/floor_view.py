from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.chat_line import ChatLine
    from ..models.floor_rules import FloorRules
    from ..models.note import Note
    from ..models.poll import Poll
    from ..models.question import Question


T = TypeVar("T", bound="FloorView")


@_attrs_define
class FloorView:
    """Everything as it stands.

    Attributes:
        lines (list[ChatLine]): The last lines, oldest first; at most [`crate::limits::CHAT_LINES_IN_SNAPSHOT_MAX`] in a
            snapshot.
        one_in (int): A page sends one reaction in so many.
        questions (list[Question]): The questions at the top.
        rules (FloorRules): How the audience may take part.
        note (None | Note | Unset):
        poll (None | Poll | Unset):
        words (list[str] | None | Unset): The words that are refused, for those who run the conversation.
    """

    lines: list[ChatLine]
    one_in: int
    questions: list[Question]
    rules: FloorRules
    note: None | Note | Unset = UNSET
    poll: None | Poll | Unset = UNSET
    words: list[str] | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.note import Note  # noqa: PLC0415
        from ..models.poll import Poll  # noqa: PLC0415

        lines = []
        for lines_item_data in self.lines:
            lines_item = lines_item_data.to_dict()
            lines.append(lines_item)

        one_in = self.one_in

        questions = []
        for questions_item_data in self.questions:
            questions_item = questions_item_data.to_dict()
            questions.append(questions_item)

        rules = self.rules.to_dict()

        note: dict[str, Any] | None | Unset
        if isinstance(self.note, Unset):
            note = UNSET
        elif isinstance(self.note, Note):
            note = self.note.to_dict()
        else:
            note = self.note

        poll: dict[str, Any] | None | Unset
        if isinstance(self.poll, Unset):
            poll = UNSET
        elif isinstance(self.poll, Poll):
            poll = self.poll.to_dict()
        else:
            poll = self.poll

        words: list[str] | None | Unset
        if isinstance(self.words, Unset):
            words = UNSET
        elif isinstance(self.words, list):
            words = self.words

        else:
            words = self.words

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "lines": lines,
                "one_in": one_in,
                "questions": questions,
                "rules": rules,
            }
        )
        if note is not UNSET:
            field_dict["note"] = note
        if poll is not UNSET:
            field_dict["poll"] = poll
        if words is not UNSET:
            field_dict["words"] = words

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.chat_line import ChatLine  # noqa: PLC0415
        from ..models.floor_rules import FloorRules  # noqa: PLC0415
        from ..models.note import Note  # noqa: PLC0415
        from ..models.poll import Poll  # noqa: PLC0415
        from ..models.question import Question  # noqa: PLC0415

        d = dict(src_dict)
        lines = []
        _lines = d.pop("lines")
        for lines_item_data in _lines:
            lines_item = ChatLine.from_dict(lines_item_data)

            lines.append(lines_item)

        one_in = d.pop("one_in")

        questions = []
        _questions = d.pop("questions")
        for questions_item_data in _questions:
            questions_item = Question.from_dict(questions_item_data)

            questions.append(questions_item)

        rules = FloorRules.from_dict(d.pop("rules"))

        def _parse_note(data: object) -> None | Note | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                note_type_0 = Note.from_dict(data)

                return note_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Note | Unset, data)

        note = _parse_note(d.pop("note", UNSET))

        def _parse_poll(data: object) -> None | Poll | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                poll_type_0 = Poll.from_dict(data)

                return poll_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Poll | Unset, data)

        poll = _parse_poll(d.pop("poll", UNSET))

        def _parse_words(data: object) -> list[str] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                words_type_0 = cast(list[str], data)

                return words_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[str] | None | Unset, data)

        words = _parse_words(d.pop("words", UNSET))

        floor_view = cls(
            lines=lines,
            one_in=one_in,
            questions=questions,
            rules=rules,
            note=note,
            poll=poll,
            words=words,
        )

        floor_view.additional_properties = d
        return floor_view

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
