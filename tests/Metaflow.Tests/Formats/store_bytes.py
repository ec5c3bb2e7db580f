"""The bytes of a store's files, read with nothing but what docs/formats says; read_store.py puts them together.

Nothing here is shared with Metaflow, and only Python's standard library is used. So the tests that compare what this reads with
what the client reads show that the pages describe each byte. It is stricter than a reader has to be: what the pages do not
mention is an error here, also where they tell readers to skip it. Errors name the file and the offset.
"""
import hashlib, json, re, struct

CHUNK = 1 << 20


class StoreError(Exception):
    def __init__(self, path, offset, what):
        super().__init__(f"{path}, offset {offset}: {what}")


# ---------------------------------------------------------------- checksums

def _table():
    for byte in range(256):
        for _ in range(8):
            byte = byte >> 1 ^ (0x82F63B78 if byte & 1 else 0)
        yield byte


CRC = tuple(_table())


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc = CRC[(crc ^ byte) & 255] ^ crc >> 8
    return crc ^ 0xFFFFFFFF


def xxh32_short(data):
    """xxHash-32 with seed 0 of fewer than 16 bytes, which the header of an LZ4 frame needs."""
    rotate = lambda x, n: (x << n | x >> 32 - n) & 0xFFFFFFFF
    h, i = 374761393 + len(data), 0
    while i + 4 <= len(data):
        h = rotate(h + int.from_bytes(data[i:i + 4], "little") * 3266489917 & 0xFFFFFFFF, 17) * 668265263 & 0xFFFFFFFF
        i += 4
    for byte in data[i:]:
        h = rotate(h + byte * 374761393 & 0xFFFFFFFF, 11) * 2654435761 & 0xFFFFFFFF
    h = (h ^ h >> 15) * 2246822519 & 0xFFFFFFFF
    h = (h ^ h >> 13) * 3266489917 & 0xFFFFFFFF
    return h ^ h >> 16


def identity_of(content):
    """The identity of a content, and the hashes of its chunks if it has several."""
    if len(content) <= CHUNK:
        return hashlib.sha256(content).digest(), []
    chunks = [hashlib.sha256(content[i:i + CHUNK]).digest() for i in range(0, len(content), CHUNK)]
    root = hashlib.sha256(b"metaflow content root 1\n" + b"".join(chunks)).digest()
    return bytes(byte ^ 255 for byte in root), chunks


# ---------------------------------------------------------------- JSON

# The members of every JSON object, with their types: s text, n whole number, f number, b truth value, a address,
# h identity, c checksum, o object, l array, S array of texts, N text or null. A question mark: may be absent.
FIELDS = {what: dict(member.split(":") for member in text.split()) for what, text in {
    "store": "format:s version:n",
    "claim": "flow:s user:s started:n host:s pid:n origin:s? adoptedSegments:n? crc:c?",
    "run started": "flow:s run:s started:n user:s namespace:s origin:s? tags:S systemTags:S command:S with:S parameters:S seed:n? "
                   "graph:s",
    "ended": "end:a lengths:l crc:c",
    "attempt": "task:n step:s attempt:n outcome:n started:n finished:n pid:n data:n parentTask:n parent:a? stack:l? logs:l? "
               "error:o? why:s? reused:s?",
    "split": "step:s task:n at:a foreach:b index:n count:n first:s label:s",
    "error": "type:s message:s trace:N",
    "task data": "base:a? depth:n? artifacts:l? own:n? inputs:l? cards:l? next:o?",
    "artifact": "name:s encoding:s size:n sha256:h at:n?",
    "input": "name:s version:s",
    "card entry": "type:s id:s? status:n content:o",
    "next": "kind:n targets:S count:n? items:o?",
    "log": "task:n attempt:n step:s?",
    "run finished": "status:s finished:n tasks:n failure:s?",
    "tags": "tags:S user:s changed:n",
    "code": "class:s foundation:o externals:o",
    "provenance": "taken:n kind:s entry:s? root:s? remarks:S outside:S allPackages:b fromCode:b? git:o? environment:o",
    "git": "commit:s? branch:s? changed:S diffSize:n? diff:h?",
    "environment": "metaflow:s runtime:s sdk:s? configuration:s? rid:s os:s cpu:s? cpuFeatures:S cpus:n memory:n culture:s uiCulture:s "
                   "invariant:b timeZone:s serverGc:b host:s program:s? directory:s variables:o",
    "snapshot": "files:l packages:l",
    "snapshot file": "path:s size:n sha256:h executable:b?",
    "snapshot package": "name:s version:s kind:s sha512:s?",
    "reproduction": "started:n user:s host:s verdict:s tolerance:f run:s? store:s? remarks:S identical:n equal:n different:n",
    "reproduction body": "artifacts:l",
    "reproduction artifact": "step:s name:s verdict:s tasks:n different:n first:s? example:s?",
    "card": "version:n type:s id:s? title:s? flow:s run:s step:s task:n attempt:n status:s problem:s? created:n refresh:f needs:S "
            "html:s",
    "running": "step:s task:n attempt:n pid:n started:n logs:a label:s?",
    "included-file": "path:s size:n sha256:h",
    "envelope": "payloadType:s payload:s signatures:l",
    "envelope signature": "keyid:s sig:s",
    "manifest": "format:s version:n flow:s run:s status:s signed:s files:l contents:n leaves:n root:h",
    "manifest file": "name:s size:n",
}.items()}

TYPES = {
    "s": lambda v: isinstance(v, str), "n": lambda v: type(v) is int, "b": lambda v: isinstance(v, bool),
    "a": lambda v: isinstance(v, str) and re.fullmatch("[0-9a-f]{16}", v), "N": lambda v: v is None or isinstance(v, str),
    "f": lambda v: type(v) in (int, float),
    "c": lambda v: isinstance(v, str) and re.fullmatch("[0-9a-f]{8}", v),
    "h": lambda v: isinstance(v, str) and re.fullmatch("[0-9a-f]{64}", v), "o": lambda v: isinstance(v, dict),
    "l": lambda v: isinstance(v, list), "S": lambda v: isinstance(v, list) and all(isinstance(s, str) for s in v),
}


def parse_json(data, path, offset):
    def members(pairs):
        result = dict(pairs)
        if len(result) != len(pairs):
            raise StoreError(path, offset, "a JSON object has a member twice")
        return result

    def constant(word):
        raise StoreError(path, offset, f"{word} is not JSON")

    try:
        return json.loads(data.decode("utf-8"), object_pairs_hook=members, parse_constant=constant)
    except ValueError as error:
        raise StoreError(path, offset, f"not JSON: {error}") from None


def parse_object(data, what, path, offset):
    return check_object(parse_json(data, path, offset), what, path, offset)


def check_object(value, what, path, offset):
    """Insists that it is an object with the members that are described, and no others."""
    if not isinstance(value, dict):
        raise StoreError(path, offset, f"not a JSON object ({what})")
    fields = FIELDS[what]
    for name, found in value.items():
        if name not in fields:
            raise StoreError(path, offset, f"the member '{name}' of '{what}' is not described")
        if not TYPES[fields[name][0]](found):
            raise StoreError(path, offset, f"the member '{name}' of '{what}' is not of its type: {found!r}")
    for name, kind in fields.items():
        if name not in value and not kind.endswith("?"):
            raise StoreError(path, offset, f"the member '{name}' of '{what}' is missing")
    return value


def check_sealed(data, value, path):
    """An object whose last member is the CRC-32C of what precedes it."""
    if "crc" in value:
        end = data.rindex(b',"crc"')
        if data[end:] != b',"crc":"%08x"}' % crc32c(data[:end]):
            raise StoreError(path, end, "the checksum is wrong")


# ---------------------------------------------------------------- blobs

def lz4_block(data, limit, fail):
    out, i, n = bytearray(), 0, len(data)
    while True:
        if i >= n:
            fail(i, "an LZ4 block ends within a sequence")
        token = data[i]
        i += 1
        length = token >> 4
        if length == 15:
            while True:
                if i >= n:
                    fail(i, "an LZ4 length is cut")
                length += data[i]
                i += 1
                if data[i - 1] != 255:
                    break
        if i + length > n or len(out) + length > limit:
            fail(i, "LZ4 literals beyond the block")
        out += data[i:i + length]
        i += length
        if i == n:
            return out
        if i + 2 > n:
            fail(i, "an LZ4 offset is cut")
        distance = data[i] | data[i + 1] << 8
        i += 2
        if distance == 0 or distance > len(out):
            fail(i, "an LZ4 match begins before its chunk")
        length = token & 15
        if length == 15:
            while True:
                if i >= n:
                    fail(i, "an LZ4 length is cut")
                length += data[i]
                i += 1
                if data[i - 1] != 255:
                    break
        length += 4
        if len(out) + length > limit:
            fail(i, "an LZ4 match beyond the chunk")
        start = len(out) - distance
        while length > 0:  # a match may reach into what it produces
            piece = out[start:start + length]
            out += piece
            start += len(piece)
            length -= len(piece)


def ungroup(chunk, width):
    whole = len(chunk) // width
    result = bytearray(chunk)
    for k in range(width):
        result[k:whole * width:width] = chunk[k * whole:(k + 1) * whole]
    return bytes(result)


def read_blob(path, name):
    with open(path, "rb") as file:
        data = file.read()

    def fail(offset, what):
        raise StoreError(path, offset, what)

    if len(data) < 64 or data[:8] != b"\x89MFBLB\r\n":
        fail(0, "not a blob")
    version, codec, width, crc, length, payload_length = struct.unpack_from("<HBBIQQ", data, 8)
    if version != 1:
        fail(8, f"version {version} of a blob is not known")
    if crc != crc32c(data[:12] + b"\0\0\0\0" + data[16:64]):
        fail(12, "the header's checksum is wrong")
    if codec not in (0, 1) or width not in ((1,) if codec == 0 else (1, 2, 4, 8)):
        fail(10, f"codec {codec} with width {width} is not known")
    if data[32:64].hex() != name:
        fail(32, "the identity is not that of the file's name")
    count = -(-length // CHUNK)
    hashes = 32 * count if length > CHUNK else 0
    if len(data) != 64 + payload_length + hashes:
        fail(24, "the file's length is not what its header says")
    payload = data[64:64 + payload_length]
    if codec == 0:
        if length != payload_length:
            fail(16, "raw with two lengths")
        content = payload
    else:
        if length > 255 * payload_length:
            fail(16, "an impossible length")
        smallest = next((k for k, size in ((4, 1 << 16), (5, 1 << 18), (6, 1 << 20)) if min(length, CHUNK) <= size))
        descriptor = bytes((0x68, smallest << 4)) + struct.pack("<Q", length)
        if payload[:14] != b"\x04\x22\x4d\x18" + descriptor:
            fail(64, "not the LZ4 frame that is described")
        if payload[14] != xxh32_short(descriptor) >> 8 & 255:
            fail(78, "the frame header's checksum is wrong")
        pieces, at = [], 15
        for i in range(count):
            size, = struct.unpack_from("<I", payload, at)
            stored, size = size >> 31, size & 0x7FFFFFFF
            at += 4
            wanted = min(CHUNK, length - i * CHUNK)
            if size > wanted or at + size > len(payload):
                fail(64 + at, "a block longer than its chunk")
            block = payload[at:at + size]
            base = 64 + at
            chunk = block if stored else lz4_block(block, wanted, lambda i, what: fail(base + i, what))
            if len(chunk) != wanted:
                fail(base, "a block is not exactly its chunk")
            pieces.append(ungroup(bytes(chunk), width) if width > 1 else bytes(chunk))
            at += size
        if payload[at:] != b"\0\0\0\0":
            fail(64 + at, "the frame does not end where it should")
        content = b"".join(pieces)
    identity, chunks = identity_of(content)
    for i, chunk in enumerate(chunks):
        at = 64 + payload_length + 32 * i
        if chunk != data[at:at + 32]:
            fail(at, f"chunk {i} does not have its hash")
    if identity != data[32:64]:
        fail(64, "the content does not have its identity")
    return content, {"size": length, "codec": ("raw", "lz4")[codec], "width": width, "stored": len(data)}


# ---------------------------------------------------------------- segments

def record_at(data, number, offset, path):
    """The kind, header, body and end of the record there; nothing if there is no sound one."""
    if offset + 16 > len(data) or data[offset + 13:offset + 16] != b"MFr":
        return None
    crc, h, b, kind = struct.unpack_from("<IIIB", data, offset)
    end = offset + 16 + h + b
    if h + b > 1 << 30 or end > len(data):
        return None
    address = struct.pack("<Q", number << 48 | offset)
    if crc != crc32c(address + data[offset + 4:end]):
        return None
    return kind, data[offset + 16:offset + 16 + h], data[offset + 16 + h:end], end


def read_segment(path, number):
    """The records of a segment as (address, kind, header, body), and what there is to say about the file."""
    with open(path, "rb") as file:
        data = file.read()
    facts = {"number": number, "size": len(data), "records": 0, "barriers": 0, "end": 0}
    records = []
    if len(data) == 0:
        return records, facts
    if data[:8] != b"\x89MFSEG\r\n" or len(data) < 16 or struct.unpack_from("<I", data, 12)[0] != crc32c(data[:12]):
        offset = 0
    else:
        version, own = struct.unpack_from("<HH", data, 8)
        if version != 1:
            raise StoreError(path, 8, f"version {version} of a segment is not known")
        if own != number:
            raise StoreError(path, 10, f"says that it is segment {own}")
        offset = 16
        while True:
            record = record_at(data, number, offset, path)
            if record is None:
                break
            kind, header, body, end = record
            if kind == 0:
                if end != offset + 16:
                    raise StoreError(path, offset, "a barrier with content")
                facts["barriers"] += 1
            else:
                facts["records"] += 1
                records.append((number << 48 | offset, kind, header, body))
            offset = end
    facts["end"] = offset
    if any(data[offset:]):
        at = data.find(b"\0" * 9 + b"MFr", offset)
        while at >= 0:
            if at - 4 >= offset and record_at(data, number, at - 4, path):
                raise StoreError(path, offset, f"not a record, although a barrier at {at - 4} says that it was one")
            at = data.find(b"\0" * 9 + b"MFr", at + 1)
        facts["torn"] = len(data) - offset
    return records, facts


# ---------------------------------------------------------------- signatures

def tree(leaves):
    """The root of RFC 6962 over lines."""
    if len(leaves) == 0:
        return hashlib.sha256().digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\0" + leaves[0]).digest()
    left = 1 << (len(leaves) - 1).bit_length() - 1
    return hashlib.sha256(b"\1" + tree(leaves[:left]) + tree(leaves[left:])).digest()


P = 2**256 - 2**224 + 2**192 + 2**96 - 1
N = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551
G = (0x6B17D1F2E12C4247F8BCE6E563A440F277037D812DEB33A0F4A13945D898C296,
     0x4FE342E2FE1A7F9B8EE7EB4A7C0F9E162BCE33576B315ECECBB6406837BF51F5)


def verify_p256(key, signature, message):
    """ECDSA with SHA-256 on P-256; the key as SubjectPublicKeyInfo, whose last 64 bytes are the point; the signature as DER."""
    def add(a, b):
        if a is None or b is None:
            return a or b
        if a[0] == b[0]:
            if (a[1] + b[1]) % P == 0:
                return None
            slope = 3 * (a[0] * a[0] - 1) * pow(2 * a[1], -1, P)
        else:
            slope = (b[1] - a[1]) * pow(b[0] - a[0], -1, P)
        x = (slope * slope - a[0] - b[0]) % P
        return x, (slope * (a[0] - x) - a[1]) % P

    def times(k, point):
        result = None
        while k:
            if k & 1:
                result = add(result, point)
            point, k = add(point, point), k >> 1
        return result

    point = int.from_bytes(key[-64:-32], "big"), int.from_bytes(key[-32:], "big")
    middle = 4 + signature[3]
    r = int.from_bytes(signature[4:middle], "big")
    s = int.from_bytes(signature[middle + 2:], "big")
    digest, inverse = int.from_bytes(hashlib.sha256(message).digest(), "big"), pow(s, -1, N)
    result = add(times(digest * inverse % N, G), times(r * inverse % N, point))
    return 0 < r < N and 0 < s < N and result is not None and result[0] % N == r


# ---------------------------------------------------------------- graph

GRAPH = {  # the most fields that a line has after its word
    "file": 1, "flow": 5, "artifact": 5, "parameter": 8, "step": 9, "decorator": None, "next": 8, "read": 3, "branch-read": 3,
    "parameter-write": 3, "writes": 1, "merge": 2, "input": 3,
}


def read_graph(text, path, offset):
    lines = text.removesuffix("\n").split("\n")
    if lines[0] != "metaflow-graph 1":
        raise StoreError(path, offset, f"a graph that begins with '{lines[0]}' is not known")
    graph = {"steps": []}
    for line in lines[1:]:
        word, *fields = line.split("\t")
        if word not in GRAPH or GRAPH[word] is not None and len(fields) > GRAPH[word]:
            raise StoreError(path, offset, f"the line '{line}' of a graph is not described")
        fields = [unescape(field) for field in fields]
        if word == "flow":
            graph["flow"] = fields[0]
        elif word == "step":
            graph["steps"].append({"name": fields[0], "kind": fields[2], "next": []})
        elif word == "next":
            graph["steps"][-1]["next"] += fields[1].split(",") if len(fields) > 1 else []
    return graph


def unescape(field):
    result, at = "", 0
    while at < len(field):
        if field[at] == "\\":
            at += 1
            result += {"t": "\t", "n": "\n", "r": "\r", "\\": "\\"}[field[at]]
        else:
            result += field[at]
        at += 1
    return result
