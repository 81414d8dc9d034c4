import { printable } from '@xinc/core/formats';
import { ByteReader } from '../byte-reader.js';
import { malformed } from '../refusal.js';

/** One file in an archive, as the central directory describes it; its bounds have been checked. */
export interface ZipEntry {
  readonly name: string;
  /** 0: stored, 8: deflated; others are not read. */
  readonly method: number;
  readonly encrypted: boolean;
  /** Where its bytes begin in the archive. */
  readonly start: number;
  readonly compressedSize: number;
  /** Size once unpacked, as declared. */
  readonly size: number;
  /** CRC-32 of the unpacked bytes; 0 where the writer left it out. */
  readonly crc: number;
}

const END_SIGNATURE = 0x06054b50;
const END_BYTES = 22;
const ZIP64_LOCATOR_SIGNATURE = 0x07064b50;
const ZIP64_LOCATOR_BYTES = 20;
const ZIP64_END_SIGNATURE = 0x06064b50;
const ENTRY_SIGNATURE = 0x02014b50;
const ENTRY_BYTES = 46;
const LOCAL_SIGNATURE = 0x04034b50;
const ZIP64_EXTRA = 0x0001;
const ENCRYPTED = 0x0001;
/** A field that is all ones is given in 64 bits elsewhere. */
const ELSEWHERE_16 = 0xffff;
const ELSEWHERE_32 = 0xffffffff;

/**
 * Reads the central directory of a zip archive (PKWARE APPNOTE 4.3, zip64 included). Every offset and size is checked
 * against the file; entries that overlap, share a name or disagree with their local header are refused, and so is
 * anything but a single, whole archive. Nothing is unpacked.
 */
export function readDirectory(bytes: Uint8Array): Map<string, ZipEntry> {
  const directory = findDirectory(bytes);
  const reader = new ByteReader(bytes.subarray(0, directory.end), 'the archive', directory.start);
  const entries = new Map<string, ZipEntry>();
  const extents: Extent[] = [];
  for (let i = 0; i < directory.entries; i++) {
    const { entry, extent } = readEntryHeader(reader, bytes, directory.start);
    if (entries.has(entry.name)) throw malformed(`the archive holds two entries named '${printable(entry.name)}'`);
    entries.set(entry.name, entry);
    extents.push(extent);
  }
  if (reader.offset !== directory.end) throw malformed('the archive has more directory than entries');
  checkDisjoint(extents);
  return entries;
}

interface DirectoryBounds {
  readonly start: number;
  readonly end: number;
  readonly entries: number;
}

function findDirectory(bytes: Uint8Array): DirectoryBounds {
  const endAt = findEndRecord(bytes);
  const end = new ByteReader(bytes, 'the archive', endAt + 4);
  const disks = [end.u16(), end.u16()];
  const short = { entriesHere: end.u16(), entries: end.u16(), size: end.u32(), start: end.u32() };
  const zip64 = readZip64End(bytes, endAt);
  const { entriesHere, entries, size, start } = zip64 ?? short;
  if (zip64) {
    const agree =
      [ELSEWHERE_16, zip64.entries].includes(short.entries) &&
      [ELSEWHERE_32, zip64.size].includes(short.size) &&
      [ELSEWHERE_32, zip64.start].includes(short.start);
    if (!agree) throw malformed('the archive describes its directory twice, differently');
  }
  if (entriesHere !== entries || disks.some((disk) => disk !== 0 && disk !== ELSEWHERE_16)) {
    throw malformed('the archive is one part of several');
  }
  if (start + size !== (zip64?.at ?? endAt)) {
    throw malformed(
      "the archive's directory is not where its end says: the file is damaged or something is glued to it",
    );
  }
  if (entries * ENTRY_BYTES > size)
    throw malformed(`the archive declares ${entries} entries in ${size} bytes of directory`);
  return { start, end: start + size, entries };
}

/** The end record is last in the file, followed only by a comment of the length it states. */
function findEndRecord(bytes: Uint8Array): number {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const last = bytes.length - END_BYTES;
  for (let at = last; at >= Math.max(0, last - 0xffff); at--) {
    if (view.getUint32(at, true) === END_SIGNATURE && view.getUint16(at + 20, true) === last - at) return at;
  }
  throw malformed('the archive has no end: the file is truncated', 'Copy or download it again.');
}

function readZip64End(bytes: Uint8Array, endAt: number) {
  if (endAt < ZIP64_LOCATOR_BYTES) return undefined;
  const locator = new ByteReader(bytes, 'the archive', endAt - ZIP64_LOCATOR_BYTES);
  if (locator.u32() !== ZIP64_LOCATOR_SIGNATURE) return undefined;
  locator.take(4);
  const at = locator.u64();
  const record = new ByteReader(bytes.subarray(0, endAt - ZIP64_LOCATOR_BYTES), 'the archive', at);
  if (record.u32() !== ZIP64_END_SIGNATURE) throw malformed("the archive's zip64 end record is missing");
  record.take(8 + 2 + 2 + 4 + 4);
  return { at, entriesHere: record.u64(), entries: record.u64(), size: record.u64(), start: record.u64() };
}

interface Extent {
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

function readEntryHeader(reader: ByteReader, bytes: Uint8Array, directoryStart: number) {
  if (reader.u32() !== ENTRY_SIGNATURE) throw malformed("the archive's directory is damaged");
  reader.take(4);
  const flags = reader.u16();
  const method = reader.u16();
  reader.take(4);
  const crc = reader.u32();
  const declared = { compressedSize: reader.u32(), size: reader.u32() };
  const nameLength = reader.u16();
  const extraLength = reader.u16();
  const commentLength = reader.u16();
  reader.take(8);
  const localOffset = reader.u32();
  const rawName = reader.take(nameLength);
  const extra = reader.take(extraLength);
  reader.take(commentLength);

  const name = new TextDecoder().decode(rawName);
  const { size, compressedSize, local } = withZip64Fields({ ...declared, local: localOffset }, extra);
  const start = dataStart(bytes, local, rawName, method, directoryStart);
  const end = start + compressedSize;
  if (end > directoryStart) {
    throw malformed(`the archive's entry '${printable(name)}' declares ${compressedSize} bytes, more than there are`);
  }
  if (method === 0 && size !== compressedSize) {
    throw malformed(`the archive's entry '${printable(name)}' is stored plainly but declares two sizes`);
  }
  const entry: ZipEntry = { name, method, encrypted: (flags & ENCRYPTED) !== 0, start, compressedSize, size, crc };
  return { entry, extent: { name, start: local, end } satisfies Extent };
}

function withZip64Fields(fields: { size: number; compressedSize: number; local: number }, extra: Uint8Array) {
  const result = { ...fields };
  const wanted = (['size', 'compressedSize', 'local'] as const).filter((field) => fields[field] === ELSEWHERE_32);
  const reader = new ByteReader(extra, "the archive's zip64 field");
  while (wanted.length > 0 && extra.length - reader.offset >= 4) {
    const id = reader.u16();
    const field = new ByteReader(reader.take(reader.u16()), "the archive's zip64 field");
    if (id === ZIP64_EXTRA) for (const name of wanted.splice(0)) result[name] = field.u64();
  }
  return result;
}

/** Past the local header, whose name and method must be the directory's. */
function dataStart(bytes: Uint8Array, local: number, name: Uint8Array, method: number, directoryStart: number): number {
  const damaged = () => malformed(`the archive's entry '${printable(new TextDecoder().decode(name))}' has no header`);
  if (local > directoryStart) throw damaged();
  const reader = new ByteReader(bytes.subarray(0, directoryStart), 'the archive', local);
  if (reader.u32() !== LOCAL_SIGNATURE) throw damaged();
  reader.take(4);
  const localMethod = reader.u16();
  reader.take(16);
  const nameLength = reader.u16();
  const extraLength = reader.u16();
  const localName = reader.take(nameLength);
  reader.take(extraLength);
  if (localMethod !== method || nameLength !== name.length || !localName.every((byte, i) => byte === name[i])) {
    throw malformed(
      `the archive's entry '${printable(new TextDecoder().decode(name))}' is described in two places, differently`,
    );
  }
  return reader.offset;
}

function checkDisjoint(extents: Extent[]): void {
  extents.sort((a, b) => a.start - b.start);
  for (let i = 1; i < extents.length; i++) {
    if (extents[i].start < extents[i - 1].end) {
      throw malformed(
        `the archive's entries '${printable(extents[i - 1].name)}' and '${printable(extents[i].name)}' overlap`,
      );
    }
  }
}
