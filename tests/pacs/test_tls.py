"""DICOM over TLS with real servers: both sides show certificates, and whatever does not hold ends in one line."""

from __future__ import annotations

import socket
import ssl
from datetime import UTC, date, datetime, timedelta
from ipaddress import ip_address
from threading import Thread

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pydicom.uid import ExplicitVRLittleEndian
from pynetdicom import AE
from pynetdicom.sop_class import PositronEmissionTomographyImageStorage

from schedvisu_lib.demo.datasets import make_dataset
from schedvisu_lib.errors import PacsUnreachable
from schedvisu_lib.pacs.dimse import Archive
from schedvisu_lib.pacs.inbox import HeaderInbox
from schedvisu_lib.pacs.queries import study_query
from schedvisu_lib.pacs.tls import KEY_PASSWORD, client_context, server_context
from schedvisu_lib.settings.pacs import Receiver, Tls

MONDAY = date(2026, 5, 11)
PASSWORD = "made of four words"


class Authority:
    """Signs certificates, each with its key, as `<name>.crt` and `<name>.key` of a folder."""

    def __init__(self, folder, name):
        self.folder, self.name = folder, name
        self.file, self._key = folder / f"{name}.crt", ec.generate_private_key(ec.SECP256R1())
        self._write(self.file, self._sign(name, self._key, days=1, is_authority=True))

    def issue(self, name, *, names=("localhost", "127.0.0.1"), days=1, password=None):
        key = ec.generate_private_key(ec.SECP256R1())
        self._write(self.folder / f"{name}.crt", self._sign(name, key, names=names, days=days))
        lock = serialization.BestAvailableEncryption(password.encode()) if password else serialization.NoEncryption()
        pkcs8 = serialization.PrivateFormat.PKCS8
        (self.folder / f"{name}.key").write_bytes(key.private_bytes(serialization.Encoding.PEM, pkcs8, lock))

    def _sign(self, name, key, *, names=(), days, is_authority=False):
        now = datetime.now(UTC)
        alternatives = [x509.IPAddress(ip_address(n)) if n[0].isdigit() else x509.DNSName(n) for n in names]
        builder = x509.CertificateBuilder(
            _named(self.name), _named(name), key.public_key(), x509.random_serial_number()
        )
        builder = builder.not_valid_before(now - timedelta(days=9)).not_valid_after(now + timedelta(days=days))
        builder = builder.add_extension(x509.BasicConstraints(is_authority, None), critical=True)
        if names:
            builder = builder.add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        return builder.sign(self._key, hashes.SHA256())

    def _write(self, file, certificate):
        file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))


def _named(name):
    return x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])


@pytest.fixture(scope="module")
def pki(tmp_path_factory):
    """A folder with the certificates and keys of two authorities."""
    folder = tmp_path_factory.mktemp("pki")
    ours, foreign = Authority(folder, "ca"), Authority(folder, "other-ca")
    for name in ("archive", "us"):
        ours.issue(name)
    ours.issue("expired", days=-1)
    ours.issue("elsewhere", names=("pacs.example",))
    ours.issue("locked", password=PASSWORD)
    foreign.issue("foreign")
    return folder


@pytest.fixture(scope="module")
def tls(pki):
    """Our side: `tls(certificate="expired")`; None leaves it out."""

    def make(certificate="us", key=None, ca="ca", **settings):
        files = {"ca_file": pki / f"{ca}.crt" if ca else None}
        if certificate:
            files |= {"certificate": pki / f"{certificate}.crt", "key": pki / f"{key or certificate}.key"}
        return Tls(**(files | settings))

    return make


@pytest.fixture(scope="module")
def start_secure(start_orthanc, pki, move_port):
    """Starts an Orthanc that speaks TLS, wants our certificate and knows us: `start_secure("expired")` is its port."""

    def start(certificate="archive", **settings):
        files = {
            "DicomTlsCertificate": str(pki / f"{certificate}.crt"),
            "DicomTlsPrivateKey": str(pki / f"{certificate}.key"),
            "DicomTlsTrustedCertificates": str(pki / "ca.crt"),
            "DicomTlsRemoteCertificateRequired": True,
        }
        us = {"AET": "SCHEDVISU", "Host": "127.0.0.1", "Port": move_port, "UseDicomTls": True}
        sending = ["+tls", str(pki / "us.key"), str(pki / "us.crt"), "+cf", str(pki / "ca.crt")]
        return start_orthanc(
            **{"sending": sending, "DicomTlsEnabled": True, "DicomModalities": {"us": us}} | files | settings
        )

    return start


@pytest.fixture(scope="module")
def move_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


@pytest.fixture(scope="module")
def secure(start_secure, hospital, tmp_path_factory):
    """The port of an Orthanc that speaks TLS and holds a study of each scanner."""
    folder = tmp_path_factory.mktemp("images")
    for study in {study.scanner: study for study in hospital.studies_on(MONDAY) if not study.why}.values():
        for series in study.series:
            for index in range(series.n_instances):
                image = make_dataset(study, series, index)
                image.save_as(folder / f"{image.SOPInstanceUID}.dcm", enforce_file_format=True)
    return start_secure(files=folder)


def asked(site):
    with Archive(site.pacs) as archive:
        return archive.query(study_query(MONDAY, "PT"))


def refusal(site):
    """The one line in which a question ends."""
    with pytest.raises(PacsUnreachable) as caught:
        asked(site)
    line = str(caught.value)
    assert "\n" not in line
    return line


# What works


@pytest.mark.parametrize("ways", [None, ("get",), ("move",)], ids=lambda ways: ways[0] if ways else "all")
def test_a_day_comes_over_tls_as_it_does_without(
    secure, site_of, tls, move_port, retrieved, told, rows_with_attributes, ways
):
    site = site_of(secure, ae_title="ORTHANC", tls=tls(), ways=ways, move_port=move_port)
    rows = told(retrieved(site, MONDAY))
    assert len({row.study_uid for row in rows.values()}) == 5
    assert rows == {uid: row for uid, row in told(rows_with_attributes).items() if uid in rows}
    if ways:
        kept = [row for row in retrieved(site, MONDAY).values() if row.verdict == "kept"]
        assert {row.reason for row in kept} == {f"[C-{ways[0].upper()}]"}


def test_a_key_with_a_password_is_opened_by_the_environment(secure, site_of, tls, monkeypatch):
    monkeypatch.setenv(KEY_PASSWORD, PASSWORD)
    assert asked(site_of(secure, ae_title="ORTHANC", tls=tls("locked")))


def test_another_name_of_the_archive_is_taken_if_the_site_states_it(start_secure, site_of, tls):
    port = start_secure("elsewhere")
    site = site_of(port, ae_title="ORTHANC", tls=tls(server_name="pacs.example"))
    assert asked(site) == []
    assert "IP address mismatch, certificate is not valid for '127.0.0.1'" in refusal(
        site_of(port, ae_title="ORTHANC", tls=tls())
    )


def test_without_verify_any_certificate_of_the_archive_is_taken(secure, site_of, tls):
    site = site_of(secure, ae_title="ORTHANC", tls=tls(ca="other-ca"))
    assert "its certificate does not hold" in refusal(site)
    assert asked(site_of(secure, ae_title="ORTHANC", tls=tls(ca="other-ca", verify=False)))


# What does not hold


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"ca": "other-ca"}, "its certificate does not hold (self-signed certificate in certificate chain); check"),
        ({"ca": None}, "its certificate does not hold (self-signed certificate in certificate chain); check"),
        (
            {"server_name": "pacs.example"},
            "its certificate does not hold (Hostname mismatch, certificate is not valid for 'pacs.example'); check "
            "tls.ca_file and tls.server_name",
        ),
        ({"certificate": None}, "wants a certificate of ours (tlsv13 alert certificate required); check"),
        ({"certificate": "foreign"}, "refuses tls.certificate (tlsv1 alert unknown ca); check tls.certificate"),
        ({"certificate": "expired"}, "refuses tls.certificate (sslv3 alert certificate expired); check"),
    ],
    ids=["wrong authority", "authorities of the system", "wrong name", "no certificate", "foreign", "expired"],
)
def test_a_certificate_that_does_not_hold_is_said_in_one_line_and_not_tried_again(
    secure, site_of, tls, settings, words
):
    site = site_of(secure, ae_title="ORTHANC", tls=tls(**settings), tries=4, retry_pause=30)
    assert f"PACS ORTHANC at 127.0.0.1:{secure}" in refusal(site)
    assert words in refusal(site)


def test_an_expired_certificate_of_the_archive_is_said(start_secure, site_of, tls):
    site = site_of(start_secure("expired"), ae_title="ORTHANC", tls=tls())
    assert "its certificate does not hold (certificate has expired); check tls.ca_file" in refusal(site)


def test_tls_on_a_port_without_it_is_said(start_orthanc, site_of, tls):
    site = site_of(start_orthanc(), ae_title="ORTHANC", tls=tls(), tries=2)
    assert "hangs up on TLS" in refusal(site)
    assert "check that the port speaks TLS" in refusal(site)


def test_no_tls_on_a_port_that_wants_it_is_said(secure, site_of):
    line = refusal(site_of(secure, ae_title="ORTHANC", tries=2))
    assert "accepts connections but no association; check that it is a DICOM port without TLS" in line


def test_an_archive_that_offers_only_tls_1_1_is_refused(pki, site_of, tls):
    old = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    old.load_cert_chain(pki / "archive.crt", pki / "archive.key")
    old.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    with socket.create_server(("127.0.0.1", 0)) as server:
        spoken = []

        def answer():
            while True:
                connection, _ = server.accept()
                try:
                    with old.wrap_socket(connection, server_side=True) as encrypted:
                        spoken.append(encrypted.version())
                except OSError:
                    spoken.append(None)

        Thread(target=answer, daemon=True).start()
        port = server.getsockname()[1]
        with (
            socket.create_connection(("127.0.0.1", port)) as connection,
            _of_old_times().wrap_socket(connection) as encrypted,
        ):
            assert encrypted.version() == "TLSv1.1"  # the server can speak it
        line = refusal(site_of(port, tls=tls(), tries=1))
    assert "no TLS connection (tlsv1 alert protocol version); check that the port speaks TLS 1.2 or later" in line
    assert (spoken[0], set(spoken[1:])) == ("TLSv1.1", {None})


def _of_old_times():
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.set_ciphers("ALL:@SECLEVEL=0")
    with pytest.warns(DeprecationWarning, match="TLSv1_1"):
        context.minimum_version = ssl.TLSVersion.TLSv1_1
    return context


def test_checks_are_on_unless_the_site_says_otherwise(tls):
    for context in (client_context(None), client_context(tls()), client_context(Tls())):
        assert context.minimum_version == ssl.TLSVersion.TLSv1_2
        assert (context.verify_mode, context.check_hostname) == (ssl.CERT_REQUIRED, True)
    assert server_context(tls()).minimum_version == ssl.TLSVersion.TLSv1_2
    assert server_context(tls()).verify_mode == ssl.CERT_REQUIRED


# Files that cannot be used


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({"certificate": "locked"}, "locked.crt: cannot be used (no PEM file, or a wrong password); check"),
        ({"key": "foreign"}, "us.crt: cannot be used (key values mismatch); check tls.certificate, tls.key"),
        ({"certificate": "nowhere"}, "nowhere.crt: cannot be used (No such file or directory); check tls.certificate"),
        ({"ca": "nowhere"}, "nowhere.crt: no authorities (No such file or directory); check tls.ca_file"),
    ],
    ids=["password", "key of another", "no certificate", "no authorities"],
)
def test_a_file_that_cannot_be_used_is_named(site_of, tls, settings, words, monkeypatch):
    monkeypatch.delenv(KEY_PASSWORD, raising=False)
    assert words in refusal(site_of(104, tls=tls(**settings)))


def test_a_wrong_password_is_said_and_never_shown(site_of, tls, monkeypatch):
    monkeypatch.setenv(KEY_PASSWORD, "guessed")
    line = refusal(site_of(104, tls=tls("locked")))
    assert line.endswith(f"check tls.certificate, tls.key and {KEY_PASSWORD}")
    assert "guessed" not in line


# Those who call us


@pytest.fixture
def settings(site_of, tls, free_port):
    pacs = site_of(free_port, association_timeout=5, tls=tls()).pacs
    return pacs.model_copy(update={"receiver": Receiver(port=free_port, interface="127.0.0.1")})


def caller(pki, certificate):
    context = ssl.create_default_context(cafile=pki / "ca.crt")
    if certificate:
        context.load_cert_chain(pki / f"{certificate}.crt", pki / f"{certificate}.key")
    return context


def accepted(settings, context):
    """Whether our receiver lets in the archive with these certificates."""
    entity = AE(ae_title=settings.ae_title)
    entity.acse_timeout = entity.network_timeout = 3
    entity.add_requested_context(PositronEmissionTomographyImageStorage, ExplicitVRLittleEndian)
    association = entity.associate(
        "127.0.0.1",
        settings.receiver.port,
        ae_title=settings.calling_ae_title,
        tls_args=(context, "127.0.0.1") if context else None,
    )
    was_accepted = bool(association.is_established)
    if was_accepted:
        association.release()
    return was_accepted


def test_our_receiver_lets_in_only_those_whose_certificate_holds(settings, pki):
    with HeaderInbox(10, bool).listening(settings):
        assert accepted(settings, caller(pki, "archive"))
        assert not accepted(settings, caller(pki, None))
        assert not accepted(settings, caller(pki, "foreign"))
        assert not accepted(settings, caller(pki, "expired"))
        assert not accepted(settings, None)
        assert accepted(settings, caller(pki, "archive"))


def test_a_caller_that_stays_silent_keeps_nobody_out_and_does_not_stop_us(settings, pki):
    began = datetime.now(UTC)
    with (
        HeaderInbox(10, bool).listening(settings),
        socket.create_connection(("127.0.0.1", settings.receiver.port)),
    ):
        assert accepted(settings, caller(pki, "archive"))
    assert datetime.now(UTC) - began < timedelta(seconds=4)


def test_a_move_needs_a_certificate_of_ours(settings, tls):
    without = settings.model_copy(update={"tls": tls(certificate=None)})
    with (
        pytest.raises(PacsUnreachable, match=r"names no certificate, which a C-MOVE needs: .*; add one$"),
        HeaderInbox(10, bool).listening(without),
    ):
        pass
