import { readFileSync } from 'node:fs';

/** A file of `fixtures/`, which CPython, NumPy and PyTorch have written (`fixtures/make.py`, `fixtures/make_torch.py`). */
export function fixture(name: string): Uint8Array {
  return new Uint8Array(readFileSync(new URL(`fixtures/${name}`, import.meta.url)));
}
