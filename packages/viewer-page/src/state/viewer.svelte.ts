import { getContext, setContext, untrack } from 'svelte';
import { SvelteMap } from 'svelte/reactivity';
import type { Access } from '../access/access.js';
import type { LayerView, RunView, Session } from '../api.js';
import { TracePool } from '../trace/trace-pool.js';
import { Ablation } from './ablation.svelte.js';
import { formatAddress, parseAddress } from './address.js';
import { AddressSteps } from './address-steps.svelte.js';
import { faithfulLayer } from './faithfulness.js';
import { embedOf, type Place } from './links.js';
import type { NeuronFilter } from './neuron-filter.js';
import { neuronName } from './neuron-name.js';
import { type Resource, resource } from './resource.svelte.js';
import { Scene } from './scene.svelte.js';
import type { SettingGroup } from './setting.js';
import { Settings } from './settings.svelte.js';
import { ShownNeurons } from './shown-neurons.svelte.js';
import { Stars } from './stars.svelte.js';
import { type Pixel, VIEW, type View } from './view.js';
import { clampZoom, mostZoom, reveal, WHOLE, type Zoom, zoomAt } from './zoom.js';

/**
 * The page's state. Panels read it and call its methods; they never fetch. `view` is what a person chose, `run`,
 * `layer` and `frame` what that means for what is there, and `scene` what is loaded and traced for it; `settings` holds what a person
 * chose in single panels.
 */
export class Viewer {
  readonly access: Access;
  readonly pool: TracePool;
  readonly settings: Settings;
  readonly view: View;
  readonly session: Resource<Session>;
  readonly runLoad: Resource<RunView>;
  readonly scene: Scene;
  /** The network with neurons switched off. */
  readonly ablation: Ablation;
  /** The neurons of the layer that lists, the wall and the embedding show. */
  readonly shown: ShownNeurons;
  /** Neurons that were marked. */
  readonly stars: Stars;
  /** The selections before, in the browser's history. */
  readonly steps: AddressSteps;
  /** Whether the server answers, and is the one that the page came from. */
  connection = $state<'open' | 'silent' | 'restarted'>('open');
  /** How often the connection came back. */
  #connections = $state(0);
  readonly #changes = new SvelteMap<string, number>();
  #dark = $state(false);

  readonly #runId = $derived.by(() => {
    const runs = this.session.value?.runs ?? [];
    return (runs.find(({ id }) => id === this.view.run) ?? runs.find(({ problem }) => !problem) ?? runs[0])?.id ?? null;
  });
  /** The run on screen; the one before while another loads. */
  readonly run: RunView | null = $derived.by(() => this.runLoad.value ?? null);
  readonly frame: number = $derived.by(() => Math.min(this.view.frame, (this.run?.signal.frames ?? 1) - 1));
  /**
   * The layer on screen: the one chosen, else the first where neurons are chosen (in addresses that name neurons and no layer, they are its),
   * else one that is faithful where that is known, else the first.
   */
  readonly layer: LayerView | null = $derived.by(() => {
    const layers = this.run?.layers ?? [];
    const chosen = layers.find(({ id }) => id === this.view.layer);
    if (chosen) return chosen;
    const { neuron, neurons } = this.view;
    return neuron !== null || neurons.length > 0 ? (layers[0] ?? null) : faithfulLayer(layers);
  });
  readonly neuron: number | null = $derived.by(() => {
    const { neuron } = this.view;
    return neuron !== null && this.layer && neuron >= 0 && neuron < this.layer.neurons ? neuron : null;
  });
  readonly pixel: Pixel | null = $derived.by(() => {
    const { pixel } = this.view;
    const signal = this.run?.signal;
    return pixel && signal && pixel.row < signal.height && pixel.column < signal.width ? pixel : null;
  });
  /** The part of the picture that is seen: the one chosen, or the nearest that the picture fills. */
  readonly zoom: Zoom = $derived.by(() => clampZoom(this.view.zoom));
  /** The selected neurons as a set, for asking about one. */
  readonly selection: ReadonlySet<number> = $derived.by(() => new Set(this.view.neurons));
  /** Which neurons are shown; a cluster is one of a layer. */
  readonly filter: NeuronFilter | null = $derived.by(() => {
    const { only } = this.view;
    return only?.kind === 'cluster' && only.layer !== this.layer?.id ? null : only;
  });
  readonly grouping: string | null = $derived.by(() => {
    const groupings = this.run?.groupings ?? [];
    return (groupings.find(({ name }) => name === this.view.grouping) ?? groupings[0])?.name ?? null;
  });
  /** `light` or `dark`: what is drawn on canvases has to know. */
  readonly theme: 'light' | 'dark' = $derived.by(() => {
    if (this.view.theme !== 'system') return this.view.theme;
    return this.#dark ? 'dark' : 'light';
  });

  /** @param groups of settings that the address may hold from the beginning; `VIEW` is one of them */
  constructor(access: Access, groups: readonly SettingGroup[]) {
    this.access = access;
    this.pool = new TracePool();
    this.settings = new Settings(location.hash, groups);
    this.view = this.settings.of(VIEW);

    this.session = resource(
      () => `session ${this.#connections}`,
      (_, { signal }) => this.access.session(signal),
    );
    this.runLoad = resource(
      () => (this.#runId === null ? null : `${this.#runId} ${this.changesOf(this.#runId)}`),
      (_, { signal }) => this.access.run(this.#runId!, signal),
    );
    this.scene = new Scene(this.access, this.pool, () => ({
      run: this.run,
      frame: this.frame,
      layer: this.layer,
      pixel: this.pixel,
      region: this.view.region,
      neuron: this.neuron,
      neurons: this.view.neurons,
      grouping: this.grouping,
    }));

    this.ablation = new Ablation(this.access, () => ({
      run: this.run,
      frame: this.frame,
      scene: this.scene,
      view: this.view,
    }));

    this.shown = new ShownNeurons(this.access, () => ({
      run: this.run,
      frame: this.frame,
      layer: this.layer,
      scene: this.scene,
      filter: this.filter,
      least: Number(this.view.onlyLeast),
    }));

    this.stars = new Stars(this.access, () => this.run);

    this.steps = new AddressSteps(this.settings, !this.framed, () => this.#forgetOff());
    $effect(() => this.#followTheme());
    $effect(() => untrack(() => this.#followEvents()));
    $effect(() => () => this.pool.dispose());
  }

  /** Grows when a run has changed, so that it is asked for anew. */
  changesOf(run: string): number {
    return this.#connections + (this.#changes.get(run) ?? 0);
  }

  /** Whether a part of the page is shown alone, in a frame of another page: nothing of the run is changed from there. */
  get framed(): boolean {
    return embedOf(location.href) !== null;
  }

  /** Where links begin that are copied. */
  get place(): Place {
    return { address: location.href, token: this.session.value?.token };
  }

  /** What links that are copied show: what is on screen, with its run and layer, which another viewer would not begin with. */
  get shared(): string {
    const texts = parseAddress(this.settings.write());
    const begin = Object.entries({ run: this.run?.id, layer: this.layer?.id }).flatMap(([key, text]) =>
      text === undefined ? [] : [[key, text] as const],
    );
    return formatAddress(new Map([...begin, ...texts]));
  }

  /** What to say where the address names a run that is not here: another one is on screen. */
  get missingRun(): string | undefined {
    const runs = this.session.value?.runs ?? [];
    const { run } = this.view;
    if (run === null || runs.length === 0 || runs.some(({ id }) => id === run)) return undefined;
    return `There is no run '${run}' here; there are ${runs.map(({ id }) => id).join(', ')}`;
  }

  /** Who can read the run by a link that is copied, in a sentence; empty where the page is public. */
  get linkReaders(): string {
    return this.session.value?.token === undefined
      ? ''
      : 'It holds the token: whoever has it and reaches this machine can read the run, and change its stars';
  }

  chooseRun(id: string): void {
    if (id === this.#runId) return;
    this.view.run = id;
    // What was chosen in one network means nothing in another.
    this.view.neuron = null;
    this.view.neurons = [];
    if (this.view.only?.kind === 'cluster') this.view.only = null;
    this.#forgetOff();
  }

  chooseLayer(id: string): void {
    if (id === this.layer?.id) return;
    this.view.layer = id;
    this.view.neuron = null;
    this.view.neurons = [];
    if (this.view.only?.kind === 'cluster') this.view.only = null;
  }

  /** Paints a neuron that a person asked for, of the layer on screen or of another: going back leads to what was there before. */
  lookAt(neuron: number, layer = this.layer?.id): void {
    if (layer !== undefined) this.chooseLayer(layer);
    if (neuron === this.view.neuron) return;
    this.view.neuron = neuron;
    this.steps.choose();
  }

  /** Shows the neurons that paint a group, or all of them where these are shown already. */
  showPainters(grouping: string, group: string): void {
    const { only } = this.view;
    const same = only?.kind === 'group' && only.grouping === grouping && only.group === group;
    this.view.only = same ? null : { kind: 'group', grouping, group };
  }

  /** Moves the pixel by rows and columns, within the picture; starts in its middle. An enlarged picture follows it. */
  movePixel(rows: number, columns: number): void {
    const signal = this.run?.signal;
    if (!signal) return;
    const from = this.pixel ?? { row: signal.height >> 1, column: signal.width >> 1 };
    const [dr, dc] = this.pixel ? [rows, columns] : [0, 0];
    this.view.pixel = {
      row: Math.min(Math.max(from.row + dr, 0), signal.height - 1),
      column: Math.min(Math.max(from.column + dc, 0), signal.width - 1),
    };
    const { row, column } = this.view.pixel;
    this.view.zoom = reveal(this.zoom, [(column + 0.5) / signal.width, (row + 0.5) / signal.height]);
  }

  /** Enlarges the picture by a factor, about the pixel where it is seen, else about the middle; 0 shows the whole of it. */
  zoomBy(factor: number): void {
    const signal = this.run?.signal;
    if (!signal) return;
    const { zoom } = this;
    if (factor === 0) {
      this.view.zoom = WHOLE;
      return;
    }
    const place =
      this.pixel &&
      ([
        ((this.pixel.column + 0.5) / signal.width - zoom.x) * zoom.scale + 0.5,
        ((this.pixel.row + 0.5) / signal.height - zoom.y) * zoom.scale + 0.5,
      ] as const);
    const seen = place?.every((share) => share >= 0 && share <= 1);
    this.view.zoom = zoomAt(zoom, factor, seen ? place! : [0.5, 0.5], mostZoom(signal));
  }

  pointAt(pixel: Pixel | null): void {
    const { pixel: present } = this.view;
    if (pixel?.row === present?.row && pixel?.column === present?.column) return;
    this.view.pixel = pixel;
  }

  /** What people call a neuron of the layer on screen. */
  neuronName(neuron: number): string {
    return neuronName(this.layer, neuron);
  }

  selectNeurons(neurons: Iterable<number>): void {
    // Charts and plugins may name neurons that there are not.
    const count = this.layer?.neurons ?? 0;
    const present = [...new Set(neurons)].filter((one) => Number.isInteger(one) && one >= 0 && one < count);
    this.view.neurons = present.sort((a, b) => a - b);
  }

  toggleNeuron(neuron: number): void {
    const { neurons } = this.view;
    this.selectNeurons(neurons.includes(neuron) ? neurons.filter((one) => one !== neuron) : [...neurons, neuron]);
  }

  /** Whether neurons of the layer on screen can be switched off. */
  get maskable(): boolean {
    return Boolean(this.run?.ready && this.run.network && this.layer?.weight !== undefined);
  }

  /** Switches neurons of a layer off, beside those that are off already. */
  switchOff(layer: string, neurons: Iterable<number>): void {
    this.ablation.switchOff(layer, neurons);
  }

  switchOn(layer: string, neurons: Iterable<number>): void {
    this.ablation.switchOn(layer, neurons);
  }

  isOff(layer: string, neuron: number): boolean {
    return this.ablation.isOff(layer, neuron);
  }

  /** Takes back the last change of what is switched off. */
  undo(): void {
    this.ablation.undo();
  }

  redo(): void {
    this.ablation.redo();
  }

  get canUndo(): boolean {
    return this.ablation.canUndo;
  }

  get canRedo(): boolean {
    return this.ablation.canRedo;
  }

  #forgetOff(): void {
    this.view.off = {};
    this.ablation.forget();
  }

  #followTheme(): () => void {
    const query = matchMedia('(prefers-color-scheme: dark)');
    const changed = () => {
      this.#dark = query.matches;
    };
    changed();
    query.addEventListener('change', changed);
    return () => query.removeEventListener('change', changed);
  }

  #followEvents(): () => void {
    let followed = false;
    return this.access.events(
      ({ run }) => {
        this.#changes.set(run, (this.#changes.get(run) ?? 0) + 1);
      },
      () => {
        // What happened during a break was missed.
        if (followed || this.connection !== 'open') this.#connections++;
        followed = true;
        this.connection = 'open';
      },
      () => {
        if (this.connection === 'open') this.connection = 'silent';
        this.access.absence().then((absence) => {
          // It may have come back meanwhile.
          if (this.connection !== 'open') this.connection = absence;
        });
      },
    );
  }
}

const KEY = Symbol('viewer');

export function provideViewer(access: Access, groups: readonly SettingGroup[]): Viewer {
  return setContext(KEY, new Viewer(access, groups));
}

/** The page's state, in any component. */
export function useViewer(): Viewer {
  return getContext(KEY);
}
