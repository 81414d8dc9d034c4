import { malformed } from './refusal.js';

/** A cursor over bytes that never reads past their end. Little-endian unless a method says otherwise. */
export class ByteReader {
  offset: number;
  readonly #view: DataView;

  /** @param what names the bytes in errors: "the pickle". */
  constructor(
    readonly bytes: Uint8Array,
    readonly what: string,
    offset = 0,
  ) {
    this.offset = offset;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  /** The next `count` bytes, not copied. */
  take(count: number): Uint8Array {
    const start = this.#advance(count);
    return this.bytes.subarray(start, start + count);
  }

  u8(): number {
    return this.#view.getUint8(this.#advance(1));
  }

  u16(): number {
    return this.#view.getUint16(this.#advance(2), true);
  }

  u32(): number {
    return this.#view.getUint32(this.#advance(4), true);
  }

  i32(): number {
    return this.#view.getInt32(this.#advance(4), true);
  }

  /** An unsigned 64-bit integer; one beyond 2⁵³ cannot be a size or offset of anything real. */
  u64(): number {
    const at = this.offset;
    const value = Number(this.#view.getBigUint64(this.#advance(8), true));
    if (!Number.isSafeInteger(value)) throw malformed(`${this.what} declares a size of ${value} bytes at byte ${at}`);
    return value;
  }

  f64BigEndian(): number {
    return this.#view.getFloat64(this.#advance(8), false);
  }

  /** Bytes up to the next line feed, which is consumed. */
  line(): Uint8Array {
    const end = this.bytes.indexOf(0x0a, this.offset);
    if (end < 0) throw malformed(`${this.what} ends in the middle of a line`);
    const line = this.bytes.subarray(this.offset, end);
    this.offset = end + 1;
    return line;
  }

  #advance(count: number): number {
    const start = this.offset;
    if (count < 0 || count > this.bytes.length - start) {
      throw malformed(
        `${this.what} is cut short: ${count} bytes are announced at byte ${start}, ${Math.max(0, this.bytes.length - start)} are there`,
      );
    }
    this.offset = start + count;
    return start;
  }
}
