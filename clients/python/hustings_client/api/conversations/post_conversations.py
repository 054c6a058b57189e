from http import HTTPStatus
from typing import Any

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.conversation_view import ConversationView
from ...models.create_conversation import CreateConversation
from ...models.problem import Problem
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    body: CreateConversation,
    idempotency_key: None | str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["Idempotency-Key"] = idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/api/v1/conversations",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ConversationView | Problem | None:
    if response.status_code == 201:
        response_201 = ConversationView.from_dict(response.json())

        return response_201

    if response.status_code == 400:
        response_400 = Problem.from_dict(response.json())

        return response_400

    if response.status_code == 401:
        response_401 = Problem.from_dict(response.json())

        return response_401

    if response.status_code == 403:
        response_403 = Problem.from_dict(response.json())

        return response_403

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
    *,
    client: AuthenticatedClient,
    body: CreateConversation,
    idempotency_key: None | str | Unset = UNSET,
) -> Response[ConversationView | Problem]:
    """Make a conversation (planner)

     Whoever is signed in and may plan, and `hustings conversation create` on the server. With an
    `Idempotency-Key` a request
    that is sent twice makes one.

    An API key needs the scope `conversations:write`.

    Args:
        idempotency_key (None | str | Unset):
        body (CreateConversation): A conversation to make. Without a start its lobby opens at
            once.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ConversationView | Problem]
    """

    kwargs = _get_kwargs(
        body=body,
        idempotency_key=idempotency_key,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    body: CreateConversation,
    idempotency_key: None | str | Unset = UNSET,
) -> ConversationView | Problem | None:
    """Make a conversation (planner)

     Whoever is signed in and may plan, and `hustings conversation create` on the server. With an
    `Idempotency-Key` a request
    that is sent twice makes one.

    An API key needs the scope `conversations:write`.

    Args:
        idempotency_key (None | str | Unset):
        body (CreateConversation): A conversation to make. Without a start its lobby opens at
            once.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ConversationView | Problem
    """

    return sync_detailed(
        client=client,
        body=body,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: CreateConversation,
    idempotency_key: None | str | Unset = UNSET,
) -> Response[ConversationView | Problem]:
    """Make a conversation (planner)

     Whoever is signed in and may plan, and `hustings conversation create` on the server. With an
    `Idempotency-Key` a request
    that is sent twice makes one.

    An API key needs the scope `conversations:write`.

    Args:
        idempotency_key (None | str | Unset):
        body (CreateConversation): A conversation to make. Without a start its lobby opens at
            once.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ConversationView | Problem]
    """

    kwargs = _get_kwargs(
        body=body,
        idempotency_key=idempotency_key,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    body: CreateConversation,
    idempotency_key: None | str | Unset = UNSET,
) -> ConversationView | Problem | None:
    """Make a conversation (planner)

     Whoever is signed in and may plan, and `hustings conversation create` on the server. With an
    `Idempotency-Key` a request
    that is sent twice makes one.

    An API key needs the scope `conversations:write`.

    Args:
        idempotency_key (None | str | Unset):
        body (CreateConversation): A conversation to make. Without a start its lobby opens at
            once.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ConversationView | Problem
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
            idempotency_key=idempotency_key,
        )
    ).parsed
