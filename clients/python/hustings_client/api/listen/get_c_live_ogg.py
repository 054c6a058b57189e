from http import HTTPStatus
from typing import Any, cast
from urllib.parse import quote

import httpx

from ... import errors
from ...client import AuthenticatedClient, Client
from ...models.problem import Problem
from ...models.rendition import Rendition
from ...types import UNSET, Response, Unset


def _get_kwargs(
    slug: str,
    *,
    rendition: Rendition | Unset = UNSET,
    burst: float | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_rendition: str | Unset = UNSET
    if not isinstance(rendition, Unset):
        json_rendition = rendition.value

    params["rendition"] = json_rendition

    params["burst"] = burst

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/c/{slug}/live.ogg".format(
            slug=quote(str(slug), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Any | Problem | None:
    if response.status_code == 307:
        response_307 = cast(Any, None)
        return response_307

    if response.status_code == 404:
        response_404 = Problem.from_dict(response.json())

        return response_404

    if response.status_code == 503:
        response_503 = Problem.from_dict(response.json())

        return response_503

    if client.raise_on_unexpected_status:
        raise errors.UnexpectedStatus(response.status_code, response.content)
    else:
        return None


def _build_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> Response[Any | Problem]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    slug: str,
    *,
    client: AuthenticatedClient | Client,
    rendition: Rendition | Unset = UNSET,
    burst: float | Unset = UNSET,
) -> Response[Any | Problem]:
    """Opus in Ogg, for players and the audio element

     One endless response. It ends properly when the conversation does.

    Args:
        slug (str):
        rendition (Rendition | Unset): The renditions that the server can make.
        burst (float | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | Problem]
    """

    kwargs = _get_kwargs(
        slug=slug,
        rendition=rendition,
        burst=burst,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    slug: str,
    *,
    client: AuthenticatedClient | Client,
    rendition: Rendition | Unset = UNSET,
    burst: float | Unset = UNSET,
) -> Any | Problem | None:
    """Opus in Ogg, for players and the audio element

     One endless response. It ends properly when the conversation does.

    Args:
        slug (str):
        rendition (Rendition | Unset): The renditions that the server can make.
        burst (float | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | Problem
    """

    return sync_detailed(
        slug=slug,
        client=client,
        rendition=rendition,
        burst=burst,
    ).parsed


async def asyncio_detailed(
    slug: str,
    *,
    client: AuthenticatedClient | Client,
    rendition: Rendition | Unset = UNSET,
    burst: float | Unset = UNSET,
) -> Response[Any | Problem]:
    """Opus in Ogg, for players and the audio element

     One endless response. It ends properly when the conversation does.

    Args:
        slug (str):
        rendition (Rendition | Unset): The renditions that the server can make.
        burst (float | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[Any | Problem]
    """

    kwargs = _get_kwargs(
        slug=slug,
        rendition=rendition,
        burst=burst,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    slug: str,
    *,
    client: AuthenticatedClient | Client,
    rendition: Rendition | Unset = UNSET,
    burst: float | Unset = UNSET,
) -> Any | Problem | None:
    """Opus in Ogg, for players and the audio element

     One endless response. It ends properly when the conversation does.

    Args:
        slug (str):
        rendition (Rendition | Unset): The renditions that the server can make.
        burst (float | Unset):

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Any | Problem
    """

    return (
        await asyncio_detailed(
            slug=slug,
            client=client,
            rendition=rendition,
            burst=burst,
        )
    ).parsed
