import { crc32, deflateRawSync } from 'node:zlib';

/** An entry of an archive to be written; every field but the first two replaces what a correct archive would have. */
export interface WrittenEntry {
  readonly name: string;
  readonly content: Uint8Array;
  readonly deflate?: boolean;
  readonly method?: number;
  readonly flags?: number;
  readonly crc?: number;
  /** Declared sizes. */
  readonly size?: number;
  readonly compressedSize?: number;
  /** Name in the local header. */
  readonly localName?: string;
  /** Where the directory says the local header is. */
  readonly offset?: number;
  /** Sizes and offset in a zip64 field instead of the 32-bit ones. */
  readonly zip64?: boolean;
}

export interface WrittenEnd {
  readonly entries?: number;
  readonly directorySize?: number;
  readonly directoryStart?: number;
  readonly disk?: number;
  /** Counts and offsets in a zip64 end record, all ones in the plain one. */
  readonly zip64?: boolean;
  readonly comment?: string;
}

/** Writes zip archives, correct and wrong ones: PKWARE APPNOTE 4.3. */
export function zipFile(entries: readonly WrittenEntry[], end: WrittenEnd = {}): Uint8Array {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  let position = 0;
  const put = (...buffers: Buffer[]) => {
    for (const buffer of buffers) {
      parts.push(buffer);
      position += buffer.length;
    }
  };
  for (const entry of entries) {
    const packed = entry.deflate ? deflateRawSync(entry.content) : Buffer.from(entry.content);
    const method = entry.method ?? (entry.deflate ? 8 : 0);
    const crc = entry.crc ?? crc32(entry.content);
    const size = entry.size ?? entry.content.length;
    const compressedSize = entry.compressedSize ?? packed.length;
    const offset = entry.offset ?? position;
    const common = Buffer.concat([u16(20, entry.flags ?? 0, method, 0, 33), u32(crc)]);
    const ones = 0xffffffff;
    const sizes = entry.zip64 ? u32(ones, ones) : u32(compressedSize, size);
    const extra = entry.zip64 ? Buffer.concat([u16(1, 24), u64(size, compressedSize, offset)]) : Buffer.alloc(0);
    const name = Buffer.from(entry.name);
    const localName = Buffer.from(entry.localName ?? entry.name);
    put(u32(0x04034b50), common, sizes, u16(localName.length, 0), localName, packed);
    directory.push(
      Buffer.concat([
        u32(0x02014b50),
        u16(20),
        common,
        sizes,
        u16(name.length, extra.length, 0, 0, 0),
        u32(0, entry.zip64 ? ones : offset),
        name,
        extra,
      ]),
    );
  }
  const start = end.directoryStart ?? position;
  const directoryBytes = Buffer.concat(directory);
  put(directoryBytes);
  const size = end.directorySize ?? directoryBytes.length;
  const count = end.entries ?? entries.length;
  if (end.zip64) {
    const record = position;
    put(u32(0x06064b50), u64(44), u16(45, 45), u32(0, 0), u64(count, count, size, start));
    put(u32(0x07064b50, 0), u64(record), u32(1));
  }
  const comment = Buffer.from(end.comment ?? '');
  const disk = end.disk ?? 0;
  const counts = end.zip64 ? u16(disk, disk, 0xffff, 0xffff) : u16(disk, disk, count, count);
  put(
    u32(0x06054b50),
    counts,
    end.zip64 ? u32(0xffffffff, 0xffffffff) : u32(size, start),
    u16(comment.length),
    comment,
  );
  return new Uint8Array(Buffer.concat(parts));
}

function u16(...values: number[]): Buffer {
  return Buffer.from(Uint16Array.from(values).buffer);
}

function u32(...values: number[]): Buffer {
  return Buffer.from(Uint32Array.from(values).buffer);
}

function u64(...values: number[]): Buffer {
  return Buffer.from(BigUint64Array.from(values, BigInt).buffer);
}
