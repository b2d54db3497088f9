"""What people hand over: public, masked, never classified."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from crawlers import assisted
from crawlers.errors import BadImport, NotPublic, SecrecyMark
from provinces.types import Access, Source, SourceKind
from records.errors import BadUrl
from records.types import BodyKind, Capture, Channel, Precision

NOW = datetime(2026, 11, 19, 2, 0, tzinfo=UTC)
SOURCE = Source(source_id="tay", outlet="tay", name="Nhập tay", kind=SourceKind.SOCIAL, access=Access.IMPORT, url="")


def note(words: str, **more: object) -> Capture:
    values: dict[str, object] = {"channel": Channel.SOCIAL, "seen": NOW, "by": "Trực ban", "now": NOW, **more}
    return assisted.note(words, **values)  # type: ignore[arg-type]


def test_a_post_is_masked_and_keeps_who_added_it() -> None:
    found = note(
        "Cần xuồng gấp ở Tuy Phước Bắc\nGọi anh Nguyễn Văn Thử 0900 000 123 giúp với @thuthu",
        url="https://www.facebook.com/groups/que-minh/posts/12345/?fbclid=abc",
    )
    assert found.title == "Cần xuồng gấp ở Tuy Phước Bắc"
    assert "0900" not in found.body and "[PHONE:1]" in found.body
    assert "Nguyễn Văn Thử" not in found.body and "@thuthu" not in found.body
    assert {span.value for span in found.sealed} >= {"0900 000 123"}
    assert (found.added_by, found.body_kind) == ("Trực ban", BodyKind.POST)
    assert found.url is not None and "fbclid" not in found.url


def test_radio_and_clippings_name_their_channel() -> None:
    found = note("Đài đưa tin đường ĐT.637 đã thông", channel=Channel.BROADCAST, where="Đài PTTH, thời sự 18 giờ")
    assert (found.url, found.section, found.body_kind) == (None, "Đài PTTH, thời sự 18 giờ", BodyKind.FULL)


@pytest.mark.parametrize(
    "more",
    [{}, {"url": None, "where": "  "}, {"url": "https://bao.example/1", "by": " "}],
)
def test_private_or_anonymous_notes_are_refused(more: dict[str, object]) -> None:
    with pytest.raises(NotPublic):
        note("Tin nhắn riêng của một người quen", **more)


@pytest.mark.parametrize(
    "url",
    [
        "https://t.me/s/kenhtinh/12",
        "https://zalo.me/1234567890123456789",
        "https://am.me/bai",
        "https://m.me.example/bai",
        "https://www.facebook.com/groups/que-minh/posts/1",
    ],
)
def test_public_pages_with_similar_addresses_are_taken(url: str) -> None:
    assert note("Rác chưa gom", url=url).title == "Rác chưa gom"


def test_a_broken_address_is_refused() -> None:
    with pytest.raises(BadUrl):
        note("Nội dung", url="javascript:alert(1)")
    with pytest.raises(BadUrl):
        note("Nội dung", url="https://[bai.example/1")
    with pytest.raises(BadUrl):
        assisted.imported({"text": "Nội dung", "url": "https://[bai.example/1"}, SOURCE, NOW, "tep.csv, line 2")


@pytest.mark.parametrize(
    "words",
    [
        "MẬT\nBáo cáo tình hình",
        "UBND TỈNH\n  [ TỐI MẬT ]\nNội dung",
        "Công văn TUYỆT MẬT số 1",
        "Độ mật: Mật. Kính gửi",
        "văn bản (MẬT) của sở",
        "Tài liệu MẬT kèm theo",
        "TÔ\u0301I MÂ\u0323T",
    ],
)
def test_marks_of_secrecy_stop_the_intake(words: str) -> None:
    with pytest.raises(SecrecyMark):
        note(words, url="https://bao.example/1")
    with pytest.raises(SecrecyMark):
        assisted.imported({"text": words, "url": "https://bao.example/1"}, SOURCE, NOW, "tệp, line 2")


@pytest.mark.parametrize(
    "words", ["Nuôi ong lấy MẬT ONG ở Vĩnh Sơn", "BÍ MẬT của làng nghề", "Hội nghị thân mật", "mật độ dân số"]
)
def test_ordinary_words_are_no_mark(words: str) -> None:
    assert note(words, url="https://bao.example/1").title


def test_csv_and_ndjson_rows() -> None:
    csv = (
        "text,url,id,platform,author,published,views\n"
        '"Ngập, đường Trần Phú",https://x.com/ai_do/status/123,123,x,ai_do,19/11/2026 07:30,1.200\n'
    )
    ((line, fields),) = assisted.rows("\ufeff".encode() + csv.encode(), "a.csv")
    found = assisted.imported(fields, SOURCE, NOW, f"a.csv, line {line}")
    assert line == 2
    assert found.published_at == datetime(2026, 11, 19, 0, 30, tzinfo=UTC)
    assert (found.native_id, found.platform, found.poster, found.engagement.views) == ("123", "x", "ai_do", 1200)
    assert found.url == "https://x.com/i/status/123"
    ndjson = '{"text": "Loa phường nhỏ", "where": "hộp thư công khai", "seen": "2026-11-19"}\n\n'.encode()
    ((line, fields),) = assisted.rows(ndjson, "b.ndjson")
    found = assisted.imported(fields, SOURCE, NOW, "b")
    assert (line, found.published_precision, found.section) == (1, Precision.DAY, "hộp thư công khai")


@pytest.mark.parametrize(
    ("fields", "named"),
    [
        ({"text": ""}, "'text'"),
        ({"text": "a", "url": "https://b.example/1", "nguoi_dang": "x"}, "'nguoi_dang'"),
        ({"text": "a", "url": "b.example"}, "'url'"),
        ({"text": "a", "url": "https://b.example/1", "channel": "zalo"}, "'channel'"),
        ({"text": "a", "url": "https://b.example/1", "published": "hôm qua"}, "'published'"),
        ({"text": "a", "url": "https://b.example/1", "views": "nhiều"}, "'views'"),
    ],
)
def test_bad_rows_name_place_and_field(fields: dict[str, str], named: str) -> None:
    with pytest.raises(BadImport, match=r"tệp\.csv, line 7") as caught:
        assisted.imported(fields, SOURCE, NOW, "tệp.csv, line 7")
    assert named in str(caught.value)


@pytest.mark.parametrize("body", [b'{"text": "a"}\nrac', b'{"text": "a"}\n[1]', b"text,url\na,b,c\n", b'text\n"a'])
def test_unreadable_files_name_the_line(body: bytes) -> None:
    with pytest.raises(BadImport, match="line"):
        list(assisted.rows(body, "tệp"))
