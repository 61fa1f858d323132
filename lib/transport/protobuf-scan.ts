/**
 * Whether a message has more than `max` fields at its top, repeated ones counted one by one: looked at before anything is built from it.
 * False for bytes that are no message, which decoding tells better (protobuf.dev, Encoding).
 */
export function hasMoreFields(bytes: Uint8Array, max: number): boolean {
  let at = 0;
  for (let count = 1; at < bytes.length; count++) {
    if (count > max) return true;
    const tag = readVarint(bytes, at);
    at = skipValue(bytes, tag.value & 7, tag.end);
    if (at === BROKEN) return false;
  }
  return false;
}

const BROKEN = -1;

/** Where the value ends that begins at `at`. */
function skipValue(bytes: Uint8Array, wireType: number, at: number): number {
  if (wireType === 0) return readVarint(bytes, at).end;
  if (wireType === 1) return at + 8;
  if (wireType === 5) return at + 4;
  if (wireType !== 2) return BROKEN;
  const length = readVarint(bytes, at);
  return length.end + length.value;
}

/** Of a length or a tag; larger numbers than fit into 32 bits are neither, and only skipped. */
function readVarint(bytes: Uint8Array, from: number): { value: number; end: number } {
  let value = 0;
  let at = from;
  for (let shift = 0; ; shift += 7) {
    const byte = bytes[at++] ?? 0;
    if (shift < 32) value = (value | ((byte & 127) << shift)) >>> 0;
    if (byte < 128) return { value, end: at };
  }
}
