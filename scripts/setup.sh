#!/usr/bin/env bash
# Installs what is missing and nothing else: `setup.sh run` for using, `setup.sh test` for testing.
# Asks for root (sudo) only when a system package is missing.
set -euo pipefail
cd "$(dirname "$0")/.."
purpose=${1:-run}

say() { printf '%s\n' "$*" >&2; }

as_root() {
    if [ "$(id -u)" = 0 ]; then "$@"
    elif command -v sudo >/dev/null; then sudo "$@"
    else say "Please run this as root, or install sudo: $*"; exit 1; fi
}

has_chromaprint() {
    ldconfig -p 2>/dev/null | grep -q libchromaprint ||
        ls /opt/homebrew/lib/libchromaprint* /usr/local/lib/libchromaprint* >/dev/null 2>&1
}

has_browser() {
    command -v chromium || command -v chromium-browser || command -v google-chrome ||
        ls "$HOME"/.cache/ms-playwright/chromium-* "$HOME"/Library/Caches/ms-playwright/chromium-* \
            /Applications/Google\ Chrome.app
} >/dev/null 2>&1

has_postgres() { command -v pg_ctl || ls /usr/lib/postgresql/*/bin/pg_ctl; } >/dev/null 2>&1

python_at_least_311() {
    for name in python3.13 python3.12 python3.11 python3 python; do
        if command -v "$name" >/dev/null &&
            "$name" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
            command -v "$name"; return
        fi
    done
    return 1
}

missing=()
want() { missing+=("$1"); }
debian=$(command -v apt-get || true)
mac=$([ "$(uname)" = Darwin ] && command -v brew || true)

command -v ffmpeg >/dev/null && command -v ffprobe >/dev/null || want ffmpeg
has_chromaprint || want "$([ -n "$mac" ] && echo chromaprint || echo libchromaprint1)"
python=$(python_at_least_311) || { [ -n "$debian" ] && want python3; }
if [ -n "$debian" ]; then
    "${python:-python3}" -c 'import ensurepip, venv' 2>/dev/null || want python3-venv
fi
if [ "$purpose" = test ]; then
    command -v redis-server >/dev/null || want "$([ -n "$mac" ] && echo redis || echo redis-server)"
    has_postgres || want "$([ -n "$mac" ] && echo postgresql@16 || echo postgresql)"
    if ! has_browser && [ -n "$debian" ] && ! grep -qi ubuntu /etc/os-release; then want chromium; fi
fi

if [ ${#missing[@]} -gt 0 ]; then
    say "Installing: ${missing[*]}"
    if [ -n "$debian" ]; then
        as_root apt-get update -qq
        as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
            --no-install-recommends "${missing[@]}" >&2
    elif [ -n "$mac" ]; then brew install "${missing[@]}" >&2
    else say "Please install these yourself, then start again: ${missing[*]}"; exit 1; fi
fi

python=$(python_at_least_311) || { say "Python 3.11 or newer is needed."; exit 1; }
[ -x .venv/bin/python ] || "$python" -m venv .venv
requirements=requirements.txt
[ "$purpose" = test ] && requirements=requirements-dev.txt
stamp=.venv/.installed-$purpose-$(cat requirements*.txt | cksum | cut -d' ' -f1)
if [ ! -e "$stamp" ]; then
    say "Installing Python packages from $requirements (once)"
    .venv/bin/python -m pip install --quiet --disable-pip-version-check -r "$requirements" >&2
    rm -f .venv/.installed-"$purpose"-*
    touch "$stamp"
fi
if [ "$purpose" = test ] && ! has_browser; then
    say "Installing a browser for the tests"
    .venv/bin/python -m playwright install --with-deps chromium >&2
fi
