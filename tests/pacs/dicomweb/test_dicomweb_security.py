"""Who we are and with whom we talk: credentials and certificates, against a server that really asks for them."""

from __future__ import annotations

import base64
import ssl
import warnings
from datetime import datetime, timedelta
from ipaddress import ip_address

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from schedvisu_lib.errors import PacsUnreachable
from schedvisu_lib.pacs.dicomweb_http import PASSWORD, TOKEN, USER
from schedvisu_lib.settings.pacs import Tls


def always(status, body=b"", **headers):
    return lambda handler, _: handler.say(status, body, **headers)


STUDY = {"0020000D": {"vr": "UI", "Value": ["1.2.3"]}}


# Who we are


def test_a_user_and_a_password_are_sent(serve, studies, monkeypatch):
    monkeypatch.setenv(USER, "planner")
    monkeypatch.setenv(PASSWORD, "clé")
    server = serve(always(200, []))
    studies(server.url)
    assert base64.b64decode(server.headers[0]["Authorization"].removeprefix("Basic ")).decode() == "planner:clé"


def test_a_token_is_sent(serve, studies, monkeypatch):
    monkeypatch.setenv(TOKEN, "abc")
    server = serve(always(200, []))
    studies(server.url)
    assert server.headers[0]["Authorization"] == "Bearer abc"


def test_half_of_the_credentials_is_a_mistake(studies, monkeypatch):
    monkeypatch.setenv(USER, "planner")
    with pytest.raises(PacsUnreachable, match=f"only one of {USER} and {PASSWORD}"):
        studies("http://127.0.0.1:9/dicom-web")


@pytest.mark.parametrize("host", ["archive.hospital.example", "10.0.0.7", "localhost.hospital.example"])
def test_credentials_never_travel_unencrypted(studies, monkeypatch, host):
    monkeypatch.setenv(TOKEN, "secret-token")
    with pytest.raises(PacsUnreachable, match=f"{TOKEN}; write an address with https://") as caught:
        studies(f"http://{host}/dicom-web")
    assert "secret-token" not in str(caught.value)


def test_neither_a_proxy_nor_stored_passwords_are_used(serve, studies, monkeypatch, tmp_path):
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login someone password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / ".netrc"))
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    server = serve(always(200, []))
    studies(server.url)
    assert "Authorization" not in server.headers[0]
    assert server.headers[0]["Host"] == f"127.0.0.1:{server.server_port}"


# TLS


class Authority:
    """Signs certificates for a name and address."""

    def __init__(self, folder):
        self.folder = folder
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Hospital")])
        constraints = x509.BasicConstraints(ca=True, path_length=None)
        ours = self._builder(self.name, self.key).add_extension(constraints, critical=True)
        self.file = folder / "ca.pem"
        self.file.write_bytes(ours.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM))

    def _builder(self, subject, key):
        now = datetime(2026, 1, 1)
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self.name)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=3650))
            .not_valid_after(now + timedelta(days=3650))
        )

    def sign(self, name, *alternatives):
        key = ec.generate_private_key(ec.SECP256R1())
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH])
        builder = self._builder(x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)]), key)
        builder = builder.add_extension(usage, critical=False)
        if alternatives:
            builder = builder.add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
        file = self.folder / f"{name}.pem"
        private = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        )
        signed = builder.sign(self.key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
        file.write_bytes(private + signed)
        return file


@pytest.fixture(scope="session")
def authority(tmp_path_factory):
    return Authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture(scope="session")
def here(authority):
    """Certificate of a server at our address."""
    return authority.sign("here", x509.IPAddress(ip_address("127.0.0.1")))


def server_side(certificate, asks=None, newest=None):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    if asks is not None:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(asks)
    if newest is not None:
        context.minimum_version = ssl.TLSVersion.TLSv1
        context.maximum_version = newest
        context.set_ciphers("DEFAULT@SECLEVEL=0")
    return context


def test_a_certificate_of_the_sites_own_authority_is_accepted(serve, studies, authority, here):
    server = serve(always(200, [STUDY]), server_side(here))
    assert studies(server.url, tls=Tls(ca_file=authority.file)) == [STUDY]


def test_a_certificate_of_an_unknown_authority_is_refused_at_once(serve, studies, here):
    server = serve(always(200, []), server_side(here))
    with pytest.raises(PacsUnreachable, match=r"no encrypted connection \(certificate: .*\); check pacs\.tls"):
        studies(server.url)
    assert server.seen == []


def test_a_certificate_for_another_name_is_refused_unless_the_site_names_it(serve, studies, authority):
    there = authority.sign("there", x509.DNSName("archive.hospital.example"))
    server = serve(always(200, [STUDY]), server_side(there))
    with pytest.raises(PacsUnreachable, match="certificate: IP address mismatch"):
        studies(server.url, tls=Tls(ca_file=authority.file))
    named = Tls(ca_file=authority.file, server_name="archive.hospital.example")
    assert studies(server.url, tls=named) == [STUDY]


def test_checks_are_off_only_where_the_site_says_so(serve, studies, here):
    server = serve(always(200, [STUDY]), server_side(here))
    with warnings.catch_warnings():
        warnings.simplefilter("error", DeprecationWarning)
        assert studies(server.url, tls=Tls(verify=False)) == [STUDY]


def test_our_certificate_is_shown_to_a_server_that_asks_for_it(serve, studies, authority, here):
    asking = server_side(here, asks=authority.file)
    asking.maximum_version = ssl.TLSVersion.TLSv1_2  # with 1.3 it hangs up so late that its reason may get lost
    server = serve(always(200, [STUDY]), asking)
    ours = authority.sign("ours")
    assert studies(server.url, tls=Tls(ca_file=authority.file, certificate=ours)) == [STUDY]
    with pytest.raises(PacsUnreachable, match=r"no encrypted connection \(.*handshake failure\); check pacs\.tls"):
        studies(server.url, tls=Tls(ca_file=authority.file))


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
def test_an_encryption_older_than_tls_1_2_is_refused(serve, studies, authority, here):
    server = serve(always(200, []), server_side(here, newest=ssl.TLSVersion.TLSv1_1))
    with pytest.raises(PacsUnreachable, match="no encrypted connection"):
        studies(server.url, tls=Tls(ca_file=authority.file))
    assert server.seen == []


def test_a_port_without_encryption_is_told_from_a_dead_one(serve, studies):
    server = serve(always(200, []))
    with pytest.raises(PacsUnreachable, match=r"no encrypted connection \(.*\); check pacs\.tls"):
        studies(server.url.replace("http:", "https:"))
