"""What artifacts hold, by their encodings, read with nothing but what docs/formats says; see store_bytes.py."""
import ast, base64, gzip, math, struct
from store_bytes import StoreError, parse_json, parse_object

SHOWN = 100  # elements of an array, and bytes, that are printed; the identity vouches for the rest
NPY = {"b1": "?", "i1": "b", "u1": "B", "i2": "h", "u2": "H", "i4": "i", "u4": "I", "i8": "q", "u8": "Q",
       "f2": "e", "f4": "f", "f8": "d", "c16": "d"}


def number_text(value):
    return value if value == value and abs(value) != float("inf") else {"nan": "NaN", "inf": "Infinity"}.get(str(value), "-Infinity")


def npy_array(data, at, path, offset):
    """The array that begins there: its type, shape and order, where its elements are, and its end."""
    if data[at:at + 6] != b"\x93NUMPY" or data[at + 6] not in (1, 2, 3) or data[at + 7] != 0:
        raise StoreError(path, offset, "not an .npy array")
    width = 2 if data[at + 6] == 1 else 4
    length = int.from_bytes(data[at + 8:at + 8 + width], "little")
    start = at + 8 + width + length
    header = ast.literal_eval(data[at + 8 + width:start].decode("utf-8" if data[at + 6] == 3 else "latin-1").strip())
    descr, shape, is_fortran = header.pop("descr"), header.pop("shape"), header.pop("fortran_order")
    if header or descr[0] not in "|<>" or descr[1:] not in NPY or len(shape) > 32 or length > 65535:
        raise StoreError(path, offset, "an array that is not described")
    end = start + math.prod(shape) * int(descr[2:])
    if end > len(data):
        raise StoreError(path, offset, "an array whose length is not what its header says")
    return descr, shape, is_fortran, start, end


def npy_values(data, descr, start, count):
    parts = 2 if descr[1] == "c" else 1
    values = struct.unpack_from((">" if descr[0] == ">" else "<") + str(count * parts) + NPY[descr[1:]], data, start)
    if descr[1] in "fc":
        values = [number_text(value) for value in values]
    return list(values) if parts == 1 else [values[i:i + 2] for i in range(0, len(values), 2)]


def read_npy(data, path, offset):
    descr, shape, is_fortran, start, end = npy_array(data, 0, path, offset)
    if end != len(data):
        raise StoreError(path, offset, "an array whose length is not what its header says")
    values = npy_values(data, descr, start, min(SHOWN, math.prod(shape)))
    return {"descr": descr, "shape": shape, "fortran_order": is_fortran, "values": values}


def read_json_npy(data, path, offset):
    """JSON with arrays behind it, which are put in place of the references."""
    sections, at = [], 0
    while at < len(data):
        descr, shape, is_fortran, start, at = npy_array(data, at, path, offset)
        if len(shape) != 1 or is_fortran or len(sections) > 13:
            raise StoreError(path, offset, "sections that are not described")
        sections.append([descr, start, shape[0], 0])

    def nest(values, lengths):
        if len(lengths) == 1:
            return values
        size = len(values) // lengths[0]
        return [nest(values[i:i + size], lengths[1:]) for i in range(0, len(values), size)]

    def resolve(value):
        if isinstance(value, list):
            return [resolve(item) for item in value]
        if not isinstance(value, dict):
            return value
        if "$npy" not in value:
            return {name: resolve(item) for name, item in value.items()}
        number, first, *lengths = value["$npy"]
        count = math.prod(lengths)
        if len(value) != 1 or not 1 <= number < len(sections):
            raise StoreError(path, offset, "a reference to a section that is not there")
        section = sections[number]
        descr, start, length, taken = section
        if first < taken or count < 32 or first + count > length:
            raise StoreError(path, offset, "a reference outside its section, or to what was taken before")
        section[3] = first + count
        values = npy_values(data, descr, start + first * int(descr[2:]), count)
        return base64.b64encode(bytes(values)).decode() if descr == "|u1" and len(lengths) == 1 else nest(values, lengths)

    descr, start, length, _ = sections[0]
    if descr != "|u1" or length % 64:
        raise StoreError(path, offset, "not the JSON that is described")
    return resolve(parse_json(data[start:start + length], path, offset))


def read_card(data, path, offset):
    try:
        text = gzip.decompress(data)
    except (OSError, EOFError) as error:
        raise StoreError(path, offset, f"not gzip: {error}") from None
    card = parse_object(text, "card", path, offset)
    if card["version"] != 1:
        raise StoreError(path, offset, f"version {card['version']} of a card is not known")
    return card
