import type { Region } from '@xinc/kernels';
import type { GroupedPixels, LayerTotals, LayerTrace, Progress, Thumbnail } from './layer-trace.js';
import { MOMENTS } from './map-moments.js';
import { type Answers, type LayerExtents, URGENCY, type Urgency } from './questions.js';
import { convBounds, neuronAt, placeOf, shareSize } from './shares.js';
import type { Threads } from './threads.js';

/** A layer that the threads have open: questions are split over them, and their answers put together. */
export function kernelTrace(threads: Threads, layer: number, extents: LayerExtents, release: () => void): LayerTrace {
  const { kind, neurons, height, width, nonnegative } = extents;
  const count = threads.count;
  const bounds = kind === 'conv' ? convBounds(neurons, count) : [];
  const sizeOf = (thread: number) =>
    kind === 'conv' ? bounds[thread + 1] - bounds[thread] : shareSize(thread, neurons, count);
  /** The neuron that is `index`-th of a thread's share. */
  const neuronOf = (thread: number, index: number) =>
    kind === 'conv' ? bounds[thread] + index : neuronAt(thread, index, count);
  const busy = Array.from({ length: count }, (_, thread) => thread).filter((thread) => sizeOf(thread) > 0);

  /** A list split over the threads that can trace its neurons, with the place of each in the list. */
  function split(list: readonly number[]): { thread: number; locals: number[]; places: number[] }[] {
    const parts = busy.map((thread) => ({ thread, locals: [] as number[], places: [] as number[] }));
    const byThread = new Map(parts.map((part) => [part.thread, part]));
    for (const [place, neuron] of list.entries()) {
      // Neighbours in the list are often kernels of one input, which are quick together.
      const { thread, local } =
        kind === 'conv' ? { thread: busy[Math.floor(place / 4) % busy.length], local: neuron } : placeOf(neuron, count);
      const part = byThread.get(thread)!;
      part.locals.push(local);
      part.places.push(place);
    }
    return parts.filter(({ locals }) => locals.length > 0);
  }

  async function values(row: number, column: number, { signal, update }: Progress<Float32Array> = {}) {
    const all = new Float32Array(neurons).fill(Number.NaN);
    let known = 0;
    const ask = (thread: number) =>
      threads.ask(
        thread,
        layer,
        { kind: 'values', row, column },
        URGENCY.pointer,
        ({ first, values: part }) => {
          for (let i = 0; i < part.length; i++) all[neuronOf(thread, first + i)] = part[i];
          known += part.length;
          if (known < neurons) update?.(all.slice());
        },
        signal,
      );
    await Promise.all(busy.map(ask));
    return all;
  }

  async function map(neuron: number, signal?: AbortSignal) {
    const out = new Float32Array(height * width);
    const { thread, local } =
      kind === 'conv' ? { thread: busy[neuron % busy.length], local: neuron } : placeOf(neuron, count);
    const question = { kind: 'maps', neurons: [local] } as const;
    await threads.ask(thread, layer, question, URGENCY.pointer, ({ maps }) => out.set(maps), signal);
    return out;
  }

  async function thumbnails(
    wanted: readonly number[],
    most: number,
    receive: (thumbnails: readonly Thumbnail[]) => void,
    signal?: AbortSignal,
  ) {
    await Promise.all(
      split(wanted).map(({ thread, locals, places }) =>
        threads.ask(
          thread,
          layer,
          { kind: 'thumbnails', neurons: locals, width: most },
          URGENCY.visible,
          ({ first, height, width, cells }) => {
            const size = height * width;
            const some = Array.from({ length: cells.length / size }, (_, i) => ({
              neuron: wanted[places[first + i]],
              height,
              width,
              cells: cells.subarray(i * size, (i + 1) * size),
            }));
            receive(some);
          },
          signal,
        ),
      ),
    );
  }

  async function sums(
    { bounds, labels, groups }: GroupedPixels,
    wanted: readonly number[] | null,
    { signal, update }: Progress<Float64Array> = {},
  ) {
    const all = new Float64Array((wanted?.length ?? neurons) * groups).fill(Number.NaN);
    const question = { kind: 'reduce', region: bounds, reductions: { groupSums: [{ labels, groups }] } } as const;
    const urgency: Urgency = wanted ? URGENCY.pointer : URGENCY.visible;
    const report = throttled(() => update?.(all.slice()));
    const place = (at: number, part: Float64Array, i: number) =>
      all.set(part.subarray(i * groups, (i + 1) * groups), at * groups);
    await Promise.all(
      wanted
        ? split(wanted).map(({ thread, locals, places }) =>
            threads.ask(
              thread,
              layer,
              { ...question, neurons: locals },
              urgency,
              ({ first, neurons: count, result }) => {
                for (let i = 0; i < count; i++) place(places[first + i], result.groupSums![0], i);
                report();
              },
              signal,
            ),
          )
        : busy.map((thread) =>
            threads.ask(
              thread,
              layer,
              question,
              urgency,
              ({ first, neurons: count, result }) => {
                for (let i = 0; i < count; i++) place(neuronOf(thread, first + i), result.groupSums![0], i);
                report();
              },
              signal,
            ),
          ),
    );
    return all;
  }

  async function moments(
    plane: Float32Array,
    bounds: Region,
    wanted: readonly number[] | null,
    { signal, update }: Progress<Float64Array> = {},
  ) {
    const all = new Float64Array((wanted?.length ?? neurons) * MOMENTS).fill(Number.NaN);
    const question = { kind: 'moments', plane, region: bounds } as const;
    const report = throttled(() => update?.(all.slice()));
    const shares = wanted ? split(wanted) : busy.map((thread) => ({ thread, locals: undefined, places: undefined }));
    await Promise.all(
      shares.map(({ thread, locals, places }) =>
        threads.ask(
          thread,
          layer,
          { ...question, ...(locals && { neurons: locals }) },
          wanted ? URGENCY.pointer : URGENCY.visible,
          ({ first, moments: part }) => {
            for (let i = 0; i < part.length / MOMENTS; i++) {
              const at = places ? places[first + i] : neuronOf(thread, first + i);
              all.set(part.subarray(MOMENTS * i, MOMENTS * (i + 1)), MOMENTS * at);
            }
            report();
          },
          signal,
        ),
      ),
    );
    return all;
  }

  async function totals({ signal, update }: Progress<LayerTotals> = {}): Promise<LayerTotals> {
    const sums = new Float64Array(neurons).fill(Number.NaN);
    const largest = new Float32Array(neurons).fill(Number.NaN);
    const pixelTotals = new Float64Array(height * width);
    let known = 0;
    const report = throttled(() => update?.({ sums: sums.slice(), largest: largest.slice(), known }));
    await Promise.all(
      busy.map((thread) =>
        threads.ask(
          thread,
          layer,
          { kind: 'reduce', reductions: { neuronTotals: true, pixelTotals: true } },
          URGENCY.background,
          ({ first, neurons: count, result: { neuronTotals }, perPixel }) => {
            for (let i = 0; i < count; i++) {
              const neuron = neuronOf(thread, first + i);
              sums[neuron] = neuronTotals!.sum[i];
              largest[neuron] = neuronTotals!.max[i];
            }
            const part = perPixel?.pixelTotals ?? [];
            for (let p = 0; p < part.length; p++) pixelTotals[p] += part[p];
            known += count;
            if (known < neurons) report();
          },
          signal,
        ),
      ),
    );
    return { sums, largest, pixelTotals, known };
  }

  async function change(previous: LayerTrace, signal?: AbortSignal): Promise<Float64Array> {
    const other = numbers.get(previous);
    if (other === undefined) throw new Error('The two frames of this layer are not traced in the same way');
    const all = new Float64Array(height * width);
    const add = (part: Float64Array) => {
      for (let p = 0; p < all.length; p++) all[p] += part[p];
    };
    // Threads answer in any order, and sums of float64 depend on it: added in the order of the threads.
    const parts = await Promise.all(
      busy.map(async (thread) => {
        let own: Float64Array | undefined;
        const question = { kind: 'reduce', reductions: { change: true }, previous: other } as const;
        const take = ({ perPixel }: Answers['reduce']) => {
          own ??= perPixel?.change;
        };
        await threads.ask(thread, layer, question, URGENCY.background, take, signal);
        return own!;
      }),
    );
    for (const part of parts) add(part);
    return all;
  }

  const trace = {
    neurons,
    height,
    width,
    nonnegative,
    values,
    map,
    thumbnails,
    sums,
    moments,
    totals,
    change,
    release,
  };
  numbers.set(trace, layer);
  return trace;
}

/** What the threads call the layers that are open. */
const numbers = new WeakMap<LayerTrace, number>();

/** Milliseconds between two reports of what is known so far. */
const REPORTS_EVERY = 45;

function throttled(report: () => void): () => void {
  // The first report comes at once: a person sees that something happens.
  let next = 0;
  return () => {
    const now = performance.now();
    if (now < next) return;
    next = now + REPORTS_EVERY;
    report();
  };
}
