"""How grave a text is, by rule: need and danger, never tone or reach."""

from __future__ import annotations

import pytest

import text as vietnamese
from nlp.severity import count, severity
from nlp.view import view
from records.types import Lane, Severity


def of(text: str, lane: Lane = Lane.NEUTRAL, *, social: bool = False) -> tuple[Severity, list[str]]:
    level, spans = severity(view(vietnamese.normalize(text), social=social), lane, (), None, social=social)
    assert all(0 <= span.start < span.end <= len(text) for span in spans)
    return level, [span.reason for span in spans]


@pytest.mark.parametrize(
    ("text", "level", "reason"),
    [
        ("Bão mạnh lên cấp 13, giật cấp 16, hướng vào miền Trung", Severity.S3, "grave-warning"),
        ("Tỉnh kích hoạt kịch bản ứng phó siêu bão", Severity.S3, "grave-warning"),
        ("Lũ sông vượt báo động 3, nhiều nơi ngập sâu", Severity.S3, "grave-warning"),
        ("Sơ tán hơn 128.000 người trước giờ bão đổ bộ", Severity.S3, "evacuation"),
        ("Di dời hàng nghìn hộ dân vùng trũng", Severity.S3, "evacuation"),
        ("Sập mỏ đá, 4 công nhân tử vong", Severity.S3, "deaths"),
        ("Hơn 3.100 nhà bị ngập sau một đêm", Severity.S3, "homes"),
        ("Sau bữa trưa, 45 học sinh nhập viện", Severity.S3, "casualties"),
        ("Bảo mẫu bạo hành trẻ ở nhóm giữ trẻ", Severity.S3, "child-hurt"),
        ("Tai nạn xe máy: 2 người chết trên quốc lộ", Severity.S2, "deaths"),
        ("Một người đàn ông bị sóng cuốn mất tích", Severity.S2, "deaths"),
        ("Sơ tán 40 hộ dân ven suối", Severity.S2, "evacuation"),
        ("Cháy chợ trong đêm, 86 ki ốt bị thiêu rụi", Severity.S2, "loss"),
        ("Cảnh báo mưa lớn, nguy cơ sạt lở vùng núi", Severity.S2, "warning-of-danger"),
        ("Ba người đang mắc kẹt giữa dòng lũ", Severity.S4, "trapped"),
    ],
)
def test_news_of_danger(text: str, level: Severity, reason: str) -> None:
    found, reasons = of(text)
    assert found is level
    assert reason in reasons


@pytest.mark.parametrize(
    "text",
    [
        "Hội chợ hoa xuân khai mạc cuối tuần này",
        "Đội bóng thắng đậm trên sân khách",
        "Cá chết nổi trắng hồ nước trong công viên",
        "Tin cuối cùng về đợt lũ: các sông xuống dưới báo động 1",
        "Ban quản lý hồ: không có lệnh xả khẩn cấp trong đêm",
        "Mưa lớn qua đêm, không có ai thiệt mạng",
        "Dự báo thời tiết ngày mai: ít mưa, gió nhẹ",
    ],
)
def test_what_is_no_danger(text: str) -> None:
    assert of(text) == (Severity.S1, [])


def test_good_news_of_a_flood_is_not_grave() -> None:
    assert of("Bộ đội giúp dân sau trận lũ làm 3 người chết", Lane.GOOD)[0] is Severity.S1


@pytest.mark.parametrize(
    ("text", "lane", "level"),
    [
        ("Đường nát quá, xe nào qua cũng lắc lư", Lane.FEEDBACK, Severity.S1),
        ("Dây điện sà xuống sân, hôm qua có người bị điện giật", Lane.FEEDBACK, Severity.S2),
        ("Cả xóm bị cô lập ba ngày mà không thấy ai tới", Lane.FEEDBACK, Severity.S3),
        ("Nghe nói đập vỡ rồi, chạy đi bà con, nước sắp tới", Lane.UNVERIFIED, Severity.S2),
        ("Nghe nói sắp vỡ đập, bà con chạy đi", Lane.UNVERIFIED, Severity.S3),
        ("Nước dâng tới thềm nhà tui rồi", Lane.NEUTRAL, Severity.S2),
        ("Chợ mai mấy giờ họp vậy mọi người", Lane.NEUTRAL, Severity.S1),
    ],
)
def test_posts(text: str, lane: Lane, level: Severity) -> None:
    assert of(text, lane, social=True)[0] is level


def test_numbers_in_words() -> None:
    assert [count(words) for words in ("128.000", "3", "ba", "hàng nghìn", "hàng chục nghìn", "nhiều", "")] == [
        128_000, 3, 3, 1_000, 10_000, 10, 1,
    ]  # fmt: skip
