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
  type Trainer,
  type TrainerState,
  type TrainingProgram,
  XincError,
} from '@xinc/core';
import { adamScalars } from './adam.js';
import type { Graph, NamedNodes } from './graph.js';
import { checkArrays, describeProgram, lower, shapesOf } from './program.js';
import type { Runtime, Session } from './runtime/client.js';
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
  const compile = (outputs: NamedNodes, what: string) =>
    compilePart(runtime, graph, outputs, describeProgram(what, inputs));
  const hoisted = Object.keys(prelude).length > 0;
  return new OrtTrainer({
    runtime,
    prelude: hoisted ? await compile(prelude, 'the preparation of a batch') : null,
    main: await compile(main, 'the training step'),
    batch: spec.batch,
    fixed: await storeNamed(runtime, spec.fixed),
    slots: await storeState(runtime, start),
    optimizer: spec.optimizer,
    step: start.step,
  });
}

async function compilePart(runtime: Runtime, graph: Graph, outputs: NamedNodes, subject: string): Promise<StepPart> {
  const model = lower(graph, outputs);
  return {
    session: await runtime.createSession(model, subject),
    inputs: model.inputs.map(({ name }) => name),
    outputs: Object.fromEntries(Object.entries(outputs).map(([name, { shape }]) => [name, shape])),
  };
}

/** @throws XincError `shape` if the state to go on from is of other parameters. */
function startingState({ parameters, state }: TrainingProgram): TrainerState {
  const zeros = () => mapValues(parameters, ({ shape }) => ndarray(shape));
  if (!state) return { step: 0, parameters, firstMoment: zeros(), secondMoment: zeros() };
  for (const [name, { shape }] of Object.entries(parameters)) {
    for (const array of [state.parameters[name], state.firstMoment[name], state.secondMoment[name]]) {
      if (array && sameShape(array.shape, shape)) continue;
      const found = array ? `is ${formatShape(array.shape)}` : 'is missing';
      throw new XincError('shape', `In the training state, '${name}' ${found}; the model has ${formatShape(shape)}`, {
        subject: name,
        hint: 'Go on with the model and settings that the state was saved with.',
      });
    }
  }
  return state;
}

async function storeNamed(runtime: Runtime, arrays: Arrays): Promise<TensorIds> {
  const names = Object.keys(arrays);
  const ids = await runtime.store(names.map((name) => arrays[name]));
  return Object.fromEntries(names.map((name, i) => [name, ids[i]]));
}

async function storeState(runtime: Runtime, state: TrainerState): Promise<StateSlot[]> {
  const values = { parameter: state.parameters, firstMoment: state.firstMoment, secondMoment: state.secondMoment };
  const slots: StateSlot[] = [];
  for (const part of STATE_PARTS) {
    for (const [parameter, array] of Object.entries(values[part])) {
      const [first, second] = await runtime.store([array, { shape: array.shape }]);
      slots.push({ part, parameter, tensors: [first, second] });
    }
  }
  return slots;
}

class OrtTrainer implements Trainer {
  readonly #parts: TrainerParts;
  #step: number;
  /** Which tensor of every slot holds the state. */
  #side: 0 | 1 = 0;
  /** The latest step or reading of the state: each waits for the one before. */
  #latest: Promise<unknown> = Promise.resolve();
  /** Memory for hoisted values that no batch uses at present. */
  readonly #spare: TensorId[][] = [];
  readonly #batches = new WeakMap<PreparedBatch, TensorIds>();

  constructor(parts: TrainerParts) {
    this.#parts = parts;
    this.#step = parts.step;
  }

  async prepare(batch: Arrays): Promise<PreparedBatch> {
    const { runtime, prelude, main, batch: shapes } = this.#parts;
    checkArrays(batch, shapes);
    const uploaded = await storeNamed(runtime, pick(batch, main.inputs));
    const hoisted = prelude ? await this.#runPrelude(prelude, batch, uploaded) : {};
    const prepared = {
      dispose: () => {
        if (!this.#batches.delete(prepared)) return;
        runtime.drop(Object.values(uploaded));
        if (prelude) this.#spare.push(Object.values(hoisted));
      },
    };
    this.#batches.set(prepared, { ...uploaded, ...hoisted });
    return prepared;
  }

  async #runPrelude(prelude: StepPart, batch: Arrays, uploaded: TensorIds): Promise<TensorIds> {
    const { runtime, fixed } = this.#parts;
    const names = Object.keys(prelude.outputs);
    const ids = this.#spare.pop() ?? (await runtime.store(names.map((name) => ({ shape: prelude.outputs[name] }))));
    const hoisted = Object.fromEntries(names.map((name, i) => [name, ids[i]]));
    const feeds = pick({ ...batch, ...fixed, ...uploaded } as Record<string, NdArray | TensorId>, prelude.inputs);
    await prelude.session.run(
      feeds,
      mapValues(hoisted, (tensor) => ({ tensor })),
    );
    return hoisted;
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
    runtime.drop([...Object.values(fixed), ...slots.flatMap(({ tensors }) => tensors), ...this.#spare.flat()]);
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

function mapValues<A, B>(record: Readonly<Record<string, A>>, map: (value: A) => B): Record<string, B> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, map(value)]));
}
