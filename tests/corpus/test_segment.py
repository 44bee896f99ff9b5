"""Words of several syllables are joined, numbers are left alone."""

import json
import logging
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from corpus.language.analysis import terms_of
from corpus.language.normalise import normalise
from corpus.language.segment import segment, segment_run


def test_words_are_joined() -> None:
    assert segment("đẩy mạnh cải cách hành chính").split() == ["đẩy_mạnh", "cải_cách", "hành_chính"]


def test_headings_in_capitals_are_segmented_like_prose() -> None:
    assert segment("CẢI CÁCH HÀNH CHÍNH") == segment("cải cách hành chính")


@pytest.mark.parametrize(
    "kept",
    [
        "807/QĐ-UBND",
        "30/2020/NĐ-CP",
        "36a/NQ-CP",
        "29/3/2017",
        "1.500.000.000",
        "85,5",
        "ab.cd@vinhlam.example",
        "2021-2025",
    ],
)
def test_numbers_and_addresses_stay_whole(kept: str) -> None:
    assert kept in segment(f"theo văn bản {kept} của tỉnh").split()


def test_terms_come_three_ways() -> None:
    terms = terms_of(segment("Cải cách thủ tục, năm 2018!"))
    assert terms.words == "cải_cách thủ_tục năm 2018"
    assert terms.syllables == "cải cách thủ tục năm 2018"
    assert terms.folded == "cai cach thu tuc nam 2018"


@given(st.text(alphabet="aăâbcdđeêghiklmnoôơpqrstuưvxyáàảãạ 0123456789/-.,;\n"))
def test_segmenting_changes_blanks_only(text: str) -> None:
    def bare(value: str) -> str:
        return "".join(value.split()).replace("_", "").lower()

    assert bare(segment(text)) == bare(normalise(text))


def test_a_run_is_segmented_as_underthesea_itself_does() -> None:
    runs = [
        "Sở Nội vụ chủ trì, phối hợp với các sở, ban, ngành tổ chức khảo sát mức độ hài lòng của người dân (SIPAS);",
        "Ủy ban nhân dân các huyện, TP. Vĩnh Lam rà soát, đơn giản hóa thủ tục hành chính... v.v.",
        "“Một cửa điện tử” – bước tiến mới: 100% hồ sơ được số hóa & trả đúng hạn!",
    ]
    code = (
        "import sys, json; from underthesea import word_tokenize;"
        "segment = lambda run: word_tokenize(run, format='text', use_token_normalize=False);"
        "print(json.dumps([segment(run) for run in json.loads(sys.argv[1])]))"
    )
    done = subprocess.run([sys.executable, "-c", code, json.dumps(runs)], capture_output=True, text=True, check=True)
    assert [segment_run(run) for run in runs] == json.loads(done.stdout)


def test_segmenting_imports_no_torch_and_adds_no_log_handler() -> None:
    code = (
        "import sys, logging; from corpus.language.segment import segment; segment('cải cách hành chính');"
        "print('torch' in sys.modules, 'transformers' in sys.modules, logging.getLogger().handlers)"
    )
    said = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert said.strip() == "False False []"


def test_the_real_package_can_still_be_imported() -> None:
    before = list(logging.getLogger().handlers)
    segment("cải cách")
    assert "underthesea" not in sys.modules or hasattr(sys.modules["underthesea"], "word_tokenize")
    assert logging.getLogger().handlers == before
