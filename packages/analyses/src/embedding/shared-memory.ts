/** Room that threads share, [length] zeros. */
export const sharedFloats = (length: number): Float32Array =>
  new Float32Array(new SharedArrayBuffer(length * Float32Array.BYTES_PER_ELEMENT));

export const sharedInts = (length: number): Int32Array =>
  new Int32Array(new SharedArrayBuffer(length * Int32Array.BYTES_PER_ELEMENT));

/** A copy that threads share. */
export function sharedCopy<T extends Float32Array | Int32Array>(values: T): T {
  const copy = values instanceof Int32Array ? sharedInts(values.length) : sharedFloats(values.length);
  copy.set(values);
  return copy as T;
}
