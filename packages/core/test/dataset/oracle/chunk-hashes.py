"""Chunk hashes and RFC 6962 roots by Python's hashlib, written from the RFC's recursive definition. Prints chunk-hashes.json."""
import hashlib
import json

MIB = 1 << 20


def sha(data: bytes) -> bytes:
    return hashlib.sha256(data).digest()


def tree(entries: list[bytes]) -> bytes:
    """MTH of RFC 6962, section 2.1."""
    if not entries:
        return sha(b"")
    if len(entries) == 1:
        return sha(b"\x00" + entries[0])
    k = max(1 << i for i in range(len(entries).bit_length()) if 1 << i < len(entries))
    return sha(b"\x01" + tree(entries[:k]) + tree(entries[k:]))


def content(length: int) -> bytes:
    """Byte i is (i * 7 + i // 4096) mod 251."""
    return bytes((i * 7 + i // 4096) % 251 for i in range(length))


answers = []
for length in [0, 1, MIB - 1, MIB, MIB + 1, 2 * MIB, 3 * MIB + 5, 4 * MIB, 5 * MIB, 7 * MIB - 3]:
    data = content(length)
    chunks = [sha(data[at : at + MIB]) for at in range(0, length, MIB)]
    answers.append(
        {"bytes": length, "sha256": sha(data).hex(), "merkle_root": tree(chunks).hex(), "chunks": [each.hex() for each in chunks]}
    )
print(json.dumps(answers, indent=1))
