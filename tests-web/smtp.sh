#!/usr/bin/env bash
# Sends letters by kwik-smtp to a real mail server (aiosmtpd) on loopback: in the clear, with a password, with
# STARTTLS, with TLS from the beginning; and what must be refused. Needs Python 3 with venv, openssl and cargo.
# The last line is "N passed, N failed"; the status is not 0 when something failed.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

fail() {
    echo "smtp: $*" >&2
    echo "0 passed, 1 failed"
    exit 1
}

python3 -m venv "$scratch/venv" && "$scratch/venv/bin/pip" install --quiet aiosmtpd==1.4.6 ||
    fail "the mail server cannot be installed"
openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -keyout "$scratch/key.pem" \
    -out "$scratch/certificate.pem" -addext subjectAltName=DNS:localhost \
    -addext basicConstraints=critical,CA:FALSE 2>/dev/null || fail "no certificate can be made"
program=$(cargo build --quiet --package kwik-smtp --example send --message-format json |
    python3 -c 'import json, sys
print([line["executable"] for line in map(json.loads, sys.stdin) if line.get("executable")][-1])') ||
    fail "the program does not build"
PYTHONDONTWRITEBYTECODE=1 "$scratch/venv/bin/python" smtp_server.py "$program" "$scratch"
