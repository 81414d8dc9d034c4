import type { Encoding } from '../tensor.js';

const KINDS: Readonly<Record<string, readonly [name: string, bytes: readonly number[]]>> = {
  // A long double has 12 or 16 bytes: its name and shape can be told.
  f: ['float', [2, 4, 8, 12, 16]],
  i: ['int', [1, 2, 4, 8]],
  u: ['uint', [1, 2, 4, 8]],
  c: ['complex', [8, 16]],
};

/** NumPy's `<f4`, `|b1`, `>i8` … as an encoding; `undefined` for texts, objects, records and dates. */
export function encodingOf(descriptor: string): Encoding | undefined {
  const [, order, kind, size] = /^([<>|=]?)([fiubc])(\d{1,2})$/.exec(descriptor) ?? [];
  if (kind === undefined) return undefined;
  const bytes = Number(size);
  const littleEndian = order !== '>';
  if (kind === 'b') return bytes === 1 ? { dtype: 'bool', littleEndian } : undefined;
  const [name, sizes] = KINDS[kind];
  return sizes.includes(bytes) ? { dtype: `${name}${8 * bytes}`, littleEndian } : undefined;
}
