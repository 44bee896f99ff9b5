"""From bytes to characters: which encoding a text is in, and whether what comes out can be Vietnamese."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from corpus.language.legacy import Legacy, detect, to_unicode
from corpus.language.syllables import is_syllable
from corpus.model import Quality
from indexer.reading.failures import failure

# UTF-32 before UTF-16: its little-endian mark begins with UTF-16's.
_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_UNICODE = {"utf-8", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be", "ascii"}

# The alphabet: 29 letters with 5 tones (Vietnamese orthography of 1980/1984), f j w z and the marks of decomposed text.
_LETTERS = set("abcdefghijklmnopqrstuvwxyzăâđêôơư")
_LETTERS |= {unicodedata.normalize("NFC", v + t) for v in "aăâeêioôơuưy" for t in "\u0300\u0301\u0303\u0309\u0323"}
_LETTERS |= {letter.upper() for letter in _LETTERS} | set("\u0300\u0301\u0303\u0309\u0323\u0302\u0306\u031b")
_LETTERS |= set("ÐðƉɖ")  # look-alikes of Đ that old converters write
# Signs that TCVN 5712:1993 (TCVN3) uses as letters, and that text read in the wrong code page is full of; beside a
# letter they are suspect. Degree, power and section signs and soft hyphens stand beside letters in good text and are
# left out.
_SIGNS = set("¡¢£¤¥¦¨©ª«¬®¯µ¶·¸¹»¼½¾¿ˆ˜‰‹›€™†‡")
_LETTER_OR_SIGN = re.compile(r"[^\W\d_]|[¡-¿\ufffdˆ˜‰‹›€™†‡\x80-\x9f\ue000-\uf8ff]")

_FOREIGN_SHARE = 0.03  # TCVN3 and VNI text has 10-25 %, Vietnamese with a few borrowed names under 0.5 %
_FOREIGN_FEW = 2  # that prove nothing, however short the text
_LOST_SHARE = 0.001  # bytes that may be unreadable in a UTF-8 file before it counts as not UTF-8
_CONTROL_SHARE = 0.005  # of C0 controls other than white space
_CONTROLS = bytes(set(range(32)) - set(b"\t\n\r\f\v"))
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Decoded:
    """Text out of bytes, with the encoding it was in, the one that was not Unicode if any, and what was lost."""

    text: str
    encoding: str
    quality: Quality = Quality.NATIVE
    warnings: tuple[str, ...] = ()
    converted_from: str | None = None


def decode(data: bytes, declared: str | None = None) -> Decoded:
    """The text of bytes: by byte-order mark, then UTF-8, then the declared encoding, then those from before Unicode.

    UTF-8 goes first because text in another encoding is hardly ever valid UTF-8, while declarations are often wrong.
    windows-1258 writes tones as combining marks; it is composed (NFC). Text in the codes of TCVN3 and VNI fonts is
    converted, also where the file as such is Unicode. Raises ReadingError ``binary`` or ``encoding-unknown``.
    """
    for mark, encoding in _BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _unicode(data[len(mark) :], encoding)
    guessed = _wide_without_mark(data)
    if guessed:
        return _unicode(data, guessed)
    if is_binary(data):
        font = None if b"\0" in data else _by_font(data)
        if font is None or is_binary(font.text.encode()):
            raise failure("binary", what="", what_en="")
        return font
    for encoding in ("utf-8", *_usable(declared)):
        found = _strict(data, encoding)
        if found is not None and not foreign(found.text):
            return found
    return _guess(data)


def _unicode(data: bytes, encoding: str) -> Decoded:
    """Text that says it is Unicode, with what could not be read replaced and counted."""
    text = data.decode(encoding, errors="replace")
    lost = text.count("\ufffd")
    if lost > max(1, len(text) * _LOST_SHARE):
        raise failure("encoding-unknown", sample="\ufffd")
    return _converted(Decoded(text, encoding, warnings=_lost_warning(lost)))


def _converted(decoded: Decoded) -> Decoded:
    """The same where all is Unicode, else what stands in a legacy font's codes converted."""
    legacy = detect(decoded.text)
    if legacy is None:
        return decoded
    text = to_unicode(decoded.text, legacy)
    return Decoded(text, decoded.encoding, Quality.CONVERTED, decoded.warnings, legacy.value)


def _guess(data: bytes) -> Decoded:
    """Text that is not clean in its declared encoding nor in UTF-8: what gives the most syllables."""
    vietnamese = _strict(data, "cp1258")
    font = _by_font(data)
    if font is not None and (vietnamese is None or _syllables(font.text) > _syllables(vietnamese.text)):
        return font
    doubt = foreign(vietnamese.text if vietnamese else data.decode("latin-1"))
    if vietnamese is not None and not doubt:
        return vietnamese
    text = data.decode("utf-8", errors="replace")
    lost = text.count("\ufffd")
    signs = foreign(text)
    if signs or lost > max(1, len(text) * _LOST_SHARE):
        raise failure("encoding-unknown", sample=doubt or signs or "\ufffd")
    return _converted(Decoded(text, "utf-8", warnings=_lost_warning(lost)))


def _by_font(data: bytes) -> Decoded | None:
    """Bytes that are the codes of a legacy font; they share them with windows-1252."""
    codecs.register_error("tienle-latin-1", _as_latin_1)
    found = _converted(Decoded(data.decode("cp1252", errors="tienle-latin-1"), "cp1252"))
    return found if found.converted_from in {*Legacy} else None


def _as_latin_1(error: UnicodeError) -> tuple[str, int]:
    """The five codes that windows-1252 leaves open, as the controls of Latin-1."""
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("latin-1"), error.end


def _syllables(text: str) -> float:
    """The share of words with marks that are Vietnamese syllables."""
    words = [word for word in _WORD.findall(text) if not word.isascii()]
    return sum(map(is_syllable, words)) / max(1, len(words))


def _strict(data: bytes, encoding: str) -> Decoded | None:
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return None
    if encoding in _UNICODE:
        return _converted(Decoded(text, encoding))
    name = "windows-1258" if encoding == "cp1258" else encoding
    return Decoded(unicodedata.normalize("NFC", text), encoding, Quality.CONVERTED, converted_from=name)


def _usable(declared: str | None) -> tuple[str, ...]:
    """The declared encoding as codecs know it, none where it is unknown or a Western one."""
    if not declared:
        return ()
    try:
        name = codecs.lookup(declared.strip().lower().removeprefix("x-")).name
    except LookupError:
        return ()
    # Western sets are declared by editors that knew no other name; windows-1258 has their signs and is tried anyway.
    return () if name in {"iso8859-1", "cp1252", "ascii"} or not _is_text_codec(name) else (name,)


def _is_text_codec(name: str) -> bool:
    try:
        return isinstance(b"a".decode(name), str)
    except (LookupError, UnicodeError):
        return False


def _wide_without_mark(data: bytes) -> str | None:
    """UTF-16 and UTF-32 show themselves by zero bytes in the high places of most characters and in no low one."""
    for width, encodings in ((4, ("utf-32-le", "utf-32-be")), (2, ("utf-16-le", "utf-16-be"))):
        if len(data) % width or len(data) < 2 * width:
            continue
        zeros = [data[:4096][place::width].count(0) for place in range(width)]
        characters = min(len(data), 4096) // width
        for encoding, places in zip(encodings, (zeros, zeros[::-1]), strict=True):
            low, high = places[0], places[1:]
            if not low and high[0] > 0.3 * characters and all(count == characters for count in high[1:]):
                return encoding
    return None


def is_binary(data: bytes) -> bool:
    """Whether bytes, not UTF-16 or UTF-32, hold a zero or many control characters."""
    if b"\0" in data:
        return True
    controls = len(data) - len(data.translate(None, _CONTROLS))
    return controls > max(2, len(data) * _CONTROL_SHARE)


@lru_cache(maxsize=2)  # decoding asks, and so does the check at the end of every reader
def foreign(text: str) -> str:
    """The commonest characters that speak against Vietnamese where they are many, else nothing.

    Latin letters of other alphabets, and signs in the place of letters, as legacy fonts and wrong code pages give;
    other scripts are somebody's quotation and do not count.
    """
    if text.isascii():
        return ""
    counts = Counter(_LETTER_OR_SIGN.findall(text))
    letters = sum(counts.values())
    suspects = {c: n for c, n in counts.items() if c not in _LETTERS and c not in _SIGNS and _suspect(c)}
    present = "".join(re.escape(c) for c in counts if c in _SIGNS)
    if present:
        beside = re.findall(rf"(?<=[^\W\d_])[{present}]|[{present}](?=[^\W\d_])", text)
        suspects.update(Counter(beside))
    if sum(suspects.values()) <= max(_FOREIGN_FEW, letters * _FOREIGN_SHARE):
        return ""
    return " ".join(sorted(suspects, key=lambda c: -suspects[c])[:5])


def _suspect(character: str) -> bool:
    """Whether a letter or sign is a foreign Latin letter, a control, a private or a lost character."""
    category = unicodedata.category(character)
    name = unicodedata.name(character, "")
    return category in {"Cc", "Co"} or character == "\ufffd" or ("LATIN" in name and "LIGATURE F" not in name)


def _lost_warning(lost: int) -> tuple[str, ...]:
    if not lost:
        return ()
    return (
        f"{lost} ký tự không giải mã được, hiện là \ufffd ({lost} characters could not be decoded, shown as \ufffd)",
    )
