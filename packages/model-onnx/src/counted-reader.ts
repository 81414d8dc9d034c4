import { XincError } from '@xinc/core';
import type onnxProto from 'onnx-proto';
import { messages } from './messages.js';

/** What the decoder reads a file with. */
export type ModelReader = Extract<Parameters<typeof onnxProto.onnx.ModelProto.decode>[0], { uint32(): number }>;

/**
 * Tags and lengths of a file's messages and texts. Each message costs two, however empty it is, and becomes some hundred bytes: half a
 * gigabyte at the most.
 */
const MOST_PARTS = 2 ** 21;
/** Whole numbers that are listed one by one. */
const MOST_WHOLE = 2 ** 24;

/**
 * A reader of a file's bytes that counts what it reads, and stops before a small file makes a large memory. It counts as the decoder
 * reads: by lengths alone (`checkFile`) a file can be read in two ways, since the decoder takes a field's kind from its number.
 * @throws XincError `unsupported` while the file is decoded
 */
export function countedReader(bytes: Uint8Array, source: string): ModelReader {
  const reader = plainReader(bytes);
  const counter = (most: number, what: string) => {
    let count = 0;
    return () => {
      count += 1;
      if (count <= most) return;
      throw new XincError('unsupported', `${source} ${what}`, {
        subject: source,
        hint: 'Write it with torch.onnx.export(model, args, file), or copy it again.',
      });
    };
  };
  const part = counter(MOST_PARTS, 'has more nodes, tensors and names than are read');
  const whole = counter(MOST_WHOLE, `lists more than ${MOST_WHOLE / 2 ** 20} million whole numbers one by one`);
  const { uint32, int64, uint64 } = reader;
  return Object.assign(reader, {
    uint32(this: ModelReader) {
      part();
      return uint32.call(this);
    },
    int32(this: ModelReader) {
      whole();
      return uint32.call(this) | 0;
    },
    int64(this: ModelReader) {
      whole();
      return int64.call(this);
    },
    uint64(this: ModelReader) {
      whole();
      return uint64.call(this);
    },
  });
}

/** A reader of the decoder's own class, the only one it takes: it makes one itself for a message of length 0. */
function plainReader({ buffer, byteOffset, length }: Uint8Array): ModelReader {
  const made = { decode: (reader: ModelReader) => reader };
  const decode = messages().ModelProto.decodeDelimited as unknown as (
    this: typeof made,
    bytes: Uint8Array,
  ) => ModelReader;
  const Reader = decode.call(made, Uint8Array.of(0)).constructor as new (bytes: Uint8Array) => ModelReader;
  return new Reader(new Uint8Array(buffer, byteOffset, length));
}
