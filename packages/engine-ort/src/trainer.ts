import {
  type AdamOptions,
  type Arrays,
  formatShape,
  type NdArray,
  ndarray,
  type PreparedBatch,
  type Shapes,
  sameShape,
  scalar,
  shapesOf,
  type Trainer,
  type TrainerState,
  type TrainingProgram,
  XincError,
} from '@xinc/core';
import { checkArrays, mapValues, type NamedNodes } from '@xinc/core/graph';
import { adamScalars } from './adam.js';
import { optimizeStep } from './passes/optimize-step.js';
import { describeProgram, lower } from './program.js';
import type { Runtime, Session, StoredTensors } from './runtime/client.js';
import type { TensorId } from './runtime/protocol.js';
import {
  EPSILON,
  STATE_PARTS,
  STEP_SIZE,
  type StatePart,
  stateInput,
  stateOutput,
  traceTrainingStep,
} from './training-step.js';

type TensorIds = Readonly<Record<string, TensorId>>;

/** A compiled half of the step, with the inputs it reads and the shapes it gives. */
interface StepPart {
  readonly session: Session;
  readonly inputs: readonly string[];
  readonly outputs: Shapes;
}

/** A parameter or one of its moments, in memory twice: a step reads the one and writes the other. */
interface StateSlot {
  readonly part: StatePart;
  readonly parameter: string;
  readonly tensors: readonly [TensorId, TensorId];
}

/** What the prelude makes of a batch. */
interface HoistedValues {
  readonly memory: StoredTensors;
  readonly tensors: TensorIds;
  readonly ready: Promise<unknown>;
}

interface TrainerParts {
  readonly runtime: Runtime;
  /** What depends on no parameter; `null` where that is nothing. */
  readonly prelude: StepPart | null;
  readonly main: StepPart;
  readonly batch: Shapes;
  readonly fixed: TensorIds;
  readonly slots: readonly StateSlot[];
  readonly optimizer: AdamOptions;
  /** Steps taken before. */
  readonly step: number;
}

/**
 * @throws XincError `shape` or `not-found` for a program or state that does not fit; `unsupported` if ONNX Runtime
 * refuses it.
 */
export async function compileTrainer(runtime: Runtime, spec: TrainingProgram): Promise<Trainer> {
  const start = startingState(spec);
  const { graph, prelude, main } = traceTrainingStep(spec);
  const inputs = { ...shapesOf(spec.parameters), ...shapesOf(spec.fixed), ...spec.batch };
  const compile = async (outputs: NamedNodes, what: string): Promise<StepPart> => {
    const model = lower(graph, outputs);
    return {
      session: await runtime.createSession(model, describeProgram(what, inputs), 'keep'),
      inputs: model.inputs.map(({ name }) => name),
      outputs: mapValues(outputs, ({ shape }) => shape),
    };
  };
  const nothingHoisted = Object.keys(prelude).length === 0;
  const sessions = {
    prelude: nothingHoisted ? null : await compile(prelude, 'the preparation of a batch'),
    main: await compile(optimizeStep(graph, main), 'the training step'),
  };
  const fixed = storeNamed(runtime, spec.fixed);
  const state = storeState(runtime, start);
  await Promise.all([fixed.ready, state.ready]);
  return new OrtTrainer({
    runtime,
    ...sessions,
    batch: spec.batch,
    fixed: fixed.tensors,
    slots: state.slots,
    optimizer: spec.optimizer,
    step: start.step,
  });
}

/** @throws XincError `shape` if the state to go on from is of other parameters. */
function startingState({ parameters, state }: TrainingProgram): TrainerState {
  const zeros = () => mapValues(parameters, ({ shape }) => ndarray(shape));
  if (!state) return { step: 0, parameters, firstMoment: zeros(), secondMoment: zeros() };
  const restore = (arrays: Arrays) =>
    mapValues(parameters, ({ shape }, name) => {
      const array = arrays[name];
      if (array && sameShape(array.shape, shape)) return array;
      const found = array ? `is ${formatShape(array.shape)}` : 'is missing';
      throw new XincError('shape', `In the training state, '${name}' ${found}; the model has ${formatShape(shape)}`, {
        subject: name,
        hint: 'Go on with the model and settings that the state was saved with.',
      });
    });
  return {
    step: state.step,
    parameters: restore(state.parameters),
    firstMoment: restore(state.firstMoment),
    secondMoment: restore(state.secondMoment),
  };
}

function storeNamed(runtime: Runtime, arrays: Arrays): { tensors: TensorIds; ready: Promise<void> } {
  const { ids, ready } = runtime.store(Object.values(arrays));
  return { tensors: Object.fromEntries(Object.keys(arrays).map((name, i) => [name, ids[i]])), ready };
}

function storeState(runtime: Runtime, state: TrainerState): { slots: StateSlot[]; ready: Promise<void> } {
  const values = { parameter: state.parameters, firstMoment: state.firstMoment, secondMoment: state.secondMoment };
  const places = STATE_PARTS.flatMap((part) =>
    Object.entries(values[part]).map(([parameter, array]) => ({ part, parameter, array })),
  );
  const { ids, ready } = runtime.store(places.flatMap(({ array }) => [array, { shape: array.shape }]));
  const slots = places.map(({ part, parameter }, i) => ({
    part,
    parameter,
    tensors: [ids[2 * i], ids[2 * i + 1]] as const,
  }));
  return { slots, ready };
}

class OrtTrainer implements Trainer {
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
      const { main, fixed, slots, optimizer } = this.#parts;
      const { stepSize, epsilon } = adamScalars(this.#step + 1, learningRate, optimizer);
      const side = this.#side;
      const state = slots.map(({ part, parameter, tensors }) => [stateInput(part, parameter), tensors[side]]);
      const feeds: Record<string, TensorId | NdArray> = {
        ...fixed,
        ...tensors,
        ...Object.fromEntries(state),
        [STEP_SIZE]: scalar(stepSize),
        [EPSILON]: scalar(epsilon),
      };
      const next = slots.map(({ part, parameter, tensors }) => [
        stateOutput(part, parameter),
        { tensor: tensors[1 - side] },
      ]);
      const { loss } = await main.session.run(pick(feeds, main.inputs), {
        loss: { shape: [] },
        ...Object.fromEntries(next),
      });
      this.#side = side === 0 ? 1 : 0;
      this.#step += 1;
      return loss.data[0];
    });
  }

  state(): Promise<TrainerState> {
    return this.#after(async () => {
      const { runtime, slots } = this.#parts;
      const arrays = await runtime.read(slots.map(({ tensors }) => tensors[this.#side]));
      const select = (wanted: StatePart) =>
        Object.fromEntries(
          slots.flatMap(({ part, parameter }, i) => (part === wanted ? [[parameter, arrays[i]]] : [])),
        );
      return {
        step: this.#step,
        parameters: select('parameter'),
        firstMoment: select('firstMoment'),
        secondMoment: select('secondMoment'),
      };
    });
  }

  async dispose(): Promise<void> {
    const { runtime, prelude, main, fixed, slots } = this.#parts;
    runtime.drop([
      ...Object.values(fixed),
      ...slots.flatMap(({ tensors }) => tensors),
      ...this.#spare.flatMap(({ ids }) => ids),
    ]);
    await prelude?.session.release();
    await main.session.release();
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
