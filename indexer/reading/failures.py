"""What can go wrong with a file, and what the person who has it can do."""

from __future__ import annotations

from corpus.errors import ReadingError

# code: (Vietnamese, English), each naming the cause and then the remedy; facts go in by name.
MESSAGES: dict[str, tuple[str, str]] = {
    "not-found": (
        "Không có tệp ở đường dẫn này. Hãy kiểm tra tên tệp và thư mục.",
        "There is no file at this path. Check the name and the folder.",
    ),
    "is-directory": (
        "Đây là thư mục, không phải tệp. Hãy chọn một tệp trong thư mục, hoặc lập chỉ mục cả thư mục.",
        "This is a folder, not a file. Choose a file in it, or index the whole folder.",
    ),
    "not-a-file": (
        "Đây không phải là tệp thông thường (thiết bị hoặc ống dẫn). Hãy chép nội dung ra một tệp rồi đọc tệp đó.",
        "This is not an ordinary file (a device or a pipe). Copy its content to a file and read that file.",
    ),
    "no-permission": (
        "Không có quyền đọc tệp này: {readers} mới được đọc. Hãy xin quyền đọc hoặc chép tệp sang nơi đọc được.",
        "No permission to read this file: it may be read by {readers_en}. Ask for access, or copy it where it"
        " can be read.",
    ),
    "io-error": (
        "Hệ điều hành không đọc được tệp (mã lỗi {number}). Hãy kiểm tra ổ đĩa hoặc kết nối mạng rồi thử lại.",
        "The operating system could not read the file (error {number}). Check the disk or the network drive"
        " and try again.",
    ),
    "too-large": (
        "Tệp nặng {size} MB, quá giới hạn {limit} MB. Hãy chia tệp thành nhiều phần.",
        "The file has {size} MB, over the limit of {limit} MB. Split it into parts.",
    ),
    "empty": (
        "Tệp rỗng (0 byte). Hãy lấy lại tệp từ nơi gửi.",
        "The file is empty (0 bytes). Get it again from whoever sent it.",
    ),
    "blank": (
        "Tệp không có chữ nào để đọc. Hãy kiểm tra xem có đúng tệp cần dùng không.",
        "The file has no letters to read. Check that it is the file you meant.",
    ),
    "binary": (
        "Nội dung tệp là dữ liệu nhị phân, không phải văn bản{what}. Hãy dùng tệp PDF, Word (.docx), HTML, "
        "Markdown hoặc văn bản thuần.",
        "The file holds binary data, not text{what_en}. Use a PDF, Word (.docx), HTML, Markdown or plain text file.",
    ),
    "encoding-unknown": (
        "Không nhận ra bảng mã chữ của tệp: đọc ra nhiều ký tự mà tiếng Việt không dùng (ví dụ {sample}). Có "
        "thể tệp dùng phông chữ cũ TCVN3 (.Vn…) hoặc VNI. Hãy chuyển tệp sang Unicode (UTF-8) rồi thử lại.",
        "The file's character encoding is not recognised: it reads as many characters that Vietnamese does "
        "not use (such as {sample}). It may use a legacy font, TCVN3 (.Vn…) or VNI. Convert it to Unicode "
        "(UTF-8) and try again.",
    ),
    "rtf": (
        "Đây là tệp RTF, phiên bản này chưa đọc. Hãy mở bằng Word hoặc LibreOffice và lưu thành .docx.",
        "This is an RTF file, which this version does not read. Open it in Word or LibreOffice and save it as .docx.",
    ),
    "web-archive": (
        "Đây là trang web lưu dạng MHTML, phiên bản này chưa đọc. Hãy mở bằng trình duyệt và lưu thành .html.",
        "This is a web page saved as MHTML, which this version does not read. Open it in a browser and save "
        "it as .html.",
    ),
    "doc-old": (
        "Đây là tệp Word kiểu cũ (.doc). Hãy mở bằng Word hoặc LibreOffice và lưu thành .docx.",
        "This is an old Word file (.doc). Open it in Word or LibreOffice and save it as .docx.",
    ),
    "office-old": (
        "Đây là tệp Office kiểu cũ, không phải Word (.xls, .ppt, .msg…). Hãy mở bằng phần mềm đã tạo ra nó và"
        " lưu thành .docx hoặc PDF.",
        "This is an old Office file, not Word (.xls, .ppt, .msg…). Open it in the program that made it and "
        "save it as .docx or PDF.",
    ),
    "docx-encrypted": (
        "Tệp Word được bảo vệ bằng mật khẩu. Hãy mở bằng Word, gỡ mật khẩu (Tệp > Thông tin > Bảo vệ tài "
        "liệu) rồi lưu lại.",
        "The Word file is protected by a password. Open it in Word, remove the password (File > Info > "
        "Protect Document) and save it.",
    ),
    "docx-not-zip": (
        "Tệp mang đuôi .docx nhưng không phải tệp Word: không phải gói ZIP, hoặc gói bị cắt cụt. Hãy lấy lại "
        "tệp gốc, hoặc mở bằng Word và lưu lại thành .docx.",
        "The file is called .docx but is not a Word file: it is no ZIP package, or a truncated one. Get the "
        "original again, or open it in Word and save it as .docx.",
    ),
    "zip-damaged": (
        "Tệp nén ZIP bị hỏng hoặc bị cắt cụt. Hãy tải hoặc chép lại tệp gốc.",
        "The ZIP file is damaged or truncated. Download or copy the original again.",
    ),
    "zip-not-word": (
        "Đây là {what}, không phải tệp Word. Hãy giải nén, hoặc lưu thành .docx hay PDF, rồi đọc.",
        "This is {what_en}, not a Word file. Unpack it, or save it as .docx or PDF, and read that.",
    ),
    "zip-too-large": (
        "Nội dung nén trong tệp phình ra {size} MB, quá mức an toàn. Nếu đây là tệp Word thật, hãy bớt hình "
        "ảnh rồi lưu lại.",
        "What the file holds would unpack to {size} MB, beyond what is safe. If it is a real Word file, take "
        "out images and save it again.",
    ),
    "docx-damaged": (
        "Tệp Word bị hỏng bên trong: {cause}. Hãy mở bằng Word (Mở và sửa chữa) và lưu lại thành .docx.",
        "The Word file is damaged inside: {cause_en}. Open it in Word (Open and Repair) and save it as .docx.",
    ),
    "html-damaged": (
        "Không phân tích được trang web: {cause}. Hãy mở trang bằng trình duyệt và lưu lại, hoặc chép chữ ra tệp .txt.",
        "The web page could not be parsed: {cause_en}. Open it in a browser and save it again, or copy its "
        "text to a .txt.",
    ),
    "pdf-damaged": (
        "Tệp PDF bị hỏng hoặc bị cắt cụt: {cause}. Hãy tải hoặc chép lại tệp gốc.",
        "The PDF is damaged or truncated: {cause_en}. Download or copy the original again.",
    ),
    "pdf-encrypted": (
        "Tệp PDF cần mật khẩu để mở. Hãy mở bằng mật khẩu, in hoặc lưu ra một tệp PDF không mật khẩu rồi thử lại.",
        "The PDF needs a password to open. Open it with the password, save or print it to a PDF without one, "
        "and try again.",
    ),
    "pdf-no-text": (
        "Tệp PDF có {pages} trang nhưng không trang nào có lớp chữ: đây là bản quét ảnh. Phiên bản này chưa "
        "nhận dạng chữ (OCR); hãy tìm bản có chữ (Word, PDF xuất từ Word), hoặc nhận dạng chữ bằng phần mềm "
        "khác trước.",
        "The PDF has {pages} pages and none has a text layer: it is a scan. OCR is not yet part of this "
        "version; find a rendition with text (Word, or PDF made from Word), or run OCR on it with another "
        "program first.",
    ),
    "unexpected": (
        "Không đọc được tệp vì một lỗi không lường trước ({detail}). Hãy thử lưu tệp sang định dạng khác và "
        "báo lỗi này cho người quản trị.",
        "The file could not be read because of an unforeseen error ({detail}). Try saving it in another "
        "format, and report this error to the administrator.",
    ),
}

# What exactly is wrong with a damaged file: cause: (Vietnamese, English). Parsers' own words are for programmers.
CAUSES: dict[str, tuple[str, str]] = {
    "package": ("gói nén không mở ra trọn vẹn", "its package does not unpack whole"),
    "missing": ("thiếu một phần bắt buộc", "a required part is missing"),
    "markup": ("mã đánh dấu (XML) bị sai", "its markup (XML) is malformed"),
    "deep": ("các phần lồng nhau quá sâu", "its elements are nested too deeply"),
    "doctype": (
        "có khai báo DOCTYPE, thứ mà Word không ghi và có thể che mất chữ",
        "it declares a DOCTYPE, which Word does not write and which may hide text",
    ),
    "content": ("nội dung không theo định dạng Word", "its content does not follow the Word format"),
    "no-page": ("không đọc được cấu trúc trang của trang web", "the page has no structure that can be read"),
    "not-pdf": ("tệp không bắt đầu như một tệp PDF", "the file does not begin as a PDF does"),
    "structure": ("không đọc được cấu trúc tệp", "the file's structure cannot be read"),
    "pdf-page": ("không đọc được trang {page}", "page {page} cannot be read"),
    "no-text": ("có lỗi cấu trúc và không lấy được chữ nào", "it has structural errors and no text came out"),
}


def failure(code: str, *, cause: str | None = None, **facts: object) -> ReadingError:
    """The error of this code, its two messages filled with the facts; KeyError where a fact is missing.

    ``cause`` is a key of :data:`CAUSES`.
    """
    vi, en = MESSAGES[code]
    if cause is not None:
        facts["cause"], facts["cause_en"] = (words.format(**facts) for words in CAUSES[cause])
    return ReadingError(code, vi.format(**facts), en.format(**facts))
