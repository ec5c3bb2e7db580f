#!/usr/bin/env python3
"""Reads a whole store with nothing but what docs/formats says, verifies every checksum and hash, and prints it as JSON.

    python3 read_store.py STORE [--key PUBLIC-KEY.pem] [--records]

With a key, signatures are checked, not only what they cover. With --records, only blobs and segments are read, whatever their
records say. It ends with 1 and a sentence if something is not as it is described.
"""
import argparse, base64, hashlib, json, os, struct, sys
from store_bytes import *
from store_values import *


NAMES = ("store.json", "blobs", "runs", "tmp", "snapshots")


class Store:
    def __init__(self, root, key, only_records):
        self.root, self.key, self.only_records = root, key, only_records
        self.blobs, self.contents, self.unmentioned = {}, {}, []

    def read(self):
        path = os.path.join(self.root, "store.json")
        with open(path, "rb") as file:
            marker = parse_object(file.read(), "store", path, 0)
        if marker["format"] != "metaflow-store" or marker["version"] != 1:
            raise StoreError(path, 0, f"version {marker['version']} of a {marker['format']} is not known")
        self.unmentioned += [name for name in self.names() if name not in NAMES and not name.startswith("index.")]
        self.read_blobs()
        runs = []
        for flow in self.names("runs"):
            for number in sorted(self.names("runs", flow), key=int):
                if os.path.exists(os.path.join(self.root, "runs", flow, number, "claim")):
                    runs.append(Run(self, flow, number).read())
        return {"store": marker, "blobs": self.blobs, "runs": runs, "unmentioned": self.unmentioned}

    def names(self, *parts):
        folder = os.path.join(self.root, *parts)
        return sorted(os.listdir(folder)) if os.path.isdir(folder) else []

    def read_blobs(self):
        for shard in self.names("blobs"):
            for rest in self.names("blobs", shard):
                name = shard + rest
                self.contents[name], self.blobs[name] = read_blob(os.path.join(self.root, "blobs", shard, rest), name)

    def decode(self, encoding, data, path, offset):
        if encoding == "json":
            return parse_json(data, path, offset)
        if encoding == "npy":
            return read_npy(data, path, offset)
        if encoding == "json+npy":
            return read_json_npy(data, path, offset)
        if encoding == "text":
            try:
                return data.decode("utf-8")
            except ValueError as error:
                raise StoreError(path, offset, f"not UTF-8: {error}") from None
        if encoding == "bytes":
            return {"length": len(data), "hex": data[:SHOWN].hex()}
        if encoding == "card":
            return read_card(data, path, offset)
        if encoding == "included-file":
            file = parse_object(data, "included-file", path, offset)
            self.content(file["sha256"], file["size"], path, offset)
            return file
        raise StoreError(path, offset, f"the encoding '{encoding}' is not described")

    def content(self, sha256, size, path, offset):
        content = self.contents.get(sha256)
        if content is None:
            raise StoreError(path, offset, f"names the blob {sha256}, which is not there")
        if len(content) != size:
            raise StoreError(path, offset, f"says that the blob {sha256} has {size} bytes; it has {len(content)}")
        return content


# ---------------------------------------------------------------- runs

class Run:
    def __init__(self, store, flow, number):
        self.store, self.flow, self.number = store, flow, number
        self.folder = os.path.join(store.root, "runs", flow, number)
        self.records, self.segments, self.tables = {}, [], {}

    def read(self):
        path = os.path.join(self.folder, "claim")
        with open(path, "rb") as file:
            data = file.read()
        claim = parse_json(data, path, 0)
        check_sealed(data, claim, path)
        result = {"flow": self.flow, "run": self.number, "claim": claim, "attempts": [], "tags": [], "cards": [],
                  "reproductions": [], "signatures": [], "running": [], "pinned": False}
        for name in sorted(os.listdir(self.folder)):
            self.read_file(name, result)
        result["segments"] = self.segments
        if self.store.only_records:
            return {**result, "records": [
                {"at": f"{address:016x}", "kind": kind, "header": header.hex(), "body": body.hex()}
                for address, (kind, header, body) in self.records.items()]}
        check_object(claim, "claim", path, 0)
        adopted = claim.get("adoptedSegments", 0)
        counted = None
        for address, (kind, header, body) in self.records.items():
            if address >> 48 > adopted:
                counted = self.read_record(address, kind, header, body, result) or counted
        for address in counted or ():
            self.read_record(address, *self.record(address), result)
        if "ended" in result:
            kind = self.record(int(result["ended"]["end"], 16))[0]
            sizes = {segment["number"]: segment["size"] for segment in self.segments}
            if kind != 4 or any(sizes.get(i + 1, -1) < length for i, length in enumerate(result["ended"]["lengths"])):
                raise StoreError(os.path.join(self.folder, "ended"), 0, "the run has lost records")
        result["attempts"].sort(key=lambda attempt: attempt["at"])
        return result

    def read_file(self, name, result):
        path = os.path.join(self.folder, name)
        base, ending = os.path.splitext(name)
        if ending == ".seg" and len(base) == 5 and base.isdigit():
            records, facts = read_segment(path, int(base))
            self.records.update((address, rest) for address, *rest in records)
            self.segments.append(facts)
        elif name == "pinned":
            result["pinned"] = True
        elif name.startswith("signature-") and ending == ".json":
            result["signatures"].append(self.read_signature(path))
        elif name.startswith("card-") and ending in (".live", ".done"):
            with open(path, "rb") as file:
                result["cards"].append({"file": name, "document": read_card(file.read(), path, 0)})
        elif name == "ended":
            with open(path, "rb") as file:
                data = file.read()
            if data:
                result["ended"] = parse_object(data, "ended", path, 0)
                check_sealed(data, result["ended"], path)
        elif name == "running":
            result["running"] = self.read_running(path)
        elif name == "overwrite.redo":
            with open(path, "rb") as file:
                data = file.read()
            if len(data) < 4 or crc32c(data[:-4]) != struct.unpack("<I", data[-4:])[0]:
                raise StoreError(path, 0, "the checksum is wrong")
        elif name not in ("claim", "removed") and ending not in (".lock", ".holder") and not (name.startswith("signature-") and ending == ".leaves"):
            self.store.unmentioned.append(path)

    def where(self, address):
        return os.path.join(self.folder, f"{address >> 48:05}.seg"), address & (1 << 48) - 1

    def record(self, address):
        if address not in self.records:
            raise StoreError(*self.where(address), "a record is referred to that is not there")
        return self.records[address]

    def header(self, address, header, what):
        return parse_object(header, what, *self.where(address))

    def read_record(self, address, kind, header, body, result):
        where = self.where(address)
        if kind == 1:
            started = self.header(address, header, "run started")
            started["graph"] = read_graph(started["graph"], *where)
            result["started"] = started
            values = self.show(self.table(address)["artifacts"], address)
            result["parameters"] = {name: values.pop(name) for name in started["parameters"]}
            result["constants"] = values
        elif kind == 2:
            result["attempts"].append(self.read_attempt(address, header, body))
        elif kind == 3:
            self.header(address, header, "log")
            self.read_log(address)
        elif kind == 4:
            result["finished"] = self.header(address, header, "run finished")
        elif kind == 5:
            result["tags"].append(self.header(address, header, "tags"))
        elif kind == 7:
            return self.read_adopted(address, body)
        elif kind == 8:
            result["provenance"] = self.read_provenance(address, header, body)
        elif kind == 9:
            value = self.header(address, header, "reproduction")
            value["body"] = parse_object(body, "reproduction body", *where)
            for artifact in value["body"]["artifacts"]:
                check_object(artifact, "reproduction artifact", *where)
            result["reproductions"].append(value)
        elif kind == 20:
            self.table(address)
        elif kind == 21:
            result["code"] = self.header(address, header, "code")
            result["code"]["assemblies"] = [a["name"] for a in self.table(address)["artifacts"]]
        else:
            raise StoreError(*where, f"records of kind {kind} are not described")
        return None

    def table(self, address):
        """The task data of a record: its header, where the small artifacts begin, and where it ends."""
        if address not in self.tables:
            where = self.where(address)
            kind, header, body = self.record(address)
            if kind not in (1, 2, 20, 21):
                raise StoreError(*where, f"a record of kind {kind} has no task data")
            length = int.from_bytes(body[:4], "little")
            table = parse_object(body[4:4 + length], "task data", *where)
            table.setdefault("artifacts", [])
            table["bytes"] = 4 + length
            self.tables[address] = table
        return self.tables[address]

    def bytes_of(self, artifact, address):
        """The content of an artifact that the record at this address lists, checked."""
        path, offset = self.where(address)
        check_object(artifact, "artifact", path, offset)
        if "at" not in artifact:
            return self.store.content(artifact["sha256"], artifact["size"], path, offset)
        start = self.table(address)["bytes"] + artifact["at"]
        content = self.record(address)[2][start:start + artifact["size"]]
        if len(content) != artifact["size"] or identity_of(content)[0].hex() != artifact["sha256"]:
            raise StoreError(path, offset, f"the bytes of '{artifact.get('name')}' do not have their identity")
        return content

    def show(self, artifacts, address):
        return {a["name"]: {"encoding": a["encoding"], "size": a["size"], "sha256": a["sha256"], "blob": "at" not in a,
                            "value": self.store.decode(a["encoding"], self.bytes_of(a, address), *self.where(address))}
                for a in artifacts}

    def visible(self, address):
        """All artifacts that a task sees: a name is looked for in the task, then in its base, and so on."""
        found, steps = {}, 0
        depth = self.table(address).get("depth", 0)
        while True:
            table = self.table(address)
            for name, shown in self.show([a for a in table["artifacts"] if a["name"] not in found], address).items():
                found[name] = shown
            if "base" not in table:
                break
            address, steps = int(table["base"], 16), steps + 1
        if steps > depth:
            raise StoreError(*self.where(address), f"{steps} bases where at most {depth} are promised")
        return found

    def read_attempt(self, address, header, body):
        where = self.where(address)
        attempt = self.header(address, header, "attempt")
        for split in attempt.get("stack", ()):
            check_object(split, "split", *where)
        if "error" in attempt:
            check_object(attempt["error"], "error", *where)
        table, rest = self.table(address), body[attempt["data"]:]
        if len(rest) % 8:
            raise StoreError(*where, "addresses behind the task data that are not whole")
        before = [value for value, in struct.iter_unpack("<Q", rest)] or [int(attempt[p], 16) for p in ("parent",) if p in attempt]
        attempt["before"] = [parse_json(self.record(task)[1], *self.where(task))["task"] for task in before]
        attempt["at"] = f"{address:016x}"
        own = table.get("own", len(table["artifacts"]))
        attempt["listed"] = len(table["artifacts"])
        attempt["own"] = [a["name"] for a in table["artifacts"][:own]]
        attempt["artifacts"] = self.visible(address)
        attempt["inputs"] = [check_object(i, "input", *where) for i in table.get("inputs", ())]
        attempt["cards"] = [self.read_card_entry(card, address) for card in table.get("cards", ())]
        attempt["output"] = [line for log in attempt.get("logs", ()) for line in self.read_log(int(log, 16))]
        if "next" in table:
            attempt["next"] = check_object(table["next"], "next", *where)
            if "items" in attempt["next"]:
                attempt["next"]["items"] = self.read_items(attempt["next"]["items"], attempt["next"]["count"], address)
        return attempt

    def read_card_entry(self, card, address):
        check_object(card, "card entry", *self.where(address))
        return {**card, "sha256": card["content"]["sha256"], "content": read_card(self.bytes_of(card["content"], address), *self.where(address))}

    def read_items(self, artifact, count, address):
        path, offset = self.where(address)
        content, encodings = self.bytes_of(artifact, address), artifact["encoding"].split(",")
        if len(content) < 8 + 12 * count or int.from_bytes(content[:8], "little") != count:
            raise StoreError(path, offset, "a table of items that does not hold its items")
        rows = [(int.from_bytes(content[i:i + 7], "little"), content[i + 7], int.from_bytes(content[i + 8:i + 12], "little"))
                for i in range(8, 8 + 12 * count, 12)]
        start = 8 + 12 * count
        labels = start + (rows[-1][0] if rows else 0)
        items, from_item, from_label = [], 0, 0
        for end, encoding, label_end in rows:
            value = self.store.decode(encodings[encoding], content[start + from_item:start + end], path, offset)
            items.append({"encoding": encodings[encoding], "value": value, "label": content[labels + from_label:labels + label_end].decode("utf-8")})
            from_item, from_label = end, label_end
        if labels + from_label != len(content):
            raise StoreError(path, offset, "a table of items with bytes behind its labels")
        return items

    def read_log(self, address):
        kind, _, body = self.record(address)
        lines, at = [], 0
        while at < len(body):
            if kind != 3 or at + 13 > len(body):
                raise StoreError(*self.where(address), "not a log record")
            time, stream, length = struct.unpack_from("<qBI", body, at)
            at += 13 + length
            if stream > 2 or at > len(body):
                raise StoreError(*self.where(address), "a line that is not described")
            if stream:
                lines.append({"time": time, "stream": stream, "text": body[at - length:at].decode("utf-8", "replace")})
        return lines

    def read_adopted(self, address, body):
        addresses, value, shift, last = [], 0, 0, 0
        for byte in body:
            value |= (byte & 127) << shift
            shift += 7
            if not byte & 128:
                last += value
                addresses.append(last)
                value = shift = 0
        if shift:
            raise StoreError(*self.where(address), "an address is cut")
        return addresses

    def read_provenance(self, address, header, body):
        where = self.where(address)
        value = self.header(address, header, "provenance")
        check_object(value["environment"], "environment", *where)
        if "git" in value:
            check_object(value["git"], "git", *where)
        value["snapshot"] = parse_object(body, "snapshot", *where)
        for file in value["snapshot"]["files"]:
            check_object(file, "snapshot file", *where)
            parts = file["path"].split("/")
            if any(p in ("", ".", "..", ".git") or p[-1] in ". " or any(c in "\\:" or ord(c) < 32 for c in p) for p in parts):
                raise StoreError(*where, f"the path '{file['path']}' is not allowed")
            self.store.content(file["sha256"], file["size"], *where)
        for package in value["snapshot"]["packages"]:
            check_object(package, "snapshot package", *where)
        return value

    def read_running(self, path):
        with open(path, "rb") as file:
            data = file.read()
        entries = []
        for at in range(0, len(data) - 511, 512):
            crc, length = struct.unpack_from("<II", data, at)
            if length <= 504 and crc == crc32c(data[at + 4:at + 512]):  # a wrong checksum: it is being written
                entries.append(parse_object(data[at + 8:at + 8 + length], "running", path, at))
        return entries

    def read_signature(self, path):
        with open(path, "rb") as file:
            text = file.read()
        envelope = parse_json(text, path, 0)
        payload, kind, signature = envelope["payload"], envelope["payloadType"], envelope["signatures"][0]
        exact = (f'{{"payloadType":"application/vnd.metaflow.run-manifest\\u002Bjson","payload":"{payload}",'
                 f'"signatures":[{{"keyid":"{signature["keyid"]}","sig":"{signature["sig"]}"}}]}}')
        if text.decode("utf-8") != exact:
            raise StoreError(path, 0, "not the envelope that is described")
        payload = base64.b64decode(payload, validate=True)
        manifest = parse_object(payload, "manifest", path, 0)
        if (manifest["format"], manifest["version"]) != ("metaflow-run-manifest", 1):
            raise StoreError(path, 0, f"version {manifest['version']} of a manifest is not known")
        if (manifest["flow"], manifest["run"]) != (self.flow, self.number):
            raise StoreError(path, 0, "the manifest is of another run")
        with open(path[:-len(".json")] + ".leaves", "rb") as file:
            lines = file.read().split(b"\n")[:-1]
        if len(lines) != manifest["leaves"] or tree(lines).hex() != manifest["root"]:
            raise StoreError(path, 0, "the list of leaves does not have the root")
        expected = []
        for file in manifest["files"]:
            with open(os.path.join(self.folder, file["name"]), "rb") as stream:
                data = stream.read()
            data, zeros = data[:file["size"]], data[file["size"]:]
            if len(data) != file["size"] or any(zeros):
                raise StoreError(path, 0, f"{file['name']} does not have its size")
            for at in range(0, len(data), 4096):
                block = data[at:at + 4096]
                expected.append(f"block {file['name']} {at} {len(block)} {hashlib.sha256(block).hexdigest()}".encode())
        blocks = len(expected)
        if lines[:blocks] != expected or len(lines) - blocks != manifest["contents"]:
            raise StoreError(path, 0, "the files are not those that were signed")
        for line in lines[blocks:]:
            word, length, name = line.decode().split(" ")
            if word != "content":
                raise StoreError(path, 0, f"a leaf '{word}' is not described")
            self.store.content(name, int(length), path, 0)
        good = None
        if self.store.key is not None:
            message = b"DSSEv1 %d %s %d %s" % (len(kind), kind.encode(), len(payload), payload)
            good = hashlib.sha256(self.store.key).hexdigest() == signature["keyid"] and \
                verify_p256(self.store.key, base64.b64decode(signature["sig"]), message)
            if not good:
                raise StoreError(path, 0, "the signature is not of this key")
        return {"manifest": manifest, "keyid": signature["keyid"], "good": good}


def main(arguments):
    options = argparse.ArgumentParser()
    options.add_argument("store")
    options.add_argument("--key")
    options.add_argument("--records", action="store_true")
    options = options.parse_args(arguments)
    key = None
    if options.key:
        with open(options.key) as file:
            key = base64.b64decode("".join(line for line in file.read().split("\n") if not line.startswith("-")))
    sys.setrecursionlimit(10000)
    if hasattr(sys, "set_int_max_str_digits"):
        sys.set_int_max_str_digits(0)  # a BigInteger may have 100,000 digits
    try:
        print(json.dumps(Store(options.store, key, options.records).read(), allow_nan=False))
    except (StoreError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
