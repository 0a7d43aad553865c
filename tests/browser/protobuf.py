"""The few corners of Google's protobuf wire format that Chromium's push connection needs: varints and flat messages."""

from __future__ import annotations

import struct
from asyncio import StreamReader

Value = int | str | bytes


def varint(number: int) -> bytes:
    """`number` (not negative) in groups of seven bits, the least first."""
    out = bytearray()
    while number > 127:
        out.append(number & 127 | 128)
        number >>= 7
    return bytes([*out, number])


def field(number: int, value: Value) -> bytes:
    """One field: an integer as varint, text and bytes with their length before them."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    raw = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(raw)) + raw


def fixed64(number: int, value: int) -> bytes:
    """One field that holds an integer of exactly eight bytes."""
    return varint(number << 3 | 1) + struct.pack("<Q", value)


def parse(raw: bytes) -> dict[int, list[int | bytes]]:
    """The values of each field in their order; embedded messages stay bytes. `ValueError` for what is not protobuf."""
    found: dict[int, list[int | bytes]] = {}
    at = 0
    while at < len(raw):
        key, at = _varint_at(raw, at)
        value: int | bytes
        match key & 7:
            case 0:
                value, at = _varint_at(raw, at)
            case 1:
                value, at = raw[at : at + 8], at + 8
            case 2:
                length, at = _varint_at(raw, at)
                value, at = raw[at : at + length], at + length
            case 5:
                value, at = raw[at : at + 4], at + 4
            case kind:
                raise ValueError(f"wire type {kind}")
        found.setdefault(key >> 3, []).append(value)
    return found


async def read_varint(stream: StreamReader) -> int:
    number = shift = 0
    while True:
        (byte,) = await stream.readexactly(1)
        number |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return number


def _varint_at(raw: bytes, at: int) -> tuple[int, int]:
    number = shift = 0
    while True:
        byte = raw[at]
        at += 1
        number |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return number, at
