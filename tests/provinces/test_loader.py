import csv
import shutil
import time
import tracemalloc
from collections.abc import Callable
from datetime import date
from pathlib import Path

import pytest

import provinces
from provinces import InvalidProfile, UnknownProfile
from provinces.loader import _read, _units
from tests.conftest import ROOT


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the Gia Lai profile outside the package, to be spoilt."""
    return shutil.copytree(ROOT / "provinces" / "gia-lai", tmp_path / "gia-lai")


def edit(file: Path, before: str, after: str) -> int:
    """Replace the first occurrence and return its line."""
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after, 1), encoding="utf-8")
    return text[: text.index(before)].count("\n") + 1


def cell(file: Path, code: str, column: str, value: str) -> int:
    """Set one cell of a CSV file and return its line."""
    with file.open(encoding="utf-8", newline="") as stream:
        rows = list(csv.reader(stream))
    index = next(number for number, row in enumerate(rows) if row[0] == code)
    rows[index][rows[0].index(column)] = value
    with file.open("w", encoding="utf-8", newline="") as stream:
        csv.writer(stream, lineterminator="\n").writerows(rows)
    return index + 1


@pytest.mark.parametrize("key", provinces.available())
def test_the_shipped_profiles_are_good(key: str) -> None:
    assert provinces.check(key) == []
    assert provinces.load(key).key == key


def test_available_profiles() -> None:
    assert set(provinces.available()) >= {"gia-lai", "an-giang", "thai-nguyen", "binh-dinh-2022"}


def test_a_profile_may_live_anywhere(folder: Path) -> None:
    assert len(provinces.load(folder).report_area.places) == 135


def test_who_objects_is_told_where(folder: Path) -> None:
    assert provinces.load(folder).public_contact == ""  # only the deployer knows it
    edit(folder / "profile.toml", "lead_agency", 'public_contact = "gop-y@tinh.example"\nlead_agency')
    assert provinces.load(folder).public_contact == "gop-y@tinh.example"
    edit(folder / "profile.toml", '"gop-y@tinh.example"', "12")
    assert "public_contact" in str(provinces.check(folder)[0])


def test_an_unknown_profile_is_told(tmp_path: Path) -> None:
    with pytest.raises(UnknownProfile, match=r"atlantis.*gia-lai"):
        provinces.load("atlantis")
    with pytest.raises(UnknownProfile):
        provinces.check(tmp_path)
    with pytest.raises(UnknownProfile, match="no report area 'mars'"):
        provinces.load("gia-lai", report_area="mars")


CSV_FAULTS = [
    ("places.csv", "21583", "full_name", "Phường Quy Nhơn Bắc", "full_name", "21583 is Phường Quy Nhơn"),
    ("places.csv", "21583", "valid_to", "2025-01-01", "valid_to", "lies before valid_from"),
    ("places.csv", "21583", "valid_from", "1.7.2025", "valid_from", "is not a date"),
    ("places.csv", "old:21556", "successors", "99999", "successors", "place '99999' is not in places.csv"),
    ("places.csv", "old:21556", "valid_to", "2025-07-05", "successors", "exists before this one ended"),
    ("places.csv", "old:21556", "parent", "area:atlantis", "parent", "place 'area:atlantis' is not in"),
    ("places.csv", "old:21556", "kind", "village", "kind", "'village' is not known"),
    ("agencies.csv", "so-gddt", "fields", "education|magic", "fields", "field 'magic' is not in national/fields.csv"),
    ("agencies.csv", "so-tttt-binh-dinh", "successor", "so-nowhere", "successor", "agency 'so-nowhere' is not in"),
    ("agencies.csv", "so-tttt-binh-dinh", "valid_to", "", "valid_to", "is empty although a successor is named"),
    ("agencies.csv", "ubnd-21583", "areas", "21589", "valid_from", "overlaps an earlier entry"),
    ("agencies.csv", "so-gddt", "kind", "wizards", "kind", "'wizards' is not known"),
    ("agencies.csv", "so-gddt", "mailbox", "no mailbox", "mailbox", "is not a mailbox"),
    ("sources.csv", "baogialai.ban-doc", "url", "javascript:alert(1)", "url", "is not a web address"),
    ("sources.csv", "baogialai.ban-doc", "kill", "maybe", "kill", "neither yes nor no"),
    ("sources.csv", "baogialai.ban-doc", "interval_min", "0", "interval_min", "is not a whole number"),
    ("sources.csv", "baogialai.ban-doc", "access", "telepathy", "access", "'telepathy' is not known"),
    ("sources.csv", "baogialai.ban-doc", "options", "links", "options", "has no value"),
    ("sources.csv", "baogialai.ban-doc", "source_id", "vnexpress.thoi-su", "source_id", "stands here twice"),
]


@pytest.mark.parametrize(("file", "code", "column", "value", "field", "message"), CSV_FAULTS)
def test_a_wrong_cell_is_named_with_its_line_and_fix(
    folder: Path, file: str, code: str, column: str, value: str, field: str, message: str
) -> None:
    line = cell(folder / file, code, column, value)
    if (file, column) == ("agencies.csv", "areas"):
        line = next(
            number
            for number, text in enumerate((folder / file).read_text(encoding="utf-8").splitlines(), 1)
            if text.startswith("ubnd-21589,")
        )
    error = next(error for error in provinces.check(folder) if error.field == field)
    assert message in error.message
    assert error.file in (f"gia-lai/{file}", "national/outlets.csv")
    if error.file.startswith("gia-lai"):
        assert error.line == line
    assert error.fix


def test_a_wrong_commune_code_is_refused(folder: Path) -> None:
    places = folder / "places.csv"
    text = places.read_text(encoding="utf-8").replace("21583", "21584")
    places.write_text(text, encoding="utf-8")
    error = next(error for error in provinces.check(folder) if error.file == "gia-lai/places.csv")
    assert "no commune has the code 21584" in error.message
    with pytest.raises(InvalidProfile, match="21584") as refused:
        provinces.load(folder)
    assert refused.value.errors


TOML_FAULTS = [
    ("profile.toml", 'name = "Gia Lai"', "name = Gia Lai", "syntax", "(at line 3"),
    ("profile.toml", 'report_area = "toan-tinh"', 'report_area = "mars"', "report_area", "no report area 'mars'"),
    ("profile.toml", 'lead_agency = "so-vhttdl"', 'lead_agency = "so-x"', "lead_agency", "agency 'so-x' is not in"),
    ("profile.toml", "valid_to = 2025-02-28", "valid_to = 2025-03-28", "valid_from", "overlaps an earlier entry"),
    ("profile.toml", 'timezone = "Asia/Ho_Chi_Minh"', 'timezone = "Asia/Saigon City"', "timezone", "no time zone"),
    ("profile.toml", "first_reply_days = 5", "first_reply_days = 0", "first_reply_days", "not a whole number"),
    ("profile.toml", "S4 = 2", "S5 = 2", "verify_hours", "is incomplete"),
    ("profile.toml", "signer_title", "signer_tilte", "signer_tilte", "is not known here"),
    ("priorities.toml", '"health"', '"helth"', "fields", "field 'helth' is not in"),
    ("priorities.toml", '"trạm y tế"', '"Nguyễn Văn Ví Dụ"', "terms", "reads as a person's name"),
    ("roster.toml", 'duty = "approver"', 'duty = "king"', "duty", "'king' is not known"),
    ("roster.toml", "step = 1", "step = 0", "valid_from", "overlaps an earlier entry"),
    ("roster.toml", "step = 2", "step = 7", "step", "not a whole number from 0 to 2"),
    ("recipients.toml", 'agency_code = "so-nnmt"', 'agency_code = "so-y"', "agency_code", "agency 'so-y' is not in"),
    ("recipients.toml", 'kind = "chairman"', 'kind = "friend"', "kind", "'friend' is not known"),
    ("recipients.toml", "so-yt@gia-lai.example", "so-yt", "address", "is not a mailbox"),
]


@pytest.mark.parametrize(("file", "before", "after", "field", "message"), TOML_FAULTS)
def test_a_wrong_key_is_named_with_its_line_and_fix(
    folder: Path, file: str, before: str, after: str, field: str, message: str
) -> None:
    line = edit(folder / file, before, after)
    error = next(error for error in provinces.check(folder) if error.field == field)
    assert error.file == f"gia-lai/{file}"
    assert message in error.message
    assert error.fix
    if "overlaps" not in message:  # an overlap is told at the later entry
        assert error.line == line


@pytest.mark.parametrize(
    ("name", "spoil", "message"),
    [
        ("places.csv", lambda file: file.unlink(), "is missing"),
        ("roster.toml", lambda file: file.unlink(), "is missing"),
        ("sources.csv", lambda file: file.write_bytes(b"\xff\xfe\x00"), "is not UTF-8"),
        ("agencies.csv", lambda file: file.write_text("code;name\n1;2\n"), "columns missing"),
        ("priorities.toml", lambda file: file.write_text("# nothing yet\nx = 1\n"), "has no entry"),
        ("sources.csv", lambda file: file.write_text(file.read_text() + "a,b\n"), "too many or too few fields"),
        ("sources.csv", lambda file: file.write_text(file.read_text() + '"a"b",\n'), "is not CSV"),
    ],
)
def test_a_broken_file_is_told(folder: Path, name: str, spoil: Callable[[Path], None], message: str) -> None:
    spoil(folder / name)
    errors = [error for error in provinces.check(folder) if error.file == f"gia-lai/{name}"]
    assert any(message in error.message for error in errors), errors


def test_all_faults_are_told_at_once(folder: Path) -> None:
    cell(folder / "places.csv", "21583", "valid_from", "soon")
    cell(folder / "agencies.csv", "so-gddt", "fields", "magic")
    edit(folder / "profile.toml", 'timezone = "Asia/Ho_Chi_Minh"', 'timezone = "Moon"')
    edit(folder / "recipients.toml", 'kind = "chairman"', 'kind = "friend"')
    files = {error.file for error in provinces.check(folder)}
    assert files >= {f"gia-lai/{name}" for name in ("places.csv", "agencies.csv", "profile.toml", "recipients.toml")}


def test_gaps_name_the_work_left_for_a_person(folder: Path) -> None:
    on = date(2026, 11, 20)
    before = provinces.gaps(provinces.load(folder), on)
    assert any("example addresses" in gap for gap in before)
    assert any("public_contact" in gap for gap in before)
    assert any(gap.endswith("agencies without electronic code (agencies.csv)") for gap in before)
    for name in ("roster.toml", "recipients.toml"):
        file = folder / name
        file.write_text(file.read_text(encoding="utf-8").replace(".example", ".gov.vn"), encoding="utf-8")
    after = provinces.gaps(provinces.load(folder), on)
    assert len(after) == len(before) - 1
    assert any("holiday table" in gap for gap in provinces.gaps(provinces.load(folder), date(2027, 3, 1)))
    assert not any("holiday table" in gap for gap in after)


def test_an_edited_profile_is_read_anew(folder: Path) -> None:
    assert provinces.load(folder) is provinces.load(folder)
    edit(folder / "profile.toml", 'name = "Gia Lai"', 'name = "Gia Lai mới"')
    assert provinces.load(folder).name == "Gia Lai mới"


def test_a_profile_extends_another(tmp_path: Path) -> None:
    (tmp_path / "profile.toml").write_text(
        'extends = "gia-lai"\nkey = "thu-nghiem"\nname = "Thử"\nreport_area = "binh-dinh"\nnational_outlets = false\n',
        encoding="utf-8",
    )
    (tmp_path / "roster.toml").write_text(
        '[[roster]]\nname = "Ví Dụ"\nduty = "desk"\nstep = 0\naddress = "a@b.example"\n', encoding="utf-8"
    )
    province = provinces.load(tmp_path)
    assert (province.key, province.report_area.name) == ("thu-nghiem", "địa bàn Bình Định")
    assert len(province.roster) == 1
    assert len(province.places) == len(provinces.load("gia-lai").places)
    assert "vnexpress" not in {source.outlet for source in province.sources}
    assert province.header_on(date(2026, 11, 20)) == provinces.load("gia-lai").header_on(date(2026, 11, 20))
    edit(tmp_path / "profile.toml", "gia-lai", "atlantis")
    assert any(error.field == "extends" for error in provinces.check(tmp_path))


def test_loading_is_quick_and_small() -> None:
    def cold() -> float:
        _read.cache_clear()
        _units.cache_clear()
        started = time.process_time()
        provinces.load("gia-lai")
        return time.process_time() - started

    assert min(cold() for _ in range(3)) < 0.3
    _read.cache_clear()
    _units.cache_clear()
    tracemalloc.start()
    provinces.load("gia-lai").units  # noqa: B018
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert size < 8_000_000
