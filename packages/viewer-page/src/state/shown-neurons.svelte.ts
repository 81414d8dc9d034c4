import { groupSizes } from '@xinc/core';
import type { Access } from '../access/access.js';
import type { LayerView, RunView } from '../api.js';
import { type GroupContrasts, groupContrasts, type NeuronFilter, namedGroups, paintersOf } from './neuron-filter.js';
import { type Resource, resource } from './resource.svelte.js';
import type { Scene } from './scene.svelte.js';

/** What decides which neurons are shown. Each part is followed. */
export interface ShownSubject {
  readonly run: RunView | null;
  readonly frame: number;
  readonly layer: LayerView | null;
  readonly scene: Scene;
  readonly filter: NeuronFilter | null;
  readonly least: number;
}

interface Found {
  readonly key: string;
  readonly names: readonly string[];
  /** Absent where the group is not there, or is the only one. */
  readonly contrasts?: GroupContrasts;
}

/** Sums that are asked for at once, [n · G] in 32 MB. */
const MOST_SUMS = 2 ** 22;

/** The neurons of the layer on screen that lists, the wall and the embedding show. */
export class ShownNeurons {
  readonly #subject: () => ShownSubject;
  readonly #found: Resource<Found>;
  readonly #key: string | null = $derived.by(() => {
    const { run, frame, layer, filter } = this.#subject();
    if (!run?.ready || !layer || filter?.kind !== 'group' || !hasLabels(run, filter.grouping, frame)) return null;
    return JSON.stringify([run.id, run.weightsVersion, frame, layer.id, filter.grouping, filter.group]);
  });
  /** Those that fit the filter; `null` for all, `undefined` while that is not known. */
  readonly neurons: ReadonlySet<number> | null | undefined = $derived.by(() => {
    const { filter, scene, least } = this.#subject();
    if (!filter) return null;
    if (filter.kind === 'group') {
      const contrasts = this.#found.value?.contrasts;
      return contrasts && paintersOf(contrasts, least);
    }
    const clusters = scene.clusters.value?.clusters;
    return clusters && new Set([...clusters.keys()].filter((neuron) => clusters[neuron] === filter.cluster));
  });
  /** Why no neuron can fit the filter. */
  readonly problem: string | undefined = $derived.by(() => {
    const { filter, run, frame, layer, scene } = this.#subject();
    if (!filter || !run) return undefined;
    if (filter.kind === 'cluster') {
      if (scene.clusters.loading) return undefined;
      const count = scene.clusters.value?.count;
      if (count === undefined) return `${layer?.label ?? 'This layer'} was not analysed for clusters`;
      return filter.cluster < count ? undefined : `there is no cluster ${filter.cluster + 1}: there are ${count}`;
    }
    if (!hasLabels(run, filter.grouping, frame)) return `this frame has no labels of '${filter.grouping}'`;
    if (!this.#found.value || this.#found.value.contrasts) return undefined;
    return this.#found.value.names.includes(filter.group)
      ? `'${filter.group}' is the only group of '${filter.grouping}' on this frame`
      : `'${filter.grouping}' has no '${filter.group}' on this frame`;
  });

  constructor(access: Access, subject: () => ShownSubject) {
    this.#subject = subject;
    this.#found = resource(
      // While the next layer or frame is opened, the trace is still that of the one before.
      () => (subject().scene.trace.value && !subject().scene.trace.loading ? this.#key : null),
      async (key, { signal }) => {
        const { run: present, frame, filter: chosen, scene } = subject();
        const [run, filter, trace] = [present!, chosen as Extract<NeuronFilter, { kind: 'group' }>, scene.trace.value!];
        const labels = await access.labels(run, frame, filter.grouping, signal);
        const named = namedGroups(labels.groups, groupSizes(labels));
        const of = named.names.indexOf(filter.group);
        const { names } = named;
        if (of < 0 || names.length < 2) return { key, names };
        const { height, width, groups } = labels;
        const pixels = { bounds: { top: 0, left: 0, height, width }, labels: labels.labels, groups: groups.length };
        const contrasts = new Float64Array(trace.neurons);
        const totals = new Float64Array(trace.neurons);
        const atOnce = Math.max(1, Math.floor(MOST_SUMS / groups.length));
        for (let first = 0; first < trace.neurons; first += atOnce) {
          const count = Math.min(atOnce, trace.neurons - first);
          const some = count < trace.neurons ? Array.from({ length: count }, (_, i) => first + i) : null;
          const part = groupContrasts(await trace.sums(pixels, some, { signal }), named, of);
          contrasts.set(part.contrasts, first);
          totals.set(part.totals, first);
        }
        return { key, names, contrasts: { contrasts, totals } };
      },
      { fits: ({ key }) => key === this.#key },
    );
  }

  get loading(): boolean {
    const { filter, scene } = this.#subject();
    return this.#found.loading || (filter?.kind === 'group' && scene.trace.loading);
  }

  get error(): Error | undefined {
    return this.#found.error;
  }

  retry(): void {
    this.#found.retry();
  }

  /** Whether a neuron is shown; none that is not known to be. */
  has(neuron: number): boolean {
    return this.neurons === null || (this.neurons?.has(neuron) ?? false);
  }
}

function hasLabels(run: RunView, grouping: string, frame: number): boolean {
  return run.groupings.some(({ name, frames }) => name === grouping && frames.includes(frame));
}
