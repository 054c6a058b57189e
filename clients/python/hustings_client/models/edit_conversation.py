from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.scope import Scope
from ..models.visibility import Visibility
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.guest import Guest


T = TypeVar("T", bound="EditConversation")


@_attrs_define
class EditConversation:
    """What to change; what is absent stays. An empty text, 0 minutes and an empty list take away what was there.

    Attributes:
        description (None | str | Unset): Another description.
        guests (list[Guest] | None | Unset): Other guests.
        language (None | str | Unset): Another language.
        length_min (int | None | Unset): Another length in minutes.
        scope (Scope | Unset): What of a series is meant.
        starts_at (None | str | Unset): Another start, as the wall of its zone shows it; until the doors open.
        starts_ms (int | None | Unset): Another start, in milliseconds since 1970; until the doors open.
        tags (list[str] | None | Unset): Other tags.
        title (None | str | Unset): Another title, 1 to 200 characters; until the doors open.
        visibility (None | Unset | Visibility):
        zone (None | str | Unset): Another time zone, an IANA name. Alone, it keeps what the wall shows.
    """

    description: None | str | Unset = UNSET
    guests: list[Guest] | None | Unset = UNSET
    language: None | str | Unset = UNSET
    length_min: int | None | Unset = UNSET
    scope: Scope | Unset = UNSET
    starts_at: None | str | Unset = UNSET
    starts_ms: int | None | Unset = UNSET
    tags: list[str] | None | Unset = UNSET
    title: None | str | Unset = UNSET
    visibility: None | Unset | Visibility = UNSET
    zone: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        description: None | str | Unset
        if isinstance(self.description, Unset):
            description = UNSET
        else:
            description = self.description

        guests: list[dict[str, Any]] | None | Unset
        if isinstance(self.guests, Unset):
            guests = UNSET
        elif isinstance(self.guests, list):
            guests = []
            for guests_type_0_item_data in self.guests:
                guests_type_0_item = guests_type_0_item_data.to_dict()
                guests.append(guests_type_0_item)

        else:
            guests = self.guests

        language: None | str | Unset
        if isinstance(self.language, Unset):
            language = UNSET
        else:
            language = self.language

        length_min: int | None | Unset
        if isinstance(self.length_min, Unset):
            length_min = UNSET
        else:
            length_min = self.length_min

        scope: str | Unset = UNSET
        if not isinstance(self.scope, Unset):
            scope = self.scope.value

        starts_at: None | str | Unset
        if isinstance(self.starts_at, Unset):
            starts_at = UNSET
        else:
            starts_at = self.starts_at

        starts_ms: int | None | Unset
        if isinstance(self.starts_ms, Unset):
            starts_ms = UNSET
        else:
            starts_ms = self.starts_ms

        tags: list[str] | None | Unset
        if isinstance(self.tags, Unset):
            tags = UNSET
        elif isinstance(self.tags, list):
            tags = self.tags

        else:
            tags = self.tags

        title: None | str | Unset
        if isinstance(self.title, Unset):
            title = UNSET
        else:
            title = self.title

        visibility: None | str | Unset
        if isinstance(self.visibility, Unset):
            visibility = UNSET
        elif isinstance(self.visibility, Visibility):
            visibility = self.visibility.value
        else:
            visibility = self.visibility

        zone: None | str | Unset
        if isinstance(self.zone, Unset):
            zone = UNSET
        else:
            zone = self.zone

        field_dict: dict[str, Any] = {}

        field_dict.update({})
        if description is not UNSET:
            field_dict["description"] = description
        if guests is not UNSET:
            field_dict["guests"] = guests
        if language is not UNSET:
            field_dict["language"] = language
        if length_min is not UNSET:
            field_dict["length_min"] = length_min
        if scope is not UNSET:
            field_dict["scope"] = scope
        if starts_at is not UNSET:
            field_dict["starts_at"] = starts_at
        if starts_ms is not UNSET:
            field_dict["starts_ms"] = starts_ms
        if tags is not UNSET:
            field_dict["tags"] = tags
        if title is not UNSET:
            field_dict["title"] = title
        if visibility is not UNSET:
            field_dict["visibility"] = visibility
        if zone is not UNSET:
            field_dict["zone"] = zone

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.guest import Guest  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_description(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        description = _parse_description(d.pop("description", UNSET))

        def _parse_guests(data: object) -> list[Guest] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                guests_type_0 = []
                _guests_type_0 = data
                for guests_type_0_item_data in _guests_type_0:
                    guests_type_0_item = Guest.from_dict(guests_type_0_item_data)

                    guests_type_0.append(guests_type_0_item)

                return guests_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[Guest] | None | Unset, data)

        guests = _parse_guests(d.pop("guests", UNSET))

        def _parse_language(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        language = _parse_language(d.pop("language", UNSET))

        def _parse_length_min(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        length_min = _parse_length_min(d.pop("length_min", UNSET))

        _scope = d.pop("scope", UNSET)
        scope: Scope | Unset
        if isinstance(_scope, Unset):
            scope = UNSET
        else:
            scope = Scope(_scope)

        def _parse_starts_at(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        starts_at = _parse_starts_at(d.pop("starts_at", UNSET))

        def _parse_starts_ms(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        starts_ms = _parse_starts_ms(d.pop("starts_ms", UNSET))

        def _parse_tags(data: object) -> list[str] | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, list):
                    raise TypeError()
                tags_type_0 = cast(list[str], data)

                return tags_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(list[str] | None | Unset, data)

        tags = _parse_tags(d.pop("tags", UNSET))

        def _parse_title(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        title = _parse_title(d.pop("title", UNSET))

        def _parse_visibility(data: object) -> None | Unset | Visibility:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, str):
                    raise TypeError()
                visibility_type_0 = Visibility(data)

                return visibility_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Unset | Visibility, data)

        visibility = _parse_visibility(d.pop("visibility", UNSET))

        def _parse_zone(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        zone = _parse_zone(d.pop("zone", UNSET))

        edit_conversation = cls(
            description=description,
            guests=guests,
            language=language,
            length_min=length_min,
            scope=scope,
            starts_at=starts_at,
            starts_ms=starts_ms,
            tags=tags,
            title=title,
            visibility=visibility,
            zone=zone,
        )

        return edit_conversation
