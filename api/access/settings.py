"""How access is controlled: ``[access]`` in the archive's ``archive.toml``."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from urllib.parse import urlsplit

from api.access.roles import Role
from corpus.errors import ArchiveError
from corpus.store.settings import FILE_NAME

OIDC_ENV = "TIENLE_OIDC_SECRET"
"""Environment variable with the secret that the provider knows us by."""

LOOPBACK = ("127.0.0.1", "localhost", "[::1]", "::1")
"""Names of this machine for itself."""


@dataclass(frozen=True, slots=True)
class OidcSettings:
    """An OpenID Connect provider (``[access.oidc]``).

    ``roles`` gives a role to values of the claim ``role_claim``; ``default``: the role of those who have no such value,
    who are refused where it is not set. ``secret`` comes from the environment.
    """

    issuer: str
    client_id: str
    secret: str = field(default="", repr=False)
    scope: str = "openid profile"
    role_claim: str = "groups"
    roles: Mapping[str, Role] = field(default_factory=dict)
    default: Role | None = None


@dataclass(frozen=True, slots=True)
class AccessSettings:
    """Limits of sessions and requests (``[access]``).

    ``required``: whether access is controlled; None: it is, once a key was made or a provider is set up. ``address``:
    where people reach the pages (https://…), asked for by OpenID Connect; other names are then refused.
    ``rate``: requests a second a key, or an address without one, in the long run; ``burst``: at once. ``seconds``: the
    time that an answer may take.
    """

    required: bool | None = None
    address: str = ""
    session_hours: int = 12
    idle_minutes: int = 30
    rate: int = 20
    burst: int = 200
    signins_a_minute: int = 10
    seconds: int = 120
    oidc: OidcSettings | None = None

    @property
    def host(self) -> str:
        """The name in ``address``, empty where none is set."""
        return urlsplit(self.address).hostname or ""

    @classmethod
    def load(cls, directory: Path) -> AccessSettings:
        """The settings of the archive in ``directory``; ArchiveError ``settings-damaged`` when they are not right."""
        path = directory / FILE_NAME
        try:
            table = tomllib.loads(path.read_text(encoding="utf-8")).get("access", {})
        except FileNotFoundError:
            return cls()
        except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
            raise _damaged(path, str(error), str(error)) from error
        return _read(path, table)


def _read(path: Path, table: object) -> AccessSettings:
    known = {each.name for each in fields(AccessSettings)}
    if not isinstance(table, dict) or not set(table) <= known:
        names = ", ".join(sorted(known))
        raise _damaged(path, f"[access] chỉ có các khóa {names}", f"[access] has the keys {names} only")
    given = dict(table)
    for key, value in given.items():
        if key in {"required", "oidc", "address"}:
            continue
        if type(value) is not int or value < 1:
            raise _damaged(path, f"[access] {key} phải là số nguyên dương", f"[access] {key} is a positive number")
    if type(given.get("required", True)) is not bool:
        raise _damaged(path, "[access] required là true hoặc false", "[access] required is true or false")
    address = given.get("address", "")
    if not isinstance(address, str) or (address and not _is_address(address)):
        raise _damaged(
            path, "[access] address có dạng https://tên-máy", "[access] address has the form https://host-name"
        )
    if "oidc" in given:
        if not address:
            raise _damaged(
                path,
                "[access.oidc] cần [access] address: địa chỉ https:// mà người dùng mở trang",
                "[access.oidc] needs [access] address: the https:// address at which people open the pages",
            )
        given["oidc"] = _oidc(path, given["oidc"])
    return AccessSettings(**given)


def _oidc(path: Path, table: object) -> OidcSettings:
    known = {each.name for each in fields(OidcSettings)} - {"secret"}
    if not isinstance(table, dict) or not set(table) <= known or not {"issuer", "client_id"} <= set(table):
        names = ", ".join(sorted(known))
        raise _damaged(
            path,
            f"[access.oidc] cần issuer và client_id, và chỉ có các khóa {names}; khóa bí mật đặt ở biến {OIDC_ENV}",
            f"[access.oidc] needs issuer and client_id and has the keys {names} only; its secret goes to {OIDC_ENV}",
        )
    texts = {name: value for name, value in table.items() if name not in {"roles", "default"}}
    if not all(isinstance(value, str) and value for value in texts.values()):
        raise _damaged(path, "[access.oidc] các giá trị là chuỗi chữ", "[access.oidc] has texts as values")
    if not _is_address(texts["issuer"]):
        raise _damaged(
            path,
            "[access.oidc] issuer phải bắt đầu bằng https:// (http:// chỉ trên chính máy này)",
            "[access.oidc] issuer must start with https:// (http:// on this machine only)",
        )
    names = table.get("roles", {})
    if not isinstance(names, dict):
        raise _damaged(path, '[access.oidc.roles] có dạng "nhóm" = "reader"', '[access.oidc.roles] has "x" = "reader"')
    return OidcSettings(
        **texts,
        secret=os.environ.get(OIDC_ENV, ""),
        roles={value: _role(path, role) for value, role in names.items()},
        default=_role(path, table["default"]) if "default" in table else None,
    )


def _role(path: Path, name: object) -> Role:
    try:
        return Role(str(name))
    except ValueError as error:
        roles = ", ".join(Role)
        raise _damaged(path, f"không có vai trò {name}; chọn: {roles}", f"no role {name}; choose: {roles}") from error


def _is_address(text: str) -> bool:
    parts = urlsplit(text)
    plain = parts.scheme == "http" and parts.hostname in LOOPBACK
    return bool(parts.hostname) and (parts.scheme == "https" or plain) and not parts.query and not parts.fragment


def _damaged(path: Path, vi: str, en: str) -> ArchiveError:
    return ArchiveError(
        "settings-damaged",
        f"Tệp thiết lập {path} viết sai: {vi}. Sửa tệp rồi chạy lại.",
        f"The settings file {path} is not right: {en}. Mend it and run again.",
    )
