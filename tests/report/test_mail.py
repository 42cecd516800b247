"""Handing mails over: a folder, and real SMTP servers (plain, STARTTLS, SSL) that take, refuse or are down."""

from __future__ import annotations

import asyncio
import datetime as dt
import ipaddress
import socket
import ssl
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import SMTP, default
from pathlib import Path

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

import schedvisu_lib as sv
from schedvisu_lib import pipeline
from schedvisu_lib.choice import choose
from schedvisu_lib.errors import MailError, ReportError
from schedvisu_lib.job import Job
from schedvisu_lib.lock import locked
from schedvisu_lib.report import mail
from schedvisu_lib.report.build import BuiltReport
from schedvisu_lib.report.mail import hand_over, hand_over_all, probe, send_outbox
from tests.conftest import write_site_file


class Inbox:
    """What the server took; refuses the recipients and the subjects that it is told to."""

    def __init__(self) -> None:
        self.mails: list[EmailMessage] = []
        self.raw: list[bytes] = []
        self.refused = ""
        self.refused_recipients: set[str] = set()
        self.encrypted: list[bool] = []
        self.recipients: list[list[str]] = []
        self.slowness = 0.0

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        if address in self.refused_recipients:
            return "550 no such mailbox"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        await asyncio.sleep(self.slowness)
        message = message_from_bytes(envelope.original_content, policy=default)
        if self.refused and self.refused in message["Subject"]:
            return "554-looks like\r\n554 spam"
        self.encrypted.append(server.transport.get_extra_info("sslcontext") is not None)
        self.raw.append(envelope.original_content)
        self.recipients.append(envelope.rcpt_tos)
        self.mails.append(message)
        return "250 OK"


@pytest.fixture(scope="session")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A certificate for localhost, with its key, signed by itself."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "localhost")])
    now = dt.datetime.now(dt.UTC)
    names = x509.SubjectAlternativeName([x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(names, critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    file = tmp_path_factory.mktemp("tls") / "server.pem"
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    file.write_bytes(private + made.public_bytes(serialization.Encoding.PEM))
    return file


def server_context(certificate: Path) -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    return context


def free_port() -> int:
    with socket.socket() as probe_socket:
        probe_socket.bind(("127.0.0.1", 0))
        return int(probe_socket.getsockname()[1])


def authenticate(server, session, envelope, mechanism, data):
    good = isinstance(data, LoginPassword) and (data.login, data.password) == (b"schedvisu", b"pass")
    return AuthResult(success=good, handled=good)


Serve = Callable[..., Controller]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Start SMTP servers that end with the test."""
    running: list[Controller] = []

    def start(inbox: Inbox, **options: object) -> Controller:
        controller = Controller(inbox, hostname="127.0.0.1", port=free_port(), **options)
        controller.start()
        running.append(controller)
        return controller

    yield start
    for controller in running:
        controller.stop()


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


def smtp_site(site: sv.Site, port: int, **mail_keys: object) -> sv.Site:
    assert site.mail is not None
    keys = {"transport": "smtp", "host": "localhost", "port": port, **mail_keys}
    return site.model_copy(update={"mail": site.mail.model_copy(update=keys)})


def outbox(site: sv.Site) -> list[Path]:
    assert site.mail is not None
    return sorted(site.mail.outbox.glob("*.eml"))


def letter(subject: str = "Été: 18.05.2026", to: str = "a@demo.example, b@demo.example") -> EmailMessage:
    message = EmailMessage(policy=SMTP)
    message["Subject"], message["From"], message["To"] = subject, "schedvisu@demo.example", to
    message.set_content("Bonjour, voilà le rapport.\n.\n.. fin\n")
    message.add_attachment(bytes(range(256)), maintype="application", subtype="pdf", filename="rapport.pdf")
    return message


def test_folder_keeps_a_mail_that_any_program_opens(demo_site: sv.Site) -> None:
    file = hand_over(demo_site, letter())
    assert file is not None
    assert outbox(demo_site) == [file]
    content = file.read_bytes()
    assert content.count(b"\n") == content.count(b"\r\n")
    read = message_from_bytes(content, policy=default)
    assert isinstance(read, EmailMessage)
    assert read["Subject"] == "Été: 18.05.2026"
    [attachment] = read.iter_attachments()
    assert attachment.get_content() == bytes(range(256))


def test_folder_that_cannot_be_written_is_an_error(demo_site: sv.Site) -> None:
    assert demo_site.mail is not None
    demo_site.mail.outbox.write_text("a file where the folder should be")
    for action in (lambda: hand_over(demo_site, letter()), lambda: probe(demo_site)):
        with pytest.raises(MailError, match="cannot write"):
            action()


def test_server_takes_the_mail_whole(demo_site: sv.Site, inbox: Inbox, serve: Serve) -> None:
    site = smtp_site(demo_site, serve(inbox).port)
    assert hand_over(site, letter()) is None
    [taken] = inbox.mails
    assert taken["Subject"] == "Été: 18.05.2026"
    assert inbox.recipients == [["a@demo.example", "b@demo.example"]]
    part = taken.get_body(("plain",))
    assert part is not None
    assert part.get_content().replace("\r\n", "\n") == "Bonjour, voilà le rapport.\n.\n.. fin\n"
    assert outbox(site) == []


@pytest.mark.filterwarnings("ignore:Requiring AUTH")  # aiosmtpd does not count SSL from the start as TLS
@pytest.mark.parametrize("security", ["starttls", "ssl"])
def test_encrypted_server_with_login(
    security: str,
    demo_site: sv.Site,
    inbox: Inbox,
    serve: Serve,
    certificate: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    monkeypatch.setenv(mail.USER_VARIABLE, "schedvisu")
    monkeypatch.setenv(mail.PASSWORD_VARIABLE, "pass")
    login = {"authenticator": authenticate, "auth_required": True}
    site = smtp_site(demo_site, encrypted(serve, inbox, security, certificate, **login), security=security)
    assert "login accepted" in probe(site)
    assert inbox.mails == []
    hand_over(site, letter())
    assert inbox.encrypted == [True]

    monkeypatch.setenv(mail.PASSWORD_VARIABLE, "wrong")
    with pytest.raises(MailError, match=r"refused the login of SCHEDVISU_MAIL_USER \(535 .*; kept in .*waiting\.eml"):
        hand_over(site, letter())


def encrypted(serve: Serve, inbox: Inbox, security: str, certificate: Path, **options: object) -> int:
    """Start an encrypted server and return its port."""
    context = server_context(certificate)
    if security == "starttls":
        return serve(inbox, tls_context=context, require_starttls=True, **options).port
    # aiosmtpd offers a login over SSL from the start only if it is told that TLS is not required for it.
    return serve(inbox, ssl_context=context, auth_require_tls=False, **options).port


@pytest.mark.parametrize("security", ["starttls", "ssl"])
def test_certificate_that_nobody_vouches_for_is_refused(
    security: str, demo_site: sv.Site, inbox: Inbox, serve: Serve, certificate: Path
) -> None:
    site = smtp_site(demo_site, encrypted(serve, inbox, security, certificate), security=security)
    with pytest.raises(MailError, match="its certificate is not trusted"):
        hand_over(site, letter())
    assert inbox.mails == []
    assert len(outbox(site)) == 1


def test_password_never_travels_readable(
    demo_site: sv.Site, inbox: Inbox, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(mail.USER_VARIABLE, "schedvisu")
    site = smtp_site(demo_site, serve(inbox).port)
    with pytest.raises(MailError, match=r"set mail\.security to starttls or ssl"):
        hand_over(site, letter())
    assert len(outbox(site)) == 1


def test_mail_of_a_server_that_is_down_waits_and_goes_out_first(demo_site: sv.Site, inbox: Inbox, serve: Serve) -> None:
    down = smtp_site(demo_site, free_port())
    with pytest.raises(MailError) as error:
        hand_over(down, letter("first"))
    [waiting] = outbox(down)
    assert str(error.value) == (
        f"mail server localhost:{down.mail and down.mail.port}: nothing listens on this port; "
        f"kept in {waiting.parent}: {waiting.name}; the next run or `schedvisu mail` sends what waits"
    )
    up = smtp_site(demo_site, serve(inbox).port)
    hand_over(up, letter("second"))
    assert [taken["Subject"] for taken in inbox.mails] == ["first", "second"]
    assert outbox(up) == []
    assert send_outbox(up) == []


EVENING = dt.datetime(2026, 5, 22, 23)


def test_two_runs_that_send_at_the_same_moment_send_each_mail_once(
    demo_site: sv.Site, inbox: Inbox, serve: Serve
) -> None:
    port = free_port()
    with pytest.raises(MailError):
        hand_over(smtp_site(demo_site, port), letter("of last week"))
    inbox.slowness = 0.3
    site = smtp_site(demo_site, serve(inbox).port)
    with ThreadPoolExecutor(2) as pool:
        for taken in [pool.submit(hand_over, site, letter(subject)) for subject in ("run", "mail")]:
            assert taken.result() is None
    assert sorted(message["Subject"] for message in inbox.mails) == ["mail", "of last week", "run"]
    assert outbox(site) == []


def test_run_that_waited_in_vain_for_another_one_to_send_leaves_its_mail(
    demo_site: sv.Site, inbox: Inbox, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mail, "PATIENCE", 0.1)
    site = smtp_site(demo_site, serve(inbox).port)
    folder = site.mail.outbox if site.mail else Path()
    words = (
        r"mail: another run .* at work here since .*; kept in .*-waiting\.eml; the next run or `schedvisu mail` sends"
    )
    with locked(folder), pytest.raises(MailError, match=words):
        hand_over(site, letter())
    assert inbox.mails == []
    assert len(outbox(site)) == 1


def test_mail_that_waits_goes_out_though_there_is_no_report(demo_site: sv.Site, inbox: Inbox, serve: Serve) -> None:
    """The mail of a failed run promises that `schedvisu mail` sends it."""
    with pytest.raises(MailError):
        hand_over(smtp_site(demo_site, free_port()), letter("Failed: week"))
    site = smtp_site(demo_site, serve(inbox).port)
    now = dt.datetime(2026, 5, 22, 23)
    job = pipeline.mail_report(site, choose(site, now, periods=["weekly"]), now)
    assert [message["Subject"] for message in inbox.mails] == ["Failed: week"]
    assert job.done == ["sent what was waiting: Failed: week"]
    assert [job.status, "there is no such report" in job.problems[0]] == [3, True]


def test_mail_of_a_failed_run_waits_for_the_next_run(
    tmp_path: Path, inbox: Inbox, serve: Serve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two runs whose archive is down and whose report cannot be built; only the second one has a mail server."""

    def no_report(*arguments: object, **named: object) -> BuiltReport:
        raise ReportError("cannot write the report: No space left on device")

    # Executing notebooks only to throw their report away takes its time; how a real one fails is tested elsewhere.
    monkeypatch.setattr(pipeline, "build_report", no_report)
    site = sv.load_site(write_site_file(tmp_path, mail={"transport": "smtp"}, drop=["planned"]))
    down = smtp_site(site, free_port())
    chosen = choose(site, EVENING, periods=["weekly"], scanners=["Millennium"])
    first = pipeline.run(down, chosen, EVENING)
    assert first.failed
    assert "nothing listens on this port; kept in" in first.problems[-1]
    assert inbox.mails == []
    assert len(outbox(site)) == 1

    second = pipeline.run(smtp_site(site, serve(inbox).port), chosen, EVENING)
    assert second.failed  # there is still no report, but both mails are out
    assert "taken by the server" in second.done[-1]
    assert outbox(site) == []
    assert len(inbox.mails) == 2
    for taken in inbox.mails:
        assert taken["Subject"] == "Échec : Occupation des scanners: 18.05.2026 – 22.05.2026"
        part = taken.get_body(("plain",))
        assert part is not None
        assert "n’a pas pu être produit." in part.get_content()
        assert "8 of 8 days were not retrieved" in part.get_content()
        assert "No space left on device" in part.get_content()


def test_mail_goes_out_though_its_template_is_broken(tmp_path: Path, inbox: Inbox, serve: Serve) -> None:
    (tmp_path / "own.j2").write_text("{{ titel }}")
    site = sv.load_site(write_site_file(tmp_path, mail={"template": "own.j2"}, drop=["planned"]))
    site = smtp_site(site, serve(inbox).port)
    html, pdf = tmp_path / "report.html", tmp_path / "report.pdf"
    for file in (html, pdf):
        file.write_bytes(b"x")
    built = BuiltReport(html=html, pdf=pdf, notebooks=tmp_path, n_pages=1)
    job = Job(notebooks=tmp_path)
    pipeline._mail(site, choose(site, EVENING, periods=["weekly"]).shortest, job, built, ["a day"])
    [problem] = job.problems
    assert problem.startswith(f"{tmp_path / 'own.j2'}: line 1: titel is no placeholder")
    [taken] = inbox.mails
    assert taken["Subject"].startswith("Incomplet")
    part = taken.get_body(("plain",))
    assert part is not None
    assert f"- a day\n- {problem}\n" in part.get_content().replace("\r\n", "\n")
    assert len(list(taken.iter_attachments())) == 1


def test_several_mails_are_handed_over_at_once(demo_site: sv.Site, inbox: Inbox, serve: Serve) -> None:
    both = [letter("one"), letter("other")]
    assert hand_over_all(smtp_site(demo_site, serve(inbox).port), both, "notice") == []
    assert [taken["Subject"] for taken in inbox.mails] == ["one", "other"]
    files = hand_over_all(demo_site, both, "notice")
    assert [file.name.rpartition("-")[2] for file in files] == ["notice.eml"] * 2


def test_refused_mail_waits_and_holds_up_no_other(demo_site: sv.Site, inbox: Inbox, serve: Serve) -> None:
    inbox.refused = "bad"
    site = smtp_site(demo_site, serve(inbox).port)
    with pytest.raises(MailError, match=r"refused \(554 looks like spam\); kept in"):
        hand_over(site, letter("bad"))
    with pytest.raises(MailError):
        hand_over(site, letter("good"))
    assert [taken["Subject"] for taken in inbox.mails] == ["good"]
    assert len(outbox(site)) == 1
    inbox.refused = ""
    assert send_outbox(site) == ["bad"]


def test_refused_recipients_are_named(demo_site: sv.Site, inbox: Inbox, serve: Serve) -> None:
    site = smtp_site(demo_site, serve(inbox).port)
    inbox.refused_recipients = {"b@demo.example"}
    with pytest.raises(MailError, match=r"did not take the mail for b@demo.example \(550 no such mailbox\)"):
        hand_over(site, letter())
    assert len(inbox.mails) == 1
    assert outbox(site) == []  # who has it must not get it twice
    inbox.refused_recipients = {"a@demo.example", "b@demo.example"}
    named = r"refused every recipient, a@demo.example, b@demo.example \(550 no such mailbox\); kept in"
    with pytest.raises(MailError, match=named):
        hand_over(site, letter())


def test_what_the_folder_transport_wrote_is_never_sent(demo_site: sv.Site, inbox: Inbox, serve: Serve) -> None:
    hand_over(demo_site, letter("for the archive"))
    assert send_outbox(demo_site) == []
    site = smtp_site(demo_site, serve(inbox).port)
    assert send_outbox(site) == []
    assert inbox.mails == []
    assert len(outbox(site)) == 1


def test_probe_tells_what_it_found_and_sends_nothing(demo_site: sv.Site, inbox: Inbox, serve: Serve) -> None:
    assert probe(demo_site).startswith("mails are written to")
    port = serve(inbox).port
    assert probe(smtp_site(demo_site, port)) == f"mail server localhost:{port} answers (security: none)"
    assert inbox.mails == []
    assert outbox(demo_site) == []


@pytest.mark.parametrize(
    ("keys", "cause"),
    [
        ({"security": "starttls"}, "STARTTLS extension not supported by server"),
        ({"security": "ssl"}, r"no TLS on this port .*mail\.security or mail\.port may be wrong"),
        ({"host": "no-such-host.invalid"}, "unknown host name"),
    ],
)
def test_probe_names_the_cause(
    keys: dict[str, str], cause: str, demo_site: sv.Site, inbox: Inbox, serve: Serve
) -> None:
    site = smtp_site(demo_site, serve(inbox).port, **keys)
    with pytest.raises(MailError, match=rf"^mail server .*{cause}.*correct the mail section of .*demo\.yaml$"):
        probe(site)


def test_server_that_never_answers_is_given_up(demo_site: sv.Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(mail, "TIMEOUT", 0.3)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        site = smtp_site(demo_site, silent.getsockname()[1], host="127.0.0.1")
        with pytest.raises(MailError, match="no answer within"):
            probe(site)
