"""Secrets at rest: what signs in to trackers is kept sealed, and opened only where it is used."""

import base64
import json
from collections.abc import Mapping, Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from backlog.errors import N_, Conflict


class Unreadable(Conflict):
    """It was sealed with a secret that is not among those known now."""

    def __init__(self) -> None:
        super().__init__(
            N_(
                "What signs in there was kept under another WAYMARK_SECRET and cannot be read. Name the former one in "
                "WAYMARK_FORMER_SECRETS, or enter the token anew."
            )
        )


class Seal:
    """Seals with the first of these secrets and opens what any of them sealed (Fernet: AES-128-CBC and HMAC-SHA256;
    keys by HKDF, RFC 5869)."""

    def __init__(self, secret: str, former: Sequence[str] = ()) -> None:
        self._keys = MultiFernet([Fernet(_key(each)) for each in (secret, *former)])

    def close(self, values: Mapping[str, str]) -> str:
        """Sealed; empty for nothing."""
        kept = {name: value for name, value in values.items() if value}
        return self._keys.encrypt(json.dumps(kept).encode()).decode() if kept else ""

    def open(self, sealed: str) -> dict[str, str]:
        """Unreadable when no secret fits."""
        if not sealed:
            return {}
        try:
            opened: dict[str, str] = json.loads(self._keys.decrypt(sealed.encode()))
        except InvalidToken as error:
            raise Unreadable from error
        return opened

    def renewed(self, sealed: str) -> str:
        """The same under the first secret."""
        return self.close(self.open(sealed))


def _key(secret: str) -> bytes:
    derived = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"waymark trackers").derive(secret.encode())
    return base64.urlsafe_b64encode(derived)
