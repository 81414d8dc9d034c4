import type { Access, Picture } from '../access/access.js';
import type { RunView } from '../api.js';
import { NetworkRunner, type RunPicture } from '../network/network-runner.js';
import { type History, NO_HISTORY, redone, remember, undone } from './history.js';
import { picturePsnr } from './picture-psnr.js';
import { type Resource, resource } from './resource.svelte.js';
import type { Scene } from './scene.svelte.js';
import { countOff, possibleOff, type SwitchedOff, sameOff, withOff, withOn } from './switched-off.js';

export interface AblationSubject {
  readonly run: RunView | null;
  readonly frame: number;
  readonly scene: Scene;
  /** What a person switched off; it comes from a link and may name anything. */
  readonly view: { off: SwitchedOff };
}

/** A picture without some neurons. */
export interface AblatedPicture extends RunPicture {
  readonly frame: number;
  readonly weightsVersion: number;
  readonly off: SwitchedOff;
}

/** The network with neurons switched off, run in the page. */
export class Ablation {
  readonly #subject: () => AblationSubject;
  /** Neurons that are off, of those that the run has. */
  readonly off: SwitchedOff = $derived.by(() => {
    const { run, view } = this.#subject();
    return run ? possibleOff(view.off, run.layers) : {};
  });
  readonly count: number = $derived.by(() => countOff(this.off));
  /** The picture without them; no value while nothing is off. While changes come faster than pictures, the newest is made. */
  readonly picture: Resource<AblatedPicture>;
  /** PSNR of `picture`, dB; `null` for ∞, `undefined` while there is none. */
  readonly psnr: number | undefined = $derived.by(() => {
    const { run, frame, scene } = this.#subject();
    const { value: picture } = this.picture;
    // While a frame or new weights load, the picture is still that of those before.
    const same = picture?.frame === frame && picture.weightsVersion === run?.weightsVersion;
    return same && !scene.signal.loading && !scene.reconstruction.loading ? this.#psnrOf(picture) : undefined;
  });
  /** PSNR of the whole network's picture of the frame. */
  readonly psnrBefore: number | undefined = $derived.by(() => this.#psnrOf(this.#subject().scene.reconstruction.value));
  #history = $state.raw<History<SwitchedOff>>(NO_HISTORY);
  readonly #sets: Readonly<Record<string, ReadonlySet<number>>> = $derived.by(() =>
    Object.fromEntries(Object.entries(this.off).map(([layer, neurons]) => [layer, new Set(neurons)])),
  );

  constructor(access: Access, subject: () => AblationSubject) {
    this.#subject = subject;
    const runner = new NetworkRunner(access);
    const key = $derived.by(() => {
      const { run, frame } = subject();
      if (!run?.ready || this.count === 0) return null;
      return `${run.id} ${frame} ${run.weightsVersion} ${JSON.stringify(this.off)}`;
    });
    this.picture = resource(
      () => key,
      async (_, { signal }) => {
        const { run, frame } = subject();
        const off = this.off;
        const picture = await runner.run(run!, frame, off, signal);
        return { ...picture, frame, weightsVersion: run!.weightsVersion, off };
      },
      { overlap: 'finish' },
    );
    $effect(() => () => runner.dispose());
  }

  isOff(layer: string, neuron: number): boolean {
    return this.#sets[layer]?.has(neuron) ?? false;
  }

  switchOff(layer: string, neurons: Iterable<number>): void {
    this.replace(withOff(this.off, layer, neurons));
  }

  switchOn(layer: string, neurons: Iterable<number>): void {
    this.replace(withOn(this.off, layer, neurons));
  }

  /** Other neurons are off, in place of those that are. */
  replace(off: SwitchedOff): void {
    if (sameOff(off, this.off)) return;
    this.#history = remember(this.#history, this.off);
    this.#subject().view.off = off;
  }

  get canUndo(): boolean {
    return this.#history.past.length > 0;
  }

  get canRedo(): boolean {
    return this.#history.future.length > 0;
  }

  undo(): void {
    this.#step(undone(this.#history, this.off));
  }

  redo(): void {
    this.#step(redone(this.#history, this.off));
  }

  /** What was done to one network means nothing in another. */
  forget(): void {
    this.#history = NO_HISTORY;
  }

  #step(step: { value: SwitchedOff; history: History<SwitchedOff> } | null): void {
    if (!step) return;
    this.#history = step.history;
    this.#subject().view.off = step.value;
  }

  #psnrOf(picture: Picture | undefined): number | undefined {
    return picturePsnr(picture, this.#subject().scene.signal.value);
  }
}
