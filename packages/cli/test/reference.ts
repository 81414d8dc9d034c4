import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { decodeNpy } from '@xinc/core/formats';
import { expect } from 'vitest';

/** Arrays computed with the published code; see CONTRIBUTING.md. Tests against them run where they are. */
const REFERENCE = process.env.XINC_REFERENCE ?? fileURLToPath(new URL('../../../../shared/reference', import.meta.url));
export const hasReference = existsSync(REFERENCE);

export const referencePath = (...parts: readonly string[]) => join(REFERENCE, ...parts);

/** The values of a reference array; NumPy's int64 as numbers. */
export async function referenceArray(...parts: readonly string[]): Promise<number[]> {
  const bytes = await readFile(referencePath(...parts));
  const header = bytes.subarray(0, 128).toString('latin1');
  if (!header.includes("'<i8'")) return [...decodeNpy(bytes, parts.join('/')).data];
  const start = 10 + bytes.readUInt16LE(8);
  return Array.from({ length: (bytes.length - start) / 8 }, (_, i) => Number(bytes.readBigInt64LE(start + 8 * i)));
}

/** Within `relative` of the value or `absolute`, whichever is more; NaN where NaN is expected. */
export function expectNear(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  { relative = 0, absolute = 0 }: { relative?: number; absolute?: number },
): void {
  expect(actual.length).toBe(expected.length);
  for (let i = 0; i < expected.length; i++) {
    if (Number.isNaN(expected[i]) && Number.isNaN(actual[i])) continue;
    const allowed = Math.max(relative * Math.abs(expected[i]), absolute);
    if (!(Math.abs(actual[i] - expected[i]) <= allowed)) {
      expect.fail(`value ${i} is ${actual[i]}, not ${expected[i]} (allowed difference ${allowed})`);
    }
  }
}
