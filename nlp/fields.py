# ruff: noqa: E501 - one cue a line: a broken pattern is harder to read than a long one
"""Fields of public life: the learned press classes, corrected by words that name a service (all channels)."""

from __future__ import annotations

from collections.abc import Sequence

from nlp.rules import Readable, Rule

WORDS = (
    Rule("local_services", r"\brác\b|thu gom|(nước|bị) đọng|đọng nước|thoát (nước|lũ)|chống úng|\bcống\b(?! hiến)|hố ga|chiếu sáng|đèn (đường|trên cầu)|bóng đèn|ngập (hẻm|đường|phố)|chó thả rông|cây (xanh|đổ|ngã)|vỉa hè|karaoke|tiếng ồn|nước (máy|sạch|sinh hoạt)|cúp n(ước|c)\b|cấp n(ước|c)\b|nhà văn hóa|loa (xã|phường|thôn|kẹo|phát thanh|thông minh)|vệ sinh (môi trường|đường|tàng)|đội vệ sinh|công nhân vệ sinh"),
    Rule("administrative_procedure", r"thủ tục|một cửa|hành chính công|dịch vụ công|giấy (khai sinh|tờ|xác nhận)|làm giấy|khai sinh|hộ khẩu|tạm trú|công chứng|nộp hồ sơ|hồ sơ (trực tuyến|quá hạn|cũ|của)|trình ký|phiếu hẹn|bàn tiếp nhận|đăng ký kết hôn|(làm|cấp|đổi) căn cước"),
    Rule("land", r"đất đai|hồ sơ (nhà |thừa kế (nhà )?)?đất|tách thửa|thừa kế nhà đất|cấp đổi sổ|sổ (đỏ|hồng)|địa chính|đền bù|thu hồi đất|giải phóng mặt bằng|tái định cư|quy hoạch|lấn chiếm đất|phân lô"),
    Rule("health", r"bệnh (viện|nhân|xá)|bác sĩ|y tế|khám (chữa )?bệnh|(đi|chờ) khám|thuốc\b|viện phí|bảo hiểm y tế|bhyt|cấp cứu|dịch bệnh|sốt xuất huyết|vắc ?xin|ngộ độc"),
    Rule("education", r"trường (học|mầm non|tiểu học|thpt|đại học|tôi|tui|con|em|cháu|mình)|học (sinh|phí|thêm)|giáo (viên|dục)|giảng viên|sinh viên|cô giáo|thầy (cô|giáo)|bán trú|lạm thu|tuyển sinh|thi lớp|môn học|ký túc xá"),
    Rule("construction_transport_urban", r"ổ gà|con đường|mặt đường|làm đường|cầu (tạm|mới|sập|hỏng)|quốc lộ|cao tốc|bến xe|xe buýt|kẹt xe|thi công|đào (đường|lên)|chung cư|công trình|đường (liên|bê|vào|vô|lên|trong|nát|mới|hư|sá)|trạm thu phí|cầu đường|giao thông|sân bay|duong (nat|lien)"),
    Rule("disaster_weather", r"bão|lũ|lụt|ngập (lụt|sâu|tới|đến|nặng)|sạt lở|xả lũ|vỡ đập|hồ chứa|(hồ|lịch) (điều tiết|vận hành)|thủy điện xả|mưa lớn|áp thấp|triều cường|cứu hộ|sơ tán|sóng thần|động đất|hạn hán|khí tượng"),
    Rule("agriculture_environment", r"(?<!thừa )(?<!thống )(?<!liên )(?<!thiết )\bkè\b(?! khai)|cây cừ|đóng cừ|lở (thêm|tới|đất)|đất lở|ô nhiễm|xả thải|môi trường|mùi hôi|\blúa\b(?! đảo)|ruộng|thủy lợi|chăn nuôi|dịch tả|trồng trọt|nông dân|tàu cá|ngư dân|rừng|khai thác cát|cá chết|nông sản|giống cây|khí thải"),
    Rule("industry_trade_energy", r"điện lực|ngành điện|\bevn\b|tiền điện|giá điện|(cúp|mất|cắt|chưa có) điện|xăng|quản lý thị trường|hàng giả|(lên|tăng|nâng|hét|đội) giá|giá (tôn|gạch|ngói|xi măng|cả|bán|niêm yết)|\btôn\b.{0,60}\bngàn\b|ban quản lý chợ|chỗ chợ|chợ (mới|cóc|tự phát|bỏ|xuống cấp|vắng)|tiểu thương|khu công nghiệp|nhà máy|siêu thị|công tơ"),
    Rule("social_policy", r"hộ nghèo|trợ cấp|bảo trợ|người (già|cao tuổi|khuyết tật|có công)|bảo hiểm xã hội|bhxh|lương hưu|công nhân|thất nghiệp|hỗ trợ (sửa|thiệt|dân|bão|lũ|nhà|người|bà con|không)|danh sách hỗ trợ|tiêu chí|hư (nhẹ|nặng)|phát (gạo|mì|quà|tiền)|cứu trợ|quà tết|từ thiện|nhà tình"),
    Rule("public_order_crime", r"công an|trộm|cướp|lừa đảo|ma túy|đánh bạc|cá độ|gây rối|khởi tố|bắt giữ|án mạng|cờ bạc|đua xe|tội phạm|(?<!chặt )chém|giết người|cho vay nặng lãi"),
    Rule("traffic_accident", r"tai nạn (giao thông|liên hoàn|thảm)|va chạm|tông (xe|chết|vào|liên)|lật xe|vi phạm nồng độ|nồng độ cồn|phạt nguội"),
    Rule("tourism_culture_sport", r"du lịch|lễ hội|du khách|bãi (biển|tắm)|gần biển|khách sạn|resort|di tích|bảo tàng|bóng đá|vô địch|huy chương|giải đấu|cầu thủ|ca sĩ|nghệ sĩ|festival|ẩm thực"),
    Rule("finance_tax", r"thuế|ngân sách|kho bạc|hải quan|phí (môi trường|công ích)|hoàn thuế|hóa đơn điện tử"),
    Rule("economy_business", r"doanh nghiệp|kinh doanh|chứng khoán|cổ phiếu|bất động sản|lãi suất|giá vàng|ngân hàng|xuất khẩu|startup|doanh thu"),
    Rule("administration_personnel", r"cán bộ|lãnh đạo (xã|phường|tỉnh)|chủ tịch (xã|phường|ubnd|tỉnh)|bổ nhiệm|kỷ luật|sáp nhập|công chức|bí thư|hội đồng nhân dân|trụ sở|đại hội đảng|quan chức|thanh tra"),
    Rule("investment", r"nhà đầu tư|thu hút đầu tư|đầu tư công|giải ngân vốn|kêu gọi đầu tư|xúc tiến đầu tư|vốn fdi|\bfdi\b"),
    Rule("logistics", r"logistics|cảng (biển|quốc tế|quy nhơn|hàng)|kho bãi|container|cảng cạn"),
    Rule("science_digital", r"chuyển đổi số|trí tuệ nhân tạo|công nghệ số|sóng điện thoại|mạng 5g|phần mềm|app dịch vụ|khoa học|viễn thông|wifi|bán dẫn"),
    Rule("defence_border", r"biên phòng|bộ đội|quân sự|nghĩa vụ quân|quốc phòng|biên giới|hải quân|cảnh sát biển"),
)  # fmt: skip
"""Words that name a field; keys are those of ``provinces/national/fields.csv``."""

PRESS_GAIN, POST_GAIN = 0.1, 0.3
"""What one word group adds to a learned probability. Press, five-fold cross-validation on press_train, 2026-11-22: first field right
0.701 with 0.3, 0.78 with 0.1, 0.783 without words. The field classes were learned from press; a post is read by its words first."""

AT_HAND = frozenset(
    {
        "local_services",
        "administrative_procedure",
        "land",
        "industry_trade_energy",
        "agriculture_environment",
        "social_policy",
    }
)
AT_HAND_GAIN = 0.2
"""What residents complain about by its own name ("rác", "kè", "cúp điện"): worth more than the scene around it ("vùng lũ", "khu du lịch")."""

UNLEARNED = frozenset({"local_services", "administrative_procedure"})
"""Fields without labelled press rows (only our own name them): there their words get the same gain in press."""

POST_TRUST = 0.4
"""Share of the learned probability that counts in posts (half of it beside such a name): there a place name alone ("Quy Nhơn") would make everything tourism."""

REPORTED = 2
"""At most this many fields are given; a third is guesswork."""

PRESS_LEAST, POST_LEAST = 0.12, 0.3
"""A field below this score is not given: "chưa xác định" is better than a wrong agency. In press the best of 18 classes is right three
times in four also between 0.12 and 0.3, so that a higher border would only lose right ones."""

WIDE = Rule("wide", r"quốc lộ|\bql ?\d|cao tốc|sân bay|đường tỉnh|tỉnh lộ|bệnh viện (đa khoa )?tỉnh|đường sắt|tàu hỏa")
"""Roads and works that no commune keeps: the province's department answers."""


def likeliest(learned: Sequence[tuple[str, float]]) -> tuple[str, ...]:
    """Return the model's first field alone, or ()."""
    return tuple(name for name, share in learned[:1] if share >= PRESS_LEAST and name != "other")


def fields(view: Readable, learned: Sequence[tuple[str, float]], *, social: bool = False) -> tuple[str, ...]:
    """Return the fields of a text, likeliest first; () where neither words nor model say anything."""
    trust, gain, least = (POST_TRUST, POST_GAIN, POST_LEAST) if social else (1.0, PRESS_GAIN, PRESS_LEAST)
    at_hand = AT_HAND if social else UNLEARNED
    said = {rule.name: sum(1 for _ in zip(rule.all(view), range(3), strict=False)) for rule in WORDS}
    if social and any(said[name] for name in AT_HAND):
        trust /= 2
    scores = {name: share * trust for name, share in learned}
    for name, hits in said.items():
        if hits:
            more = AT_HAND_GAIN if name in at_hand else 0.0
            scores[name] = scores.get(name, 0.0) + more + gain * (1 + (hits - 1) / 3)
    ranked = sorted(scores.items(), key=lambda pair: (-pair[1], pair[0]))
    kept = [name for name, score in ranked if score >= least and name != "other"][:REPORTED]
    if len(kept) == 2 and scores[kept[1]] < 0.5 * scores[kept[0]]:
        kept.pop()
    return tuple(kept)
