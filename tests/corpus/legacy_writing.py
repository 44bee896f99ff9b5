"""Writes Vietnamese as programs before Unicode did, for tests of reading it."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable

# Rows of letters and the characters that their codes are in windows-1252, as the fonts' own keyboards put them.
_TCVN3 = dict(
    zip(
        "ăâđêôơưĂÂĐÊÔƠƯàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ",
        "¨©®ª«¬\xad¡¢§£¤¥¦µ¶·¸¹»¼½¾ÆÇÈÉÊËÌÎÏÐÑÒÓÔÕÖ×ØÜÝÞßáâãäåæçèéêëìíîïñòóôõö÷øùúûüýþ",
        strict=True,
    )
)
_VNI_TONES = {"\u0301": "ù", "\u0300": "ø", "\u0309": "û", "\u0303": "õ", "\u0323": "ï"}
_VNI_HATS = {
    "\u0302": dict(zip(["", *_VNI_TONES], "âáàåãä", strict=True)),
    "\u0306": dict(zip(["", *_VNI_TONES], "êéèúüë", strict=True)),
}
_VNI_WHOLE = dict(zip("đơưíìỉĩịỵ", "ñôöíìæóòî", strict=True))


def tcvn3(text: str) -> str:
    """Text in TCVN3, which has no capitals with tones: they are written small."""
    return "".join(_TCVN3.get(c) or _TCVN3.get(c.lower(), c) for c in unicodedata.normalize("NFC", text))


def vni(text: str) -> str:
    return "".join(map(_vni, unicodedata.normalize("NFC", text)))


def _vni(letter: str) -> str:
    small = letter.lower()
    if small in _VNI_WHOLE:
        written = _VNI_WHOLE[small]
    elif small.isascii() or not small.isalpha():
        return letter
    else:
        base, *marks = unicodedata.normalize("NFD", small)
        hat = next((m for m in marks if m in _VNI_HATS), None)
        tone = next((m for m in marks if m in _VNI_TONES), "")
        if hat is not None:
            written = base + _VNI_HATS[hat][tone]
        else:
            horned = unicodedata.normalize("NFC", base + "".join(m for m in marks if m == "\u031b"))
            written = _VNI_WHOLE.get(horned, horned) + _VNI_TONES.get(tone, "")
    return written if letter == small else written.upper()


def windows_1258(text: str) -> bytes:
    """What an editor of the time wrote: base letters with their hats, tones as marks of their own."""
    out = []
    for letter in text:
        parts = unicodedata.normalize("NFD", letter)
        tones = "".join(p for p in parts if p in _VNI_TONES)
        base = unicodedata.normalize("NFC", "".join(p for p in parts if p not in tones))
        out.append((base + tones).encode("cp1258"))
    return b"".join(out)


def in_bytes(write: Callable[[str], str]) -> Callable[[str], bytes]:
    """The same as the bytes of a plain text file."""
    return lambda text: write(text).encode("cp1252")
