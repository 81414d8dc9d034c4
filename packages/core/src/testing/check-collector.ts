import { isObject, isPromise, show } from '../doors/breach.js';
import { XincError } from '../errors.js';
import { randomStream } from '../random.js';
import type { CustomCollector } from '../statistics/custom-collector.js';
import { valueDifference } from './compare-values.js';
import { firstUnlike, shortly } from './difference.js';

export interface CollectorCheckOptions {
  /** Signed maps [neurons, height, width] that it is tried on; by default noise of 7 neurons on 6×5 pixels. */
  readonly layer?: CollectedLayer;
  /** How much results in parts may differ, as a share of the largest value; sums are rounded otherwise in another order. */
  readonly tolerance?: number;
}

export interface CollectedLayer {
  readonly neurons: number;
  readonly height: number;
  readonly width: number;
  readonly maps: Float32Array;
}

export interface CollectorMeasures {
  /** The largest difference between a result of the whole and one of parts. */
  readonly parts: number;
}

/** Some neurons on some rows. */
interface Part {
  readonly neurons: readonly [start: number, end: number];
  readonly rows: readonly [start: number, end: number];
}

/**
 * Checks a collector: it gathers the same from a layer at once, and from parts of its neurons and rows in any order; two accumulators
 * share nothing; it keeps no maps, which are valid during the call only, and changes none.
 * @throws XincError `plugin` that says in what parts its result differs, where and by how much
 */
export function checkCollector(
  collector: CustomCollector,
  { layer = noisyLayer(), tolerance = 1e-6 }: CollectorCheckOptions = {},
): CollectorMeasures {
  const { neurons, height } = layer;
  const fail = (problem: string, hint: string) =>
    new XincError('plugin', `collector '${collector.name}': ${problem}`, { subject: collector.name, hint });
  const whole = gather(collector, layer, [[{ neurons: [0, neurons], rows: [0, height] }]], fail)[0];
  if (holdsNaN(whole)) {
    throw fail(
      'its result is NaN, and the maps are numbers',
      'Maps are valid during the call only: copy what is kept.',
    );
  }
  const chunks = cut(neurons, 3).map((range): Part => ({ neurons: range, rows: [0, height] }));
  const tiles = cut(height, 2).map((range): Part => ({ neurons: [0, neurons], rows: range }));
  const both = tiles.flatMap(({ rows }) => chunks.map((chunk): Part => ({ ...chunk, rows })));
  let largest = 0;
  for (const [what, parts] of [
    ['of pieces of its neurons', chunks],
    ['of pieces of its neurons, the last first', [...chunks].reverse()],
    ['of tiles of some rows', tiles],
    ['of tiles of some rows, the last first', [...tiles].reverse()],
    ['of pieces of its neurons on each tile', both],
  ] as const) {
    const difference = valueDifference(gather(collector, layer, [parts], fail)[0], whole);
    if (!difference) continue;
    largest = Math.max(largest, difference.relative);
    if (difference.relative <= tolerance) continue;
    throw fail(
      `its result ${what} is not that of the whole${placed(difference.path)}: ${show(difference.found)}, not ${show(difference.expected)}${
        Number.isFinite(difference.relative) ? ` (${shortly(difference.relative)} of the largest value)` : ''
      }`,
      'Blocks hold some neurons on some rows, in any order; add to what was gathered, at the places that neurons and region name.',
    );
  }
  const [first, second] = gather(collector, layer, [both, both], fail);
  const shared = valueDifference(first, second) ?? valueDifference(first, gather(collector, layer, [both], fail)[0]);
  if (shared) {
    throw fail(
      `two layers gathered at once disturb one another${placed(shared.path)}`,
      'start makes a fresh accumulator; keep nothing outside it.',
    );
  }
  return { parts: largest };
}

function holdsNaN(value: unknown): boolean {
  if (typeof value === 'number') return Number.isNaN(value);
  if (ArrayBuffer.isView(value)) return (value as Float32Array).some?.(Number.isNaN) ?? false;
  return isObject(value) && Object.values(value).some(holdsNaN);
}

const placed = (path: string) => (path === '' ? '' : ` at '${path}'`);

/** Feeds as many accumulators as there are lists of parts, in turn. */
function gather(
  collector: CustomCollector,
  { neurons, height, width, maps }: CollectedLayer,
  lists: readonly (readonly Part[])[],
  fail: (problem: string, hint: string) => XincError,
): unknown[] {
  const accumulators = lists.map((_, i) => collector.start({ id: `layer${i + 1}`, neurons, height, width }));
  for (let k = 0; k < lists[0].length; k++) {
    for (const [i, accumulator] of accumulators.entries()) {
      const { neurons: range, rows } = lists[i][k];
      const [count, area] = [range[1] - range[0], (rows[1] - rows[0]) * width];
      const block = new Float32Array(count * area);
      for (let n = 0; n < count; n++) {
        const from = ((range[0] + n) * height + rows[0]) * width;
        block.set(maps.subarray(from, from + area), n * area);
      }
      const before = block.slice();
      const given: unknown = accumulator.accept({
        neurons: Uint32Array.from({ length: count }, (_, n) => range[0] + n),
        region: { top: rows[0], left: 0, height: rows[1] - rows[0], width },
        maps: block,
      });
      if (isPromise(given)) throw fail('accept gave a promise', 'Maps are valid during the call only.');
      const unlike = firstUnlike(block, before);
      if (unlike !== undefined) {
        throw fail(
          `accept changes the maps that it is given: value ${unlike} is ${block[unlike]} after it, and was ${before[unlike]}`,
          'Other collectors and analyses read the same maps: copy what is changed.',
        );
      }
      block.fill(Number.NaN);
    }
  }
  return accumulators.map((accumulator) => accumulator.result());
}

/** 0 … length in so many pieces, or as many as there can be. */
function cut(length: number, pieces: number): (readonly [number, number])[] {
  const count = Math.min(length, pieces);
  const at = (i: number) => Math.floor((i * length) / count);
  return Array.from({ length: count }, (_, i) => [at(i), at(i + 1)] as const);
}

function noisyLayer(): CollectedLayer {
  const [neurons, height, width] = [7, 6, 5];
  const stream = randomStream(0, 'collector');
  return {
    neurons,
    height,
    width,
    maps: Float32Array.from({ length: neurons * height * width }, () => stream.normal()),
  };
}
