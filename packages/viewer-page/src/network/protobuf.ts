/*
 * Protocol buffers, as far as cutting a message in parts takes: fields are split and put together again, and what is in them
 * stays as it is.
 */

/** A field as it is in a message. */
export interface Field {
  readonly number: number;
  /** 0: a varint; 1: eight bytes; 2: bytes with a length; 5: four bytes. */
  readonly wire: number;
  /** Without tag and length. */
  readonly content: Uint8Array;
}

/** @throws Error if the bytes are no message */
export function readFields(bytes: Uint8Array): Field[] {
  const fields: Field[] = [];
  let at = 0;
  const varint = () => {
    // Lengths and tags: below 2⁵³.
    let [value, factor] = [0, 1];
    for (;;) {
      if (at >= bytes.length) throw new Error('The network is cut short');
      const byte = bytes[at++];
      value += (byte & 127) * factor;
      if (byte < 128) return value;
      factor *= 128;
    }
  };
  while (at < bytes.length) {
    const tag = varint();
    const [number, wire] = [Math.floor(tag / 8), tag % 8];
    let length = { 1: 8, 5: 4 }[wire] ?? 0;
    let start = at;
    if (wire === 0) {
      varint();
      length = at - start;
    } else if (wire === 2) {
      length = varint();
      start = at;
    } else if (length === 0) throw new Error('The network is no ONNX file');
    if (start + length > bytes.length) throw new Error('The network is cut short');
    fields.push({ number, wire, content: bytes.subarray(start, start + length) });
    at = start + length;
  }
  return fields;
}

export function writeFields(fields: readonly Field[]): Uint8Array {
  const parts = fields.flatMap(({ number, wire, content }) => [
    varintOf(8 * number + wire),
    ...(wire === 2 ? [varintOf(content.length)] : []),
    content,
  ]);
  const bytes = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    bytes.set(part, at);
    at += part.length;
  }
  return bytes;
}

export const text = (value: string): Uint8Array => new TextEncoder().encode(value);

/** The texts of a field of a message, as often as it is there. */
export function textsOf(message: Uint8Array, number: number): string[] {
  return readFields(message)
    .filter((field) => field.number === number && field.wire === 2)
    .map(({ content }) => new TextDecoder().decode(content));
}

function varintOf(value: number): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Uint8Array.from([...bytes, rest]);
}
