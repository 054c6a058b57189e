from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.act_view import ActView
    from ..models.appeal_view import AppealView
    from ..models.ruling_view import RulingView


T = TypeVar("T", bound="ConcernedView")


@_attrs_define
class ConcernedView:
    """What was decided about somebody, as they read it: not who reported, and not who ruled.

    Attributes:
        about (str): `speaker`, `message` or `conversation`.
        acts (list[ActView]): What was done at once.
        id (str): The name of the case.
        may_appeal (bool): Whether it can be appealed now.
        moment_ms (int): The moment that is meant, in milliseconds since 1970.
        slug (str): In which conversation.
        appeal (AppealView | None | Unset):
        ruling (None | RulingView | Unset):
        text (str | Unset): The text of the message.
    """

    about: str
    acts: list[ActView]
    id: str
    may_appeal: bool
    moment_ms: int
    slug: str
    appeal: AppealView | None | Unset = UNSET
    ruling: None | RulingView | Unset = UNSET
    text: str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.appeal_view import AppealView  # noqa: PLC0415
        from ..models.ruling_view import RulingView  # noqa: PLC0415

        about = self.about

        acts = []
        for acts_item_data in self.acts:
            acts_item = acts_item_data.to_dict()
            acts.append(acts_item)

        id = self.id

        may_appeal = self.may_appeal

        moment_ms = self.moment_ms

        slug = self.slug

        appeal: dict[str, Any] | None | Unset
        if isinstance(self.appeal, Unset):
            appeal = UNSET
        elif isinstance(self.appeal, AppealView):
            appeal = self.appeal.to_dict()
        else:
            appeal = self.appeal

        ruling: dict[str, Any] | None | Unset
        if isinstance(self.ruling, Unset):
            ruling = UNSET
        elif isinstance(self.ruling, RulingView):
            ruling = self.ruling.to_dict()
        else:
            ruling = self.ruling

        text = self.text

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "about": about,
                "acts": acts,
                "id": id,
                "may_appeal": may_appeal,
                "moment_ms": moment_ms,
                "slug": slug,
            }
        )
        if appeal is not UNSET:
            field_dict["appeal"] = appeal
        if ruling is not UNSET:
            field_dict["ruling"] = ruling
        if text is not UNSET:
            field_dict["text"] = text

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.act_view import ActView  # noqa: PLC0415
        from ..models.appeal_view import AppealView  # noqa: PLC0415
        from ..models.ruling_view import RulingView  # noqa: PLC0415

        d = dict(src_dict)
        about = d.pop("about")

        acts = []
        _acts = d.pop("acts")
        for acts_item_data in _acts:
            acts_item = ActView.from_dict(acts_item_data)

            acts.append(acts_item)

        id = d.pop("id")

        may_appeal = d.pop("may_appeal")

        moment_ms = d.pop("moment_ms")

        slug = d.pop("slug")

        def _parse_appeal(data: object) -> AppealView | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                appeal_type_0 = AppealView.from_dict(data)

                return appeal_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(AppealView | None | Unset, data)

        appeal = _parse_appeal(d.pop("appeal", UNSET))

        def _parse_ruling(data: object) -> None | RulingView | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                ruling_type_0 = RulingView.from_dict(data)

                return ruling_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | RulingView | Unset, data)

        ruling = _parse_ruling(d.pop("ruling", UNSET))

        text = d.pop("text", UNSET)

        concerned_view = cls(
            about=about,
            acts=acts,
            id=id,
            may_appeal=may_appeal,
            moment_ms=moment_ms,
            slug=slug,
            appeal=appeal,
            ruling=ruling,
            text=text,
        )

        concerned_view.additional_properties = d
        return concerned_view

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
