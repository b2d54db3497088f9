# ruff: noqa: E501 - one cue a line: a broken pattern is harder to read than a long one
"""Fields of public life: the learned press classes, corrected by words that name a service (all channels)."""

from __future__ import annotations

from collections.abc import Sequence

from nlp.rules import Readable, Rule

WORDS = (
    Rule("local_services", r"\brác\b|thu gom|đọng nước|thoát nước|cống (nghẹt|tắc)|nghẹt cống|chiếu sáng|đèn đường|ngập (hẻm|đường|phố)|hố ga|chó thả rông|cây xanh|vỉa hè|karaoke|tiếng ồn|nước (máy|sạch|sinh hoạt)|nhà văn hóa|loa kẹo"),
    Rule("administrative_procedure", r"thủ tục|một cửa|hành chính công|dịch vụ công|giấy (khai sinh|tờ|xác nhận)|khai sinh|hộ khẩu|tạm trú|căn cước|công chứng|nộp hồ sơ|hồ sơ (trực tuyến|quá hạn)|đăng ký kết hôn"),
    Rule("land", r"đất đai|sổ (đỏ|hồng)|địa chính|đền bù|thu hồi đất|giải phóng mặt bằng|tái định cư|quy hoạch|lấn chiếm đất|phân lô"),
    Rule("health", r"bệnh (viện|nhân|xá)|bác sĩ|y tế|khám (chữa )?bệnh|thuốc\b|viện phí|bảo hiểm y tế|bhyt|cấp cứu|dịch bệnh|sốt xuất huyết|vắc ?xin|ngộ độc"),
    Rule("education", r"trường (học|mầm non|tiểu học|thpt|đại học|tôi|con|em)|học (sinh|phí|thêm)|giáo (viên|dục)|giảng viên|sinh viên|cô giáo|bán trú|lạm thu|tuyển sinh|thi lớp|môn học|ký túc xá"),
    Rule("construction_transport_urban", r"ổ gà|con đường|làm đường|cầu (tạm|mới|sập|hỏng)|quốc lộ|cao tốc|bến xe|xe buýt|kẹt xe|thi công|đào đường|chung cư|công trình|đường (liên|bê|vào|nát|mới|hư|sá)|trạm thu phí|cầu đường|giao thông|sân bay|duong (nat|lien)"),
    Rule("disaster_weather", r"bão|lũ|lụt|ngập (lụt|sâu|tới|đến|nặng)|sạt lở|xả lũ|vỡ đập|hồ chứa|thủy điện xả|mưa lớn|áp thấp|triều cường|kè\b|cứu hộ|cứu trợ|sơ tán|sóng thần|động đất|hạn hán|khí tượng"),
    Rule("agriculture_environment", r"ô nhiễm|xả thải|môi trường|mùi hôi|lúa\b|ruộng|thủy lợi|chăn nuôi|dịch tả|trồng trọt|nông dân|tàu cá|ngư dân|rừng|khai thác cát|bãi rác|cá chết|nông sản|giống cây|khí thải"),
    Rule("industry_trade_energy", r"điện lực|\bevn\b|tiền điện|giá điện|cúp điện|mất điện|cắt điện|xăng|quản lý thị trường|hàng giả|chợ\b|khu công nghiệp|nhà máy|siêu thị|công tơ"),
    Rule("social_policy", r"hộ nghèo|trợ cấp|bảo trợ|người (già|cao tuổi|khuyết tật|có công)|bảo hiểm xã hội|bhxh|lương hưu|công nhân|thất nghiệp|hỗ trợ (sửa|thiệt|dân|bão|lũ|nhà|người)|quà tết|từ thiện|nhà tình"),
    Rule("public_order_crime", r"công an|trộm|cướp|lừa đảo|ma túy|đánh bạc|cá độ|gây rối|khởi tố|bắt giữ|án mạng|cờ bạc|đua xe|tội phạm|chém|giết người|cho vay nặng lãi"),
    Rule("traffic_accident", r"tai nạn (giao thông|liên hoàn|thảm)|va chạm|tông (xe|chết|vào|liên)|lật xe|vi phạm nồng độ|nồng độ cồn|phạt nguội"),
    Rule("tourism_culture_sport", r"du lịch|lễ hội|du khách|bãi (biển|tắm)|khách sạn|resort|di tích|bảo tàng|bóng đá|vô địch|huy chương|giải đấu|cầu thủ|ca sĩ|nghệ sĩ|festival|ẩm thực"),
    Rule("finance_tax", r"thuế|ngân sách|kho bạc|hải quan|phí (môi trường|công ích)|hoàn thuế|hóa đơn điện tử"),
    Rule("economy_business", r"doanh nghiệp|kinh doanh|chứng khoán|cổ phiếu|bất động sản|lãi suất|giá vàng|ngân hàng|xuất khẩu|startup|doanh thu"),
    Rule("administration_personnel", r"cán bộ|lãnh đạo (xã|phường|tỉnh)|chủ tịch (xã|phường|ubnd|tỉnh)|bổ nhiệm|kỷ luật|sáp nhập|công chức|bí thư|hội đồng nhân dân|trụ sở|đại hội đảng|quan chức|thanh tra"),
    Rule("investment", r"nhà đầu tư|thu hút đầu tư|đầu tư công|giải ngân vốn|kêu gọi đầu tư|xúc tiến đầu tư|vốn fdi|\bfdi\b"),
    Rule("logistics", r"logistics|cảng (biển|quốc tế|quy nhơn|hàng)|kho bãi|container|cảng cạn"),
    Rule("science_digital", r"chuyển đổi số|trí tuệ nhân tạo|công nghệ số|sóng điện thoại|mạng 5g|phần mềm|app dịch vụ|khoa học|viễn thông|wifi|bán dẫn"),
    Rule("defence_border", r"biên phòng|bộ đội|quân sự|nghĩa vụ quân|quốc phòng|biên giới|hải quân|cảnh sát biển"),
)  # fmt: skip
"""Words that name a field; keys are those of ``provinces/national/fields.csv``."""

WORD_GAIN = 0.3
"""What one word group adds to a learned probability: alone it beats an unsure model, not a sure one."""

SOCIAL_TRUST = 0.4
"""The field classes were learned from press; in posts a place name alone ("Quy Nhơn") would make everything tourism."""

REPORTED = 2
"""At most this many fields are given; a third is guesswork."""


LEAST = 0.3
"""A field below this score is not given: "chưa xác định" is better than a wrong agency."""


def likeliest(learned: Sequence[tuple[str, float]]) -> tuple[str, ...]:
    """Return the model's first field alone, or ()."""
    return tuple(name for name, share in learned[:1] if share >= LEAST and name != "other")


def fields(view: Readable, learned: Sequence[tuple[str, float]], *, social: bool = False) -> tuple[str, ...]:
    """Return the fields of a text, likeliest first; () where neither words nor model say anything."""
    scores = {name: share * (SOCIAL_TRUST if social else 1.0) for name, share in learned}
    for rule in WORDS:
        hits = sum(1 for _ in zip(rule.all(view), range(3), strict=False))
        if hits:
            scores[rule.name] = scores.get(rule.name, 0.0) + WORD_GAIN + 0.1 * (hits - 1)
    ranked = sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))
    kept = [name for name, score in ranked if score >= LEAST and name != "other"][:REPORTED]
    if len(kept) == 2 and scores[kept[1]] < 0.5 * scores[kept[0]]:
        kept.pop()
    return tuple(kept)
