import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** Arrays computed by the published implementation; tests that need them are skipped where they are absent. */
const ROOT = process.env.XINC_REFERENCE ?? fileURLToPath(new URL('../../../../shared/reference', import.meta.url));
export const hasReference = existsSync(ROOT);

/** The numbers of a NumPy array of that folder, in C order. */
export function referenceArray(path: string): Float64Array {
  const bytes = readFileSync(join(ROOT, path));
  const headerLength = bytes.readUInt16LE(8);
  const header = bytes.toString('latin1', 10, 10 + headerLength);
  const body = bytes.buffer.slice(bytes.byteOffset + 10 + headerLength, bytes.byteOffset + bytes.length);
  const type = /'descr': '([^']+)'/.exec(header)![1];
  const Typed = { '<f4': Float32Array, '<f8': Float64Array, '<i4': Int32Array, '|u1': Uint8Array }[type]!;
  return Float64Array.from(new Typed(body) as ArrayLike<number>);
}
