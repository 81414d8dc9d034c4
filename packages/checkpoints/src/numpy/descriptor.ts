import type { Encoding } from '../tensor.js';

const KINDS: Readonly<Record<string, string>> = { f: 'float', i: 'int', u: 'uint' };

/** NumPy's `<f4`, `|b1`, `>i8` … as an encoding; `undefined` for texts, objects, records and dates. */
export function encodingOf(descriptor: string): Encoding | undefined {
  const [, order, kind, size] = /^([<>|=]?)([fiub])(\d{1,2})$/.exec(descriptor) ?? [];
  if (kind === undefined) return undefined;
  const bytes = Number(size);
  const sizes = kind === 'f' ? [2, 4, 8] : kind === 'b' ? [1] : [1, 2, 4, 8];
  if (!sizes.includes(bytes)) return undefined;
  return { dtype: kind === 'b' ? 'bool' : `${KINDS[kind]}${8 * bytes}`, littleEndian: order !== '>' };
}
