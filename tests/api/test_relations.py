"""Citations become links when their document arrives, and documents know each other both ways."""

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from api.answers.citations import CitationRow, list_citations
from api.answers.documents import FullDocument, show_document
from api.answers.filters import Filters
from api.answers.narrowing import narrowed
from corpus.model import CitationKind
from corpus.store.archive import Archive
from tests.api.planting import cites, new_archive, plan, plant

DAY = date(2018, 1, 15)


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    return new_archive(tmp_path / "archive")


def citing(archive: Archive, reference: str) -> list[CitationRow]:
    return list_citations(archive, narrowed(archive, Filters(), documents=[reference]))[0]


def tied(found: FullDocument) -> set[tuple[str, str]]:
    return {(relation.kind, relation.document) for relation in found.relations}


def test_a_citation_becomes_a_link_when_its_document_arrives(archive: Archive) -> None:
    department = plan("47/KH-SNV", "Thực hiện cải cách hành chính", date(2018, 2, 1), issuer="Sở Nội vụ tỉnh Khánh Hòa")
    citing_id = plant(archive, "b.md", department, cites("012/KH- UBND", DAY, CitationKind.IMPLEMENTS))
    assert [row.resolved for row in citing(archive, citing_id)] == [None]
    cited_id = plant(archive, "a.md", plan("12/KH-UBND", "Cải cách hành chính năm 2018", DAY))
    assert [row.resolved for row in citing(archive, citing_id)] == [cited_id]
    found = show_document(archive, cited_id)
    assert tied(found) == {("implemented by", citing_id)}
    assert [(row.document, row.kind) for row in found.cited_by] == [(citing_id, "implements")]
    assert tied(show_document(archive, citing_id)) == {("implements", cited_id)}


@pytest.mark.parametrize(
    ("province", "on", "issuer", "links"),
    [
        ("Khánh Hòa", DAY, None, True),
        ("Khánh Hòa", DAY, "Ủy ban nhân dân tỉnh", True),
        ("Khánh Hòa", date(2017, 1, 15), None, False),
        ("Đắk Lắk", DAY, None, False),
        ("Đắk Lắk", DAY, "UBND tỉnh Khánh Hòa", True),
        ("Khánh Hòa", DAY, "UBND tỉnh Đắk Lắk", False),
        ("Khánh Hòa", DAY, "UBND huyện Khánh Vĩnh", False),
        ("Khánh Hòa", None, None, True),
    ],
)
def test_the_same_number_of_another_province_year_or_level_is_another_document(
    archive: Archive, province: str, on: date | None, issuer: str | None, links: bool
) -> None:
    cited = plant(archive, "a.md", plan("12/KH-UBND", "Cải cách hành chính năm 2018", DAY))
    header = plan("30/KH-UBND", "Tuyên truyền", date(2018, 3, 1), province=province)
    other = plant(archive, "b.md", header, cites("12/KH-UBND", on, issuer=issuer))
    assert [row.resolved for row in citing(archive, other)] == [cited if links else None]
    assert bool(show_document(archive, cited).cited_by) is links


def test_a_number_without_a_date_means_the_last_one_before(archive: Archive) -> None:
    years = {
        year: plant(archive, f"{year}.md", plan("12/KH-UBND", f"Kế hoạch {year}", date(year, 1, 15)))
        for year in (2010, 2016, 2018, 2020)
    }
    citing_id = plant(archive, "b.md", plan("30/KH-UBND", "Tuyên truyền", date(2019, 3, 1)), cites("12/KH-UBND"))
    assert [row.resolved for row in citing(archive, citing_id)] == [years[2018]]
    late = plant(archive, "c.md", plan("31/KH-UBND", "Muộn", date(2015, 12, 1)), cites("12/KH-UBND"))
    assert [row.resolved for row in citing(archive, late)] == [years[2010]]
    old = plant(archive, "d.md", plan("32/KH-UBND", "Rất muộn", date(2026, 12, 1)), cites("12/KH-UBND"))
    assert [row.resolved for row in citing(archive, old)] == [None]


def test_laws_are_linked_by_name_and_year(archive: Archive) -> None:
    law = plan("39/2019/QH14", "Luật Đầu tư công", date(2019, 6, 13), type_="Luật", issuer="Quốc hội")
    cited = plant(archive, "law.md", replace(law, province=None))
    citing_id = plant(
        archive,
        "b.md",
        plan("30/KH-UBND", "Đầu tư", date(2020, 3, 1)),
        cites(None, date(2019, 6, 13), CitationKind.BASIS, name="Luật Đầu tư công"),
        cites(None, date(2014, 6, 18), CitationKind.BASIS, name="Luật Đầu tư công"),
        cites(None, None, CitationKind.BASIS, name="Luật Xây dựng"),
        cites("39/2019/QH14", None, CitationKind.BASIS),
    )
    assert [row.resolved for row in citing(archive, citing_id)] == [cited, None, None, cited]
    assert tied(show_document(archive, cited)) == {("basis of", citing_id)}
    assert tied(show_document(archive, citing_id)) == {("rests on", cited)}


def test_a_better_rendition_takes_the_links_over(archive: Archive) -> None:
    body = "\n".join(
        f"Nhiệm vụ {n}: các cơ quan rà soát thủ tục lĩnh vực số {n} và báo cáo kết quả." for n in range(40)
    )
    header = plan("12/KH-UBND", "Cải cách hành chính năm 2018", DAY)
    short = plant(archive, "a.md", header, text=body)
    citing_id = plant(archive, "b.md", plan("30/KH-UBND", "Tuyên truyền", date(2018, 3, 1)), cites("12/KH-UBND", DAY))
    assert citing(archive, citing_id)[0].resolved == short
    longer = plant(archive, "a2.md", header, text=f"{body}\nNơi nhận: như trên; lưu văn thư, phòng nội chính.")
    best = show_document(archive, "12/KH-UBND").card.id
    assert best in {short, longer}
    assert citing(archive, citing_id)[0].resolved == best
    assert [row.document for row in show_document(archive, best).cited_by] == [citing_id]


def test_the_cascade_runs_from_province_to_office_and_never_in_a_circle(archive: Archive) -> None:
    province = plant(
        archive,
        "p.md",
        plan("12/KH-UBND", "Cải cách", DAY),
        cites("9/KH-P1", date(2018, 4, 1), CitationKind.IMPLEMENTS),
    )
    department = plan("47/KH-SNV", "Thực hiện cải cách", date(2018, 2, 1), issuer="Sở Nội vụ tỉnh Khánh Hòa")
    middle = plant(archive, "d.md", department, cites("12/KH-UBND", DAY, CitationKind.BASIS))
    office = plan("9/KH-P1", "Việc của phòng", date(2018, 4, 1), issuer="Phòng Một cửa")
    low = plant(archive, "o.md", office, cites("47/KH-SNV", date(2018, 2, 1), CitationKind.IMPLEMENTS))
    found = show_document(archive, middle)
    assert ("implements", province) in tied(found)
    assert [(step.step, step.document) for step in found.cascade] == [(-2, low), (-1, province)]
    steps = show_document(archive, low).cascade
    assert len({step.document for step in steps}) == len(steps)
    assert low not in {step.document for step in steps}


def test_replacing_amending_and_reporting_are_seen_from_both_ends(archive: Archive) -> None:
    old = plant(archive, "old.md", plan("4/KH-UBND", "Cải cách năm 2017", date(2017, 1, 12)))
    new = plant(
        archive,
        "new.md",
        plan("12/KH-UBND", "Cải cách năm 2018", DAY),
        cites("4/KH-UBND", date(2017, 1, 12), CitationKind.REPLACES),
    )
    report = plant(
        archive,
        "r.md",
        plan("99/BC-UBND", "Kết quả cải cách năm 2018", date(2019, 1, 5), type_="Báo cáo", years=(2018, 2018)),
        cites("12/KH-UBND", DAY, CitationKind.REPORTS),
    )
    amending = plant(
        archive,
        "am.md",
        plan("77/KH-UBND", "Điều chỉnh", date(2018, 6, 1)),
        cites("12/KH-UBND", DAY, CitationKind.AMENDS),
    )
    assert tied(show_document(archive, new)) == {("replaces", old), ("reported by", report), ("amended by", amending)}
    assert tied(show_document(archive, old)) == {("replaced by", new)}
    assert tied(show_document(archive, report)) == {("reports on", new)}


def test_a_report_without_a_number_is_tied_to_the_plan_of_its_authority_year_and_subject(archive: Archive) -> None:
    plans = {
        name: plant(archive, f"{name}.md", header)
        for name, header in {
            "reform": plan("12/KH-UBND", "Cải cách hành chính nhà nước năm 2018", DAY),
            "bulletin": plan("38/KH-UBND", "Tuyên truyền cải cách hành chính năm 2018", date(2018, 2, 1)),
            "next": plan("9/KH-UBND", "Cải cách hành chính năm 2019", date(2019, 1, 10)),
            "elsewhere": plan("7/KH-UBND", "Cải cách hành chính năm 2018", DAY, province="Đắk Lắk"),
            "rubbish": plan("60/KH-UBND", "Phân loại rác thải sinh hoạt năm 2018", date(2018, 3, 1)),
        }.items()
    }
    report = plan("99/BC-UBND", "Kết quả công tác cải cách hành chính năm 2018", date(2019, 1, 5), type_="Báo cáo")
    report_id = plant(archive, "r.md", replace(report, year_from=2018, year_to=2018))
    (relation,) = show_document(archive, report_id).relations
    assert (relation.kind, relation.document, relation.found) == ("reports on", plans["reform"], "subject")
    assert relation.score == 1.0
    assert ("reported by", report_id) in tied(show_document(archive, plans["reform"]))
    for name in ("bulletin", "next", "elsewhere", "rubbish"):
        assert ("reported by", report_id) not in tied(show_document(archive, plans[name]))


@pytest.mark.parametrize("kind", [CitationKind.REPORTS, CitationKind.BASIS])
def test_a_report_that_cites_its_plan_by_number_is_tied_to_no_other(archive: Archive, kind: CitationKind) -> None:
    plant(archive, "p.md", plan("12/KH-UBND", "Cải cách hành chính năm 2018", DAY))
    report = plan("99/BC-UBND", "Kết quả cải cách hành chính năm 2018", date(2018, 12, 5), type_="Báo cáo")
    report_id = plant(archive, "r.md", report, cites("11/KH-UBND", date(2018, 1, 14), kind))
    assert show_document(archive, report_id).relations == ()


def test_a_plan_that_rests_on_last_years_does_not_carry_it_out(archive: Archive) -> None:
    past = plant(archive, "p.md", plan("6/KH-UBND", "Cải cách hành chính năm 2017", date(2017, 1, 18)))
    header = plan("12/KH-UBND", "Cải cách hành chính năm 2018", DAY)
    now = plant(archive, "n.md", header, cites("6/KH-UBND", date(2017, 1, 18), CitationKind.BASIS))
    assert tied(show_document(archive, now)) == {("rests on", past)}
    assert show_document(archive, now).cascade == ()


def test_a_press_article_without_a_number_is_tied_by_what_it_tells(archive: Archive) -> None:
    rubbish = plant(
        archive, "p.md", plan("60/KH-UBND", "Phân loại rác thải sinh hoạt tại nguồn năm 2018", date(2018, 3, 1))
    )
    plant(archive, "q.md", plan("12/KH-UBND", "Cải cách hành chính năm 2018", DAY))
    article = plan(None, "Người dân Nha Trang phân loại rác thải", date(2018, 9, 1), type_="Bài báo", issuer="Báo X")
    told = "Rác thải sinh hoạt được phân loại tại nguồn. " * 4
    about = plant(archive, "a.md", replace(article, year_from=None, year_to=None), text=told)
    assert tied(show_document(archive, about)) == {("reports on", rubbish)}
    other = plan(None, "Giá cà phê tăng", date(2018, 9, 2), type_="Bài báo", issuer="Báo X")
    assert not show_document(archive, plant(archive, "b.md", other, text="Giá cà phê tăng mạnh.")).relations


def test_citations_are_asked_for_by_number_or_name(archive: Archive) -> None:
    plant(
        archive,
        "b.md",
        plan("30/KH-UBND", "Đầu tư", date(2020, 3, 1)),
        cites(None, None, CitationKind.BASIS, name="Luật Đầu tư công"),
        cites("76/NQ-CP", date(2021, 7, 15), CitationKind.BASIS, issuer="Chính phủ"),
    )

    def asked(query: str) -> list[str | None]:
        return [row.number or row.name for row in list_citations(archive, Filters(), query=query)[0]]

    assert asked("76/nq-cp") == ["76/NQ-CP"]
    assert asked("luat dau tu cong") == ["Luật Đầu tư công"]
    assert asked("chính phủ") == ["76/NQ-CP"]
    assert asked("nghị định") == []
