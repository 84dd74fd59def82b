"""Mail servers of every kind on loopback, letters that a program sends to them, and what must arrive.

smtp_server.py PROGRAM FOLDER; the folder has certificate.pem and key.pem, for the name localhost.
"""

import logging
import os
import socket
import ssl
import subprocess
import sys
import warnings
from email import message_from_bytes, policy

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, SMTP

# That a server is as careless as a case wants it is no news.
warnings.simplefilter("ignore")
logging.disable()
PROGRAM, FOLDER = sys.argv[1:]
USER, PASSWORD = "kwik@example.com", "p:/@ß hunter2"
IN_URL = "kwik%40example.com:p%3A%2F%40%C3%9F%20hunter2@"
TEXT = "Hello, Ann!\n\nПароль: .\n.\n..\nGood bye.\n"
CERTIFICATE = os.path.join(FOLDER, "certificate.pem")


class Mailbox:
    def __init__(self):
        self.letters = []

    async def handle_DATA(self, server, session, envelope):
        encrypted = server.transport.get_extra_info("ssl_object") is not None
        self.letters.append((envelope, bool(session.authenticated), encrypted))
        return "250 taken"


def authenticate(server, session, envelope, mechanism, data):
    right = (data.login.decode(), data.password.decode()) == (USER, PASSWORD)
    return AuthResult(success=right, handled=False)


class Server(Controller):
    """`tls` is None, "starttls" or "implicit"; with `password`, nobody sends without it."""

    def __init__(self, tls, password):
        context = None
        if tls:
            context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
            context.load_cert_chain(CERTIFICATE, os.path.join(FOLDER, "key.pem"))
        self.options = {"enable_SMTPUTF8": True}
        if tls == "starttls":
            self.options |= {"tls_context": context, "require_starttls": True}
        if password:
            self.options |= {"authenticator": authenticate, "auth_required": True}
            self.options |= {"auth_require_tls": tls == "starttls"}
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        implicit = context if tls == "implicit" else None
        super().__init__(Mailbox(), hostname="127.0.0.1", port=port, ssl_context=implicit)

    def factory(self):
        return SMTP(self.handler, **self.options)

    def _trigger_server(self):
        """The controller's own first call does not trust the certificate; a bare connection is enough."""
        with socket.create_connection((self.hostname, self.port), 5) as probe:
            probe.settimeout(5)
            if self.ssl_context is None:
                probe.recv(1)


def send(url, trusted=True):
    environment = {key: value for key, value in os.environ.items() if not key.startswith("SSL_CERT")}
    if trusted:
        environment["SSL_CERT_FILE"] = CERTIFICATE
    return subprocess.run(
        [PROGRAM, "ann@example.com", "Välkommen: to Kwik"], env=environment, timeout=60,
        input=f"{url}\nKwik Café <no-reply@example.com>\n{TEXT}".encode(), capture_output=True,
    )


def arrived(server, tls, password):
    envelope, authenticated, encrypted = server.handler.letters.pop()
    letter = message_from_bytes(envelope.content, policy=policy.default)
    print(f"  From: {letter['From']} | To: {letter['To']} | Subject: {letter['Subject']} | TLS: {encrypted} | "
          f"password: {authenticated} | {letter.get_content()!r}")
    assert not server.handler.letters, "more than one letter"
    assert (envelope.mail_from, envelope.rcpt_tos) == ("no-reply@example.com", ["ann@example.com"])
    assert letter["From"] == "Kwik Café <no-reply@example.com>" and letter["To"] == "ann@example.com"
    assert letter["Subject"] == "Välkommen: to Kwik" and not letter.defects, letter.defects
    assert letter["Message-ID"].endswith("@example.com>") and letter["Date"].datetime
    assert letter.get_content().replace("\r\n", "\n").rstrip("\n") == TEXT.rstrip("\n")
    assert (authenticated, encrypted) == (password, tls is not None)


def case(tls, password, scheme, credentials, accepted, trusted=True, host="localhost"):
    server = Server(tls, password)
    server.start()
    try:
        done = send(f"{scheme}://{credentials}{host}:{server.port}", trusted)
        assert b"hunter2" not in done.stdout + done.stderr, "the password was printed"
        assert (done.returncode == 0) == accepted, done.stderr.decode()
        if accepted:
            arrived(server, tls, password)
        else:
            print(f"  {done.stderr.decode().strip()}")
            assert not server.handler.letters, "the letter arrived"
    finally:
        server.stop(no_assert=True)


WRONG = IN_URL.replace("hunter2", "hunter3")
CASES = {
    "in the clear": (None, False, "smtp", "", True),
    "in the clear, with a password": (None, True, "smtp", IN_URL, True),
    "STARTTLS": ("starttls", False, "smtp+starttls", "", True),
    "STARTTLS, with a password": ("starttls", True, "smtp+starttls", IN_URL, True),
    "TLS": ("implicit", False, "smtps", "", True),
    "TLS, with a password": ("implicit", True, "smtps", IN_URL, True),
    "a wrong password": ("implicit", True, "smtps", WRONG, False),
    "a password is missing": ("starttls", True, "smtp+starttls", "", False),
    "a password is not asked for": (None, False, "smtp", IN_URL, False),
    "STARTTLS is not offered": (None, True, "smtp+starttls", IN_URL, False),
    "STARTTLS is asked for": ("starttls", False, "smtp", "", False),
    "TLS is not spoken": (None, True, "smtps", IN_URL, False),
    "STARTTLS with a foreign certificate": ("starttls", True, "smtp+starttls", IN_URL, False, False),
    "TLS with a foreign certificate": ("implicit", True, "smtps", IN_URL, False, False),
    "TLS with another name": ("implicit", True, "smtps", IN_URL, False, True, "127.0.0.1"),
}

failed = 0
for name, arguments in CASES.items():
    print(name)
    try:
        case(*arguments)
    except Exception as error:  # noqa: BLE001, whatever it is, the others go on
        failed += 1
        print(f"  FAILED: {error!r}")
print(f"{len(CASES) - failed} passed, {failed} failed")
sys.exit(failed > 0)
