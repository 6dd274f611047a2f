"""How WeChat signs and encrypts: SHA-1 over sorted words, AES-256-CBC with blocks of 32.

WeCom and Xiaohongshu do the same, and Weibo signs alike.

https://developers.weixin.qq.com/doc/oplatform/Third-party_Platforms/2.0/api/Before_Develop/Technical_Plan.html
"""

import base64
import re
from collections.abc import Collection
from hashlib import sha1
from typing import TYPE_CHECKING

from desk import calls
from desk.untrusted import text
from desk.verification import same, values
from desk.wire import Answer, BadSignature, Inbound, Secret, Undecodable
from desk.xml import fields

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.modes import CBC

BLOCK = 32
ECHO = re.compile(r"[A-Za-z0-9_=+/-]{1,512}")


def sign(token: str, timestamp: str, nonce: str, encrypted: str = "") -> str:
    """The signature of a query or, with the ciphertext, the msg_signature of a delivery."""
    signed = "".join(sorted((token, timestamp, nonce, encrypted)))
    return sha1(signed.encode("utf-8", "surrogatepass")).hexdigest()


def encrypt(plaintext: str | bytes, random16: bytes, secret: Secret) -> str:
    """What stands in `Encrypt` for that text: base64 of AES-256-CBC.

    Raises BadSignature if the secret has no encoding_aes_key. WeCom's bots have no receive_id.
    """
    clear = plaintext.encode() if isinstance(plaintext, str) else plaintext
    receiver = secret.get("receive_id", "").encode()
    packed = random16[:16] + len(clear).to_bytes(4, "big") + clear + receiver
    padding = BLOCK - len(packed) % BLOCK
    step = _cipher(values(secret, "encoding_aes_key")[0]).encryptor()
    sealed = step.update(packed + bytes([padding]) * padding) + step.finalize()
    return base64.b64encode(sealed).decode()


def decrypt(encrypted: str, encoding_aes_key: str) -> tuple[bytes, str]:
    """The text in an `Encrypt`, and whom it is for; raises BadSignature if it does not open."""
    step = _cipher(encoding_aes_key).decryptor()
    try:
        sealed = base64.b64decode("".join(encrypted.split()), validate=True)
        packed = step.update(sealed) + step.finalize()
    except ValueError:
        raise BadSignature("Encrypt is not base64 of whole cipher blocks") from None
    padding = packed[-1] if packed else 0
    if not 1 <= padding <= BLOCK or len(packed) % BLOCK or packed[-padding:] != _pad(padding):
        raise BadSignature("Encrypt does not end in PKCS#7 padding")
    packed = packed[:-padding]
    end = 20 + int.from_bytes(packed[16:20], "big")
    if len(packed) < 20 or len(packed) < end:
        raise BadSignature("Encrypt is shorter than it says")
    return packed[20:end], packed[end:].decode("utf-8", "replace")


def ciphertext(body: bytes) -> str:
    """The `Encrypt` of a delivery in XML or JSON; empty if it has none, or is neither."""
    if body.lstrip()[:1] == b"{":
        given = calls.json_object(body) or {}
        return text(given.get("encrypt")) or text(given.get("Encrypt")) or ""
    try:
        return fields(body).get("encrypt", "")
    except Undecodable:
        return ""


def opened(sealed: str, secret: Secret, receivers: Collection[str]) -> bytes:
    """The clear text of an `Encrypt`, by the newest key that opens it for one of the receivers.

    Raises BadSignature with the newest key's reason where none does.
    """
    reasons = []
    for key in values(secret, "encoding_aes_key"):
        try:
            clear, receiver = decrypt(sealed, key)
        except BadSignature as error:
            reasons.append(str(error))
            continue
        if any([same(receiver, each) for each in receivers]):
            return clear
        reasons.append("Encrypt is for another receive_id")
    raise BadSignature(reasons[0])


def echoed(request: Inbound) -> Answer | None:
    """The echostr of a verified GET, if it is one that cannot be read as a page."""
    echo = request.query.get("echostr", "")
    return Answer(body=echo) if request.method == "GET" and ECHO.fullmatch(echo) else None


def _cipher(encoding_aes_key: str) -> "Cipher[CBC]":
    # Not above, as the webhook function imports this module cold and only safe mode needs it.
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.algorithms import AES
    from cryptography.hazmat.primitives.ciphers.modes import CBC

    # Not validate=True: the last character of some keys has spare bits that are not zero.
    try:
        key = base64.b64decode(encoding_aes_key + "=")
    except ValueError:
        key = b""
    if len(key) != 32:
        raise BadSignature("the channel's encoding_aes_key is not 43 characters of base64")
    return Cipher(AES(key), CBC(key[:16]))


def _pad(size: int) -> bytes:
    return bytes([size]) * size
