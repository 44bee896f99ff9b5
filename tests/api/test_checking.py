"""The checker of written summaries: planted faults are caught, faithful sentences pass."""

import random
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from api.answers.checking import Cited, check, faithful
from api.answers.documents import list_documents, show_document
from api.answers.filters import Filters
from corpus.language.agency_names import find_agencies
from corpus.language.sentences import split_sentences
from corpus.store.archive import Archive

PASSAGE = (
    "Sở Nội vụ chủ trì, phối hợp với Sở Tài chính mở 6 lớp bồi dưỡng cho 360 công chức; "
    "hoàn thành trước ngày 15/6/2018. "
    "Kinh phí 1,2 tỷ đồng từ ngân sách tỉnh theo Quyết định số 807/QĐ-UBND. "
    "Sở Y tế khảo sát mức độ hài lòng của người bệnh tại 5 bệnh viện."
)

FAITHFUL = [
    "Sở Nội vụ chủ trì mở 6 lớp bồi dưỡng cho 360 công chức, xong trước ngày 15 tháng 6 năm 2018.",
    "Kinh phí từ ngân sách tỉnh là 1,2 tỷ đồng theo Quyết định số 807/QĐ-UBND.",
    "Sở Y tế khảo sát mức độ hài lòng tại 05 bệnh viện.",
    "Sở Nội vụ phối hợp với Sở Tài chính mở “6 lớp bồi dưỡng”.",
]

FAULTY = [
    ("Sở Nội vụ chủ trì mở 8 lớp bồi dưỡng cho 360 công chức.", "number"),
    ("Sở Nội vụ mở 6 lớp bồi dưỡng cho công chức, hoàn thành trước ngày 15/6/2019.", "date"),
    ("Sở Xây dựng chủ trì mở 6 lớp bồi dưỡng cho 360 công chức.", "agency"),
    ("Sở Y tế chủ trì mở 6 lớp bồi dưỡng cho 360 công chức.", "agency"),
    ("Sở Tài chính chủ trì, phối hợp với Sở Nội vụ mở 6 lớp bồi dưỡng cho 360 công chức.", "role"),
    ("Sở Nội vụ mở “6 lớp bồi dưỡng ngoại ngữ” cho công chức.", "quote"),
    ("Kinh phí 1,2 tỷ đồng từ ngân sách tỉnh theo Quyết định số 870/QĐ-UBND.", "number"),
    ("Ông Nguyễn Văn Mẫu khảo sát mức độ hài lòng của người bệnh tại 5 bệnh viện.", "name"),
    ("Tuyên truyền trên đài truyền thanh cơ sở được đẩy mạnh.", "citation"),
]


@pytest.mark.parametrize("sentence", FAITHFUL)
def test_a_faithful_rewording_stands(sentence: str) -> None:
    (checked,) = check([Cited(sentence, ("a",))], {"a": PASSAGE})
    assert checked.faults == ()


@pytest.mark.parametrize(("sentence", "kind"), FAULTY)
def test_what_the_passage_does_not_say_is_named(sentence: str, kind: str) -> None:
    (checked,) = check([Cited(sentence, ("a",))], {"a": PASSAGE})
    assert kind in {fault.kind for fault in checked.faults}


def test_a_sentence_without_a_known_citation_is_dropped() -> None:
    written = [Cited(FAITHFUL[0], ()), Cited(FAITHFUL[1], ("b",)), Cited(FAITHFUL[2], ("a",))]
    assert [each.text for each in faithful(written, {"a": PASSAGE})] == [FAITHFUL[2]]


@given(st.text(max_size=200), st.text(max_size=200))
def test_any_text_can_be_checked(sentence: str, passage: str) -> None:
    (checked,) = check([Cited(sentence, ("a",))], {"a": passage})
    assert checked.text == sentence


def _own_sentences(directory: Path) -> list[tuple[str, str, str]]:
    """Sentences of the archive with their passage and document."""
    archive = Archive.open(directory)
    found = []
    for card in list_documents(archive, Filters())[0]:
        document = show_document(archive, card.id)
        for passage in document.passages:
            said = document.text[passage.start : passage.end]
            for each in split_sentences(said):
                sentence = " ".join(said[each.start : each.end].split())
                if len(sentence.split()) >= 8:
                    found.append((sentence, said, card.id))
    archive.close()
    return found


def _reworded(sentence: str) -> str:
    """The same in other words: no list marker, names and days written out."""
    text = re.sub(r"^(?:[-+]|\w{1,4}[.)])\s+", "", sentence)
    text = re.sub(r"(?<![-/])\bUBND\b", "Ủy ban nhân dân", text)
    return re.sub(r"(?:ngày )?\b(\d{1,2})/(\d{1,2})/(\d{4})\b", r"ngày \1 tháng \2 năm \3", text)


def test_own_sentences_raise_few_false_alarms(sample_archive: Path) -> None:
    own = _own_sentences(sample_archive)
    assert len(own) > 600
    for shape in (str, _reworded):
        alarms = []
        for sentence, passage, _ in own:
            (checked,) = check([Cited(shape(sentence), ("a",))], {"a": passage})
            alarms += [(checked.text, checked.faults)] if checked.faults else []
        assert len(alarms) <= 0.02 * len(own), alarms[:10]


AGENCIES = ["Sở Ngoại vụ", "Ban Dân tộc", "Sở Du lịch", "Bộ Quốc phòng", "Sở Công Thương"]
INVENTED = ["quyết tâm chính trị cao nhất", "không để ai bị bỏ lại phía sau", "bước đột phá của nhiệm kỳ"]


def _planted(own: list[tuple[str, str, str]]) -> list[tuple[str, str, str]]:
    """Two hundred faults: the kind, the sentence with it, and the passage that it cites."""
    chance = random.Random(7)
    pool = own[:]
    chance.shuffle(pool)
    planted: dict[str, list[tuple[str, str, str]]] = {
        kind: [] for kind in ("number", "year", "agency", "quote", "cite")
    }
    for sentence, passage, document in pool:
        numbers = [m for m in re.finditer(r"(?<![\d/.,-])\d{1,3}(?![\d/.,])(?= ?%| \w)", sentence) if m.start() > 3]
        years = list(re.finditer(r"(?<!\d)20[12]\d(?!\d)", sentence))
        agencies = [each for each in find_agencies(sentence) if len(each.names) == 1]
        if numbers and len(planted["number"]) < 40:
            match = chance.choice(numbers)
            other = str(int(match[0]) + chance.choice([1, 3, 7, 40]))
            while re.search(rf"(?<!\d){other}(?!\d)", passage):
                other = str(int(other) + 11)
            planted["number"].append(("number", sentence[: match.start()] + other + sentence[match.end() :], passage))
        elif years and len(planted["year"]) < 40:
            match = chance.choice(years)
            other = str(int(match[0]) + chance.choice([-2, -1, 1, 2]))
            if other not in passage:
                planted["year"].append(("year", sentence[: match.start()] + other + sentence[match.end() :], passage))
        elif agencies and len(planted["agency"]) < 40:
            mention = chance.choice(agencies)
            other = chance.choice([name for name in AGENCIES if name not in passage])
            planted["agency"].append(("agency", sentence[: mention.start] + other + sentence[mention.end :], passage))
        elif len(planted["quote"]) < 40:
            planted["quote"].append(("quote", f"{sentence.rstrip('.;')}, “{chance.choice(INVENTED)}”.", passage))
        elif len(planted["cite"]) < 40:
            other = chance.choice(
                [text for _, text, of in own if of != document and sentence not in " ".join(text.split())]
            )
            planted["cite"].append(("cite", sentence, other))
    return [each for kind in planted.values() for each in kind]


def test_planted_faults_are_caught(sample_archive: Path) -> None:
    planted = _planted(_own_sentences(sample_archive))
    assert len(planted) == 200
    missed = [each for each in planted if check([Cited(each[1], ("a",))], {"a": each[2]})[0].faithful]
    assert len(missed) <= 4, missed
