"""The WARC archive: readable by others, safe against crashes, full disks and several writers, erasable in place."""

from __future__ import annotations

import hashlib
import io
import multiprocessing
import os
import resource
import signal
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from warcio.archiveiterator import ArchiveIterator

from records import DiskFull, EvidenceArchive, EvidenceDamaged, Retention
from records.evidence import _filler, _member_length
from tests.records.build import DAY, NOW

URL = "https://baobien.example/tin.html"
HEADERS = [("Content-Type", "text/html"), ("Content-Encoding", "gzip"), ("Set-Cookie", "id=1"), ("ETag", '"7"')]


def records_of(path: Path) -> list[tuple[str, str | None, bytes]]:
    with path.open("rb") as file:
        return [
            (record.rec_type, record.rec_headers.get_header("WARC-Target-URI"), record.content_stream().read())
            for record in ArchiveIterator(file)
        ]


def test_what_is_written_is_read_again_and_is_plain_warc(tmp_path: Path) -> None:
    archive = EvidenceArchive(tmp_path)
    body = "Thân bài".encode() * 1000
    first = archive.write(URL, HEADERS, body, NOW, Retention.PRESS)
    second = archive.write(URL + "?2", [], b"", NOW, Retention.PRESS, status=404)
    assert first.file == "press/press-2026-11-20.warc.gz"
    assert first.sha256 == hashlib.sha256(body).hexdigest()
    found = archive.read(first)
    assert (found.url, found.at, found.status, found.body) == (URL, NOW, 200, body)
    assert dict(found.headers) == {"Content-Type": "text/html", "ETag": '"7"', "Content-Length": str(len(body))}
    assert archive.read(second).status == 404
    assert records_of(tmp_path / first.file) == [("response", URL, body), ("response", URL + "?2", b"")]


def test_one_file_per_class_and_utc_day_and_expiry_takes_whole_files(tmp_path: Path) -> None:
    archive = EvidenceArchive(tmp_path)
    old = archive.write(URL, [], b"a", NOW - DAY, Retention.PRESS)
    new = archive.write(URL, [], b"b", NOW, Retention.PRESS)
    social = archive.write(URL, [], b"c", NOW - DAY, Retention.SOCIAL)
    assert len({old.file, new.file, social.file}) == 3
    assert archive.expire(Retention.PRESS, NOW.date()) == 1
    assert archive.read(new).body == b"b"
    assert archive.read(social).body == b"c"
    with pytest.raises(EvidenceDamaged):
        archive.read(old)


@pytest.mark.parametrize("cut", [1, 7, 100])
def test_a_partial_last_record_is_cut_off_by_the_next_writer(tmp_path: Path, cut: int) -> None:
    archive = EvidenceArchive(tmp_path)
    first = archive.write(URL, [], b"a" * 500, NOW, Retention.PRESS)
    whole = (tmp_path / first.file).read_bytes()
    (tmp_path / first.file).write_bytes(whole + whole[:-cut])
    second = EvidenceArchive(tmp_path).write(URL, [], b"b", NOW, Retention.PRESS)
    assert second.offset == len(whole)
    assert [body for _, _, body in records_of(tmp_path / first.file)] == [b"a" * 500, b"b"]


def test_a_writer_that_is_already_open_survives_the_death_of_another(tmp_path: Path) -> None:
    mine = EvidenceArchive(tmp_path)
    first = mine.write(URL, [], b"a", NOW, Retention.PRESS)
    EvidenceArchive(tmp_path).write(URL, [], b"b", NOW, Retention.PRESS)
    with (tmp_path / first.file).open("ab") as file:
        file.write(b"\x1f\x8b\x08\x00half")
    third = mine.write(URL, [], b"c", NOW, Retention.PRESS)
    assert mine.read(third).body == b"c"
    assert [body for _, _, body in records_of(tmp_path / first.file)] == [b"a", b"b", b"c"]


def test_a_changed_byte_is_found(tmp_path: Path) -> None:
    archive = EvidenceArchive(tmp_path)
    ref = archive.write(URL, [], "thật".encode(), NOW, Retention.PRESS)
    with pytest.raises(EvidenceDamaged, match="sha256 differs"):
        archive.read(replace(ref, sha256="0" * 64))
    data = bytearray((tmp_path / ref.file).read_bytes())
    data[40] ^= 0xFF
    (tmp_path / ref.file).write_bytes(data)
    with pytest.raises(EvidenceDamaged):
        archive.read(ref)
    with pytest.raises(EvidenceDamaged):
        archive.read(replace(ref, offset=10**6))


def test_one_record_is_erased_in_place_and_its_neighbours_stay_where_they_are(tmp_path: Path) -> None:
    archive = EvidenceArchive(tmp_path)
    refs = [
        archive.write(f"{URL}?{number}", [], f"tin {number}".encode() * 9, NOW, Retention.SOCIAL) for number in range(3)
    ]
    size = (tmp_path / refs[0].file).stat().st_size
    assert archive.erase(refs[1])
    assert (tmp_path / refs[0].file).stat().st_size == size
    assert archive.read(refs[0]).body == b"tin 0" * 9
    assert archive.read(refs[2]).body == b"tin 2" * 9
    with pytest.raises(EvidenceDamaged, match="erased"):
        archive.read(refs[1])
    assert [kind for kind, _, _ in records_of(tmp_path / refs[0].file)] == ["response", "metadata", "response"]
    fourth = EvidenceArchive(tmp_path).write(URL, [], b"sau", NOW, Retention.SOCIAL)
    assert archive.read(fourth).body == b"sau"
    assert archive.erase(refs[1])
    assert not archive.erase(replace(refs[1], file="social/social-2020-01-01.warc.gz"))


@given(st.integers(min_value=21, max_value=5000))
def test_a_filler_is_one_gzip_member_of_its_length(length: int) -> None:
    filler = _filler(length)
    assert len(filler) == length
    assert _member_length(io.BytesIO(filler + b"\x1f\x8b")) == length


def _write_many(folder: str, letter: str) -> None:
    archive = EvidenceArchive(Path(folder))
    for number in range(40):
        archive.write(f"{URL}?{letter}{number}", [], f"{letter}{number}".encode(), NOW, Retention.PRESS)


def test_several_processes_write_one_file(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    writers = [context.Process(target=_write_many, args=(str(tmp_path), letter)) for letter in "abc"]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(60)
    found = records_of(tmp_path / "press/press-2026-11-20.warc.gz")
    assert {body.decode() for _, _, body in found} == {f"{letter}{number}" for letter in "abc" for number in range(40)}
    assert len(found) == 120


def _fill(folder: str) -> None:
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4000, 4000))
    archive = EvidenceArchive(Path(folder))
    for number in range(100):
        try:
            archive.write(URL, [], os.urandom(600), NOW, Retention.PRESS)
        except DiskFull as error:
            (Path(folder) / "result").write_text(f"{number}: {error}")
            return


def test_a_full_disk_is_named_and_leaves_no_half_record(tmp_path: Path) -> None:
    writer = multiprocessing.get_context("fork").Process(target=_fill, args=(str(tmp_path),))
    writer.start()
    writer.join(60)
    written, _, message = (tmp_path / "result").read_text().partition(": ")
    assert "free space" in message
    assert int(written) >= 2
    assert len(records_of(tmp_path / "press/press-2026-11-20.warc.gz")) == int(written)
    assert EvidenceArchive(tmp_path).write(URL, [], b"x", NOW, Retention.PRESS).offset > 0
