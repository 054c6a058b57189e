from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.conversation_view import ConversationView
from ...models.problem import Problem
from ...models.seat_order_type_0 import SeatOrderType0
from ...models.seat_order_type_1 import SeatOrderType1
from ...models.seat_order_type_2 import SeatOrderType2
from ...models.seat_order_type_3 import SeatOrderType3
from ...models.seat_order_type_4 import SeatOrderType4
from ...models.seat_order_type_5 import SeatOrderType5
from ...models.seat_order_type_6 import SeatOrderType6
from ...models.seat_order_type_7 import SeatOrderType7
from ...models.seat_order_type_8 import SeatOrderType8
from ...models.seat_order_type_9 import SeatOrderType9
from ...models.seat_order_type_10 import SeatOrderType10
from ...types import Response


def _get_kwargs(
    slug: str,
    seat: str,
    *,
    body: SeatOrderType0
    | SeatOrderType1
    | SeatOrderType10
    | SeatOrderType2
    | SeatOrderType3
    | SeatOrderType4
    | SeatOrderType5
    | SeatOrderType6
    | SeatOrderType7
    | SeatOrderType8
    | SeatOrderType9,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/conversations/{slug}/stage/seats/{seat}".format(
            slug=quote(str(slug), safe=""),
            seat=quote(str(seat), safe=""),
        ),
    }

    if isinstance(body, SeatOrderType0):
        _kwargs["json"] = body.to_dict()
    elif isinstance(body, SeatOrderType1):
        _kwargs["json"] = body.to_dict()
    elif isinstance(body, SeatOrderType2):
        _kwargs["json"] = body.to_dict()
    elif isinstance(body, SeatOrderType3):
        _kwargs["json"] = body.to_dict()
    elif isinstance(body, SeatOrderType4):
        _kwargs["json"] = body.to_dict()
    elif isinstance(body, SeatOrderType5):
        _kwargs["json"] = body.to_dict()
    elif isinstance(body, SeatOrderType6):
        _kwargs["json"] = body.to_dict()
    elif isinstance(body, SeatOrderType7):
        _kwargs["json"] = body.to_dict()
    elif isinstance(body, SeatOrderType8):
        _kwargs["json"] = body.to_dict()
    elif isinstance(body, SeatOrderType9):
        _kwargs["json"] = body.to_dict()
    else:
        _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ConversationView | Problem | None:
    if response.status_code == 200:
        response_200 = ConversationView.from_dict(response.json())

        return response_200

    if response.status_code == 400:
        response_400 = Problem.from_dict(response.json())

        return response_400

    if response.status_code == 401:
        response_401 = Problem.from_dict(response.json())

        return response_401

    if response.status_code == 403:
        response_403 = Problem.from_dict(response.json())

        return response_403

    if response.status_code == 404:
        response_404 = Problem.from_dict(response.json())

        return response_404

    if response.status_code == 408:
        response_408 = Problem.from_dict(response.json())

        return response_408

    if response.status_code == 409:
        response_409 = Problem.from_dict(response.json())

        return response_409

    if response.status_code == 413:
        response_413 = Problem.from_dict(response.json())

        return response_413

    if response.status_code == 415:
        response_415 = Problem.from_dict(response.json())

        return response_415

    if response.status_code == 422:
        response_422 = Problem.from_dict(response.json())

        return response_422

    if response.status_code == 500:
        response_500 = Problem.from_dict(response.json())

        return response_500

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[ConversationView | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    slug: str,
    seat: str,
    *,
    client: AuthenticatedClient,
    body: SeatOrderType0
    | SeatOrderType1
    | SeatOrderType10
    | SeatOrderType2
    | SeatOrderType3
    | SeatOrderType4
    | SeatOrderType5
    | SeatOrderType6
    | SeatOrderType7
    | SeatOrderType8
    | SeatOrderType9,
) -> Response[ConversationView | Problem]:
    """Decide about one seat (host, co-host, moderator)

     Bring up who asks to speak, send back to the audience, mute, ask to unmute, remove, ban from this
    conversation, pardon,
    appoint, order the queue, give a turn. It holds at once, and after a restart.

    An API key needs the scope `stage`.

    Args:
        slug (str):
        seat (str):
        body (SeatOrderType0 | SeatOrderType1 | SeatOrderType10 | SeatOrderType2 | SeatOrderType3
            | SeatOrderType4 | SeatOrderType5 | SeatOrderType6 | SeatOrderType7 | SeatOrderType8 |
            SeatOrderType9): A decision about one seat.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ConversationView | Problem]
    """

    kwargs = _get_kwargs(
        slug=slug,
        seat=seat,
        body=body,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    slug: str,
    seat: str,
    *,
    client: AuthenticatedClient,
    body: SeatOrderType0
    | SeatOrderType1
    | SeatOrderType10
    | SeatOrderType2
    | SeatOrderType3
    | SeatOrderType4
    | SeatOrderType5
    | SeatOrderType6
    | SeatOrderType7
    | SeatOrderType8
    | SeatOrderType9,
) -> ConversationView | Problem | None:
    """Decide about one seat (host, co-host, moderator)

     Bring up who asks to speak, send back to the audience, mute, ask to unmute, remove, ban from this
    conversation, pardon,
    appoint, order the queue, give a turn. It holds at once, and after a restart.

    An API key needs the scope `stage`.

    Args:
        slug (str):
        seat (str):
        body (SeatOrderType0 | SeatOrderType1 | SeatOrderType10 | SeatOrderType2 | SeatOrderType3
            | SeatOrderType4 | SeatOrderType5 | SeatOrderType6 | SeatOrderType7 | SeatOrderType8 |
            SeatOrderType9): A decision about one seat.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ConversationView | Problem
    """

    return sync_detailed(
        slug=slug,
        seat=seat,
        client=client,
        body=body,
    ).parsed


async def asyncio_detailed(
    slug: str,
    seat: str,
    *,
    client: AuthenticatedClient,
    body: SeatOrderType0
    | SeatOrderType1
    | SeatOrderType10
    | SeatOrderType2
    | SeatOrderType3
    | SeatOrderType4
    | SeatOrderType5
    | SeatOrderType6
    | SeatOrderType7
    | SeatOrderType8
    | SeatOrderType9,
) -> Response[ConversationView | Problem]:
    """Decide about one seat (host, co-host, moderator)

     Bring up who asks to speak, send back to the audience, mute, ask to unmute, remove, ban from this
    conversation, pardon,
    appoint, order the queue, give a turn. It holds at once, and after a restart.

    An API key needs the scope `stage`.

    Args:
        slug (str):
        seat (str):
        body (SeatOrderType0 | SeatOrderType1 | SeatOrderType10 | SeatOrderType2 | SeatOrderType3
            | SeatOrderType4 | SeatOrderType5 | SeatOrderType6 | SeatOrderType7 | SeatOrderType8 |
            SeatOrderType9): A decision about one seat.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ConversationView | Problem]
    """

    kwargs = _get_kwargs(
        slug=slug,
        seat=seat,
        body=body,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    slug: str,
    seat: str,
    *,
    client: AuthenticatedClient,
    body: SeatOrderType0
    | SeatOrderType1
    | SeatOrderType10
    | SeatOrderType2
    | SeatOrderType3
    | SeatOrderType4
    | SeatOrderType5
    | SeatOrderType6
    | SeatOrderType7
    | SeatOrderType8
    | SeatOrderType9,
) -> ConversationView | Problem | None:
    """Decide about one seat (host, co-host, moderator)

     Bring up who asks to speak, send back to the audience, mute, ask to unmute, remove, ban from this
    conversation, pardon,
    appoint, order the queue, give a turn. It holds at once, and after a restart.

    An API key needs the scope `stage`.

    Args:
        slug (str):
        seat (str):
        body (SeatOrderType0 | SeatOrderType1 | SeatOrderType10 | SeatOrderType2 | SeatOrderType3
            | SeatOrderType4 | SeatOrderType5 | SeatOrderType6 | SeatOrderType7 | SeatOrderType8 |
            SeatOrderType9): A decision about one seat.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ConversationView | Problem
    """

    return (
        await asyncio_detailed(
            slug=slug,
            seat=seat,
            client=client,
            body=body,
        )
    ).parsed
