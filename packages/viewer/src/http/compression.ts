import { promisify } from 'node:util';
import { brotliCompress, constants, gzip } from 'node:zlib';

export type Coding = 'br' | 'gzip';

/** Smaller than this gains nothing, larger takes long. */
const [LEAST, MOST] = [1024, 16 * 2 ** 20];

/** Brotli's default of 11 takes seconds for a megabyte. */
const BROTLI_QUALITY = 5;

/** The better of the two codings among those that an `Accept-Encoding` header allows. */
export function chooseCoding(header: string | undefined): Coding | null {
  const weights = new Map(
    (header ?? '').split(',').map((part) => {
      const [name, ...parameters] = part
        .trim()
        .toLowerCase()
        .split(/\s*;\s*/);
      const quality = parameters.find((parameter) => parameter.startsWith('q='));
      return [name, quality === undefined ? 1 : Number(quality.slice(2))];
    }),
  );
  const allowed = (coding: Coding) => (weights.get(coding) ?? weights.get('*') ?? 0) > 0;
  if (allowed('br')) return 'br';
  return allowed('gzip') ? 'gzip' : null;
}

export function isWorthCompressing(size: number): boolean {
  return size >= LEAST && size <= MOST;
}

export async function compress(bytes: Uint8Array, coding: Coding): Promise<Uint8Array> {
  if (coding === 'gzip') return promisify(gzip)(bytes);
  return promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } });
}
