from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.webhook_event import WebhookEvent

T = TypeVar("T", bound="WebhookView")


@_attrs_define
class WebhookView:
    """A webhook.

    Attributes:
        created_ms (int): When it was made, in milliseconds since 1970.
        dropped (int): Messages that were dropped, because too many waited.
        events (list[WebhookEvent]): What it is told of.
        id (str): Its name.
        site (bool): Whether it is the site's, and told of every conversation; else it is told of those that its owner
            runs.
        url (str): Where messages are sent.
        waiting (int): Messages that wait.
    """

    created_ms: int
    dropped: int
    events: list[WebhookEvent]
    id: str
    site: bool
    url: str
    waiting: int
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        created_ms = self.created_ms

        dropped = self.dropped

        events = []
        for events_item_data in self.events:
            events_item = events_item_data.value
            events.append(events_item)

        id = self.id

        site = self.site

        url = self.url

        waiting = self.waiting

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "created_ms": created_ms,
                "dropped": dropped,
                "events": events,
                "id": id,
                "site": site,
                "url": url,
                "waiting": waiting,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        d = dict(src_dict)
        created_ms = d.pop("created_ms")

        dropped = d.pop("dropped")

        events = []
        _events = d.pop("events")
        for events_item_data in _events:
            events_item = WebhookEvent(events_item_data)

            events.append(events_item)

        id = d.pop("id")

        site = d.pop("site")

        url = d.pop("url")

        waiting = d.pop("waiting")

        webhook_view = cls(
            created_ms=created_ms,
            dropped=dropped,
            events=events,
            id=id,
            site=site,
            url=url,
            waiting=waiting,
        )

        webhook_view.additional_properties = d
        return webhook_view

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
