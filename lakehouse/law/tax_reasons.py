"""Why a tax was not worked out, or worked out otherwise than declared, in words."""

from collections.abc import Mapping

# Code → (Vietnamese, English). The first group says why something is not evaluated.
REASONS: Mapping[str, tuple[str, str]] = {
    "exchange_rate_missing": (
        "Không có tỷ giá của đồng tiền vào ngày đăng ký",
        "There is no exchange rate of the currency on the day of registration",
    ),
    "negative_amount": (
        "Trị giá hóa đơn, cước, bảo hiểm hoặc khoản điều chỉnh âm",
        "An invoice value, freight, insurance or adjustment is negative",
    ),
    "adjustment_line_unknown": (
        "Khoản điều chỉnh nêu dòng hàng không có trên tờ khai",
        "An adjustment names a line that the declaration does not have",
    ),
    "no_value_to_apportion_by": (
        "Không có dòng hàng có trị giá để phân bổ khoản chung",
        "No line has a value by which a common amount could be spread",
    ),
    "customs_value_missing": (
        "Dòng hàng chưa có trị giá tính thuế",
        "The line has no customs value yet",
    ),
    "not_registered": (
        "Tờ khai chưa đăng ký",
        "The declaration is not registered yet",
    ),
    "quota_balance_unknown": (
        "Chưa biết lượng hạn ngạch còn lại trước tờ khai này",
        "What is left of the quota before this declaration is not known",
    ),
    "tax_lists_missing": (
        "Chưa công bố danh mục thuế cho hệ thống quyết định",
        "No lists of taxes are published for the decision service",
    ),
    "relief_claimed": (
        "Khai miễn, giảm thuế theo căn cứ chưa có trong kho dữ liệu",
        "A relief is claimed whose grounds are not known here",
    ),
    "negative_customs_value": (
        "Trị giá tính thuế của dòng hàng âm",
        "The customs value of the line is negative",
    ),
    "duty_rate_missing": (
        "Không có thuế suất thuế nhập khẩu của mã hàng theo biểu thuế vào ngày đăng ký",
        "There is no import duty rate of the code in the tariff table on the day",
    ),
    "vat_rate_missing": (
        "Không có thuế suất thuế GTGT của mã hàng vào ngày đăng ký",
        "There is no VAT rate of the code on the day",
    ),
    "quota_missing": (
        "Khai ngoài hạn ngạch nhưng mã hàng không có hạn ngạch vào ngày đăng ký",
        "Marked over quota, but the code has no quota on the day",
    ),
    "unit_mismatch": (
        "Đơn vị tính của dòng hàng không đổi được sang đơn vị của mức thuế, hạn ngạch",
        "The line has no quantity that can be had in the unit of the rate or quota",
    ),
    "certificate_unknown": (
        "Khai thuế suất ưu đãi đặc biệt, chưa biết chứng từ chứng nhận xuất xứ",
        "A preferential rate is declared and its certificate of origin is not known",
    ),
    "hs_code_missing": (
        "Dòng hàng không có mã HS",
        "The line has no commodity code",
    ),
    "export_tariff_missing": (
        "Không có biểu thuế xuất khẩu có hiệu lực vào ngày đăng ký",
        "There is no export tariff in force on the day",
    ),
    "export_code_short": (
        "Biểu thuế xuất khẩu chia mã hàng đến 10 chữ số, tờ khai chỉ có 8",
        "The export tariff divides the code into ten digits, the line has eight",
    ),
    "parcel_incomplete": (
        "Một dòng khác của kiện hàng không tính được nên chưa xét được miễn thuế",
        "Another line of the parcel is not evaluated, so its exemption is not known",
    ),
    # The findings, and the reasons for which a preference is refused.
    "quota_exceeded": (
        "Lượng khai vượt số còn lại của hạn ngạch: cả dòng tính ngoài hạn ngạch",
        "The quantity is above the balance: the whole line is out of quota",
    ),
    "mfn_refused": (
        "Xuất xứ không hưởng thuế suất ưu đãi (MFN): áp dụng biểu thông thường",
        "The origin has no most-favoured-nation treatment: the ordinary table applies",
    ),
    "low_value_rule_missing": (
        "Không có quy định hàng trị giá thấp vào ngày đăng ký: không miễn theo trị giá",
        "No rule for low-value goods is in force: no exemption by value",
    ),
    "fta_refused": (
        "Không được hưởng thuế suất ưu đãi đặc biệt",
        "The special preferential rate is refused",
    ),
    "agreement_not_in_force": (
        "Biểu thuế ưu đãi đặc biệt không có hiệu lực vào ngày đăng ký",
        "The agreement's table is not in force on the day",
    ),
    "certificate_missing": (
        "Không có chứng từ chứng nhận xuất xứ",
        "There is no certificate of origin",
    ),
    "certificate_cancelled": (
        "Chứng từ chứng nhận xuất xứ đã bị hủy hoặc thu hồi",
        "The certificate of origin is cancelled",
    ),
    "certificate_form": (
        "Mẫu chứng từ chứng nhận xuất xứ không thuộc hiệp định",
        "The form of the certificate is not one of the agreement",
    ),
    "certificate_origin": (
        "Xuất xứ trên chứng từ khác tờ khai hoặc không thuộc hiệp định",
        "The origin on the certificate differs or is outside the agreement",
    ),
    "certificate_hs": (
        "Mã HS trên chứng từ khác tờ khai ở cấp 6 số",
        "The six-digit code on the certificate differs",
    ),
    "certificate_not_yet_issued": (
        "Chứng từ chứng nhận xuất xứ cấp sau ngày đăng ký",
        "The certificate was issued after the day of registration",
    ),
    "certificate_expired": (
        "Chứng từ chứng nhận xuất xứ hết hạn trước ngày đăng ký",
        "The certificate had expired on the day of registration",
    ),
}
