"""What access control refuses, in the reader's language, each with what to do."""

from __future__ import annotations

from collections.abc import Mapping

from api.access.roles import Role
from corpus.errors import TienLeError

ROLE_WORDS = {
    Role.READER: ("người đọc", "reader"),
    Role.EDITOR: ("người biên tập", "editor"),
    Role.ADMINISTRATOR: ("quản trị", "administrator"),
}
"""The roles in Vietnamese and in English."""

SIGNIN_NEEDED = "signin-needed"
"""The code of an error that a browser is sent to the sign-in page for."""


class AccessError(TienLeError):
    """A request is refused; ``status`` and ``headers`` are those of HTTP."""

    def __init__(self, status: int, code: str, vi: str, en: str, headers: Mapping[str, str] | None = None) -> None:
        """Take the HTTP status, the code and the message in both languages."""
        super().__init__(code, vi, en)
        self.status = status
        self.headers = dict(headers or {})

    def __reduce__(self) -> tuple[type[AccessError], tuple[object, ...]]:
        """Come whole from one process to another."""
        return type(self), (self.status, self.code, self.vi, self.en, self.headers)


def signin_needed() -> AccessError:
    """Nobody is signed in, and no key was shown."""
    return AccessError(
        401,
        SIGNIN_NEEDED,
        "Cần đăng nhập. Mở trang Đăng nhập, hoặc gửi khóa trong tiêu đề Authorization: Bearer. "
        "Chưa có khóa thì hỏi người quản trị kho.",
        "Sign in first: open the sign-in page, or send a key in the header Authorization: Bearer. "
        "If you have no key, ask the archive's administrator.",
        {"WWW-Authenticate": 'Bearer realm="tienle"'},
    )


def key_refused() -> AccessError:
    """A key was shown that is not taken; which of the reasons it is stays untold."""
    return AccessError(
        401,
        "key-refused",
        "Khóa không đúng, đã hết hạn hoặc đã thu hồi. Kiểm tra lại, hoặc xin người quản trị kho khóa mới.",
        "The key is wrong, expired or revoked. Check it, or ask the archive's administrator for a new one.",
        {"WWW-Authenticate": 'Bearer realm="tienle", error="invalid_token"'},
    )


def role_needed(has: Role, needed: Role) -> AccessError:
    """Who asks may not do that."""
    (has_vi, has_en), (needed_vi, needed_en) = ROLE_WORDS[has], ROLE_WORDS[needed]
    return AccessError(
        403,
        "role-needed",
        f"Việc này cần vai trò {needed_vi}; khóa đang dùng có vai trò {has_vi}. Xin người quản trị kho khóa phù hợp.",
        f"This needs the role {needed_en}; the key in use is a {has_en}'s. "
        "Ask the archive's administrator for a fitting one.",
    )


def cross_site() -> AccessError:
    """A form came from another site, or without the token of our own page."""
    return AccessError(
        403,
        "request-foreign",
        "Yêu cầu không đến từ trang của kho này, hoặc trang đã mở quá lâu. Tải lại trang rồi gửi lại.",
        "The request did not come from a page of this archive, or its page is too old. Reload it and send again.",
    )


def too_many(seconds: float) -> AccessError:
    """Asked too often."""
    wait = max(1, -int(-seconds // 1))
    return AccessError(
        429,
        "too-many-requests",
        f"Gửi quá nhiều yêu cầu. Đợi {wait} giây rồi thử lại.",
        f"Too many requests. Wait {wait} seconds, then try again.",
        {"Retry-After": str(wait)},
    )


def too_slow(seconds: int) -> AccessError:
    """No answer within the time allowed."""
    return AccessError(
        503,
        "answer-too-slow",
        f"Chưa trả lời được trong {seconds} giây. Thu hẹp câu hỏi, gửi tệp nhỏ hơn, hoặc thử lại khi máy rảnh hơn.",
        f"No answer within {seconds} seconds. Ask for less, send a smaller file, or try again later.",
        {"Retry-After": "30"},
    )


def open_to_all(host: str) -> AccessError:
    """A server would listen to other machines, and let anyone in."""
    return AccessError(
        403,
        "access-open",
        f"Không mở ở địa chỉ {host}: máy khác vào được mà kho chưa có khóa nào. Tạo khóa bằng: tienle keys create "
        "--role reader --name TÊN; hoặc chỉ mở trên máy này (bỏ --host); hoặc thêm --allow-open nếu đã có lớp bảo vệ "
        "khác.",
        f"Not listening at {host}: other machines could come in, and the archive has no key. Make one with: tienle "
        "keys create --role reader --name NAME; or listen on this machine only (leave --host out); or add --allow-open "
        "where something else guards it.",
    )
