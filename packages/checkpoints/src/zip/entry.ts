import { crc32, inflateRawSync } from 'node:zlib';
import { formatBytes, printable } from '@xinc/core/formats';
import type { MemoryBudget } from '../memory-budget.js';
import { malformed, unsupported } from '../refusal.js';
import type { ZipEntry } from './directory.js';

const STORED = 0;
const DEFLATED = 8;
/** Deflate codes at best 258 bytes in two bits. */
const BEST_DEFLATE_RATIO = 1032;

/** The unpacked bytes of an entry (a view of the archive where it is stored plainly), their CRC-32 checked. */
export function readEntry(archive: Uint8Array, entry: ZipEntry, budget: MemoryBudget): Uint8Array {
  const name = printable(entry.name);
  if (entry.encrypted) {
    throw unsupported(`the archive's entry '${name}' is encrypted`, 'Decrypt the archive and try again.');
  }
  const packed = archive.subarray(entry.start, entry.start + entry.compressedSize);
  const content = entry.method === STORED ? packed : inflate(packed, entry, budget);
  // PyTorch can be told to leave the checksums out; it writes 0 then.
  if (entry.crc !== 0 && crc32(content) !== entry.crc) {
    throw malformed(
      `the archive's entry '${name}' is damaged: its checksum does not fit`,
      'Copy or download it again.',
    );
  }
  return content;
}

function inflate(packed: Uint8Array, entry: ZipEntry, budget: MemoryBudget): Uint8Array {
  const name = printable(entry.name);
  if (entry.method !== DEFLATED) {
    throw unsupported(
      `the archive's entry '${name}' is packed by method ${entry.method}`,
      'Pack the archive again with deflate or without compression.',
    );
  }
  const wrongSize = () =>
    malformed(`the archive's entry '${name}' does not unpack to the ${formatBytes(entry.size)} it declares`);
  if (entry.size > packed.length * BEST_DEFLATE_RATIO) throw wrongSize();
  budget.spend(entry.size, `the archive's entry '${name}' of ${formatBytes(entry.size)}`);
  let content: Uint8Array;
  try {
    content = inflateRawSync(packed, { maxOutputLength: Math.max(1, entry.size) });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    if (code === 'ERR_BUFFER_TOO_LARGE') throw wrongSize();
    if (!code?.startsWith('Z_')) throw error;
    throw malformed(`the archive's entry '${name}' is damaged: ${message}`, 'Copy or download it again.');
  }
  if (content.length !== entry.size) throw wrongSize();
  return content;
}
