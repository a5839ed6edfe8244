"""A language model that a person runs on this computer, behind the interface of OpenAI's chat completions.

Ollama, llama.cpp and their like offer it. Nothing but the standard library is used; answers are untrusted text.
"""

import http.client
import ipaddress
import json
import socket
import time
from dataclasses import dataclass
from typing import Any, Final, cast
from urllib.parse import urlsplit

from ..errors import InvalidInputError

SECONDS: Final = 20.0
"""That an answer may take, unless said otherwise."""
_MOST: Final = 200_000
"""Bytes of an answer."""
_CHUNK: Final = 16_384
_OK: Final = 200


class NoAnswerError(Exception):
    """The model gave no answer that can be used; the message says why in a few words."""


@dataclass(frozen=True)
class LanguageModel:
    """Where a language model listens.

    Args:
        url: such as "http://localhost:11434/v1".
        name: of the model, as its server calls it.
        seconds: that an answer may take in all.
        online: whether it may be on another computer.

    Raises:
        InvalidInputError: the address is none, or is not on this computer and may not be elsewhere.
    """

    url: str
    name: str
    seconds: float = SECONDS
    online: bool = False

    def __post_init__(self) -> None:
        try:
            parts = urlsplit(self.url)
            host, _ = parts.hostname, parts.port
        except ValueError:
            parts, host = urlsplit(""), None
        if parts.scheme not in ("http", "https") or not host:
            message = f"{self.url or 'Nothing'} is no address of a language model"
            raise InvalidInputError(message, "Give one such as http://localhost:11434/v1")
        if not self.seconds > 0:
            raise InvalidInputError("The language model gets no time", "Give it some seconds")
        if not self.name:
            raise InvalidInputError("The language model has no name", "Give the name that its server lists")
        if not self.online and not _is_here(host):
            message = f"The language model at {host} is not on this computer"
            raise InvalidInputError(message, "Use localhost, or allow online access")

    def ask(self, orders: str, text: str, schema: dict[str, Any]) -> object:
        """The model's answer to a text, as the JSON that it is.

        Args:
            orders: what the model is to do.
            text: with what.
            schema: JSON schema of the answer; servers that know none are only told of it by the orders.

        Raises:
            NoAnswerError: there is none in time, or it is no JSON.
        """
        body = {
            "model": self.name,
            "temperature": 0,
            "stream": False,
            "messages": [{"role": "system", "content": orders}, {"role": "user", "content": text}],
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "brief", "strict": True, "schema": schema},
            },
        }
        answer = cast("Any", _parsed(self._post(json.dumps(body).encode())))
        try:
            content = answer["choices"][0]["message"]["content"]
        except (TypeError, KeyError, IndexError):
            raise NoAnswerError("its server answered in another form") from None
        if not isinstance(content, str):
            raise NoAnswerError("its server answered in another form")
        return _parsed(_unfenced(content).encode())

    def _post(self, body: bytes) -> bytes:
        """What the server answers; redirections are not followed, proxies not asked."""
        end, parts = time.monotonic() + self.seconds, urlsplit(self.url)
        kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
        connection = kind(cast("str", parts.hostname), parts.port, timeout=self.seconds)
        try:
            headers = {"Content-Type": "application/json", "Accept": "application/json"}
            connection.request("POST", f"{parts.path.rstrip('/')}/chat/completions", body, headers)
            response = connection.getresponse()
            if response.status != _OK:
                raise NoAnswerError(f"its server says {response.status} {response.reason}")
            return _read(response, connection.sock, end)
        except TimeoutError:
            raise NoAnswerError(f"it took longer than {self.seconds:g} seconds") from None
        except (OSError, http.client.HTTPException) as error:
            reason = getattr(error, "strerror", None) or type(error).__name__
            raise NoAnswerError(f"no server answers at {parts.netloc} ({reason})") from None
        finally:
            connection.close()


def _read(response: http.client.HTTPResponse, sock: socket.socket | None, end: float) -> bytes:
    """The body, which neither a slow nor an endless server may draw out."""
    found = b""
    while True:
        left = end - time.monotonic()
        if left <= 0:
            raise TimeoutError
        if sock is not None:
            sock.settimeout(left)
        part = response.read1(_CHUNK)
        if not part:
            return found
        found += part
        if len(found) > _MOST:
            raise NoAnswerError("its answer is too long")


def _parsed(text: bytes) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        raise NoAnswerError("its answer is no JSON") from None


def _unfenced(text: str) -> str:
    """JSON without the marks of a code block that models like to put round it."""
    text = text.strip()
    if text.startswith("```"):
        text = text.removeprefix("```json").removeprefix("```").removesuffix("```")
    return text


def _is_here(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
