import {
  type Arrays,
  type NdArray,
  ndarray,
  type Ops,
  type PreparedBatch,
  type Shapes,
  shapesOf,
  type Trainer,
  type TrainerState,
  type TrainingProgram,
  XincError,
} from '@xinc/core';
import {
  checkArrays,
  createOps,
  createOptimizer,
  loadOrthonormalBasis,
  mapValues,
  type Optimizer,
  type OrthonormalBasis,
  type ParameterState,
  startingState,
} from '@xinc/core/graph';
import { downloadAll, upload, uploadNamed } from './arrays.js';
import { eagerBackend } from './eager.js';
import { differentiate } from './gradients.js';
import type { Operations } from './operations.js';
import { type FirstStage, firstStage, secondStage, tensorsOf } from './staging.js';
import type { Tensor, TensorFlow, Variable } from './tensorflow.js';

/** The name of the scalar that a training program minimises. */
export const LOSS = 'loss';

/** A batch as the first stage of the program left it. */
class StagedBatch implements PreparedBatch {
  readonly stage: FirstStage;
  readonly #owned: readonly Tensor[];
  readonly #alive: Set<unknown>;

  /** `alive` holds the trainer's batches that have not been disposed of. */
  constructor(stage: FirstStage, owned: readonly Tensor[], alive: Set<unknown>) {
    this.stage = stage;
    this.#owned = owned;
    this.#alive = alive;
    alive.add(this);
  }

  dispose(): void {
    this.#alive.delete(this);
    for (const tensor of this.#owned) tensor.dispose();
  }
}

/** Training with eager steps. Each blocks the event loop for as long as it computes; others run between steps. */
export class EagerTrainer implements Trainer {
  readonly #tf: TensorFlow;
  readonly #operations: Operations;
  readonly #spec: TrainingProgram;
  readonly #shapes: Shapes;
  readonly #optimizer: Optimizer;
  readonly #trained: Readonly<Record<string, ParameterState<Variable>>>;
  readonly #fixed: Readonly<Record<string, Tensor>>;
  readonly #batches = new Set<PreparedBatch>();
  readonly #alive: Set<unknown>;
  #step: number;
  /** Loaded where the optimiser first makes bases anew. */
  #orthonormalBasis: OrthonormalBasis | undefined;

  /**
   * `alive` holds the engine's trainers and executables that have not been disposed of.
   * @throws XincError `shape` if the state to go on from does not belong to these parameters or this optimiser.
   */
  constructor(tf: TensorFlow, operations: Operations, spec: TrainingProgram, alive: Set<unknown>) {
    const shapes = shapesOf(spec.parameters);
    checkArrays(spec.parameters, shapes, 'The parameter');
    checkArrays(spec.fixed, shapesOf(spec.fixed), 'The fixed value');
    this.#optimizer = createOptimizer(spec.optimizer, shapes);
    const { step, parameters, memory } = startingState(spec, this.#optimizer);
    this.#tf = tf;
    this.#operations = operations;
    this.#spec = spec;
    this.#shapes = shapes;
    this.#step = step;
    const variable = (array: NdArray): Variable => tf.tidy(() => tf.variable(upload(tf, array), false));
    this.#trained = mapValues(this.#optimizer.parameters, (rule, name) => ({
      parameter: variable(parameters[name]),
      memory: mapValues(rule.memory, (_, part) => variable(memory[part][name])),
    }));
    this.#fixed = uploadNamed(tf, spec.fixed, shapesOf(spec.fixed));
    this.#alive = alive;
    alive.add(this);
  }

  async prepare(batch: Arrays): Promise<PreparedBatch> {
    checkArrays(batch, this.#spec.batch, "The batch's");
    await this.#tf.nextFrame();
    this.#requireAlive();
    const tf = this.#tf;
    const fixed = new Set(Object.values(this.#fixed));
    let prepared: StagedBatch | undefined;
    tf.tidy(() => {
      const known = { ...this.#fixed, ...uploadNamed(tf, batch, this.#spec.batch) };
      const stage = firstStage(tf, this.#operations, this.#spec.program, LOSS, known, this.#shapes);
      const owned = tensorsOf(stage).filter((tensor) => !fixed.has(tensor));
      for (const tensor of owned) tf.keep(tensor);
      prepared = new StagedBatch(stage, owned, this.#batches);
    });
    return prepared!;
  }

  async step(batch: PreparedBatch, learningRate: number): Promise<number> {
    await this.#tf.nextFrame();
    if (this.#optimizer.renews(this.#step + 1)) this.#orthonormalBasis ??= await loadOrthonormalBasis();
    this.#requireAlive();
    const stage = this.#stageOf(batch);
    const tf = this.#tf;
    const parameters = mapValues(this.#trained, ({ parameter }) => parameter);
    const loss = tf.tidy(() => {
      const { outputs, gradients } = differentiate(
        tf,
        // Cloned, since the loss may be a tensor of the batch or a parameter, and is disposed of below.
        () => ({ [LOSS]: tf.clone(secondStage(stage, this.#operations, this.#spec.program, LOSS, parameters)) }),
        LOSS,
        Object.values(parameters),
      );
      this.#step++;
      const ops = createOps(eagerBackend(tf, this.#operations));
      const scalars = mapValues(this.#optimizer.scalars(this.#step, learningRate), (value) => ops.constant(value));
      Object.entries(this.#trained).forEach(([name, before], i) => {
        const after = this.#optimizer.parameters[name].update<Tensor>(ops, before, gradients[i], scalars);
        before.parameter.assign(after.parameter);
        for (const [part, value] of Object.entries(after.memory)) before.memory[part].assign(value);
      });
      if (this.#optimizer.renews(this.#step)) this.#renewBases(ops);
      return outputs[LOSS];
    });
    try {
      const [value] = await loss.data();
      return value;
    } finally {
      loss.dispose();
    }
  }

  async state(): Promise<TrainerState> {
    this.#requireAlive();
    const step = this.#step;
    const trained = Object.entries(this.#trained);
    const parts = [...new Set(trained.flatMap(([, { memory }]) => Object.keys(memory)))];
    const remembers = (part: string) =>
      Object.fromEntries(trained.flatMap(([name, { memory }]) => (part in memory ? [[name, memory[part]]] : [])));
    const [parameters, ...remembered] = await Promise.all([
      downloadAll(mapValues(this.#trained, ({ parameter }) => parameter)),
      ...parts.map((part) => downloadAll(remembers(part))),
    ]);
    return {
      step,
      parameters,
      memory: Object.fromEntries(parts.map((part, i) => [part, remembered[i]])),
    };
  }

  /** Inside `tf.tidy`. A basis of what is no number any more stays as it was: the next loss says so. */
  #renewBases(ops: Ops<Tensor>): void {
    for (const [name, { renewal }] of Object.entries(this.#optimizer.parameters)) {
      if (!renewal) continue;
      const { memory } = this.#trained[name];
      const out = renewal.turnedOut<Tensor>(ops, memory);
      for (const [part, matrix] of Object.entries(renewal.matrices<Tensor>(ops, memory))) {
        const basis = this.#orthonormalBasis!(ndarray(matrix.shape, matrix.dataSync<'float32'>()));
        if (basis) memory[part].assign(upload(this.#tf, basis));
      }
      for (const [part, value] of Object.entries(renewal.turnedIn<Tensor>(ops, memory, out)))
        memory[part].assign(value);
    }
  }

  async dispose(): Promise<void> {
    this.#alive.delete(this);
    for (const batch of this.#batches) batch.dispose();
    this.#tf.dispose([
      ...Object.values(this.#trained).flatMap(({ parameter, memory }) => [parameter, ...Object.values(memory)]),
      ...Object.values(this.#fixed),
    ]);
  }

  #stageOf(batch: PreparedBatch): FirstStage {
    if (batch instanceof StagedBatch && this.#batches.has(batch)) return batch.stage;
    throw new XincError('usage', 'This batch has been disposed of, or was prepared by another trainer');
  }

  #requireAlive(): void {
    if (!this.#alive.has(this)) throw new XincError('usage', 'This trainer of the tfjs engine has been disposed of');
  }
}
