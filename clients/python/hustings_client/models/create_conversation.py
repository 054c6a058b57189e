from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..models.visibility import Visibility
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.guest import Guest
    from ..models.repeats import Repeats


T = TypeVar("T", bound="CreateConversation")


@_attrs_define
class CreateConversation:
    """A conversation to make. Without a start its lobby opens at once.

    Attributes:
        description (None | str | Unset): Plain text with line breaks, at most 4,000 characters.
        guests (list[Guest] | Unset): At most 20 people who are announced.
        language (None | str | Unset): The language that is spoken (BCP 47).
        length_min (int | None | Unset): How long it is planned to be, in minutes, at most a day.
        repeats (None | Repeats | Unset):
        slug (None | str | Unset): Its name in its address: 1 to 64 of `a-z`, `0-9` and `-`; made of the title if
            absent.
        starts_at (None | str | Unset): When it starts, as the wall of `zone` shows it: `2026-11-24T20:00`; where that
            is two moments, with its offset.
        starts_ms (int | None | Unset): When it starts, in milliseconds since 1970.
        stays (bool | Unset): It is a room: without a start, opened whenever a host enters.
        tags (list[str] | Unset): At most 8 words to find it by.
        title (None | str | Unset): Its title, 1 to 200 characters; the slug if absent.
        visibility (Visibility | Unset): Who may come.
        zone (None | str | Unset): The host's time zone, an IANA name; UTC if absent.
    """

    description: None | str | Unset = UNSET
    guests: list[Guest] | Unset = UNSET
    language: None | str | Unset = UNSET
    length_min: int | None | Unset = UNSET
    repeats: None | Repeats | Unset = UNSET
    slug: None | str | Unset = UNSET
    starts_at: None | str | Unset = UNSET
    starts_ms: int | None | Unset = UNSET
    stays: bool | Unset = UNSET
    tags: list[str] | Unset = UNSET
    title: None | str | Unset = UNSET
    visibility: Visibility | Unset = UNSET
    zone: None | str | Unset = UNSET

    def to_dict(self) -> dict[str, Any]:
        from ..models.repeats import Repeats  # noqa: PLC0415

        description: None | str | Unset
        if isinstance(self.description, Unset):
            description = UNSET
        else:
            description = self.description

        guests: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.guests, Unset):
            guests = []
            for guests_item_data in self.guests:
                guests_item = guests_item_data.to_dict()
                guests.append(guests_item)

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

        repeats: dict[str, Any] | None | Unset
        if isinstance(self.repeats, Unset):
            repeats = UNSET
        elif isinstance(self.repeats, Repeats):
            repeats = self.repeats.to_dict()
        else:
            repeats = self.repeats

        slug: None | str | Unset
        if isinstance(self.slug, Unset):
            slug = UNSET
        else:
            slug = self.slug

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

        stays = self.stays

        tags: list[str] | Unset = UNSET
        if not isinstance(self.tags, Unset):
            tags = self.tags

        title: None | str | Unset
        if isinstance(self.title, Unset):
            title = UNSET
        else:
            title = self.title

        visibility: str | Unset = UNSET
        if not isinstance(self.visibility, Unset):
            visibility = self.visibility.value

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
        if repeats is not UNSET:
            field_dict["repeats"] = repeats
        if slug is not UNSET:
            field_dict["slug"] = slug
        if starts_at is not UNSET:
            field_dict["starts_at"] = starts_at
        if starts_ms is not UNSET:
            field_dict["starts_ms"] = starts_ms
        if stays is not UNSET:
            field_dict["stays"] = stays
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
        from ..models.repeats import Repeats  # noqa: PLC0415

        d = dict(src_dict)

        def _parse_description(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        description = _parse_description(d.pop("description", UNSET))

        _guests = d.pop("guests", UNSET)
        guests: list[Guest] | Unset = UNSET
        if _guests is not UNSET:
            guests = []
            for guests_item_data in _guests:
                guests_item = Guest.from_dict(guests_item_data)

                guests.append(guests_item)

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

        def _parse_repeats(data: object) -> None | Repeats | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                repeats_type_0 = Repeats.from_dict(data)

                return repeats_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(None | Repeats | Unset, data)

        repeats = _parse_repeats(d.pop("repeats", UNSET))

        def _parse_slug(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        slug = _parse_slug(d.pop("slug", UNSET))

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

        stays = d.pop("stays", UNSET)

        tags = cast(list[str], d.pop("tags", UNSET))

        def _parse_title(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        title = _parse_title(d.pop("title", UNSET))

        _visibility = d.pop("visibility", UNSET)
        visibility: Visibility | Unset
        if isinstance(_visibility, Unset):
            visibility = UNSET
        else:
            visibility = Visibility(_visibility)

        def _parse_zone(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        zone = _parse_zone(d.pop("zone", UNSET))

        create_conversation = cls(
            description=description,
            guests=guests,
            language=language,
            length_min=length_min,
            repeats=repeats,
            slug=slug,
            starts_at=starts_at,
            starts_ms=starts_ms,
            stays=stays,
            tags=tags,
            title=title,
            visibility=visibility,
            zone=zone,
        )

        return create_conversation
