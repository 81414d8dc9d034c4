import type { Region } from '@xinc/kernels';
import type { Completeness } from '../analysis.js';
import type { Arrays } from '../engine.js';
import type { CustomHook, CustomTraceContext, Inr } from '../inr.js';
import { formatShape, ndarray, sameShape } from '../ndarray.js';
import { Breach, isObject, isPromise, requireThat, show } from './breach.js';

/** A NaN that no arithmetic gives: what is still it was not written. */
const UNWRITTEN = 0x7fc1_2ab7;

/** A `trace` whose maps are looked at: all of `out` is to be written, with numbers, and nothing else. */
export function traceChecked(hook: CustomHook, sampling: Inr['sampling']): CustomHook['trace'] {
  let tried = false;
  return (context, neurons, region, out) => {
    if (!tried) {
      tryOnce(hook, sampling, context, neurons, region);
      tried = true;
    }
    const bits = new Uint32Array(out.buffer, out.byteOffset, out.length).fill(UNWRITTEN);
    refusePromise(hook.trace(context, neurons, region, out));
    for (let i = 0; i < out.length; i++) {
      if (Number.isFinite(out[i])) continue;
      if (bits[i] === UNWRITTEN) throw unwritten(bits, neurons, region);
      // What it reads is the network's: that it is not finite is no fault of the plugin.
      const given = Object.values(context.activations).every(({ data }) => data.every(Number.isFinite));
      if (!given) return;
      const neuron = neurons[Math.floor(i / (region.height * region.width))];
      throw new Breach(
        `it wrote ${out[i]} for neuron ${neuron}`,
        'Write a finite number for every neuron and pixel; out holds NaN before, so that nothing can be added to it.',
      );
    }
  };
}

function unwritten(bits: Uint32Array, neurons: Uint32Array, { height, width }: Region): Breach {
  const count = bits.filter((value) => value === UNWRITTEN).length;
  const what = count === bits.length ? 'nothing' : `${bits.length - count} of ${bits.length} values`;
  return new Breach(
    `it wrote ${what} of the maps of ${neurons.length} neurons, ${height}×${width} pixels each`,
    'Write a number for every neuron and pixel of the region: out is [n, height, width], and holds NaN before, so that nothing can be added to it.',
  );
}

/** One neuron on one row, into an array that tells what is written outside it. */
function tryOnce(
  hook: CustomHook,
  sampling: Inr['sampling'],
  context: CustomTraceContext,
  neurons: Uint32Array,
  { top, left, width, height }: Region,
): void {
  const row = { top, left, height: 1, width };
  const out = new Float32Array(width);
  const outside: string[] = [];
  const watched = new Proxy(out, {
    get(target, name) {
      const value = Reflect.get(target, name, target) as unknown;
      return typeof value === 'function' ? value.bind(target) : value;
    },
    set(target, name, value) {
      const index = typeof name === 'string' ? Number(name) : Number.NaN;
      if (!Number.isNaN(index) && !(Number.isInteger(index) && index >= 0 && index < width)) outside.push(String(name));
      return Reflect.set(target, name, value, target);
    },
  });
  const pixels = height * width;
  // The activations of a network of pixels are those of the region's pixels, row by row.
  const activations: Arrays = Object.fromEntries(
    Object.entries(context.activations).map(([name, { shape, data }]) => [
      name,
      sampling === 'pixels' && shape[0] === pixels
        ? ndarray([width, ...shape.slice(1)], data.subarray(0, (data.length / pixels) * width))
        : { shape, data },
    ]),
  );
  refusePromise(hook.trace({ ...context, activations }, neurons.slice(0, 1), row, watched));
  if (outside.length === 0) return;
  throw new Breach(
    `it wrote to out[${outside[0]}], and the map of one neuron on 1×${width} pixels ends at out[${width - 1}]`,
    'The maps are those of the region, [n, height, width], and not of the whole picture.',
  );
}

function refusePromise(returned: unknown): void {
  if (!isPromise(returned)) return;
  returned.then(undefined, () => {});
  throw new Breach(
    'it gave a promise, and its maps are needed at once',
    'Write them before it returns, without async.',
  );
}

/** What a hook says of its own completeness. */
export function checkCompleteness(found: unknown): Completeness {
  const fits =
    isObject(found) &&
    [found.largestError, found.largestPreactivation].every((value) => typeof value === 'number' && !(value < 0));
  requireThat(fits, `it gave ${show(found)}`, 'Give { largestError, largestPreactivation }, numbers of at least 0.');
  return found as unknown as Completeness;
}

/** Parameters that a hook changed to switch neurons off: some of the network's, in their shapes. */
export function checkSwitchedOff(changed: unknown, parameters: Arrays): Arrays {
  requireThat(isObject(changed), `it gave ${show(changed)}`, 'Give the parameters that change, by name.');
  for (const [name, array] of Object.entries(changed)) {
    const before = parameters[name];
    requireThat(before !== undefined, `it changes '${name}', which is no parameter`);
    requireThat(
      isObject(array) && Array.isArray(array.shape) && array.data instanceof Float32Array,
      `it gave ${show(array)} for '${name}'`,
      'Give an array of float32 numbers: ndarray(shape, data).',
    );
    const { shape, data } = array as { shape: number[]; data: Float32Array };
    requireThat(
      sameShape(shape, before.shape) && data.length === before.data.length,
      `it gave '${name}' in the shape ${formatShape(shape)}, not ${formatShape(before.shape)}`,
    );
  }
  return changed as Arrays;
}
