from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..types import UNSET, Unset

T = TypeVar("T", bound="Links")


@_attrs_define
class Links:
    """The absolute addresses of a conversation.

    Attributes:
        audience (str): The count of those who listen, with its definition.
        events (str): Server-sent events.
        hls (str): The multivariant playlist of LL-HLS.
        m3u (str): A list of the endless responses for radio players.
        mp4 (str): One endless response: Opus in fragmented MP4.
        ogg (str): One endless response: Opus in Ogg.
        page (str): Its page.
        whep (str): The quickest way to hear it (WebRTC, WHEP).
        whip (str): Speakers send sound here (WHIP, RFC 9725).
        aac (None | str | Unset): One endless response: AAC in ADTS. Absent from a build without AAC.
        tickets (None | str | Unset): Who wants to listen asks here first. Absent where nothing is limited.
    """

    audience: str
    events: str
    hls: str
    m3u: str
    mp4: str
    ogg: str
    page: str
    whep: str
    whip: str
    aac: None | str | Unset = UNSET
    tickets: None | str | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        audience = self.audience

        events = self.events

        hls = self.hls

        m3u = self.m3u

        mp4 = self.mp4

        ogg = self.ogg

        page = self.page

        whep = self.whep

        whip = self.whip

        aac: None | str | Unset
        if isinstance(self.aac, Unset):
            aac = UNSET
        else:
            aac = self.aac

        tickets: None | str | Unset
        if isinstance(self.tickets, Unset):
            tickets = UNSET
        else:
            tickets = self.tickets

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "audience": audience,
                "events": events,
                "hls": hls,
                "m3u": m3u,
                "mp4": mp4,
                "ogg": ogg,
                "page": page,
                "whep": whep,
                "whip": whip,
            }
        )
        if aac is not UNSET:
            field_dict["aac"] = aac
        if tickets is not UNSET:
            field_dict["tickets"] = tickets

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        audience = d.pop("audience")

        events = d.pop("events")

        hls = d.pop("hls")

        m3u = d.pop("m3u")

        mp4 = d.pop("mp4")

        ogg = d.pop("ogg")

        page = d.pop("page")

        whep = d.pop("whep")

        whip = d.pop("whip")

        def _parse_aac(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        aac = _parse_aac(d.pop("aac", UNSET))

        def _parse_tickets(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        tickets = _parse_tickets(d.pop("tickets", UNSET))

        links = cls(
            audience=audience,
            events=events,
            hls=hls,
            m3u=m3u,
            mp4=mp4,
            ogg=ogg,
            page=page,
            whep=whep,
            whip=whip,
            aac=aac,
            tickets=tickets,
        )

        links.additional_properties = d
        return links

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
