import type { LayerView } from '../api.js';

/** Neurons that are switched off, per layer; ascending, and no layer without any. */
export type SwitchedOff = Readonly<Record<string, readonly number[]>>;

const ascending = (neurons: Iterable<number>) => [...new Set(neurons)].sort((a, b) => a - b);

/** With these neurons off as well. */
export function withOff(off: SwitchedOff, layer: string, neurons: Iterable<number>): SwitchedOff {
  return replace(off, layer, ascending([...(off[layer] ?? []), ...neurons]));
}

/** With these neurons on again. */
export function withOn(off: SwitchedOff, layer: string, neurons: Iterable<number>): SwitchedOff {
  const on = new Set(neurons);
  return replace(
    off,
    layer,
    (off[layer] ?? []).filter((neuron) => !on.has(neuron)),
  );
}

function replace(off: SwitchedOff, layer: string, neurons: readonly number[]): SwitchedOff {
  const others = Object.entries(off).filter(([id]) => id !== layer);
  return Object.fromEntries(neurons.length > 0 ? [...others, [layer, neurons]] : others);
}

/** What of it a network has and can switch off, in the order of its layers: a link may name anything. */
export function possibleOff(off: SwitchedOff, layers: readonly LayerView[]): SwitchedOff {
  const entries = layers.flatMap(({ id, neurons, weight }) => {
    const present = weight === undefined || !Object.hasOwn(off, id) ? [] : off[id].filter((neuron) => neuron < neurons);
    return present.length > 0 ? [[id, ascending(present)] as const] : [];
  });
  return Object.fromEntries(entries);
}

export function countOff(off: SwitchedOff): number {
  return Object.values(off).reduce((sum, neurons) => sum + neurons.length, 0);
}

export function sameOff(a: SwitchedOff, b: SwitchedOff): boolean {
  const layers = Object.keys(a);
  return (
    layers.length === Object.keys(b).length &&
    layers.every((layer) => a[layer].length === b[layer]?.length && a[layer].every((n, i) => n === b[layer][i]))
  );
}
