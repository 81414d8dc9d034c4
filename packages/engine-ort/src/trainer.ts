import {
  type Arrays,
  type NdArray,
  type PreparedBatch,
  type Shape,
  type Shapes,
  scalar,
  shapesOf,
  type Trainer,
  type TrainerState,
  type TrainingProgram,
  XincError,
} from '@xinc/core';
import { checkArrays, createOptimizer, mapValues, type Optimizer, startingState } from '@xinc/core/graph';
import { type CompiledRenewal, type CompiledStep, compileStep, type StepPart } from './compile-step.js';
import type { Runtime, StoredTensors } from './runtime/client.js';
import type { TensorId } from './runtime/protocol.js';
import { placesOf, type StatePlace, scalarInput, stateInput, stateOutput } from './training-step.js';

type TensorIds = Readonly<Record<string, TensorId>>;

/** A part of the state. What a step changes is in memory twice: a step reads the one and writes the other. */
interface StateSlot {
  readonly place: StatePlace;
  readonly tensors: readonly [TensorId, TensorId];
}

/** What the prelude makes of a batch. */
interface HoistedValues {
  readonly memory: StoredTensors;
  readonly tensors: TensorIds;
  readonly ready: Promise<unknown>;
}

/** How bases are made anew. */
interface Renewal extends CompiledRenewal {
  /** Where what `before` gives is put. */
  readonly between: TensorIds;
}

interface TrainerParts extends CompiledStep {
  readonly runtime: Runtime;
  readonly renewal: Renewal | null;
  readonly batch: Shapes;
  readonly fixed: TensorIds;
  readonly slots: readonly StateSlot[];
  readonly optimizer: Optimizer;
  /** Steps taken before. */
  readonly step: number;
}

/**
 * @throws XincError `shape` or `not-found` for a program or state that does not fit; `unsupported` if ONNX Runtime
 * refuses it.
 */
export async function compileTrainer(runtime: Runtime, spec: TrainingProgram): Promise<Trainer> {
  const optimizer = createOptimizer(spec.optimizer, shapesOf(spec.parameters));
  const start = startingState(spec, optimizer);
  const step = await compileStep(runtime, spec, optimizer);
  const between = storeNamed(
    runtime,
    mapValues(step.renewal?.before.outputs ?? {}, (shape) => ({ shape })),
  );
  const fixed = storeNamed(runtime, spec.fixed);
  const state = storeState(runtime, placesOf(optimizer), start, step.main.outputs);
  const trainer = new OrtTrainer({
    ...step,
    runtime,
    renewal: step.renewal && { ...step.renewal, between: between.tensors },
    batch: spec.batch,
    fixed: fixed.tensors,
    slots: state.slots,
    optimizer,
    step: start.step,
  });
  try {
    await Promise.all([between.ready, fixed.ready, state.ready]);
  } catch (error) {
    await trainer.dispose().catch(() => {});
    throw error;
  }
  return trainer;
}

function storeNamed(
  runtime: Runtime,
  arrays: Readonly<Record<string, NdArray | { readonly shape: Shape }>>,
): { tensors: TensorIds; ready: Promise<void> } {
  const { ids, ready } = runtime.store(Object.values(arrays));
  return { tensors: Object.fromEntries(Object.keys(arrays).map((name, i) => [name, ids[i]])), ready };
}

/** @param changed what a step gives, by name: a part that is not among it is in memory once */
function storeState(
  runtime: Runtime,
  places: readonly StatePlace[],
  { parameters, memory }: TrainerState,
  changed: Shapes,
): { slots: StateSlot[]; ready: Promise<void> } {
  const tensors = places.flatMap((place) => {
    const array = place.part === undefined ? parameters[place.parameter] : memory[place.part][place.parameter];
    return stateOutput(place) in changed ? [array, { shape: array.shape }] : [array];
  });
  const { ids, ready } = runtime.store(tensors);
  let next = 0;
  const slots = places.map((place): StateSlot => {
    const first = ids[next++];
    return { place, tensors: [first, stateOutput(place) in changed ? ids[next++] : first] };
  });
  return { slots, ready };
}

class OrtTrainer implements Trainer {
  readonly description?: string;
  readonly #parts: TrainerParts;
  #step: number;
  /** Which tensor of every slot holds the state. */
  #side: 0 | 1 = 0;
  /** The latest step or reading of the state: each waits for the one before. */
  #latest: Promise<unknown> = Promise.resolve();
  /** Memory for hoisted values that no batch uses at present. */
  readonly #spare: StoredTensors[] = [];
  readonly #batches = new WeakMap<PreparedBatch, TensorIds>();

  constructor(parts: TrainerParts) {
    this.#parts = parts;
    this.description = parts.description;
    this.#step = parts.step;
  }

  async prepare(batch: Arrays): Promise<PreparedBatch> {
    const { runtime, prelude, main, batch: shapes } = this.#parts;
    checkArrays(batch, shapes);
    const uploaded = storeNamed(runtime, pick(batch, main.inputs));
    const hoisted = prelude ? this.#runPrelude(prelude, batch, uploaded.tensors) : null;
    await Promise.all([uploaded.ready, hoisted?.ready]);
    const prepared = {
      dispose: () => {
        if (!this.#batches.delete(prepared)) return;
        runtime.drop(Object.values(uploaded.tensors));
        if (hoisted) this.#spare.push(hoisted.memory);
      },
    };
    this.#batches.set(prepared, { ...uploaded.tensors, ...hoisted?.tensors });
    return prepared;
  }

  #runPrelude(prelude: StepPart, batch: Arrays, uploaded: TensorIds): HoistedValues {
    const { runtime, fixed } = this.#parts;
    const names = Object.keys(prelude.outputs);
    const memory = this.#spare.pop() ?? runtime.store(Object.values(prelude.outputs).map((shape) => ({ shape })));
    const tensors = Object.fromEntries(names.map((name, i) => [name, memory.ids[i]]));
    const feeds: Record<string, NdArray | TensorId> = { ...batch, ...fixed, ...uploaded };
    const fetches = mapValues(tensors, (tensor) => ({ tensor }));
    const computed = prelude.session.run(pick(feeds, prelude.inputs), fetches);
    return { memory, tensors, ready: Promise.all([memory.ready, computed]) };
  }

  step(batch: PreparedBatch, learningRate: number): Promise<number> {
    return this.#after(async () => {
      const tensors = this.#batches.get(batch);
      if (!tensors) throw new XincError('usage', 'This batch was disposed of, or prepared by another trainer');
      const { main, fixed, optimizer } = this.#parts;
      const scalars = optimizer.scalars(this.#step + 1, learningRate);
      const feeds: Record<string, TensorId | NdArray> = {
        ...fixed,
        ...tensors,
        ...this.#stateFeeds(),
        ...Object.fromEntries(Object.entries(scalars).map(([name, value]) => [scalarInput(name), scalar(value)])),
      };
      const other = this.#side === 0 ? 1 : 0;
      const { loss } = await main.session.run(pick(feeds, main.inputs), {
        loss: { shape: [] },
        ...pick(this.#destinations(other), Object.keys(main.outputs)),
      });
      this.#side = other;
      this.#step += 1;
      if (optimizer.renews(this.#step)) await this.#renewBases();
      return loss.data[0];
    });
  }

  #stateFeeds(): Record<string, TensorId> {
    return Object.fromEntries(this.#parts.slots.map(({ place, tensors }) => [stateInput(place), tensors[this.#side]]));
  }

  #destinations(side: 0 | 1): Record<string, { readonly tensor: TensorId }> {
    return Object.fromEntries(
      this.#parts.slots.map(({ place, tensors }) => [stateOutput(place), { tensor: tensors[side] }]),
    );
  }

  /** A basis of what is no number any more stays as it was: the next loss says so. */
  async #renewBases(): Promise<void> {
    const { runtime, renewal } = this.#parts;
    if (!renewal) return;
    const { before, after, bases, between } = renewal;
    const state = this.#stateFeeds();
    const destinations = this.#destinations(this.#side);
    await before.session.run(
      pick(state, before.inputs),
      mapValues(between, (tensor) => ({ tensor })),
    );
    await runtime.orthonormalize(bases.map((name) => ({ of: between[name], into: destinations[name].tensor })));
    await after.session.run(
      pick({ ...state, ...between }, after.inputs),
      pick(destinations, Object.keys(after.outputs)),
    );
  }

  state(): Promise<TrainerState> {
    return this.#after(async () => {
      const arrays = await this.#parts.runtime.read(this.#parts.slots.map(({ tensors }) => tensors[this.#side]));
      const select = (wanted?: string) =>
        Object.fromEntries(
          this.#parts.slots.flatMap(({ place: { part, parameter } }, i) =>
            part === wanted ? [[parameter, arrays[i]]] : [],
          ),
        );
      const parts = [...new Set(this.#parts.slots.flatMap(({ place }) => place.part ?? []))];
      const memory = Object.fromEntries(parts.map((part) => [part, select(part)]));
      return { step: this.#step, parameters: select(), memory };
    });
  }

  async dispose(): Promise<void> {
    // A step under way reads what is dropped here.
    await this.#latest;
    const { runtime, prelude, main, renewal, fixed } = this.#parts;
    runtime.drop([
      ...Object.values(fixed),
      ...this.#parts.slots.flatMap(({ tensors }) => [...new Set(tensors)]),
      ...this.#spare.flatMap(({ ids }) => ids),
      ...Object.values(renewal?.between ?? {}),
    ]);
    await prelude?.session.release();
    await main.session.release();
    await renewal?.before.session.release();
    await renewal?.after.session.release();
  }

  #after<R>(action: () => Promise<R>): Promise<R> {
    const result = this.#latest.then(action);
    this.#latest = result.catch(() => {});
    return result;
  }
}

function pick<V>(values: Readonly<Record<string, V>>, names: readonly string[]): Record<string, V> {
  return Object.fromEntries(names.filter((name) => name in values).map((name) => [name, values[name]]));
}
