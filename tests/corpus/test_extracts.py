"""Extracted records come out of the archive as they went in, and go with their document."""

from dataclasses import replace
from datetime import date
from pathlib import Path

from corpus.encoder.registry import load_encoder
from corpus.language.places import Places
from corpus.model import Abbreviation, Assignment, Citation, CitationKind, Extraction, Target
from corpus.store.archive import Archive
from corpus.store.extracts import extraction_of
from indexer.prepare import prepare

TEXT = "KẾ HOẠCH\nSở Nội vụ chủ trì, phối hợp với Sở Tài chính tổ chức 02 hội nghị (CCHC) theo Quyết định số 5/QĐ-UBND."
RECORDS = Extraction(
    assignments=(
        Assignment(
            0,
            None,
            "II.1",
            9,
            40,
            None,
            "tổ chức 02 hội nghị",
            ("Sở Nội vụ", "Văn phòng UBND tỉnh"),
            ("Sở Tài chính",),
            "Báo cáo",
            "Quý II/2018",
            date(2018, 4, 1),
            date(2018, 6, 30),
            "50 triệu đồng",
        ),
        Assignment(1, 0, "", 0, 8, 1, "kế hoạch"),
    ),
    targets=(Target(0, None, "II.1", 60, 90, None, "hội nghị", "hoi nghi", ">=", 2.0, None, "hội nghị"),),
    citations=(
        Citation(0, 90, 100, None, CitationKind.IMPLEMENTS, "5/QĐ-UBND", "Quyết định", None, None, date(2018, 1, 2)),
        Citation(1, 100, 104, None, CitationKind.BASIS, None, "Luật", "Luật Đất đai"),
    ),
    abbreviations=(Abbreviation("CCHC", "cải cách hành chính", 80, 84),),
)


def test_records_come_out_as_they_went_in_and_go_with_their_document(tmp_path: Path) -> None:
    encoder = load_encoder()
    archive = Archive.create(tmp_path / "archive", encoder.spec)
    sha256 = archive.sources.keep(TEXT.encode())
    entry = replace(prepare(Path("a.txt"), TEXT.encode(), sha256, encoder, Places.load(None)), extraction=RECORDS)
    with archive.writing():
        archive.commit(entry, "recipe")
        with archive.reading() as connection:
            assert extraction_of(connection, entry.document_id) == RECORDS
            assert extraction_of(connection, "000000000000") == Extraction()
        archive.commit(replace(entry, extraction=Extraction()), "another recipe")
        with archive.reading() as connection:
            assert extraction_of(connection, entry.document_id) == Extraction()
            left = connection.exec_driver_sql("SELECT count(*) FROM assignment_agencies").scalar()
            assert left == 0
