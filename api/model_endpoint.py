"""An OpenAI-compatible model server that the operator has set up, asked for one answer at a time.

It is set up in the environment alone: an archive is a folder that people pass on, and its settings must not be able to
send passages, or a key, to a server of somebody else's choice.

``TIENLE_MODEL_ADDRESS``  where the interface begins ("http://127.0.0.1:8080/v1"); empty: nothing is asked
``TIENLE_MODEL_NAME``     the model's name there
``TIENLE_MODEL_KEY``      a key, where the server wants one
``TIENLE_MODEL_SECONDS``  how long an answer may take, 60 where nothing is said
"""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from threading import BoundedSemaphore
from urllib.parse import urlsplit

from api.answers.writing import Writer
from corpus.errors import QueryError, TienLeError

LARGEST_ANSWER = 1024**2
"""Bytes."""

_USUAL_SECONDS, _MOST_SECONDS = 60, 600
_CONNECTING = 5.0  # seconds
_TOKENS_A_WORD = 4  # of Vietnamese, in vocabularies made for English
_SPARE_TOKENS = 500  # for citations
_AT_ONCE = BoundedSemaphore(4)  # a slow model must not hold every thread of the service
_REDIRECT, _REFUSED, _FAULTY = 300, 400, 500  # HTTP statuses from which an answer is none


class EndpointError(TienLeError):
    """The model server gave no answer that can be used."""


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A model server and the model to ask there."""

    address: str
    model: str
    key: str = field(default="", repr=False)
    seconds: int = _USUAL_SECONDS


def endpoint_of(environment: Mapping[str, str]) -> Endpoint | None:
    """The model server that an environment names, None where it names none; QueryError where it is not right."""
    address = environment.get("TIENLE_MODEL_ADDRESS", "").strip().rstrip("/")
    if not address:
        return None
    if not _is_address(address):
        raise _not_right("TIENLE_MODEL_ADDRESS", "http://127.0.0.1:8080/v1")
    model = environment.get("TIENLE_MODEL_NAME", "").strip()
    if not model or not model.isprintable():
        raise _not_right("TIENLE_MODEL_NAME", "qwen2.5-7b-instruct")
    key = environment.get("TIENLE_MODEL_KEY", "").strip()
    if not (key.isascii() and key.isprintable()):
        raise _not_right("TIENLE_MODEL_KEY", "sk-…")
    seconds = environment.get("TIENLE_MODEL_SECONDS", "").strip() or str(_USUAL_SECONDS)
    if not (seconds.isdecimal() and 1 <= int(seconds) <= _MOST_SECONDS):
        raise _not_right("TIENLE_MODEL_SECONDS", f"1–{_MOST_SECONDS}")
    return Endpoint(address, model, key, int(seconds))


def writer_of(environment: Mapping[str, str]) -> Writer | None:
    """The model that an environment sets up, as what writes summaries; None where it sets up none."""
    endpoint = endpoint_of(environment)
    if endpoint is None:
        return None
    return Writer(endpoint.model, lambda instructions, text, words: ask(endpoint, instructions, text, words))


def ask(endpoint: Endpoint, instructions: str, text: str, words: int) -> str:
    """What the model answers; EndpointError when the server is down, slow, says no, or talks nonsense or too much."""
    if not _AT_ONCE.acquire(blocking=False):
        raise EndpointError(
            "model-busy",
            "Mô hình đang bận với nhiều yêu cầu khác. Thử lại sau ít phút.",
            "The model is busy with other requests. Try again in a few minutes.",
        )
    try:
        return _content(endpoint, _posted(endpoint, _request(endpoint, instructions, text, words)))
    finally:
        _AT_ONCE.release()


def _request(endpoint: Endpoint, instructions: str, text: str, words: int) -> dict[str, object]:
    return {
        "model": endpoint.model,
        "messages": [{"role": "system", "content": instructions}, {"role": "user", "content": text}],
        "temperature": 0,
        "max_tokens": words * _TOKENS_A_WORD + _SPARE_TOKENS,
        "stream": False,
    }


def _posted(endpoint: Endpoint, request: dict[str, object]) -> bytes:
    """The bytes of the server's answer, asked at the address that is set up and nowhere else."""
    import httpx

    headers = {"Accept": "application/json", "Accept-Encoding": "identity"}
    if endpoint.key:
        headers["Authorization"] = f"Bearer {endpoint.key}"
    until = time.monotonic() + endpoint.seconds
    timeout = httpx.Timeout(endpoint.seconds, connect=min(_CONNECTING, endpoint.seconds))
    data = bytearray()
    try:
        # The environment's proxies would carry the passages elsewhere.
        with (
            httpx.Client(trust_env=False, follow_redirects=False, timeout=timeout) as client,
            client.stream("POST", f"{endpoint.address}/chat/completions", json=request, headers=headers) as answer,
        ):
            if answer.status_code >= _REDIRECT:
                raise _refused(endpoint, answer.status_code)
            for piece in answer.iter_raw():
                data += piece
                if len(data) > LARGEST_ANSWER:
                    raise _nonsense(endpoint, "dài quá 1 MB", "is longer than 1 MB")
                if time.monotonic() > until:
                    raise _slow(endpoint)
    except httpx.TimeoutException as error:
        raise _slow(endpoint) from error
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise EndpointError(
            "model-down",
            f"Không nối được với mô hình ở {endpoint.address} ({type(error).__name__}). Kiểm tra máy chủ mô hình.",
            f"The model at {endpoint.address} cannot be reached ({type(error).__name__}). Check the model server.",
        ) from error
    return bytes(data)


def _content(endpoint: Endpoint, data: bytes) -> str:
    try:
        content = json.loads(data)["choices"][0]["message"]["content"]
    except (ValueError, LookupError, TypeError, RecursionError) as error:
        raise _nonsense(endpoint, "không đúng dạng", "has the wrong form") from error
    if not isinstance(content, str):
        raise _nonsense(endpoint, "không có chữ", "holds no text")
    return content


def _is_address(address: str) -> bool:
    try:
        parts = urlsplit(address)
        _ = parts.port  # ValueError where it is none
    except ValueError:
        return False
    bare = not (parts.username or parts.password or parts.query or parts.fragment or " " in address)
    return parts.scheme in ("http", "https") and bool(parts.hostname) and bare and address.isprintable()


def _not_right(name: str, example: str) -> QueryError:
    return QueryError(
        "model-settings",
        f"Biến môi trường {name} chưa đúng. Đặt như: {example}",
        f"The environment's {name} is not right. Set it like: {example}",
    )


def _slow(endpoint: Endpoint) -> EndpointError:
    return EndpointError(
        "model-slow",
        f"Mô hình không trả lời xong trong {endpoint.seconds} giây. Thử lại, hoặc tăng TIENLE_MODEL_SECONDS.",
        f"The model did not answer within {endpoint.seconds} seconds. Try again, or raise TIENLE_MODEL_SECONDS.",
    )


def _refused(endpoint: Endpoint, status: int) -> EndpointError:
    if status < _REFUSED:
        why = (
            "Máy chủ chuyển hướng đi nơi khác; đặt lại TIENLE_MODEL_ADDRESS.",
            "It redirects; set TIENLE_MODEL_ADDRESS.",
        )
    elif status < _FAULTY:
        why = "Kiểm tra TIENLE_MODEL_NAME và TIENLE_MODEL_KEY.", "Check TIENLE_MODEL_NAME and TIENLE_MODEL_KEY."
    else:
        why = "Máy chủ mô hình gặp lỗi; xem nhật ký của nó.", "The model server failed; see its log."
    return EndpointError(
        "model-refused",
        f"Mô hình ở {endpoint.address} trả lời HTTP {status}. {why[0]}",
        f"The model at {endpoint.address} answered HTTP {status}. {why[1]}",
    )


def _nonsense(endpoint: Endpoint, vi: str, en: str) -> EndpointError:
    where = f"ở {endpoint.address}", f"at {endpoint.address}"
    return EndpointError(
        "model-nonsense",
        f"Câu trả lời của mô hình {where[0]} {vi}. Kiểm tra máy chủ có theo giao thức của OpenAI không.",
        f"The answer of the model {where[1]} {en}. Check that the server speaks OpenAI's protocol.",
    )
