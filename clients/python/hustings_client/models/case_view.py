from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.category import Category
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.act_view import ActView
    from ..models.appeal_view import AppealView
    from ..models.pinned_view import PinnedView
    from ..models.ruling_view import RulingView


T = TypeVar("T", bound="CaseView")


@_attrs_define
class CaseView:
    """A case, as moderators see it.

    Attributes:
        about (str): `speaker`, `message` or `conversation`.
        acts (list[ActView]): What was done at once.
        category (Category): What a report is about, the most urgent first: cases are listed by it, then by age. How
            many reported is told beside a
            case and orders nothing, because a crowd can be called together.
        id (str): Its name.
        moment_ms (int): The moment that is meant, in milliseconds since 1970.
        name (str): The name that was shown of whoever it is about.
        opened_ms (int): When it was opened.
        reports (int): How many reported it; it orders nothing and decides nothing.
        slug (str): In which conversation.
        state (str): Where it is: `open`, `ruled`, `appealed` or `closed`.
        account (None | str | Unset): Their account.
        appeal (AppealView | None | Unset):
        pinned (None | PinnedView | Unset):
        ruling (None | RulingView | Unset):
        subject (str | Unset): Whose seat or which line.
        text (str | Unset): The text of the message.
        unpinned_ms (int | None | Unset): When the pinned minute was deleted.
    """

    about: str
    acts: list[ActView]
    category: Category
    id: str
    moment_ms: int
    name: str
    opened_ms: int
    reports: int
    slug: str
    state: str
    account: None | str | Unset = UNSET
    appeal: AppealView | None | Unset = UNSET
    pinned: None | PinnedView | Unset = UNSET
    ruling: None | RulingView | Unset = UNSET
    subject: str | Unset = UNSET
    text: str | Unset = UNSET
    unpinned_ms: int | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.appeal_view import AppealView  # noqa: PLC0415
        from ..models.pinned_view import PinnedView  # noqa: PLC0415
        from ..models.ruling_view import RulingView  # noqa: PLC0415

        about = self.about

        acts = []
        for acts_item_data in self.acts:
            acts_item = acts_item_data.to_dict()
            acts.append(acts_item)

        category = self.category.value

        id = self.id

        moment_ms = self.moment_ms

        name = self.name

        opened_ms = self.opened_ms

        reports = self.reports

        slug = self.slug

        state = self.state

        account: None | str | Unset
        if isinstance(self.account, Unset):
            account = UNSET
        else:
            account = self.account

        appeal: dict[str, Any] | None | Unset
        if isinstance(self.appeal, Unset):
            appeal = UNSET
        elif isinstance(self.appeal, AppealView):
            appeal = self.appeal.to_dict()
        else:
            appeal = self.appeal

        pinned: dict[str, Any] | None | Unset
        if isinstance(self.pinned, Unset):
            pinned = UNSET
        elif isinstance(self.pinned, PinnedView):
            pinned = self.pinned.to_dict()
        else:
            pinned = self.pinned

        ruling: dict[str, Any] | None | Unset
        if isinstance(self.ruling, Unset):
            ruling = UNSET
        elif isinstance(self.ruling, RulingView):
            ruling = self.ruling.to_dict()
        else:
            ruling = self.ruling

        subject = self.subject

        text = self.text

        unpinned_ms: int | None | Unset
        if isinstance(self.unpinned_ms, Unset):
            unpinned_ms = UNSET
        else:
            unpinned_ms = self.unpinned_ms

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "about": about,
                "acts": acts,
                "category": category,
                "id": id,
                "moment_ms": moment_ms,
                "name": name,
                "opened_ms": opened_ms,
                "reports": reports,
                "slug": slug,
                "state": state,
            }
        )
        if account is not UNSET:
            field_dict["account"] = account
        if appeal is not UNSET:
            field_dict["appeal"] = appeal
        if pinned is not UNSET:
            field_dict["pinned"] = pinned
        if ruling is not UNSET:
            field_dict["ruling"] = ruling
        if subject is not UNSET:
            field_dict["subject"] = subject
        if text is not UNSET:
            field_dict["text"] = text
        if unpinned_ms is not UNSET:
            field_dict["unpinned_ms"] = unpinned_ms

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.act_view import ActView  # noqa: PLC0415
        from ..models.appeal_view import AppealView  # noqa: PLC0415
        from ..models.pinned_view import PinnedView  # noqa: PLC0415
        from ..models.ruling_view import RulingView  # noqa: PLC0415

        d = dict(src_dict)
        about = d.pop("about")

        acts = []
        _acts = d.pop("acts")
        for acts_item_data in _acts:
            acts_item = ActView.from_dict(acts_item_data)

            acts.append(acts_item)

        category = Category(d.pop("category"))

        id = d.pop("id")

        moment_ms = d.pop("moment_ms")

        name = d.pop("name")

        opened_ms = d.pop("opened_ms")

        reports = d.pop("reports")

        slug = d.pop("slug")

        state = d.pop("state")

        def _parse_account(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        account = _parse_account(d.pop("account", UNSET))

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

        def _parse_pinned(data: object) -> None | PinnedView | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                pinned_type_0 = PinnedView.from_dict(data)

                return pinned_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | PinnedView | Unset, data)

        pinned = _parse_pinned(d.pop("pinned", UNSET))

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

        subject = d.pop("subject", UNSET)

        text = d.pop("text", UNSET)

        def _parse_unpinned_ms(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        unpinned_ms = _parse_unpinned_ms(d.pop("unpinned_ms", UNSET))

        case_view = cls(
            about=about,
            acts=acts,
            category=category,
            id=id,
            moment_ms=moment_ms,
            name=name,
            opened_ms=opened_ms,
            reports=reports,
            slug=slug,
            state=state,
            account=account,
            appeal=appeal,
            pinned=pinned,
            ruling=ruling,
            subject=subject,
            text=text,
            unpinned_ms=unpinned_ms,
        )

        case_view.additional_properties = d
        return case_view

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
