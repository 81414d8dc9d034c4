/**
 * Bytes as the text whose code points they are. `TextDecoder` cannot be asked for it: what it calls `latin1` is
 * windows-1252 by the web's standard, as Node.js has it since version 22, where 27 of the bytes become other characters.
 */
export function latin1Text(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString('latin1');
}

/** The bytes of a text whose code points are all below 256; `undefined` for another text. */
export function latin1Bytes(text: string): Uint8Array | undefined {
  return /^[\0-\xff]*$/.test(text) ? new Uint8Array(Buffer.from(text, 'latin1')) : undefined;
}
