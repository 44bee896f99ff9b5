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
        "Tệp nặng {size} MB, quá giới hạn {limit} MB. Hãy chia tệp thành nhiều phần, hoặc tăng max_mb ở mục "
        "[reading] trong archive.toml của kho.",
        "The file has {size} MB, over the limit of {limit} MB. Split it into parts, or raise max_mb under [reading] in "
        "the archive's archive.toml.",
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
    "packed": (
        "Đây là tệp nén {what}, chương trình chỉ mở được ZIP. Hãy giải nén ra một thư mục rồi lập chỉ mục thư mục đó.",
        "This is a {what} archive; only ZIP is opened here. Unpack it into a folder and index that folder.",
    ),
    "encoding-unknown": (
        "Không nhận ra bảng mã chữ của tệp: đọc ra nhiều ký tự mà tiếng Việt không dùng (ví dụ {sample}), và không "
        "phải TCVN3, VNI hay windows-1258. Hãy chuyển tệp sang Unicode (UTF-8) rồi thử lại.",
        "The file's character encoding is not recognised: it reads as many characters that Vietnamese does not use "
        "(such as {sample}), and it is not TCVN3, VNI or windows-1258. Convert it to Unicode (UTF-8) and try again.",
    ),
    "web-archive": (
        "Trang web lưu dạng MHTML bị hỏng: không thấy phần HTML. Hãy mở bằng trình duyệt và lưu lại thành .html.",
        "The web page saved as MHTML is damaged: it has no HTML part. Open it in a browser and save it as .html.",
    ),
    "waiting-office": (
        "Tệp {kind} chờ LibreOffice, chương trình chuyển nó sang .docx: máy này chưa có. Hãy cài (Ubuntu, Debian: apt "
        "install libreoffice-writer-nogui; Windows: bộ cài ở libreoffice.org) rồi chạy: tienle index --retry",
        "This {kind_en} file waits for LibreOffice, which turns it into .docx: this machine has none. Install it "
        "(Ubuntu, Debian: apt install libreoffice-writer-nogui; Windows: the installer at libreoffice.org), then run: "
        "tienle index --retry",
    ),
    "office-failed": (
        "LibreOffice không chuyển được tệp {kind} này sang .docx: tệp bị hỏng hoặc có mật khẩu. Hãy mở bằng Word và "
        "lưu lại thành .docx không mật khẩu.",
        "LibreOffice could not turn this {kind_en} file into .docx: it is damaged or has a password. Open it in Word "
        "and save it as .docx without a password.",
    ),
    "office-timeout": (
        "LibreOffice chưa chuyển xong tệp {kind} này sau {seconds} giây nên đã bị dừng. Hãy mở bằng Word và lưu lại "
        "thành .docx.",
        "LibreOffice did not turn this {kind_en} file into .docx within {seconds} seconds and was stopped. Open it in "
        "Word and save it as .docx.",
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
    "zip-members": (
        "Tệp nén ZIP có quá nhiều tệp, chỉ đọc {limit} tệp đầu, còn {rest} tệp chưa đọc. Hãy chia ra nhiều gói.",
        "The ZIP archive has too many files: only the first {limit} are read, {rest} are left. Split it into several.",
    ),
    "zip-depth": (
        "Tệp ZIP này nằm quá sâu trong các tệp ZIP khác (chỉ mở {limit} lớp). Hãy giải nén lớp ngoài rồi đọc.",
        "This ZIP lies too deep in other ZIPs (only {limit} layers are opened). Unpack the outer ones first.",
    ),
    "member-name": (
        "Tên tệp trong gói ZIP chỉ ra ngoài gói (đường dẫn gốc hoặc “..”) nên không được mở. Hãy giải nén bằng tay và "
        "xem có đúng tệp cần dùng không.",
        "The file's name in the ZIP leads out of it (an absolute path or '..'), so it is not opened. Unpack it by hand "
        "and check that it is the file you meant.",
    ),
    "member-encrypted": (
        "Tệp trong gói ZIP được bảo vệ bằng mật khẩu. Hãy giải nén bằng mật khẩu rồi đọc tệp đã giải nén.",
        "The file in the ZIP is protected by a password. Unpack it with the password and read what comes out.",
    ),
    "member-damaged": (
        "Không giải nén được tệp này khỏi gói ZIP: gói bị hỏng hoặc nén theo cách không hỗ trợ. Hãy lấy lại gói gốc, "
        "hoặc giải nén bằng phần mềm đã tạo ra nó.",
        "The file does not unpack from the ZIP: it is damaged, or packed in a way that is not supported. Get the "
        "original again, or unpack it with the program that made it.",
    ),
    "member-kind": (
        "Tệp {suffix} trong gói ZIP không phải tài liệu nên không đọc. Nếu là văn bản, hãy đổi đuôi thành .txt.",
        "A {suffix} file in a ZIP is no document and is not read. If it is one, name it .txt.",
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
    "html-frames": (
        "Nội dung của trang web nằm trong khung, ở tệp khác: {files}. Hãy mở trang bằng trình duyệt, lưu riêng từng "
        "tệp đó rồi lập chỉ mục.",
        "What the web page shows lies in frames, in other files: {files}. Open it in a browser, save each of those "
        "files and index them.",
    ),
    "data-file": (
        "Đây là tệp dữ liệu {what}, không phải văn bản. Hãy mở bằng chương trình đã tạo ra nó và lưu thành .docx hoặc "
        "PDF.",
        "This is a {what} data file, not a document. Open it in the program that made it and save it as .docx or PDF.",
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
        "Tệp PDF có {pages} trang nhưng không có chữ, cũng không có ảnh nào để nhận dạng. Hãy kiểm tra xem có đúng "
        "tệp cần dùng không, hoặc lấy lại tệp từ nơi gửi.",
        "The PDF has {pages} pages without any text, and no images to recognise. Check that it is the file you meant, "
        "or get it again from whoever sent it.",
    ),
    "pdf-pages": (
        "Tệp PDF có {pages} trang, quá giới hạn {limit} trang. Hãy chia tệp thành nhiều phần, hoặc tăng max_pages ở "
        "mục [reading] trong archive.toml của kho.",
        "The PDF has {pages} pages, over the limit of {limit}. Split it into parts, or raise max_pages under "
        "[reading] in the archive's archive.toml.",
    ),
    "waiting-ocr": (
        "Có {pages} trang là ảnh quét, chờ nhận dạng chữ (OCR): máy này chưa có Tesseract với tiếng Việt. Hãy cài "
        "(Ubuntu, Debian: apt install tesseract-ocr tesseract-ocr-vie; Windows: bộ cài Tesseract của UB Mannheim, chọn "
        "tiếng Việt) rồi chạy: tienle index --retry",
        "{pages} pages are scanned images, waiting for text recognition (OCR): this machine has no Tesseract with "
        "Vietnamese. Install it (Ubuntu, Debian: apt install tesseract-ocr tesseract-ocr-vie; Windows: the UB Mannheim "
        "installer, with Vietnamese chosen), then run: tienle index --retry",
    ),
    "ocr-timeout": (
        "Nhận dạng chữ của một trang quá {seconds} giây nên đã dừng. Hãy quét lại trang đó rõ hơn, hoặc với độ phân "
        "giải 300 dpi.",
        "Recognising a page took over {seconds} seconds and was stopped. Scan that page again, more clearly or at "
        "300 dpi.",
    ),
    "ocr-failed": (
        "Tesseract không nhận dạng được một trang. Hãy kiểm tra rằng lệnh tesseract chạy được, rồi chạy: tienle index "
        "--retry",
        "Tesseract could not recognise a page. Check that the command tesseract runs, then run: tienle index --retry",
    ),
    "image-damaged": (
        "Tệp ảnh bị hỏng hoặc bị cắt cụt. Hãy tải hoặc quét lại.",
        "The image file is damaged or truncated. Download or scan it again.",
    ),
    "image-too-large": (
        "Ảnh có {size} triệu điểm ảnh, quá mức {limit} triệu. Hãy quét lại ở độ phân giải 300 dpi.",
        "The image has {size} million pixels, over the limit of {limit} million. Scan it again at 300 dpi.",
    ),
    "image-no-text": (
        "Không nhận dạng được chữ nào trong {pages} trang ảnh. Hãy kiểm tra xem ảnh có phải văn bản không, hoặc quét "
        "lại rõ hơn ở 300 dpi.",
        "No text was recognised on {pages} pages of images. Check that they show a document, or scan them again, more "
        "clearly, at 300 dpi.",
    ),
    "image-pages": (
        "Tệp ảnh có {pages} trang, quá giới hạn {limit} trang. Hãy chia tệp thành nhiều phần.",
        "The image file has {pages} pages, over the limit of {limit}. Split it into parts.",
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
