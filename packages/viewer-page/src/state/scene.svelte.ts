import { groupSizes } from '@xinc/core';
import type { Access, Labels, Picture } from '../access/access.js';
import type { LayerView, RunView } from '../api.js';
import type { LayerTotals, LayerTrace } from '../trace/layer-trace.js';
import { openLayer } from '../trace/open-layer.js';
import type { TracePool } from '../trace/trace-pool.js';
import { loadClusters, type NeuronClusters, storedClusters } from './neuron-clusters.js';
import { type Resource, resource } from './resource.svelte.js';
import { maskOf, type PixelMask, type SelectedRegion } from './selected-region.js';
import type { Pixel } from './view.js';

/** What a scene shows. Each part is followed. */
export interface SceneSubject {
  readonly run: RunView | null;
  readonly frame: number;
  readonly layer: LayerView | null;
  readonly pixel: Pixel | null;
  readonly region: SelectedRegion | null;
  readonly neuron: number | null;
  readonly neurons: readonly number[];
  readonly grouping: string | null;
}

/** Contributions of every neuron of the layer at a pixel. */
export interface PixelValues {
  readonly trace: LayerTrace;
  readonly pixel: Pixel;
  /** c_n(p), signed, [N]; NaN where not yet known. */
  readonly values: Float32Array;
}

export interface TracedTotals extends LayerTotals {
  readonly trace: LayerTrace;
}

/** What every neuron of the layer gives to a region. */
export interface RegionSums {
  readonly trace: LayerTrace;
  readonly mask: PixelMask;
  /** S[n] = Σ_{p in the region} |c_n(p)|, [N]; NaN where not yet known. */
  readonly sums: Float64Array;
}

/** What the selected neurons give to the groups of a grouping. */
export interface GroupSums {
  readonly neurons: readonly number[];
  readonly labels: Labels;
  /** Pixels of each group. */
  readonly sizes: Uint32Array;
  /** S[n, g], [n · G]; NaN where not yet known. */
  readonly sums: Float64Array;
}

export interface NeuronMap {
  readonly trace: LayerTrace;
  readonly neuron: number;
  /** c_n, signed, [H · W] */
  readonly map: Float32Array;
}

/**
 * One run, frame and layer, with all that is loaded and traced for what is pointed at and selected. The page has one; comparing
 * runs makes another that shares the pixel.
 */
export class Scene {
  readonly signal: Resource<Picture>;
  readonly reconstruction: Resource<Picture>;
  /** The layer, open for tracing. */
  readonly trace: Resource<LayerTrace>;
  readonly totals: Resource<TracedTotals>;
  readonly pixelValues: Resource<PixelValues>;
  readonly regionSums: Resource<RegionSums>;
  readonly map: Resource<NeuronMap>;
  readonly labels: Resource<Labels>;
  readonly groupSums: Resource<GroupSums>;
  /** Kinds of neurons of the layer, and of no other while they load; no value where the run was not analysed for them. */
  readonly clusters: Resource<NeuronClusters>;
  #opened: LayerTrace | undefined;

  constructor(access: Access, pool: TracePool, subject: () => SceneSubject) {
    const run = $derived(subject().run);
    const frame = $derived(subject().frame);
    const layer = $derived(subject().layer);
    const pixel = $derived(subject().pixel);
    const region = $derived(subject().region);
    const neuron = $derived(subject().neuron);
    const neurons = $derived(subject().neurons);
    const grouping = $derived(subject().grouping);
    // Keys are texts, so that a run that is asked for anew is loaded again only where it has changed.
    const pictureKey = $derived(run && `${run.id} ${frame}`);
    const weightsKey = $derived(run?.ready ? `${run.id} ${frame} ${run.weightsVersion}` : null);
    const layerKey = $derived(weightsKey && layer && `${weightsKey} ${layer.id}`);

    this.signal = resource(
      () => pictureKey,
      (_, { signal }) => access.signal(run!, frame, signal),
    );
    this.reconstruction = resource(
      () => weightsKey,
      (_, { signal }) => access.reconstruction(run!, frame, signal),
    );
    this.trace = resource(
      () => layerKey,
      async (_, { signal }) => {
        const opened = await openLayer(access, pool, run!, frame, layer!, signal);
        this.#opened?.release();
        this.#opened = opened;
        return opened;
      },
      // While a video plays, frames that came meanwhile are skipped.
      { overlap: 'finish' },
    );
    $effect(() => () => this.#opened?.release());

    const trace = $derived(this.trace.value ?? null);
    this.totals = resource(
      () => trace,
      async (trace, { signal, update }) => {
        const answer = (totals: LayerTotals): TracedTotals => ({ trace, ...totals });
        return answer(await trace.totals({ signal, update: (totals) => update(answer(totals)) }));
      },
    );
    this.pixelValues = resource(
      () => (trace && pixel && inside(pixel, trace) ? { trace, pixel } : null),
      async ({ trace, pixel }, { signal, update }) => {
        const answer = (values: Float32Array): PixelValues => ({ trace, pixel, values });
        const progress = { signal, update: (values: Float32Array) => update(answer(values)) };
        return answer(await trace.values(pixel.row, pixel.column, progress));
      },
      { overlap: 'finish' },
    );
    const mask = $derived(trace && region && maskOf(region, trace.height, trace.width));
    this.regionSums = resource(
      () => (trace && mask ? { trace, mask } : null),
      async ({ trace, mask }, { signal, update }) => {
        // Group 1 is inside.
        const pick = (sums: Float64Array): RegionSums => ({
          trace,
          mask,
          sums: Float64Array.from({ length: trace.neurons }, (_, n) => sums[2 * n + 1]),
        });
        const pixels = { bounds: mask.bounds, labels: mask.inside, groups: 2 };
        return pick(await trace.sums(pixels, null, { signal, update: (sums) => update(pick(sums)) }));
      },
      { overlap: 'finish' },
    );
    this.map = resource(
      () => (trace && neuron !== null && neuron < trace.neurons ? { trace, neuron } : null),
      async ({ trace, neuron }, { signal }) => ({ trace, neuron, map: await trace.map(neuron, signal) }),
      { overlap: 'finish' },
    );
    this.labels = resource(
      () => (run && grouping && hasLabels(run, grouping, frame) ? `${run.id} ${frame} ${grouping}` : null),
      (_, { signal }) => access.labels(run!, frame, grouping!, signal),
    );
    const labels = $derived(this.labels.value ?? null);
    this.groupSums = resource(
      () => (trace && labels && neurons.length > 0 ? { trace, labels, neurons } : null),
      async ({ trace, labels, neurons }, { signal, update }) => {
        const present = neurons.filter((neuron) => neuron < trace.neurons);
        const sizes = groupSizes(labels);
        const answer = (sums: Float64Array): GroupSums => ({ neurons: present, labels, sizes, sums });
        const bounds = { top: 0, left: 0, height: labels.height, width: labels.width };
        const pixels = { bounds, labels: labels.labels, groups: labels.groups.length };
        return answer(await trace.sums(pixels, present, { signal, update: (sums) => update(answer(sums)) }));
      },
      { overlap: 'finish' },
    );
    const stored = $derived(run && layer && storedClusters(run, layer, frame));
    this.clusters = resource(
      () => (stored ? `${stored.run} ${stored.layer} ${stored.frame} ${stored.version}` : null),
      (_, { signal }) => loadClusters((path) => access.array(run!, path, signal), stored!),
      { fits: (clusters) => clusters.run === run?.id && clusters.layer === layer?.id },
    );
  }
}

function inside({ row, column }: Pixel, { height, width }: { height: number; width: number }): boolean {
  return row < height && column < width;
}

function hasLabels(run: RunView, grouping: string, frame: number): boolean {
  return run.groupings.some(({ name, frames }) => name === grouping && frames.includes(frame));
}
