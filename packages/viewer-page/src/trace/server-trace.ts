import { type Region, reduceMaps } from '@xinc/kernels';
import type { Access } from '../access/access.js';
import type { LayerView, RunView } from '../api.js';
import type { GroupedPixels, LayerTotals, LayerTrace, Progress, Thumbnail } from './layer-trace.js';
import { MOMENTS, mapMoments } from './map-moments.js';
import { shrinkPlane, thumbnailExtents } from './thumbnail.js';

/** Values asked for at a time: 16 MB. */
const VALUES_AT_ONCE = 2 ** 22;

/** A layer that only its plugin can trace, in the server: the same answers, from maps that come over the wire. */
export function serverTrace(access: Access, run: RunView, frame: number, layer: LayerView): LayerTrace {
  const { height, width } = run.signal;
  const { neurons } = layer;
  const pixels = height * width;
  const everyNeuron = Array.from({ length: neurons }, (_, neuron) => neuron);

  /** Maps inside a region, or whole ones, some neurons at a time. */
  async function stream(
    wanted: readonly number[],
    signal: AbortSignal | undefined,
    region: Region | undefined,
    receive: (maps: Float32Array, some: readonly number[], first: number) => void | Promise<void>,
  ) {
    const atOnce = Math.max(1, Math.floor(VALUES_AT_ONCE / (region ? region.height * region.width : pixels)));
    for (let first = 0; first < wanted.length; first += atOnce) {
      const some = wanted.slice(first, first + atOnce);
      await receive(await access.maps(run, frame, layer.id, some, region, signal), some, first);
    }
  }

  const trace: LayerTrace = {
    neurons,
    height,
    width,
    nonnegative: false,
    release: () => {},
    values: (row, column, { signal } = {}) =>
      access.maps(run, frame, layer.id, everyNeuron, { top: row, left: column, height: 1, width: 1 }, signal),
    map: (neuron, signal) => access.maps(run, frame, layer.id, [neuron], undefined, signal),

    async thumbnails(wanted, most, receive, signal) {
      const extents = thumbnailExtents(height, width, most);
      await stream(wanted, signal, undefined, (maps, some) => {
        const shrunk = some.map((neuron, i): Thumbnail => {
          const cells = new Float32Array(extents.height * extents.width);
          shrinkPlane(maps.subarray(i * pixels, (i + 1) * pixels), { height, width }, extents, cells);
          return { neuron, ...extents, cells };
        });
        receive(shrunk);
      });
    },

    async sums({ bounds, labels, groups }: GroupedPixels, wanted, { signal, update }: Progress<Float64Array> = {}) {
      const list = wanted ?? everyNeuron;
      const all = new Float64Array(list.length * groups).fill(Number.NaN);
      const reduction = reduceMaps({ groupSums: [{ labels, groups }] }, labels.length);
      await stream(list, signal, bounds, (maps, some, first) => {
        const range = reduction.range(some.length);
        range.accept(maps);
        all.set(range.result().groupSums![0], first * groups);
        if (first + some.length < list.length) update?.(all.slice());
      });
      return all;
    },

    async moments(plane, bounds, wanted, { signal, update } = {}) {
      const list = wanted ?? everyNeuron;
      const all = new Float64Array(list.length * MOMENTS).fill(Number.NaN);
      await stream(list, signal, bounds, (maps, some, first) => {
        all.set(mapMoments(maps, plane), first * MOMENTS);
        if (first + some.length < list.length) update?.(all.slice());
      });
      return all;
    },

    async totals({ signal, update }: Progress<LayerTotals> = {}) {
      const sums = new Float64Array(neurons).fill(Number.NaN);
      const largest = new Float32Array(neurons).fill(Number.NaN);
      const pixelTotals = new Float64Array(pixels);
      const reduction = reduceMaps({ neuronTotals: true, pixelTotals: true }, pixels);
      await stream(everyNeuron, signal, undefined, (maps, some, first) => {
        const range = reduction.range(some.length);
        range.accept(maps);
        const part = range.result();
        sums.set(part.neuronTotals!.sum, first);
        largest.set(part.neuronTotals!.max, first);
        for (let p = 0; p < pixels; p++) pixelTotals[p] += part.pixelTotals![p];
        const known = first + some.length;
        if (known < neurons) update?.({ sums: sums.slice(), largest: largest.slice(), known });
      });
      return { sums, largest, pixelTotals, known: neurons };
    },

    async change(previous, signal) {
      const other = frames.get(previous);
      if (other === undefined) throw new Error('The two frames of this layer are not traced in the same way');
      const range = reduceMaps({ change: true }, pixels).range(neurons);
      await stream(everyNeuron, signal, undefined, async (maps, some) => {
        range.accept(maps, await access.maps(run, other, layer.id, some, undefined, signal));
      });
      return range.result().change!;
    },
  };
  frames.set(trace, frame);
  return trace;
}

/** The frames of the layers that the server traces. */
const frames = new WeakMap<LayerTrace, number>();
