from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.webhook_event import WebhookEvent
from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.delivery_view_message import DeliveryViewMessage


T = TypeVar("T", bound="DeliveryView")


@_attrs_define
class DeliveryView:
    """One message to one webhook.

    Attributes:
        created_ms (int): When it was written, in milliseconds since 1970.
        event (WebhookEvent): Something that a webhook is told of.
        id (str): Its name, sent as `webhook-id`: the same in every try.
        message (DeliveryViewMessage): What it says: `type`, `timestamp` and `data`.
        state (str): `waiting`, `delivered`, or `dead`: given up.
        tries (int): Tries so far.
        answer (None | str | Unset): What the last try came to.
        next_ms (int | None | Unset): When it is tried next, if it waits.
    """

    created_ms: int
    event: WebhookEvent
    id: str
    message: DeliveryViewMessage
    state: str
    tries: int
    answer: None | str | Unset = UNSET
    next_ms: int | None | Unset = UNSET
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        created_ms = self.created_ms

        event = self.event.value

        id = self.id

        message = self.message.to_dict()

        state = self.state

        tries = self.tries

        answer: None | str | Unset
        if isinstance(self.answer, Unset):
            answer = UNSET
        else:
            answer = self.answer

        next_ms: int | None | Unset
        if isinstance(self.next_ms, Unset):
            next_ms = UNSET
        else:
            next_ms = self.next_ms

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "created_ms": created_ms,
                "event": event,
                "id": id,
                "message": message,
                "state": state,
                "tries": tries,
            }
        )
        if answer is not UNSET:
            field_dict["answer"] = answer
        if next_ms is not UNSET:
            field_dict["next_ms"] = next_ms

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.delivery_view_message import DeliveryViewMessage  # noqa: PLC0415

        d = dict(src_dict)
        created_ms = d.pop("created_ms")

        event = WebhookEvent(d.pop("event"))

        id = d.pop("id")

        message = DeliveryViewMessage.from_dict(d.pop("message"))

        state = d.pop("state")

        tries = d.pop("tries")

        def _parse_answer(data: object) -> None | str | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(None | str | Unset, data)

        answer = _parse_answer(d.pop("answer", UNSET))

        def _parse_next_ms(data: object) -> int | None | Unset:
            if data is None:
                return data
            if isinstance(data, Unset):
                return data
            return cast(int | None | Unset, data)

        next_ms = _parse_next_ms(d.pop("next_ms", UNSET))

        delivery_view = cls(
            created_ms=created_ms,
            event=event,
            id=id,
            message=message,
            state=state,
            tries=tries,
            answer=answer,
            next_ms=next_ms,
        )

        delivery_view.additional_properties = d
        return delivery_view

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
