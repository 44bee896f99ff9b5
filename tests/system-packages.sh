#!/bin/sh
# Installs what the tests need from the system and Python packages cannot bring: a browser, a font with Vietnamese marks,
# Tesseract with Vietnamese, LibreOffice's writer, ps.
set -eu

wanted=""
command -v chromium >/dev/null 2>&1 || command -v chromium-browser >/dev/null 2>&1 || wanted="$wanted chromium"
fc-list 2>/dev/null | grep -qiE 'noto ?sans|dejavu' || wanted="$wanted fonts-noto-core"
tesseract --list-langs 2>/dev/null | grep -qx vie || wanted="$wanted tesseract-ocr tesseract-ocr-vie"
command -v soffice >/dev/null 2>&1 || command -v libreoffice >/dev/null 2>&1 || wanted="$wanted libreoffice-writer-nogui"
command -v ps >/dev/null 2>&1 || wanted="$wanted procps"
[ -n "$wanted" ] || exit 0

echo "System packages for the tests:$wanted"
if ! command -v apt-get >/dev/null 2>&1; then
    echo "No apt-get here: install them by hand, then run again." >&2
    exit 1
fi
as_root=""
[ "$(id -u)" -eq 0 ] || as_root="sudo"
export DEBIAN_FRONTEND=noninteractive
$as_root apt-get update -qq
# shellcheck disable=SC2086  (a list of names)
$as_root apt-get install -qq -y --no-install-recommends $wanted >/dev/null
