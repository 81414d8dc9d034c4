import { type NdArray, ndarray } from '../ndarray.js';

/**
 * An orthonormal basis of the columns of a square matrix, its first k vectors of the first k columns: the factor Q of A = Q·R with no
 * negative number on R's diagonal, by Householder reflections in double precision. Whatever the rank of A, Q is orthogonal.
 * @param matrix [n, n]
 * @returns [n, n]; `undefined` where the matrix has values that are not finite
 */
export function orthonormalBasis({ shape, data }: NdArray): NdArray | undefined {
  if (!data.every(Number.isFinite)) return undefined;
  const n = shape[0];
  const reflectors = new Float64Array(n * n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) reflectors[j * n + i] = data[i * n + j];
  const { scales, signs } = triangularize(reflectors, n);
  const basis = new Float64Array(n * n);
  for (let j = 0; j < n; j++) basis[j * n + j] = signs[j];
  for (let k = n - 1; k >= 0; k--) reflect(reflectors, k, scales[k], basis, k, n);
  const q = new Float32Array(n * n);
  for (let i = 0; i < n; i++) for (let j = 0; j < n; j++) q[i * n + j] = basis[j * n + i];
  return ndarray(shape, q);
}

/**
 * Brings a matrix to triangular form, column after column.
 * @param columns its columns one after the other; in their place, from the diagonal on, come the reflections' vectors v
 * @returns the factors s of the reflections 1 − s·v·vᵀ, and the signs of the diagonal of R
 */
function triangularize(columns: Float64Array, n: number): { scales: Float64Array; signs: Float64Array } {
  const [scales, signs] = [new Float64Array(n), new Float64Array(n)];
  for (let k = 0; k < n; k++) {
    const diagonal = k * n + k;
    const head = columns[diagonal];
    let tail = 0;
    for (let at = diagonal + 1; at < k * n + n; at++) tail += columns[at] * columns[at];
    if (tail === 0) {
      // Triangular already: nothing is reflected.
      signs[k] = head < 0 ? -1 : 1;
      continue;
    }
    const norm = Math.sqrt(head * head + tail);
    // Away from the head, so that nothing cancels.
    signs[k] = head > 0 ? -1 : 1;
    columns[diagonal] = head - signs[k] * norm;
    scales[k] = 2 / (columns[diagonal] * columns[diagonal] + tail);
    reflect(columns, k, scales[k], columns, k + 1, n);
  }
  return { scales, signs };
}

/** Applies reflection k to the columns of `target` from `first` on, two at a time. */
function reflect(reflectors: Float64Array, k: number, scale: number, target: Float64Array, first: number, n: number) {
  if (scale === 0) return;
  const from = k * n;
  let j = first;
  for (; j + 1 < n; j += 2) {
    const [a, b] = [j * n, (j + 1) * n];
    let dotA = 0;
    let dotB = 0;
    for (let i = k; i < n; i++) {
      const v = reflectors[from + i];
      dotA += v * target[a + i];
      dotB += v * target[b + i];
    }
    dotA *= scale;
    dotB *= scale;
    for (let i = k; i < n; i++) {
      const v = reflectors[from + i];
      target[a + i] -= dotA * v;
      target[b + i] -= dotB * v;
    }
  }
  for (; j < n; j++) {
    const a = j * n;
    let dot = 0;
    for (let i = k; i < n; i++) dot += reflectors[from + i] * target[a + i];
    dot *= scale;
    for (let i = k; i < n; i++) target[a + i] -= dot * reflectors[from + i];
  }
}
