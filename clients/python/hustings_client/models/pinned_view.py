from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.track_view import TrackView


T = TypeVar("T", bound="PinnedView")


@_attrs_define
class PinnedView:
    """What is kept of a moment.

    Attributes:
        from_ms (int): Its beginning, in milliseconds since 1970.
        tracks (list[TrackView]): Those who were heard, each with a track.
        until_ms (int): Its end.
    """

    from_ms: int
    tracks: list[TrackView]
    until_ms: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from_ms = self.from_ms

        tracks = []
        for tracks_item_data in self.tracks:
            tracks_item = tracks_item_data.to_dict()
            tracks.append(tracks_item)

        until_ms = self.until_ms

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "from_ms": from_ms,
                "tracks": tracks,
                "until_ms": until_ms,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.track_view import TrackView  # noqa: PLC0415

        d = dict(src_dict)
        from_ms = d.pop("from_ms")

        tracks = []
        _tracks = d.pop("tracks")
        for tracks_item_data in _tracks:
            tracks_item = TrackView.from_dict(tracks_item_data)

            tracks.append(tracks_item)

        until_ms = d.pop("until_ms")

        pinned_view = cls(
            from_ms=from_ms,
            tracks=tracks,
            until_ms=until_ms,
        )

        pinned_view.additional_properties = d
        return pinned_view

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
