import asyncio
import datetime
import ssl

import pytest
import uvloop
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from glisson.streaming.rtmp.limits import Limits
from glisson.streaming.rtmp.server import RtmpServer
from tests.streaming.rtmp.encoders import Encoder, OneAtATime


def pytest_asyncio_loop_factories(config, item):
    """Real encoders meet the loop of the live process; the sockets' own tests run on Python's as well."""
    loops = {"uvloop": uvloop.new_event_loop}
    if item.path.name == "test_server.py":
        loops["asyncio"] = asyncio.new_event_loop
    return loops


@pytest.fixture
def door():
    return OneAtATime()


@pytest.fixture
def encoder(door):
    return Encoder(door, Limits())


@pytest.fixture
async def serve(door):
    """Start servers that are closed again: ``await serve(limits=…, ssl=…, door=…)``; refusals are in ``.refusals``."""
    servers = []

    async def start(*, limits=None, ssl=None, door=door):
        refusals = []
        server = RtmpServer(
            door, limits=limits, on_refusal=lambda key, peer, trouble: refusals.append((key, trouble.code))
        )
        server.refusals = refusals
        await server.start("127.0.0.1", 0, ssl)
        servers.append(server)
        return server

    yield start
    for server in servers:
        await server.close()


@pytest.fixture(scope="session")
def certificate(tmp_path_factory):
    """A certificate for 127.0.0.1 that nobody but us has signed, as a server's TLS context."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    path = tmp_path_factory.mktemp("tls") / "both.pem"
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    path.write_bytes(made.public_bytes(serialization.Encoding.PEM) + secret)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context
