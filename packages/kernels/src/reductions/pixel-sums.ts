import type { WasmPlace, WasmReducer } from './wasm-reducer.js';

/**
 * A sum per pixel over the neurons of a range, as `reduce` makes it: float32 over some neurons, added to float64 often.
 * @param field of `Reduction` in assembly/reduce.ts that says where the float32 sums are
 * @returns a reducer whose result is [P]
 */
export function pixelSums(
  field: 'pixelTotals' | 'change',
  { memory, wasm, own, pixels }: WasmPlace,
): WasmReducer<Float64Array> {
  const few = own.zeros(4 * pixels);
  const all = own.allocate(8 * pixels);
  return {
    fields: { [field]: few },
    begin: () => memory.clear(all, 8 * pixels),
    promote: () => wasm.promote(few, pixels, all),
    result: () => memory.doubles(all, pixels).slice(),
  };
}
