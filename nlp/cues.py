# ruff: noqa: E501 - one cue a line: a broken pattern is harder to read than a long one
"""Cues: what people write when they lure, threaten, warn, complain, thank or pass on a rumour. Data of the rules, one line each.

Written in lower case with diacritics (see :class:`nlp.rules.Rule`). A cue is a sign for the models and an element for ``harm``; no cue
names a person, a party, an opinion or a belief.
"""

from __future__ import annotations

from nlp.rules import Rule

# --- H1, H2: what is dangled, and what is asked for -------------------------------------------------------------------------
LURES = (
    Rule(
        "account-threat",
        r"tài khoản.{0,60}(bị khóa|bị đóng|sẽ bị|bất thường|thiết bị (khác|lạ|mới)|ở nước ngoài|khác vùng|bị trừ|thu phí)"
        r"|(số thuê bao|sim|thẻ).{0,50}(bị khóa|khóa (một|hai|1|2) chiều)|(cắt điện|ngừng cấp|bị tước|bị phạt).{0,60}(nếu|trong|trước)"
        r"|phát hiện.{0,40}(đăng nhập|thiết bị|kích hoạt|tiêu dùng)|(nếu )?không phải (là )?(bạn|quý khách|anh chị)",
    ),
    Rule("fee", r"phát sinh phí|thu phí [\d.,]+|phí dịch vụ (hàng tháng|hàng thang)|phí thường niên|bị trừ (trong|[\d.,]+)"),
    Rule(
        "prize",
        r"trúng (thưởng|giải|tuyển thưởng)|nhận (quà|thưởng|giải)|phần thưởng|quà tặng miễn phí|quay số|vòng quay|đổi (quà|điểm)"
        r"|điểm thưởng|tri ân|may mắn (nhận|trúng)|trúng (iphone|xe|vàng|\d)|tặng ngay|nhận ngay \d|trao thưởng",
    ),
    Rule(
        "payout",
        r"(nhận|hoàn|rút) (lại )?(tiền|trợ cấp|hỗ trợ|thuế|\d+ ?%|[\d.,]+ ?(k|đ|d|triệu|tr)\b)|đủ điều kiện nhận|tiền hỗ trợ"
        r"|nhận (được )?tr[oợ0] c[aấ]p|hoàn tiền|lấy lại tiền|hỗ trợ (lũ|chi phí)|học bổng|du học sinh.{0,40}quà",
    ),
    Rule(
        "gambling",
        r"\bnạp (đầu|lần đầu|tiền|\d|trước|vip|tối thiểu)|nạp ?đầu|nổ hũ|no hu\b|bắn cá|ban ca\b|tài xỉu|xóc đĩa|baccarat|\bslot\b|casino"
        r"|cá cược|vòng cược|cược (vào|miễn phí|cao)|nhà cái|xổ số.{0,30}(rút|nạp|thưởng)|lô (đề|tô)|game bài|thưởng nạp|tặng \d+ ?k\b"
        r"|hội viên mới|thành viên mới|rút (tiền )?(siêu tốc|nhanh|cực nhanh|1 phút)|tan thu|tân thủ|hoàn trả \d|thưởng \d+k",
    ),
    Rule(
        "easy-job",
        r"việc nhẹ lương cao|(tuyển|cần).{0,50}(cộng tác viên|nhân viên|người|bạn).{0,80}(tại nhà|online|bán thời gian|xử lý đơn|like|thả tim)"
        r"|(kiếm|thu nhập|lương).{0,40}\d+ ?(k|tr|triệu|nghìn|ngàn)?.{0,12}(/|mỗi|một|1|trên) ?(ngày|phút)|làm nhiệm vụ|nhận nhiệm vụ"
        r"|kiếm tiền (tại nhà|online|bằng)|hoa hồng \d|lương trả (theo|hàng) ngày|lương \d+ (triệu|tr).{0,60}(campuchia|không cần)|"
        r"làm việc tại nhà",
    ),
    Rule(
        "loan",
        r"vay (nhanh|tiền|\d|không thế chấp|online)|giải ngân|xóa nợ xấu|đáo hạn|nợ xấu|khoản vay|duyệt vay",
    ),
    Rule(
        "invest",
        r"(lãi|lợi nhuận).{0,20}\d+ ?%.{0,12}(ngày|tháng|tuần)|đầu tư.{0,60}(cam kết|lãi|lợi nhuận|x\d|gấp)|tiền ảo|chuyên gia (đọc|kéo) lệnh"
        r"|đọc lệnh|góp vốn|nhận lại (gấp|\d)|x[235] (tài khoản|vốn)|hoàn (lại )?gấp (đôi|\d)|(hoàn|nhận lại) \d{3} ?%|góp \d.{0,30}(nhận|quay)|tuần sau x\d|vốn \d.{0,30}thành",
    ),
    Rule("papers", r"(làm|bán|nhận làm).{0,30}(bằng (cấp|đại học|lái xe|cấp)|giấy tờ|giấy phép lái xe|căn cước|cavet|sim chính chủ)"),
    Rule(
        "distress",
        r"(cho (em|mình|anh|con) )?mượn.{0,20}(triệu|tr|tiền).{0,60}(vào|số|chuyển)|(cấp cứu|mổ|tai nạn|rửa tiền|bị bắt).{0,80}(chuyển|nộp)"
        r"|thỏa thuận.{0,10}giảm nợ|thanh toán khoản vay",
    ),
    Rule("notice", r"đơn hàng.{0,60}(thất bại|không thành công|sai địa chỉ|bị giữ|bị lỗi)|(bưu phẩm|kiện hàng|bưu kiện).{0,60}(giữ|xác nhận|phí)"
         r"|nộp phạt|chưa nộp|phạt nguội|biên lai|(cập nhật|xác (thực|nhận|minh)|chuẩn hóa).{0,40}(thông tin|tài khoản|sinh trắc|căn cước|danh tính|vneid)"
         r"|nợ tiền điện|lỗi đơn hàng|hủy (dịch vụ|thẻ|thanh toán|giao dịch)|mời cài|vi phạm (bản quyền|tiêu chuẩn)"),
    Rule("cheap", r"giảm (7|8|9)0 ?%|giá \d+ ?(k|tr|triệu).{0,40}cọc|\b(đặt |chuyển )?cọc (trước|giữ|50|\d)|đóng (phí|giúp|\d)|vé (máy bay )?0 ?(đồng|đ)\b"
         r"|khỏi (hẳn |hoàn toàn )?.{0,20}sau \d+ ngày"),
    Rule("tell-no-one", r"(tuyệt đối )?(không|đừng) (nói|gọi|cho) (với )?(ai|điện|biết)|giữ bí mật"),
)  # fmt: skip

ASKS = (
    Rule(
        "credentials",
        r"(nhập|cung cấp|đọc|gửi|điền|cho).{0,50}(otp|mã (xác (nhận|thực)|pin|otp)|mật khẩu|số thẻ|số tài khoản|thông tin thẻ|sinh trắc|căn cước"
        r"|giấy tờ)|đăng nhập (ngay|tại|vào|https?|www)|đổi mật khẩu",
    ),
    Rule(
        "transfer",
        r"chuyển (khoản|tiền|trước|gấp|phí|\d)|\bnạp\b|nap (tien|truoc|\d|dau|lan)|đặt cọc|\bcọc\b|đóng (phí|trước|\d|giúp|thuế)|nộp (phí|trước|phạt|\d|lệ phí)"
        r"|vào (số )?(tài khoản|stk|số này)|trả phí|phí (hồ sơ|duyệt|thành viên|vận chuyển|bảo hiểm)|góp vốn|\[bank:\d+\]",
    ),
    Rule("install", r"(cài|tải|dow?n ?load).{0,40}(app|ứng dụng|apk|phần mềm|file|theo (link|đường dẫn))|cấp quyền|nguồn không xác định"),
    Rule(
        "contact",
        r"(liên hệ|lh|kết bạn|nhắn( tin)?|inbox|ib|thêm vào|add|gọi|gap|gặp|bấm phím|vào nhóm|tham gia nhóm|nhấn phím).{0,60}"
        r"(zalo|telegram|tele\b|\[phone:\d+\]|facebook|@\w|số|tư vấn|quản lý|cán bộ|mr\b|0[\d. -]{6,}|\d>\d)"
        r"|\b(zalo|tele(gram)?)\b ?:? ?(\[phone:\d+\]|@|0\d)|liên hệ( ngay)?:? ?\[phone|liên hệ \d|\bib\b|nhắn tin ngay|nhắn telegram|liên hệ zalo",
    ),
    Rule("fill-in", r"điền (tên|số|thông tin|form)|đăng ký (ngay|tại|nhận|hội viên|thành viên|\d)|dky tai|đk tại|dk ?:|bấm (vào|ngay)|truy cập|nhấn ?(vào|ngay|>)|nhắn (vào|cho)|gọi vào số"),
)  # fmt: skip

AGENCIES = Rule(
    "agency",
    r"ngân hàng|vietcombank|techcombank|agribank|sacombank|vpbank|vietinbank|tpbank|bidv|\b(vcb|tcb|acb|shb|scb|msb|mb|vpb)\b ?:?"
    r"|điện lực|\bevn\b|công an|bộ công an|tòa án|viện kiểm sát|cục thuế|tổng cục thuế|\bthuế tb|bảo hiểm xã hội|\bbhxh\b|\bquỹ bhtn|quy-bhtn|quỹ bh-?tn"
    r"|bưu điện|bưu chính|\bvnpost\b|cục viễn thông|cục vi[eễ]n|ubnd|ủy ban|chủ tịch tỉnh|kho bạc|hải quan|cảnh sát giao thông|giám sát giao thông"
    r"|bộ giao thông|vneid|dịch vụ công|shopee|lazada|tiki\b|ebay|tiktok|western union|facebook support|viettel|vinaphone|mobifone|zalo trúng|điện máy"
    r"|chữ thập đỏ|cấp nước|cơ quan y tế|sở giáo dục|bệnh viện|thầy chủ nhiệm|phòng đào tạo|tòa soạn|phóng viên",
)

HOOK = Rule("hook", r"\[(bank|phone):\d+\]|\bzalo\b|\btele(gram)?\b|t\.me/|@\w|\binbox\b|\d[\d.-]{7,}\d|(\d>){4}")
"""A way to get in touch with a deceiver, besides a link."""

TRANSACTION = Rule("transaction", r"(số dư|\bsd ?:|\bnd ?:|\bgd\b.{0,3}[-+:]|giao dịch (thành công|:)|biến động số dư)")

WARNING = Rule(
    "warning",
    r"cảnh giác|cẩn thận|đề phòng|coi chừng|đừng (bấm|ai|có|tin|dại|nghe|chuyển|ham)|không (bấm|nên|được) (vào|bấm|tin|cung cấp|chuyển)"
    r"|(khuyến cáo|cảnh báo).{0,40}(người dân|bà con|lừa|thủ đoạn|giả|khách|các|mọi người|:)|(chiêu|thủ đoạn|bị|bọn|tụi|trò|vụ|kẻ|đường dây|nạn) lừa"
    r"|lừa đảo (giờ|tinh vi|qua|chiếm|mới|đó|quá|nha|nhé)|suýt (mất|bị)|sập bẫy|không chia sẻ.{0,30}(mã|otp)|không cung cấp.{0,30}(mã|ai|otp)"
    r"|giả mạo\b(?!.{0,20}tại)|giả danh|\bmay mà\b|mạo danh|cúp máy|tránh xa|bị hack|tố giác|công an (vừa |đã )?(bắt|khởi tố|triệt phá)",
)

# --- H4 ---------------------------------------------------------------------------------------------------------------------
VIOLENCE = Rule(
    "violence",
    r"(chém|đâm|giết|bắn|đập|đánh|thiêu|đốt|xiên|chặt|tẩn|thịt|bổ|bóp cổ|dí đầu|tạt axit|tạt (sơn|xăng)|xử đẹp|tiêu diệt|ném (bom|đá|mìn)|đặt bom|đặt mìn"
    r"|cho nổ|vặn cổ|cắt cổ|treo cổ|chôn sống|hỏa thiêu|đấm)",
)
CALL = Rule(
    "call",
    r"(anh em|ae|bà con|mọi người|ai (ở gần|biết|gặp)|cả (xóm|làng)|tụi mình|chúng ta|kéo (nhau|qua|vào|đến|lên)|tập trung|hẹn nhau|phục (nó|sẵn)|mang (theo )?"
    r"(dao|gậy|hàng|kiếm|súng|mã tấu)|tối nay|đêm nay|chiều nay|ngày mai|\bmai\b|lúc \d|gặp (là|nó|thằng|con|tao|đâu)|gặp ở đâu|nên (tiêu diệt|bắn|giết|đánh|chém|thiêu)"
    r"|phải (đánh|giết|chém|bắn|thiêu|đập|bổ|cho)|đem ra|lôi .{0,20}ra|cho tao|tao (thưởng|cho|chém|đập|giết|mà gặp|đến)|bố đến|\bđi\b *[.!,]*$|\bđi\b|đê\b|luôn|hết\b"
    r"|mẹ (nó|mày|chúng|bọn)|chết (mẹ|cụ|luôn|cha|hết))",
)
VICTIM = Rule(
    "victim",
    r"\b(nó|thằng|con (đó|này|kia|đĩ|ranh|mụ|mẹ|tiện|điếm|nhỏ|chó)|bọn (nó|này|chúng|kia)|chúng nó|tụi (nó|này|kia|đó)|mày|lũ (này|kia|chúng)|nhà (nó|mày|con|thằng)"
    r"|cả nhà|hai đứa|mấy đứa|\d (đứa|thằng|con)|tên|quán (đó|nó|này)|xe (tụi|nó|đoàn)|trụ sở|ai dám|hết bọn)\b",
)
IDIOM = Rule(
    "idiom",
    r"chém gió|đánh (giá|vần|bài|cược|đổi|răng|lô|thuế|dấu|máy|bóng|chén|phấn)|giết thời gian|đâm (lao|ra|đầu)|bắn (tung|tin|pháo|tốc độ|cá)|đốt (tiền|nhang|lửa|vía|rác|rơm)"
    r"|đập hộp|chặt chém|đấm (nhau|bốc|phát)|game|phim|truyện|boss|đối thủ|vào lưới|quả (báo|phạt)|trò chơi|nhân vật|(bị|đã|từng|vừa|khi|đang) (chém|đâm|giết|đánh|bắn|đốt)"
    r"|tử hình|xử (bắn|tử|lý)|pháp luật|tòa|cười (chết|vỡ)|yêu chết|chết cười|đói chết|mệt chết|đánh chết (con )?(ruồi|muỗi|chuột)",
)
IMMINENT = Rule(
    "imminent",
    r"(tối|đêm|chiều|trưa|sáng) (nay|mai)|ngày mai|\bmai\b|ngay bây giờ|\d{1,2} ?(h|giờ)\b|tập trung (ở|tại|trước)|mang (theo )?(dao|gậy|súng|hàng|mã tấu|xăng|kiếm)|đêm nay làm",
)

# --- H5 ---------------------------------------------------------------------------------------------------------------------
GROUP = Rule(
    "group",
    r"bắc (kỳ|kì|kỳ|cầy|ký|hà)|\bbake\b|\bpatky\b|nam (kỳ|kì|cầy|ký)|trung kỳ|\bparky\b|backy|ba (que|sọc)|mọi rợ|dân tộc (thiểu số|mọi|miền núi)|\blgbt\b|đồng tính"
    r"|bê đê|\bbđ\b|pê đê|biến thái|người (da đen|chăm|khmer|thượng|hoa|tàu|bắc|nam|trung|miền)|dân (bắc|nam|trung|miền|da|thanh|nghệ|hải)|tộc (nón|mũ|cối)"
    r"|theo đạo|đạo (hồi|thiên|chúa|tin)|khuyết tật|tật nguyền|bại liệt|thiểu năng|câm điếc|(bọn|lũ|tụi|dân) (trung quốc|tàu|khựa|hàn|nhật|mỹ|mọi|miền|bắc|nam|trung)"
    r"|con (bóng|đàn bà)|đàn bà (toàn|chúng)|giới tính|bóng lộ|nón cối|giống (nòi|chó|lừa)|thứ (3|ba)",
)
ABUSE = Rule(
    "abuse",
    r"súc (vật|sinh)|chó|lợn|rác rưởi|bệnh hoạn|ghê tởm|tởm|bẩn|mọi|ngu|đĩ|điếm|phò|cút|chết|giết|cấm|thiêu|khinh|ghét|kỳ thị|kì thị|quái thai|biến thái|trộm cắp|trộm cướp"
    r"|monkey|khỉ|địt|đụ|lồn|cặc|buồi|cứt|thần kinh|hèn|mọi rợ|dơ|thô tục|lười",
)
BANISH = Rule(
    "banish",
    r"(bọn|lũ|tụi|đám|dân|giống|thứ|loại|người) .{0,60}(chết (hết|đi|sạch|đói)|giết|diệt|đuổi|cút|nhốt|thiêu|cấm|tuyệt chủng|sinh ra đã|toàn (là )?(lười|trộm|ngu|tham|lừa|dơ|bẩn|súc|giống))",
)
"""A group as such is wished away or called bad by birth: what makes contempt an attack."""

ADDRESSED = Rule(
    "addressed",
    r"\b(mày|mi|m|cm|con (này|kia|nhỏ|mụ|đĩ|mẹ|chó|điếm|ranh|bé)|thằng (này|kia|chó|ngu|đăng)|cái loại (mày|này)|loại mày|đồ (con|chó))\b",
)
SEVERE = Rule(
    "severe",
    r"đĩ|điếm|\bphò\b|súc (vật|sinh)|địt (con )?mẹ (mày|m\b|thằng|con|nhà)|chết đi|đi chết|nhảy lầu|tự tử đi|mồ côi|bố mẹ mày|cha mẹ mày|mẹ mày|rác rưởi|ăn cứt|cặc|lồn",
)

# --- H6, H7, H8 -------------------------------------------------------------------------------------------------------------
CHILD = Rule(
    "child",
    r"trẻ em|trẻ con|bé (gái|trai)|học sinh|\bhs\b|cấp (2|hai|1|một)|lớp [1-9]\b|(1[0-7]|[3-9]) tuổi|dưới 1[68]|vị thành niên|ấu dâm|\bloli\b",
)
SEXUAL = Rule(
    "sexual",
    r"khiêu dâm|clip (sex|nóng|hot|kín)|ảnh (nóng|nude|sex|kín)|\bsex\b|\bnude\b|lột đồ|làm tình|bán dâm|hàng (họ|zin)|phim cấp 3|gợi dục",
)
OFFER = Rule(
    "offer",
    r"\b(bán|share|chia sẻ|trao đổi|ai cần|ib|inbox|link|tải|xem (full|tại|ngay)|giá|nhóm kín|gửi|tuyển|liên hệ|zalo|tele)",
)
DATA_SALE = Rule(
    "data-sale",
    r"(bán|mua|share|cần|thuê|tra).{0,40}(data|dữ liệu|thông tin|danh sách|file).{0,80}(số điện thoại|sđt|khách|phụ huynh|căn cước|cccd|thuê bao|thẻ|tài khoản)"
    r"|danh sách.{0,60}(kèm|có|gồm) (số điện thoại|căn cước|cccd|địa chỉ|số tài khoản)|tra (số )?ra (cccd|căn cước|địa chỉ)",
)
EXPOSING = Rule(
    "exposing",
    r"danh sách|căn cước|cccd|cmnd|hồ sơ (bệnh án)?|bệnh án|xét nghiệm|số (nhà|tài khoản|thẻ)|sđt|số điện thoại|quê|sinh năm|hộ khẩu|bảng lương|con nợ|bóc phốt|thông tin (của )?(thằng|con|đứa)"
    r"|địa chỉ nhà|lộ clip|(gọi|vào) (chửi|khủng bố)|ai gặp",
)
INSTALL = ASKS[2]

# --- signs of the lanes (never harm by themselves) --------------------------------------------------------------------------
HEARSAY = Rule(
    "hearsay",
    r"nghe (nói|đâu|bảo|tin|phong phanh|đồn|kể)|có (tin|người (quen|bạn|nói|bảo))|(người quen|bạn|chị|anh|chồng|ông anh)( \w+){0,5} (làm|bên|ở)( \w+){0,5} (bảo|nói|nhắn|kể)"
    r"|nguồn ?: |nguồn tin (nội bộ|riêng)|tin (chuẩn|nội bộ|từ)|theo nguồn|người ta (phát hiện|nói|đồn)|hình như|nghi vấn|chắc chắn (là|do|nhiễm)",
)
SPREAD = Rule(
    "spread",
    r"(chia sẻ|share|chuyển cho|lan truyền)( \w+){0,3} (gấp|mạnh|ngay|cho mọi|cho người|giúp)|cho mọi người (biết|cùng)|mọi người (chú ý|cẩn thận|lưu ý)|lưu ý|cả nhà ơi",
)
URGENT = Rule("urgent", r"khẩn|cực nóng|cảnh báo|\bsos\b|\bhot\b|nóng ?:|gấp\b|ngay (lập tức|đi)|tin nóng|cập nhật")
SECRECY = Rule(
    "secrecy",
    r"giấu|bưng bít|ém (tin|nhẹm)|bịt (tin|miệng)|không dám (nói|đăng|đưa|công bố)|chưa (thấy )?báo nào|không công bố|che (đậy|giấu)|mà không ai (biết|đưa)",
)
ALARM = Rule(
    "alarm",
    r"vỡ (đập|đê|hồ)|xả (lũ|khẩn)|bắt cóc|nội tạng|nhiễm (độc|bệnh|virus|covid|corona|xyanua|phóng xạ|trùng)|ung thư|tử vong|chết|virus|corona|covid|dịch|sóng thần|động đất|thiên thạch|phong tỏa"
    r"|giới nghiêm|phá sản|thạch tín|chất độc|độc hại|vô sinh|đại dịch|dương tính|ca (nhiễm|mắc|dương)|sập\b|nổ\b|thi thể|cách ly|vắc ?xin|vaccine|bệnh lạ|5g|chip|sinh học|thế chiến|chiến tranh|qua đời",
)
CURE = Rule(
    "cure",
    r"(uống|ăn|ngậm|xông|bôi|đắp|súc).{0,60}(khỏi|hết|diệt|sạch|chữa|phòng|ngừa|ngăn|tiêu diệt|không bao giờ)|thuốc (đặc trị|chữa)|chữa (khỏi|bách bệnh|được)|bài thuốc",
)
OFFICIAL_WORD = Rule(
    "source",
    r"theo (bộ|sở|ubnd|công an|thông tin|thông báo|báo|trung tâm|cơ quan|ông|bà|kết quả|quyết định|who|cdc|tổng cục|cục)|bộ y tế|thông cáo|ban chỉ đạo|(cho biết|khẳng định|thông báo|công bố|phát biểu)\b"
    r"|sáng \d|chiều \d|tối \d|ngày \d+ ?[-/.] ?\d+|tại (phiên|cuộc|kỳ) (họp|tòa)|xét xử|tand|khởi tố|bản tin",
)
COMPLAINT = Rule(
    "complaint",
    r"đề nghị|kiến nghị|yêu cầu|bức xúc|phản ánh|ai chịu (trách nhiệm)?|chịu trách nhiệm|sao (không|lại|mà)|tại sao|bao giờ (mới|xong|sửa)|tới (giờ|bây giờ) (vẫn|chưa)|đến giờ (vẫn|chưa)|mãi (không|chưa|mà)|hoài"
    r"|đùn đẩy|hạch sách|hành (dân|là chính)|làm (ăn|việc) kiểu|kiểu gì|cho có|vô lý|quá tải|chậm trễ|bất công|lãng phí|lạm thu|chặt chém|xuống cấp|đắp chiếu|bỏ hoang|thất vọng|tệ|dở|kém|không (hài lòng|hợp lý|công bằng|rõ ràng)"
    r"|thiếu|hỏng|hư\b|nát|ngập|ô nhiễm|hôi thối|tham nhũng|tham ô|ăn chặn|quan liêu|cửa quyền|vô trách nhiệm|tắc trách|đúng quy trình|rút kinh nghiệm|bao che|nhóm lợi ích|đóng thuế|tiền thuế|trục lợi|sai phạm",
)
PROPOSAL = Rule(
    "proposal",
    r"\bnên\b|cần (có|thêm|phải|được|tăng|thay)|mong (nhà|các|cơ|thầy|cô|tỉnh|được|trường|khoa)|góp ý|đề xuất|phải (có|tạo|sửa|thay|xử|làm)|giá như|ước gì|kính mong|hy vọng (nhà|các|cơ|trường)|sửa (lại )?luật",
)
AUTHORITY = Rule(
    "authority",
    r"phường|\bxã\b|ubnd|ủy ban|chính quyền|cán bộ|lãnh đạo|nhà nước|chính phủ|quốc hội|\bbộ (trưởng|y tế|giáo|công|tài|giao|xây|nội|tt|4t)|\bsở\b|cơ quan|công an|csgt|tòa án|quan chức|đảng|chủ tịch|đại biểu|ngành (điện|giáo|y)|evn|điện lực|thủy điện"
    r"|bệnh viện|nhà trường|trường\b|thanh tra|quản lý thị trường|bảo hiểm|ngân hàng|vtv|báo chí|luật\b|nghị định|quy định|chính sách|thông tư|bot\b|vietnam airlines|\bdân\b|người dân",
)
TEACHING = Rule(
    "teaching",
    r"giảng viên|giáo viên|sinh viên|môn (học|này)|bài (giảng|tập|kiểm tra|học)|slide|thực hành|lý thuyết|phòng (học|máy|lab)|\bthầy\b|\bcô (giảng|dạy|cho|nên|giáo)|học kỳ|điểm (số|thi|quá trình)|đề thi|giáo trình|đồ án|máy chiếu|đào tạo|lịch học|moodle|oop",
)
THANKS = Rule(
    "thanks",
    r"cảm ơn|cám ơn|biết ơn|tri ân các|hoan hô|hoan nghênh|chúc mừng|tự hào|tuyệt vời|ấm lòng|nhân văn|tử tế|xúc động|cảm động|khâm phục|ngưỡng mộ|chiến công|giỏi (quá|thật|lắm)|tấm lòng|nghị lực|đáng quý|vỡ òa|lan tỏa",
)
PROFANE = Rule(
    "profane",
    r"địt|đụ\b|đù (má|mạ|mẹ)|\bđéo|lồn|cặc|\bđm\b|vcl|vãi|\bcc\b|mẹ (mày|nó|kiếp)|chó|ngu\b|súc vật|khốn nạn|mất dạy|đĩ|\bcứt",
)
MOCKERY = Rule("mockery", r"=\)+|:\)+|haha|hihi|kk+\b|😂|🤣|😆|\bha ha|hehe|cười")
QUESTION = Rule("question", r"\?|(không|ko) (ạ|mọi người|nhỉ|vậy)|cho (em|mình|tôi) hỏi|ai (có|biết)|mấy giờ|ở đâu")
PROMOTION = Rule(
    "promotion",
    r"^[\[(](qc|tb)|\[qc|\(qc|(từ chối|tu choi) (qc )?soạn|khuyến m[aã]i|ưu đãi|giảm (giá|\d+ ?%)|tặng (ngay )?\d+ ?%|thẻ nạp|nạp thẻ|soạn \w+|freeship|giá (sỉ|từ|chỉ)|voucher|combo|thanh lý|liên hệ chính chủ|chốt đơn|đăng ký nv|xét tuyển|hotline|inbox|trả góp"
    r"|data\b|gói cước|miễn phí (data|\d)|ký gói|ib (em|mình)|bán (lô|nhà|đất)",
)
SERVICE = Rule(
    "service",
    r"mã (xác (thực|nhận|minh)|otp)|verification code|\botp\b|số dư|so du|\bgd ?[:\-+]|(đã|vua) (thanh toán|giao|đăng nhập|nhận)|thanh toán thành công|đăng ký thành công|giao (hàng )?thành công|hóa đơn|nhắc lịch|kính mời|quý (khách|phụ huynh)|trân trọng|không chia sẻ mã|tra cứu|thông báo (học|lịch|:)",
)
PUNISH = Rule(
    "punish",
    r"tử hình|chung thân|tù (mọt|bao|chung)|xử (nặng|nghiêm|thật|bắn)|phạt (nặng|thật)|trị (thật )?nặng|mạnh tay|đền tội|nghiêm trị",
)

SIGNS = (
    HEARSAY, SPREAD, URGENT, SECRECY, ALARM, CURE, OFFICIAL_WORD, COMPLAINT, PROPOSAL, AUTHORITY, TEACHING, THANKS, PROFANE, MOCKERY, QUESTION,
    PROMOTION, SERVICE, PUNISH, WARNING, AGENCIES, DATA_SALE, VIOLENCE, VICTIM, GROUP, SEVERE, *LURES, *ASKS,
)  # fmt: skip
"""Cues whose presence is told to the social models as a feature of its own: few labelled posts, so words alone generalise badly."""

SIGN_NAMES = frozenset(rule.name for rule in SIGNS)
