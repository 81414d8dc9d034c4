import type { Access } from '../access/access.js';
import type { LayerView, RunView } from '../api.js';
import type { GroupedPixels, LayerTotals, LayerTrace, Progress, Thumbnail } from './layer-trace.js';
import { shrinkPlane, thumbnailExtents } from './thumbnail.js';

/** Values asked for at a time: 16 MB. */
const VALUES_AT_ONCE = 2 ** 22;

/** A layer that only its plugin can trace, in the server: the same answers, from maps that come over the wire. */
export function serverTrace(access: Access, run: RunView, frame: number, layer: LayerView): LayerTrace {
  const { height, width } = run.signal;
  const { neurons } = layer;
  const pixels = height * width;
  const everyNeuron = Array.from({ length: neurons }, (_, neuron) => neuron);

  /** Whole maps, some neurons at a time. */
  async function stream(
    wanted: readonly number[],
    signal: AbortSignal | undefined,
    receive: (maps: Float32Array, some: readonly number[], first: number) => void,
  ) {
    const atOnce = Math.max(1, Math.floor(VALUES_AT_ONCE / pixels));
    for (let first = 0; first < wanted.length; first += atOnce) {
      const some = wanted.slice(first, first + atOnce);
      receive(await access.customMaps(run, frame, layer.id, some, undefined, signal), some, first);
    }
  }

  const trace: LayerTrace = {
    neurons,
    height,
    width,
    nonnegative: false,
    release: () => {},
    values: (row, column, { signal } = {}) =>
      access.customMaps(run, frame, layer.id, everyNeuron, { top: row, left: column, height: 1, width: 1 }, signal),
    map: (neuron, signal) => access.customMaps(run, frame, layer.id, [neuron], undefined, signal),

    async thumbnails(wanted, most, receive, signal) {
      const extents = thumbnailExtents(height, width, most);
      await stream(wanted, signal, (maps, some) => {
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
      await stream(list, signal, (maps, some, first) => {
        for (const i of some.keys()) {
          const own = all.subarray((first + i) * groups, (first + i + 1) * groups).fill(0);
          for (let p = 0; p < labels.length; p++) {
            const row = bounds.top + Math.floor(p / bounds.width);
            const column = bounds.left + (p % bounds.width);
            own[labels[p]] += Math.abs(maps[i * pixels + row * width + column]);
          }
        }
        if (first + some.length < list.length) update?.(all.slice());
      });
      return all;
    },

    async totals({ signal, update }: Progress<LayerTotals> = {}) {
      const sums = new Float64Array(neurons).fill(Number.NaN);
      const largest = new Float32Array(neurons).fill(Number.NaN);
      const pixelTotals = new Float64Array(pixels);
      await stream(everyNeuron, signal, (maps, some, first) => {
        for (const [i, neuron] of some.entries()) {
          sums[neuron] = largest[neuron] = 0;
          for (let p = 0; p < pixels; p++) {
            const value = Math.abs(maps[i * pixels + p]);
            sums[neuron] += value;
            if (value > largest[neuron]) largest[neuron] = value;
            pixelTotals[p] += value;
          }
        }
        const known = first + some.length;
        if (known < neurons) update?.({ sums: sums.slice(), largest: largest.slice(), known });
      });
      return { sums, largest, pixelTotals, known: neurons };
    },

    async change(previous, signal) {
      const other = frames.get(previous);
      if (other === undefined) throw new Error('The two frames of this layer are not traced in the same way');
      const all = new Float64Array(pixels);
      const atOnce = Math.max(1, Math.floor(VALUES_AT_ONCE / pixels));
      for (let first = 0; first < neurons; first += atOnce) {
        const some = everyNeuron.slice(first, first + atOnce);
        const [now, before] = await Promise.all(
          [frame, other].map((one) => access.customMaps(run, one, layer.id, some, undefined, signal)),
        );
        for (let i = 0; i < now.length; i++) all[i % pixels] += Math.abs(Math.abs(now[i]) - Math.abs(before[i]));
      }
      return all;
    },
  };
  frames.set(trace, frame);
  return trace;
}

/** The frames of the layers that the server traces. */
const frames = new WeakMap<LayerTrace, number>();
