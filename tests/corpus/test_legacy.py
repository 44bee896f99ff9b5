"""Text in the codes of TCVN3 and VNI fonts: found by what it becomes, converted, and never found where it is not."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import unicodedata
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.language.legacy import Legacy, by_font, detect, replaced, replacements, shows_capitals, to_unicode
from corpus.language.legacy_codes import codes

_spec = importlib.util.spec_from_file_location("legacy_writing", Path(__file__).with_name("legacy_writing.py"))
assert _spec is not None
assert _spec.loader is not None
writing = importlib.util.module_from_spec(_spec)
_spec.loader.exec_module(writing)
tcvn3, vni = writing.tcvn3, writing.vni

DATA = Path(os.environ.get("TIENLE_DATA", "../shared/data"))
SAMPLE = Path(__file__).parents[2] / "corpus" / "sample"
WRITERS: dict[Legacy, Callable[[str], str]] = {Legacy.TCVN3: tcvn3, Legacy.VNI: vni}

# Written out by hand: (legacy, as it comes, as it reads).
PHRASES = [
    (Legacy.TCVN3, "Céng hßa x· héi chñ nghÜa ViÖt Nam", "Cộng hòa xã hội chủ nghĩa Việt Nam"),
    (
        Legacy.TCVN3,
        "®Ò ¸n x©y dùng vïng trång rõng, ­u tiªn x· nghÌo",
        "đề án xây dựng vùng trồng rừng, ưu tiên xã nghèo",
    ),
    (Legacy.TCVN3, "KÕ HO¹CH C¶I C¸CH HµNH CHÝNH N¡M 2031", "KẾ HOẠCH CẢI CÁCH HÀNH CHÍNH NĂM 2031"),
    (Legacy.TCVN3, "ñY BAN NH¢N D¢N TØNH VÜNH LAM", "ỦY BAN NHÂN DÂN TỈNH VĨNH LAM"),
    (Legacy.VNI, "Coäng hoøa xaõ hoäi chuû nghóa Vieät Nam", "Cộng hòa xã hội chủ nghĩa Việt Nam"),
    (Legacy.VNI, "UÛY BAN NHAÂN DAÂN TÆNH ÑOÀNG MÔ", "ỦY BAN NHÂN DÂN TỈNH ĐỒNG MƠ"),
    (Legacy.VNI, "öu tieân ngöôøi ngheøo, tröôùc heát laø treû em", "ưu tiên người nghèo, trước hết là trẻ em"),
]


@pytest.mark.parametrize(("legacy", "written", "read"), PHRASES)
def test_phrases_are_found_and_read(legacy: Legacy, written: str, read: str) -> None:
    assert detect(written) is legacy
    assert to_unicode(written, legacy) == read


def test_every_letter_of_the_alphabet_in_tcvn3() -> None:
    small = "ăâêôơưđàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ"
    for letter in small:
        assert to_unicode(tcvn3(letter), Legacy.TCVN3) == letter
        assert to_unicode(tcvn3(letter), Legacy.TCVN3, capitals=True) == letter.upper()


def test_every_letter_of_the_alphabet_in_vni() -> None:
    tones = ["", "\u0300", "\u0301", "\u0303", "\u0309", "\u0323"]
    letters = [unicodedata.normalize("NFC", vowel + tone) for vowel in "aăâeêioôơuưy" for tone in tones]
    for letter in ["đ", *letters]:
        for shown in (letter, letter.upper()):
            assert codes().vni(vni(shown)) == shown


def test_capitals_with_tones_of_the_wider_set() -> None:
    written = "KÚ HO\u201eCH C\u0081I C\u0192CH H\u20acNH CH\u0090NH"
    assert to_unicode(written, Legacy.TCVN3) == "KẾ HOẠCH CẢI CÁCH HÀNH CHÍNH"


def test_a_font_of_capitals_shows_capitals() -> None:
    assert to_unicode("kÕ ho¹ch n¨m 2031", Legacy.TCVN3, capitals=True) == "KẾ HOẠCH NĂM 2031"


def test_unicode_paragraphs_among_legacy_ones_stay() -> None:
    unicode = "Tái cơ cấu ngành nông nghiệp, hoàn thành trước quý III; toán học, khoá học, hoà giải."
    for legacy, write in WRITERS.items():
        mixed = f"{unicode}\n{write('Triển khai kế hoạch cải cách hành chính tại các huyện.')}\n{unicode}"
        assert detect(mixed) is legacy
        first, second, third = to_unicode(mixed, legacy).split("\n")
        assert (first, third) == (unicode, unicode)
        assert second == "Triển khai kế hoạch cải cách hành chính tại các huyện."


def test_unicode_and_legacy_on_one_line() -> None:
    line = "Kế hoạch cải cách hành chính. Céng hßa x· héi chñ nghÜa ViÖt Nam. Tái cơ cấu toàn tỉnh"
    assert detect(line) is Legacy.TCVN3
    assert to_unicode(line, Legacy.TCVN3) == (
        "Kế hoạch cải cách hành chính. Cộng hòa xã hội chủ nghĩa Việt Nam. Tái cơ cấu toàn tỉnh"
    )


def test_signs_that_are_no_letters_stay() -> None:
    text = "· Thùc hiÖn «®óng h¹n» © 2031, møc 50.000 ®/ngµy, thõa 5 m² ë 30°C"
    assert to_unicode(text, Legacy.TCVN3) == "· Thực hiện «đúng hạn» © 2031, mức 50.000 đ/ngày, thừa 5 m² ở 30°C"


def test_a_number_in_capitals_does_not_raise_the_word_before_it() -> None:
    assert to_unicode("Sè: 12/KH-UBND", Legacy.TCVN3) == "Số: 12/KH-UBND"


def test_codes_in_the_private_area_are_those_of_the_font() -> None:
    moved = "".join(chr(0xF000 + ord(c)) if c != " " else c for c in "kÕ ho¹ch")
    assert to_unicode(moved, Legacy.TCVN3) == "kế hoạch"


@pytest.mark.parametrize(
    ("name", "legacy", "capitals"),
    [
        (".VnTime", Legacy.TCVN3, False),
        (".VnTimeH", Legacy.TCVN3, True),
        ("ABCDEF+.VnTimeH,Bold", Legacy.TCVN3, True),
        (".VnArial NarrowH", Legacy.TCVN3, True),
        ("VnTimeH", Legacy.TCVN3, True),
        ("VNI-Times", Legacy.VNI, False),
        ("GHIJKL+VNI-Helve-Condense", Legacy.VNI, False),
        ("Times New Roman", None, False),
        ("Vinh", None, False),
        ("", None, False),
    ],
)
def test_fonts_tell_the_encoding_by_their_names(name: str, legacy: Legacy | None, capitals: bool) -> None:
    assert by_font(name) is legacy
    assert shows_capitals(name) is capitals


OTHERS = {
    "Vietnamese": "Kế hoạch cải cách hành chính; toán, hoá, khoá, loài, hoàn toàn, quá, cá, là, và, có, xã, lòng.",
    "English": "The naïve café’s résumé cost £5 (≈ €6) – “quite” dear; © 2031.",
    "French": "L’été dernier, né à Orléans, il a été élu député ; où est passé le théâtre ? Là-bas, très près.",
    "Czech": "Má to být větší dům, než jaký tu dosud stál; říká, že ho dá synovi. Já to vím, ty ne, dá-li bůh.",
    "Norwegian": "Klikk på dråpeteljaren, og klikk så på ein farge. Nå må du gå på båten, så vi får sjå.",
    "Spanish": "El niño pidió más pan; mañana será otro día, ¿no? Sí, también aquí.",
    "code": 'if (x != y) { return "á" + ñ[0xE9] * µ; } // ÷ × ± §3',
    "numbers": "12,5 m²; 3·10³; ½ + ¼; 25 °C ± 2; § 5; 1º 2ª; ¥100 £20 ¢5",
    "letters": 'các chữ "a", "â", "ê", "ô"; vần UÔ, ƯƠ',
}


@pytest.mark.parametrize("text", OTHERS.values(), ids=OTHERS)
def test_other_languages_and_signs_are_left_alone(text: str) -> None:
    assert detect(text) is None
    assert detect("\n".join([text] * 20)) is None
    assert detect(unicodedata.normalize("NFD", text)) is None


def texts() -> list[str]:
    return [path.read_text(encoding="utf-8") for path in sorted(SAMPLE.rglob("*")) if path.suffix in {".txt", ".md"}]


@pytest.mark.parametrize("legacy", Legacy)
def test_the_sample_comes_back_whole(legacy: Legacy) -> None:
    for text in texts():
        written = WRITERS[legacy](text)
        assert detect(written) is legacy
        assert to_unicode(written, legacy).casefold() == text.casefold()
        if legacy is Legacy.VNI:
            assert to_unicode(written, legacy) == text


def real_texts() -> list[str]:
    found = [path.read_text(encoding="utf-8") for path in sorted(DATA.glob("[ps][le][ae][nd]s/*.txt"))]
    for path in sorted(DATA.glob("xquad-vi/*.jsonl")):
        found += [str(v) for line in path.read_text(encoding="utf-8").splitlines() for v in json.loads(line).values()]
    return found


@pytest.mark.skipif(not DATA.is_dir(), reason="no real documents here: TIENLE_DATA")
def test_real_documents_in_unicode_are_never_taken_for_legacy() -> None:
    found = real_texts()
    assert len(found) > 1000
    assert [text[:80] for text in found if detect(text)] == []
    assert [line[:80] for text in found for line in text.splitlines() if detect(line)] == []


@pytest.mark.skipif(not DATA.is_dir(), reason="no real documents here: TIENLE_DATA")
@pytest.mark.parametrize("legacy", Legacy)
def test_real_documents_come_back_from_legacy_codes(legacy: Legacy) -> None:
    words = wrong = 0
    for text in real_texts()[:60]:
        composed = unicodedata.normalize("NFC", text)
        written = WRITERS[legacy](composed)
        assert detect(written) is legacy
        pairs = list(zip(composed.split(), to_unicode(written, legacy).split(), strict=True))
        words += len(pairs)
        wrong += sum(before.casefold() != after.casefold() for before, after in pairs)
    assert wrong / words < 0.0005


VIETNAMESE = sorted({word for text in texts() for word in re.findall(r"[^\W\d_]+", text)})


@given(st.lists(st.sampled_from(VIETNAMESE), min_size=1, max_size=60).map(" ".join))
def test_no_sequence_of_vietnamese_words_is_taken_for_legacy(text: str) -> None:
    assert detect(text) is None


@given(st.text(), st.sampled_from(Legacy), st.booleans())
def test_any_text_is_converted_word_by_word_in_order(text: str, legacy: Legacy, capitals: bool) -> None:
    changes = replacements(text, legacy, capitals)
    end = 0
    for change in changes:
        assert end <= change.start < change.end <= len(text)
        assert change.unicode
        end = change.end
    assert replaced(text, changes) == to_unicode(text, legacy, capitals)


@given(st.text(st.characters(max_codepoint=0x7F)))
def test_plain_letters_are_never_touched(text: str) -> None:
    printable = "".join(filter(str.isprintable, text))
    assert detect(text) is None
    for legacy in Legacy:
        assert to_unicode(printable, legacy) == printable
