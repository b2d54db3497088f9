"""What the words beside a name say about it.

Patterns look at the text left of a name (up to its start) or right of it (from its end), in lower case. The lists are ours,
read off press titles; each entry is a pattern of use, never a person.
"""

from __future__ import annotations

import re

UNIT = re.compile(
    r"(?:^|[^\w])(xã đảo|xã|phường|thị trấn|đặc khu|huyện đảo|huyện|quận|thị xã|thành phố|tỉnh|thôn|ấp|khóm"
    r"|làng|buôn|bản|khu phố"
    r"|(?:[xphq]|tp|tx|tt)\.|tp|tx)(?: (?:biên giới|miền núi|vùng cao|mới))? ?$"
)
"""The kind of unit written directly before a name."""

COMMUNE_UNITS = frozenset({"xã", "xã đảo", "phường", "thị trấn", "đặc khu", "x.", "p.", "tt."})
DISTRICT_UNITS = frozenset({"huyện", "huyện đảo", "quận", "thị xã", "thành phố", "h.", "q.", "tp.", "tx.", "tp", "tx"})
KIND = {"x.": "xã", "xã đảo": "xã", "p.": "phường", "tt.": "thị trấn"}

AGENCY = re.compile(
    r"(?:ubnd|hđnd|mttq|công an|cảnh sát|csgt|cshs|tỉnh ủy|thành ủy|đảng ủy|ubmttq|tỉnh đoàn|sở [\w\-, ]{2,40}"
    r"|chi cục [\w ]{2,40}|cục [\w ]{2,30}"
    r"|thuế|kho bạc|bảo hiểm xã hội|điện lực|bệnh viện[\w\- ]{0,40}|trung tâm [\w ]{2,40}|tand|tòa án nhân dân"
    r"|tòa|vksnd|viện kiểm sát[\w ]{0,12}"
    r"|thanh tra|hải quan|biên phòng|bộ chỉ huy[\w ]{0,20}|quản lý thị trường|chủ tịch|bí thư|giám đốc"
    r"|đoàn đbqh|đoàn đại biểu quốc hội"
    r"|liên đoàn lao động|hội [\w ]{3,20}|ban quản lý[\w ]{0,30}|chính quyền|cơ quan chức năng|lãnh đạo)"
    r"(?: (?:của |tại |ở )?(?:các |hai |ba )?(?:tỉnh|tp\.?|thành phố|xã|phường|đặc khu|huyện|thị xã|[ph]\.))? ?$"
)
"""An authority or public institution of the place."""

LOCATIVE = re.compile(
    r"(?:^|[^\w])(?:ở|tại|đến|về|vào|ra|lên|xuống|từ|trên|qua|vùng|biển|ven biển|bờ biển|bãi biển|vùng biển|đảo"
    r"|quần đảo|khu vực|địa bàn|địa phận|phía bắc|phía nam|bắc đảo|phố núi"
    r"|sân bay|cảng(?: biển| cá| hàng không(?: quốc tế)?)?|cửa khẩu|hồ|núi|chợ|đèo|cầu|ga|bến(?: xe| tàu| phà)?"
    r"|khu công nghiệp|kcn|kkt|khu kinh tế|vườn quốc gia|khu du lịch"
    r"|người dân|nông dân|phụ huynh|cử tri|du khách|khách|đất|rừng|du lịch|thủ phủ|thuộc|nay là|trung tâm"
    r"|nội thành|ngoại thành|đất liền|festival[\w. ]{0,20})"
    r"(?: (?:tỉnh|tp\.?|thành phố|xã|phường|đặc khu|huyện|thị xã|đảo|biển|đảo ngọc|[ph]\.))? ?$"
)
"""Words of place and movement, and the people and things of a place."""

ADDRESS = re.compile(r"^,? ?\(?(?:thuộc |tỉnh |tp\.? ?|thành phố |huyện |h\.|quận |q\.|thị xã )*$")
ADDRESS_BRACKET = re.compile(r"^ \((?:thuộc |tỉnh |tp\.? ?|thành phố |huyện |h\.|quận |q\.|thị xã )*$")
"""Between a place and the wider place it lies in."""

STREET = re.compile(
    r"(?:^|[^\w])(?:đường|tuyến đường|phố|đại lộ|ngõ|hẻm|ngách|dốc|vòng xoay|nút giao|bùng binh)(?: số)? $"
)
"""A street or junction named after the place."""

CLUB = re.compile(
    r"(?:clb|câu lạc bộ|fc|đội bóng|đội tuyển|hoàng anh|ha|lpbank|u\.?\d\d(?: nữ)?|nữ|tuyển nữ|tài năng trẻ"
    r"|trẻ) $|^hagl"
)
CLUB_RIGHT = re.compile(r"^ (?:united|fc|t&t|f\.c|bình định \d)")
"""A sports club that carries the name."""

BRAND = re.compile(
    r"(?:hoàng anh|quốc cường|đức long|becamex|hạt ngọc trời|lộc trời|xi măng|vicem|nước mắm|chó|chó xoáy|tiêu"
    r"|hồ tiêu|ngọc trai|chè|trà|bia|xổ số kiến thiết"
    r"|gang thép|than|ngân hàng|trường ĐH|cafe|cà phê|phở|bánh mì|bún|nem|tré|bún chả cá|bún quậy|bún cá|bún"
    r"|gỏi|rượu|gạo|xoài|tôm [\w ]{0,12}) ?-? ?$"
)
"""A company, product or dish that carries the name."""

COMPANY = re.compile(
    r"(?:công ty(?: tnhh| cổ phần| cp)?|ctcp|tập đoàn|thương hiệu|hãng|doanh nghiệp|chuỗi|quỹ|ô tô|hyundai) ?$"
)
"""A firm: only names that need a cue are refused by it (Công ty Điện lực An Giang is an authority of the place)."""

LOTTERY = re.compile(r"xổ số|vé số|trúng (?:độc đắc|đài|số)|đài [\w ]{2,20}\)?$|xskt|kqxs|giải đặc biệt|vietlott")
LOTTERY_LEFT = re.compile(r"(?:đài|xổ số|xskt|xsmn|vé số|kqxs)(?: kiến thiết)?(?: tỉnh)? ?$")

PERSON = re.compile(
    r"(?:^|[^\w])(?:ông|bà|anh|chị|em|cháu|thầy|cô|bác sĩ|tướng|vua|hoàng đế|nhà thơ|nhà văn|nghệ sĩ|ca sĩ"
    r"|danh tướng|đô đốc|anh hùng|liệt sĩ|bộ trưởng|cầu thủ|hlv) $"
)
"""A person (or the title of one) before the name."""

HISTORY = re.compile(r"(?:nghĩa quân|khởi nghĩa|nhà|triều|quân|phong trào|vua|anh em|thời|vương triều|bảo tàng) $")
HISTORY_RIGHT = re.compile(r"^ (?:tam kiệt|thất hổ tướng|ngũ phụng)")
"""A dynasty or uprising, not the commune."""

FACILITY = re.compile(
    r"(?:công viên|sân(?: vận động)?|svđ|nhà máy(?: nước)?|nút giao|cụm|hội trường|dinh|hội nghị|khách sạn"
    r"|chung cư|khu đô thị|kđt|dự án|trường(?: [\w\-]+){0,4}"
    r"|đại học|đh|học viện|bệnh viện(?: đa khoa)?|trại giam|nhà tù|nhà thờ|chùa|phim|tiểu thuyết|cải lương) $"
)
"""A building, park, school or work that carries the name; for names known everywhere it says nothing about the commune."""

SCHOOL = re.compile(r"(?:trường(?: [\w\-]+){0,4}|đại học|đh|học viện) $")
"""A school or university that carries the name: in sports its team."""

PRISON = re.compile(r"(?:trại giam|nhà tù|trại tù|nhà lao) $")

ORIGIN = re.compile(
    r"(?:^|[^\w])(?:quê(?: quán| gốc| nhà)?(?: ở| tại| hương)?|đồng hương|sinh ra(?: và lớn lên)?(?: ở| tại)"
    r"|(?<!hy )sinh ở|đến từ|gốc|nguyên quán"
    r"|(?:chàng trai|cô gái|người đàn ông|nam sinh|nữ sinh|người con|con gái|con trai|gái|trai|runner|vđv)"
    r"|làm việc(?: ở| tại)|người(?: tỉnh)?)"
    r"(?: |: ?)(?:(?:cùng |tại |ở )?(?:số \d+[\w/]*|(?:xã|phường|thị trấn|huyện|tổ|thôn|ấp|khóm|khu phố|đường"
    r"|tp\.?|thị xã|đặc khu|[xpht]\.)[^,;()]{0,28}),? ?(?:- )?)*"
    r"(?:tỉnh |tp\.? ?|thành phố |huyện |xã |phường |đặc khu |thị xã |[xpht]\.)?$"
    r"|(?:^|[^\w])(?:đại biểu|đbqh|đb|vđv|vận động viên|họa sĩ|nghệ sĩ|ca sĩ|ông|bà|anh|chị|em|cháu|bạn"
    r"|thí sinh|độc giả|bạn đọc|tác giả|nhà thơ|cầu thủ|võ sĩ|runner|nghệ nhân)"
    r" (?:(?! (?:ở|tại|xã|phường|huyện|của) )[^(),.;:]){2,30} \((?:tỉnh |tp\.? ?)?$"
)
"""Where a person comes from: "quê …", "đến từ …", a delegate or athlete with the province in brackets."""

HOME = re.compile(
    r"(?:^|[^\w])(?:(?:cùng )?ngụ(?: tại| ở| cùng)?|trú(?: tại| ở| quán)?|thường trú|tạm trú|cư trú|hktt"
    r"|hộ khẩu(?: thường trú)?(?: tại| ở)?|sống (?:ở|tại))"
    r"(?: |: ?)(?:(?:cùng |tại |ở )?(?:số \d+[\w/]*|(?:xã|phường|thị trấn|huyện|tổ|thôn|ấp|khóm|khu phố|đường"
    r"|tp\.?|thị xã|đặc khu|[xpht]\.)[^,;()]{0,28}),? ?(?:- )?)*"
    r"(?:tỉnh |tp\.? ?|thành phố |huyện |xã |phường |đặc khu |thị xã |[xpht]\.)?$"
)
"""Where a person lives."""

AGE = re.compile(r"\((?:[^()]{0,40}\b)?(?:\d{1,3} tuổi|sn ?\d{4}|sinh (?:năm )?\d{4})\b[^()]*$")
"""An age or year of birth inside the same parentheses."""

SIGNATURE = re.compile(
    r"\((?:[^\W\d_][\w.]*(?: [^\W\d_][\w.]*){0,3})(?:, ?\d{1,3} tuổi)?,(?: ?(?:ở|tại))? ?(?:(?:xã|phường|huyện"
    r"|tp\.?|thành phố|tỉnh|p\.|q\.)[^,()]*, ?)*(?:tỉnh |tp\.? ?)?$"
)
SIGNATURE_RIGHT = re.compile(r"^\)\W*(?:$|\n)")
"""The sign-off of a reader's question: "(Lan Anh, Thái Nguyên)" at the end."""

SPORT = re.compile(
    r"v[-.]?league|\bclb\b|\bhlv\b|bàn thắng|thủ môn|tiền đạo|trung vệ|hậu vệ|tiền vệ|cầu thủ|vòng \d+\b"
    r"|lượt trận|trận (?:thắng|thua|hòa|đấu|gặp)|đội bóng|đội khách|đội chủ nhà|bảng xếp hạng"
    r"|\bbxh\b|highlight|giải bóng đá|giải hạng nhất|cúp quốc gia|u\.?(?:15|16|17|19|20|21|22|23)\b|\btnsv\b"
    r"|bóng chuyền|trụ hạng|xuống hạng|siêu phẩm|futsal|vô địch|vđv|huy chương|\bvck\b|giải nữ|sân khách"
    r"|sân nhà|tay đua|hagl"
)
"""Words of sports results."""

VENUE = re.compile(
    r"(?:(?:sân(?: vận động| nhà| chơi)?|svđ|nhà thi đấu|nhà tập luyện|đăng cai|vòng đua|chặng \d+ [\w ]{0,12}"
    r"|phố núi|giải(?: [\w.]+){0,5}) (?:tỉnh |phường |tp\.? ?)?"
    r"|(?:^|[^\w])(?:tại|ở|lên|đến|về) (?:sân |tỉnh |phường |tp\.? ?)?|festival[\w. ]{0,30})$"
)
"""A place of play in the province."""

WARNING = re.compile(
    r"\bbão\b|áp thấp|mưa|lũ|ngập|lụt|không khí lạnh|rét|nắng nóng|giông|dông|lốc|gió (?:mạnh|giật)|sạt lở"
    r"|thủy triều|triều cường|hạn mặn|xâm nhập mặn|cháy rừng|động đất|thời tiết|không khí|aqi|dịch (?:bệnh|tả"
    r"|sởi|sốt)|sốt xuất huyết|tay chân miệng|ca mắc|sóng lớn"
)
"""Weather, disasters and epidemics: a list of provinces then applies to each of them."""

DECISION = re.compile(
    r"bộ chính trị|ban bí thư|thủ tướng|chính phủ|quốc hội|bộ trưởng|phê duyệt|nghị quyết|quyết định"
    r"|đề nghị \d+|yêu cầu|khởi công|cao tốc|fdi|vốn đầu tư|gdp|grdp|giông|thiệt hại|tai nạn|tử vong|khởi tố"
    r"|bắt giữ|triệt phá"
)
"""Decisions and events that apply to each place named."""

RANGE = re.compile(
    r"(?:^|[^\w])(?:từ|khu vực|ven biển|vùng biển|biển|các tỉnh|tỉnh)(?: (?:khu vực|các tỉnh|tỉnh|tp\.?"
    r"|thành phố|vùng biển|ven biển|phía nam|phía bắc|bắc|nam))* ?$"
)
RANGE_GLUE = re.compile(
    r"^ ?(?:đến|tới|-|–|vào|vào đến|xuống|trở vào)(?: (?:khu vực|các tỉnh|tỉnh|tp\.?|thành phố|phía bắc"
    r"|phía nam|bắc|nam))* ?$"
)
"""A range of provinces: "từ Đà Nẵng đến Khánh Hòa"."""

LIST_GLUE = re.compile(
    r"^[\s\"'’”(]*(?:\((?:cũ|mới)\))?(?:,|-|–|và|hay|hoặc|;|/|cùng|với|,? ?rồi)(?:[\s,]|và|các|cùng)*(?:(?:tỉnh"
    r"|tp|thành phố|đặc khu|xã|phường|p|tx|thị xã)\.? ?)?[\"'‘“]?$"
)
"""Between two members of a list of places."""

HIGHWAY = re.compile(
    r"(?:cao tốc|quốc lộ|tuyến|đường sắt|đường dây|cáp ngầm[\w ]*|đường bay|tàu cao tốc) ?[\w ]{0,20}$"
)
ELLIPSIS = re.compile(r"^ ?(?:…|\.\.\.|\.\.)")

PLATE = re.compile(r"(?:^|[^\w])(?:biển số|bks|bs|xe|biển) ?(\d\d)\s?[a-zđ]")
"""A number plate: the first two digits name the province that issued it."""

ABROAD = tuple(
    "Tân Cương,Côn Minh,Tây An,Sơn Tây,Sơn Đông,Hà Bắc,Hồ Nam,Hồ Bắc,Quảng Đông,Quảng Tây,Quảng Châu,Phúc Kiến,Giang Tô,"
    "Giang Tây,An Huy,Cam Túc,Thanh Hải,Vân Nam,Quý Châu,Tứ Xuyên,Thành Đô,Trùng Khánh,Cát Lâm,Liêu Ninh,Hải Nam,Nam Kinh,"
    "Nam Ninh,Tô Châu,Hàng Châu,Vũ Hán,Trịnh Châu,Tế Nam,Thanh Đảo,Đại Liên,Thẩm Dương,Trường Xuân,Lan Châu,Hợp Phì,Phúc Châu,"
    "Hạ Môn,Thẩm Quyến,Đông Quản,Phật Sơn,Chu Hải,Đài Bắc,Đài Nam,Cao Hùng,Bình Nhưỡng,Trung Quốc,Đài Loan,Triều Tiên".split(
        ","
    )
)
"""Chinese and Korean places under Vietnamese names, many of them also names of communes."""

SURNAMES = frozenset(
    "nguyễn trần lê phạm hoàng huỳnh phan vũ võ đặng bùi đỗ hồ ngô dương lý mai đinh trịnh đoàn tô lâm trương hà cao phùng "
    "đào lương châu quách tạ thạch danh rah siu rơ ksor".split()
)
"""The commonest family names: a name of place behind one is a person's ("Nguyễn Phú Bình")."""

FOLDED_UNIT = re.compile(r"(?:^|[^\w])(?:xa|phuong|huyen|tinh|tp|thanh pho|thi xa|tx|p|h|x)[. ] ?$")
"""A unit typed without diacritics."""
