import type { NdArray, Shape } from './ndarray.js';
import type { Ops } from './ops/ops.js';
import type { OptimizerOptions } from './optimizers/options.js';

/** A pure tensor function: named inputs to named outputs, written once for every engine. */
export type Program = <T>(ops: Ops<T>, inputs: Readonly<Record<string, T>>) => Record<string, T>;

export type Shapes = Readonly<Record<string, Shape>>;
export type Arrays = Readonly<Record<string, NdArray>>;

export interface EngineOptions {
  /** `cpu` by default; an engine lists the others it knows in `EnginePlugin.devices`. */
  readonly device?: string;
  /** Threads for one operation; by default what the machine has. */
  readonly threads?: number;
}

/** A way to run programs: ONNX Runtime, TensorFlow.js, … The entry module stays light; `create` loads the runtime. */
export interface EnginePlugin {
  readonly kind: 'engine';
  readonly name: string;
  readonly title: string;
  /** Device names that `create` accepts; the first is the default. */
  readonly devices: readonly string[];
  /** @throws XincError `unsupported` where the machine lacks the runtime or the device, saying what to do. */
  create(options?: EngineOptions): Promise<Engine>;
  /** A program as a standard ONNX model, by engines that write such. */
  exportOnnx?(model: OnnxExport): Promise<Uint8Array>;
  /**
   * The same in two models, cut where some of its inputs begin to matter: so that whoever changes these again and again runs no more of it
   * than they reach. By engines that write ONNX.
   * @param changing names of inputs
   * @returns `null` where nothing can be cut off: everything depends on them, or an output does not
   */
  exportOnnxHalves?(model: OnnxExport, changing: readonly string[]): Promise<OnnxHalves | null>;
}

/** A program as two ONNX models. */
export interface OnnxHalves {
  /** What does not depend on the inputs that change. */
  readonly before: Uint8Array;
  /** The rest: its inputs are the outputs of `before`, by name, and those of the program's that it reads. */
  readonly after: Uint8Array;
}

/** What an ONNX file is to hold. */
export interface OnnxExport {
  readonly program: Program;
  /** The file's inputs. */
  readonly inputs: Shapes;
  /** Values of the program's other inputs, kept in the file under their names: the weights. */
  readonly constants: Arrays;
  /** The program's outputs that become the file's. */
  readonly outputs: readonly string[];
  /** For whoever opens the file. */
  readonly metadata: Readonly<Record<string, string>>;
}

export interface Engine {
  readonly name: string;
  /** One line for people and run.json: runtime, version, device, threads; says so when it is a slower fallback. */
  readonly description: string;
  /** What the machine lacks that would make it faster, and how to get it: a sentence for `xinc doctor`. */
  readonly advice?: string;
  /** Compile a program for fixed input shapes. */
  compile(program: Program, inputs: Shapes, options?: CompileOptions): Promise<Executable>;
  /**
   * The program together with the gradient of its scalar output `loss`: the executable returns the program's outputs
   * and, for each name in `wrt`, `gradient:<name>`.
   */
  compileGradient(
    program: Program,
    inputs: Shapes,
    options: { readonly loss: string; readonly wrt: readonly string[] },
  ): Promise<Executable>;
  /** A training step: forward, gradients and the optimiser's update, with the state held by the engine. */
  compileTraining(spec: TrainingProgram): Promise<Trainer>;
  dispose(): Promise<void>;
}

export interface CompileOptions {
  /** Keeps only these of the program's outputs. */
  readonly outputs?: readonly string[];
  /** Whether the memory of a run is kept for the next one, which is faster where one follows the other; else it is given back. Engines that cannot choose do as they do. */
  readonly keepMemory?: boolean;
}

export interface Executable {
  run(inputs: Arrays): Promise<Record<string, NdArray>>;
  dispose(): Promise<void>;
}

export interface TrainingProgram {
  /** Takes parameters, fixed values and the batch by name; returns at least the scalar `loss`. */
  readonly program: Program;
  /** What is trained, with the values to start from. */
  readonly parameters: Arrays;
  /** Values that do not change from step to step and take no gradient. */
  readonly fixed: Arrays;
  /** The shapes of what changes from step to step. */
  readonly batch: Shapes;
  readonly optimizer: OptimizerOptions;
  /** Go on from here instead of from `parameters` with an optimiser that remembers nothing. */
  readonly state?: TrainerState;
}

/** All that is needed to go on training as if it had never stopped. */
export interface TrainerState {
  readonly step: number;
  readonly parameters: Arrays;
  /** What the optimiser remembers, by part and parameter: Adam's running means of the gradient, `firstMoment`, and of its square, `secondMoment`. */
  readonly memory: Readonly<Record<string, Arrays>>;
}

/** A batch on the engine's side, with everything computed that does not depend on the parameters. */
export interface PreparedBatch {
  dispose(): void;
}

export interface Trainer {
  /** What computes the steps, for people and run.json, where the engine has more than one way. */
  readonly description?: string;
  /** Upload a batch; what the program computes from it without trainable parameters is computed here, once. */
  prepare(batch: Arrays): Promise<PreparedBatch>;
  /** One optimiser step; resolves to the loss before the update. */
  step(batch: PreparedBatch, learningRate: number): Promise<number>;
  state(): Promise<TrainerState>;
  dispose(): Promise<void>;
}
