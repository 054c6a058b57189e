from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.visibility import Visibility
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.cover import Cover
    from ..models.guest import Guest


T = TypeVar("T", bound="PlanView")


@_attrs_define
class PlanView:
    """What is announced of a conversation beside its title and start.

    Attributes:
        version (int): Counts the edits; the ETag says the same.
        visibility (Visibility): Who may come.
        cover (Cover | None | Unset):
        description (str | Unset): Plain text with line breaks.
        doors_ms (int | None | Unset): When the doors open, in milliseconds since 1970.
        guests (list[Guest] | Unset): Who is announced.
        language (None | str | Unset): The language that is spoken (BCP 47).
        length_min (int | None | Unset): How long it is planned to be, in minutes.
        moved_from_ms (int | None | Unset): When it was to start before it was moved, in milliseconds since 1970.
        reason (str | Unset): Why it was called off.
        series (None | str | Unset): The series that it belongs to, by the name of its first.
        starts_at (None | str | Unset): When it starts, as the wall of that zone shows it, with its offset.
        stays (bool | Unset): It is a room, opened whenever a host enters.
        tags (list[str] | Unset): Words to find it by.
        zone (None | str | Unset): The host's time zone.
    """

    version: int
    visibility: Visibility
    cover: Cover | None | Unset = UNSET
    description: str | Unset = UNSET
    doors_ms: int | None | Unset = UNSET
    guests: list[Guest] | Unset = UNSET
    language: None | str | Unset = UNSET
    length_min: int | None | Unset = UNSET
    moved_from_ms: int | None | Unset = UNSET
    reason: str | Unset = UNSET
    series: None | str | Unset = UNSET
    starts_at: None | str | Unset = UNSET
    stays: bool | Unset = UNSET
    tags: list[str] | Unset = UNSET
    zone: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.cover import Cover  # noqa: PLC0415

        version = self.version

        visibility = self.visibility.value

        cover: dict[str, Any] | None | Unset
        if isinstance(self.cover, Unset):
            cover = UNSET
        elif isinstance(self.cover, Cover):
            cover = self.cover.to_dict()
        else:
            cover = self.cover

        description = self.description

        doors_ms: int | None | Unset
        if isinstance(self.doors_ms, Unset):
            doors_ms = UNSET
        else:
            doors_ms = self.doors_ms

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

        moved_from_ms: int | None | Unset
        if isinstance(self.moved_from_ms, Unset):
            moved_from_ms = UNSET
        else:
            moved_from_ms = self.moved_from_ms

        reason = self.reason

        series: None | str | Unset
        if isinstance(self.series, Unset):
            series = UNSET
        else:
            series = self.series

        starts_at: None | str | Unset
        if isinstance(self.starts_at, Unset):
            starts_at = UNSET
        else:
            starts_at = self.starts_at

        stays = self.stays

        tags: list[str] | Unset = UNSET
        if not isinstance(self.tags, Unset):
            tags = self.tags

        zone: None | str | Unset
        if isinstance(self.zone, Unset):
            zone = UNSET
        else:
            zone = self.zone

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "version": version,
                "visibility": visibility,
            }
        )
        if cover is not UNSET:
            field_dict["cover"] = cover
        if description is not UNSET:
            field_dict["description"] = description
        if doors_ms is not UNSET:
            field_dict["doors_ms"] = doors_ms
        if guests is not UNSET:
            field_dict["guests"] = guests
        if language is not UNSET:
            field_dict["language"] = language
        if length_min is not UNSET:
            field_dict["length_min"] = length_min
        if moved_from_ms is not UNSET:
            field_dict["moved_from_ms"] = moved_from_ms
        if reason is not UNSET:
            field_dict["reason"] = reason
        if series is not UNSET:
            field_dict["series"] = series
        if starts_at is not UNSET:
            field_dict["starts_at"] = starts_at
        if stays is not UNSET:
            field_dict["stays"] = stays
        if tags is not UNSET:
            field_dict["tags"] = tags
        if zone is not UNSET:
            field_dict["zone"] = zone

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.cover import Cover  # noqa: PLC0415
        from ..models.guest import Guest  # noqa: PLC0415

        d = dict(src_dict)
        version = d.pop("version")

        visibility = Visibility(d.pop("visibility"))

        def _parse_cover(data: object) -> Cover | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError()
                cover_type_0 = Cover.from_dict(data)

                return cover_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast(Cover | None | Unset, data)

        cover = _parse_cover(d.pop("cover", UNSET))

        description = d.pop("description", UNSET)

        def _parse_doors_ms(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        doors_ms = _parse_doors_ms(d.pop("doors_ms", UNSET))

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

        def _parse_moved_from_ms(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        moved_from_ms = _parse_moved_from_ms(d.pop("moved_from_ms", UNSET))

        reason = d.pop("reason", UNSET)

        def _parse_series(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        series = _parse_series(d.pop("series", UNSET))

        def _parse_starts_at(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        starts_at = _parse_starts_at(d.pop("starts_at", UNSET))

        stays = d.pop("stays", UNSET)

        tags = cast(list[str], d.pop("tags", UNSET))

        def _parse_zone(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        zone = _parse_zone(d.pop("zone", UNSET))

        plan_view = cls(
            version=version,
            visibility=visibility,
            cover=cover,
            description=description,
            doors_ms=doors_ms,
            guests=guests,
            language=language,
            length_min=length_min,
            moved_from_ms=moved_from_ms,
            reason=reason,
            series=series,
            starts_at=starts_at,
            stays=stays,
            tags=tags,
            zone=zone,
        )

        plan_view.additional_properties = d
        return plan_view

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
