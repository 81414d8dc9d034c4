import { readFileSync } from 'node:fs';

/** A file of `fixtures/`, which CPython and NumPy have written (`fixtures/make.py`). */
export function fixture(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`fixtures/${name}`, import.meta.url)));
}
