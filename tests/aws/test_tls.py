"""Calls over TLS: whom they trust."""

import http.server
import os
import pathlib
import shutil
import ssl
import subprocess
import threading

import pytest

HERE = pathlib.Path(__file__).resolve().parent
TOOL = os.environ.get("OBJECTS_TOOL", str(HERE.parents[1] / "build" / "bin" / "objects_tool"))
BODY = b"as it was sent " * 3_000_000  # six parts


def openssl(folder, *arguments):
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, capture_output=True, timeout=60)


@pytest.fixture(scope="module")
def certificates(tmp_path_factory):
    """An authority's certificate, ca.pem, one that it gave to "localhost", and another authority's."""
    folder = tmp_path_factory.mktemp("certificates")
    key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"]
    for name in ("ca", "stranger"):
        openssl(folder, "req", "-x509", *key, "-keyout", f"{name}.key", "-out", f"{name}.pem", "-subj", f"/CN={name}")
    openssl(folder, "req", "-new", *key, "-keyout", "server.key", "-out", "server.csr", "-subj", "/CN=server")
    (folder / "names").write_text("subjectAltName=DNS:localhost\n")
    openssl(folder, "x509", "-req", "-in", "server.csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-out", "server.pem", "-extfile", "names")
    return folder


class Store(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        first, last = (int(number) for number in self.headers["Range"].removeprefix("bytes=").split("-"))
        part = BODY[first : last + 1]
        self.send_response(206)
        self.send_header("Content-Range", f"bytes {first}-{first + len(part) - 1}/{len(BODY)}")
        self.send_header("Content-Length", str(len(part)))
        self.end_headers()
        self.wfile.write(part)

    def log_message(self, *_):
        pass


@pytest.fixture(scope="module")
def port(certificates):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificates / "server.pem", certificates / "server.key")
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Store)
    server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server.server_address[1]
    server.shutdown()
    thread.join()


def read(host, port, bundle):
    environment = {
        **os.environ,
        "AWS_ENDPOINT_URL_S3": f"https://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "id",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_CA_BUNDLE": str(bundle),
    }
    return subprocess.run([TOOL, "read", "s3://bucket/key"], env=environment, capture_output=True, timeout=60)


needs_openssl = pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl makes the certificates")


@needs_openssl
def test_reads_from_a_server_whose_authority_is_trusted(certificates, port):
    outcome = read("localhost", port, certificates / "ca.pem")
    assert outcome.returncode == 0, outcome.stderr.decode()
    assert outcome.stdout == BODY


@needs_openssl
@pytest.mark.parametrize(
    "host, bundle, reason",
    [
        ("localhost", "stranger.pem", "not correctly signed by the trusted CA"),
        ("localhost", "/etc/ssl/certs/ca-certificates.crt", "not correctly signed by the trusted CA"),
        ("127.0.0.1", "ca.pem", "does not match with the expected CN"),
        ("localhost", "no-such-file.pem", "no-such-file.pem"),
    ],
)
def test_refuses_a_server_that_does_not_prove_its_name(certificates, port, host, bundle, reason):
    outcome = read(host, port, certificates / bundle)
    assert outcome.returncode == 1
    assert reason in outcome.stderr.decode()
    assert outcome.stdout == b""
