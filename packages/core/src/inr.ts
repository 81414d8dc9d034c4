import type { Activation, KernelLayer, Region, Stage } from '@xinc/kernels';
import type { ZodType } from 'zod';
import type { Completeness } from './analysis.js';
import type { Arrays } from './engine.js';
import type { Shape } from './ndarray.js';
import type { Ops } from './ops/ops.js';
import type { OptimizerOptions } from './optimizers/options.js';
import type { SignalShape } from './signal.js';

/** A family of implicit neural representations. `build` gives the network for one signal. */
export interface InrPlugin<C = unknown> {
  readonly kind: 'inr';
  readonly name: string;
  readonly title: string;
  /** One sentence: what network this is, with its source. */
  readonly description: string;
  readonly signals: readonly SignalShape['kind'][];
  /** The configuration's schema; every field has a default and a description, which `xinc plugins` and the docs print. */
  readonly config: ZodType<C>;
  /** @throws XincError `invalid-option` if the configuration does not fit the signal, naming what would. */
  build(config: C, signal: SignalShape): Inr;
  /**
   * The part of the configuration that a checkpoint's tensors show, by their names (prefixes such as `model.` removed) and
   * shapes. What they do not show keeps its default, or is for the user to say. Complex tensors have a last axis of 2.
   * @param values of a tensor of at most 256 numbers that states a setting, such as a frequency; `undefined` of all others
   */
  infer?(
    shapes: Readonly<Record<string, Shape>>,
    signal: SignalShape,
    values?: (name: string) => readonly number[] | undefined,
  ): Partial<C>;
  /**
   * Settings that the network's pictures depend on and that shapes do not show, such as an activation, each with the values
   * that published code gives it. Where neither the file nor the user says one, an import says what it takes it to be,
   * tries the other values, and names those with which the network draws its signal better.
   */
  readonly unshown?: { readonly [K in keyof C & string]?: readonly C[K][] };
  /**
   * Values of settings in {@link unshown} with which a network has tensors of these shapes, where not every value gives them and
   * others may give them too: taken in place of the defaults, and listed as assumed. The arguments are those of {@link infer}.
   */
  assume?(
    shapes: Readonly<Record<string, Shape>>,
    signal: SignalShape,
    values?: (name: string) => readonly number[] | undefined,
  ): Partial<C>;
  /** Those settings of `unshown` that only networks of videos depend on. */
  readonly ofVideosOnly?: readonly (keyof C & string)[];
  /**
   * How a state dict with these tensors names the parameters, told from their shapes and order, for one that follows none
   * of {@link Inr.checkpoints}; `undefined` where that is not certain. What was taken for what is shown to the user.
   */
  layout?(shapes: Readonly<Record<string, Shape>>): CheckpointLayout | undefined;
  /**
   * How a parameter is computed from the signal by weights that checkpoints hold beside the network's or in its place, such as
   * an encoder; `undefined` where these tensors are of none. An import leaves these weights out, and computes with them where
   * the parameter itself is missing.
   */
  encoder?(shapes: Readonly<Record<string, Shape>>): ParameterEncoder | undefined;
  /**
   * Settings with which a training reaches what the default one reaches, in a fraction of its time: by another optimiser, in fewer steps.
   * They are those of `fast: true`, which is refused for a model without them.
   */
  readonly fast?: Partial<C>;
  /** Files that hold a network whole, its program and its weights, such as ONNX's. */
  readonly files?: NetworkFiles;
}

/** What computes a parameter [frames, …] from the frames of a signal. */
export interface ParameterEncoder {
  /** The name of the parameter. */
  readonly parameter: string;
  /** The weights that compute it, by the names that they have beside the network's in a checkpoint. */
  readonly weights: Readonly<Record<string, Shape>>;
  /** A frame [1, 3, H, W], from 0 to 1, to its part of the parameter, [1, …]. */
  encode<T>(ops: Ops<T>, weights: Readonly<Record<string, T>>, frame: T): T;
}

export interface NetworkFiles {
  /** What the names of such files end in: `.onnx`. */
  readonly endings: readonly string[];
  /**
   * Looks at a file's first bytes, 4096 at the most, before all of it is read.
   * @throws XincError `invalid-file` saying what the file is instead
   */
  checkBeginning?(head: Uint8Array, name: string): void;
  /**
   * Reads a file as data: nothing of it is executed, and no size or place that it states is believed.
   * @throws XincError `invalid-file` or `unsupported`, one line that names what is wrong
   */
  read(file: NetworkFile): NetworkInFile;
}

export interface NetworkFile {
  /** The file's name, for messages. */
  readonly name: string;
  readonly bytes: Uint8Array;
  /**
   * Bytes of another file in the same folder, or in one below it.
   * @throws XincError `invalid-file` for a path outside, `not-found`, or fewer bytes than asked for
   */
  beside(path: string, offset: number, length: number | undefined): Uint8Array;
  /** What the user feeds the network, by the names of its inputs. */
  readonly arrays: Arrays;
  /** The output that is the picture, where the user names one. */
  readonly output?: string;
}

/** A network as its file describes it. */
export interface NetworkInFile {
  /** Settings that the file decides. */
  readonly config: Readonly<Record<string, unknown>>;
  /** Settings of {@link InrPlugin.unshown} that the network does not depend on. */
  readonly settled: readonly string[];
  /** Values of all parameters. */
  readonly weights: Arrays;
  /** One line: format, version, what wrote it. */
  readonly description: string;
}

/** One network for one signal: its parameters, its forward pass and how to trace its neurons. */
export interface Inr {
  readonly signal: SignalShape;
  readonly parameters: readonly ParameterSpec[];
  /**
   * What one evaluation covers. `pixels`: any set of pixels of a frame, output [P, 3]. `frames`: whole frames,
   * output [B, 3, H, W].
   */
  readonly sampling: 'pixels' | 'frames';
  /**
   * The network's inputs (coordinates, encoded frame indices), by name. `pixels` are flat indices row·W + column, and
   * given exactly when `sampling` is `pixels` (with one frame).
   * @param parameters values of those that are not trained, for inputs that are kept among them; absent where only the
   *   inputs' shapes are asked for
   */
  inputs(frames: readonly number[], pixels?: Uint32Array, parameters?: Arrays): Arrays;
  /** Inputs and parameters by name → output and the activations that layer hooks name. */
  forward<T>(
    ops: Ops<T>,
    parameters: Readonly<Record<string, T>>,
    inputs: Readonly<Record<string, T>>,
  ): ForwardResult<T>;
  /** Every traced layer, input side first. */
  readonly layers: readonly LayerHook[];
  /** Layers that the program has and that cannot be traced, with the reasons; see `deriveHooks`. */
  readonly untraced?: readonly UntracedLayer[];
  /** Activations that hooks name and the forward pass does not, as `deriveHooks` finds them, by name. */
  readonly recorded?: Readonly<Record<string, ValuePlace>>;
  readonly training: TrainingDefaults;
  /** How published state dicts name these parameters. */
  readonly checkpoints?: readonly CheckpointLayout[];
}

/** A layer that cannot be traced, and why. */
export interface UntracedLayer {
  readonly id: string;
  readonly why: string;
}

/** Where a value of a forward pass is found: one of its inputs, or what one of its calls of `Ops` gives, counted from 0. */
export type ValuePlace =
  | { readonly input: string }
  | {
      readonly call: number;
      /** It has a row for each pixel, and is given as [P, N]; what is made of parameters alone has not. */
      readonly perPixel: boolean;
    };

export interface ForwardResult<T> {
  /** The reconstruction, not clamped: [P, 3] or [B, 3, H, W]. */
  readonly output: T;
  /** Whatever the hooks refer to: layer inputs and pre-activations, [P, N] for dense, [B, C, h, w] for convolutions. */
  readonly activations?: Readonly<Record<string, T>>;
}

export interface ParameterSpec {
  readonly name: string;
  /**
   * PyTorch's layouts: dense [out, in], convolution [out, in, k, k], bias [out]. Complex tensors of a checkpoint fit a
   * parameter with a last axis of 2 more: their real and imaginary parts.
   */
  readonly shape: Shape;
  /** Drawn in the order of the parameters: as PyTorch draws for modules made in that order. */
  readonly init: Initializer;
  /** `false` for what is drawn once and kept (Fourier frequencies). */
  readonly trainable: boolean;
  /** What it is where a checkpoint holds all but it: a layer without bias adds nothing. By default it must be there. */
  readonly absent?: 'zero';
  /** What to do where a checkpoint holds all but it, and it must be there: a sentence. */
  readonly advice?: string;
}

export type Initializer =
  | { readonly kind: 'uniform'; readonly bound: number }
  | { readonly kind: 'normal'; readonly deviation: number }
  | { readonly kind: 'constant'; readonly value: number };

/** Initialisers by kind, with the field that says how large. */
export const INITIALIZERS = { uniform: 'bound', normal: 'deviation', constant: 'value' } as const satisfies Readonly<
  Record<Initializer['kind'], string>
>;

export interface TrainingDefaults {
  readonly optimizer: OptimizerOptions;
  readonly learningRate: number;
  /** Multiplies the learning rate; `progress` is completed steps / all steps, in [0, 1). */
  schedule(progress: number): number;
  readonly steps: number;
  /** Pixels (`sampling: 'pixels'`) or frames per step; as many as the signal has, where that is less. */
  readonly batch: number;
  /** What is known of a training that is not the published one, said when a network is trained so: part of a sentence. */
  readonly remark?: string;
}

export interface CheckpointLayout {
  readonly name: string;
  /** Parameter name → name in the published state dict. */
  readonly names: Readonly<Record<string, string>>;
  /** Parameters whose matrix is stored with its axes swapped. */
  readonly transposed?: readonly string[];
  /**
   * Names, the likeliest first, of parameters that lie in the same place as the others or anywhere around it: codes of frames
   * beside a state dict.
   */
  readonly around?: Readonly<Record<string, readonly string[]>>;
  /** Names of tensors in the published state dict that state settings, which `infer` reads, and are no parameters. */
  readonly stated?: readonly string[];
}

interface HookBase {
  /** `layer1`, `block2`, `head`: used in file names and on the command line. */
  readonly id: string;
  /** For people: "Layer 1 · 208 Fourier features". */
  readonly label: string;
  /** What was read off the program: kind, activation and way to the picture, in words. */
  readonly reading?: string;
  /** Name of the activation this layer reads. */
  readonly input: string;
}

/**
 * A dense layer z = W x + b with inputs x [P, N]: neuron n contributes
 * c_n = act(x_n · Σ_o W[o,n] + (Σ_o b[o]) / N); method §2.
 */
export interface DenseHook extends HookBase {
  readonly kind: 'dense';
  readonly weight: string;
  readonly bias: string;
  /** Name of the activation that holds z [P, out]. */
  readonly preactivation: string;
  /** Applied to contributions; `null` for an output layer. */
  readonly activation: Activation | null;
  /** Names of the outputs where they are the signal's channels: per-output maps c_{n→o} can then be asked for. */
  readonly channels?: readonly string[];
}

/**
 * A convolution of C_in to C_out·s² channels, pixel shuffle by s, activation: each kernel (i → o) is a neuron with index
 * i · (C_out·s²) + o; method §3.
 */
export interface ConvHook extends HookBase {
  readonly kind: 'conv';
  readonly kernel: string;
  readonly bias: string;
  /** Name of the activation that holds the convolution's output before the shuffle, [B, C_out·s², h, w]. */
  readonly preactivation: string;
  readonly shuffle: number;
  readonly activation: Activation | null;
  /** What later blocks do to a contribution on its way to the picture. */
  readonly path: readonly Stage[];
  /** As for a dense layer; the channel of a kernel is its output o. */
  readonly channels?: readonly string[];
}

/** Any architecture that fits neither: the plugin computes maps itself. */
export interface CustomHook extends HookBase {
  readonly kind: 'custom';
  readonly neurons: number;
  /** Names of further activations that it reads. */
  readonly inputs?: readonly string[];
  /**
   * Values that a pixel has in these, where that is not the number of neurons: of a table with thousands of places, the few that
   * are looked up. How many pixels are computed at once depends on it.
   */
  readonly width?: number;
  /**
   * Signed contribution maps of `neurons` inside `region` of one frame, [n, height, width] into `out`, which holds NaN before:
   * every value has to be written. `activations` holds what `forward` gave for that frame, under the names that `input` and
   * `inputs` list: [1, …] for `sampling: 'frames'`; for `'pixels'`, [P, …] of the region's pixels, row by row.
   */
  trace(context: CustomTraceContext, neurons: Uint32Array, region: Region, out: Float32Array): void;
  /**
   * How far the contributions of all neurons are from adding up to what the layer computes (method §6). `activations` are
   * [1, …] for `sampling: 'frames'`, and [P, …] of some pixels of the picture for `'pixels'`. Without it the layer is left out
   * of completeness.
   */
  completeness?(context: CustomTraceContext): Completeness;
  /**
   * The parameters that change, by name, where these neurons are switched off; their shapes stay. Without it the layer is
   * left out of faithfulness.
   */
  switchOff?(parameters: Arrays, neurons: readonly number[]): Arrays;
}

export interface CustomTraceContext {
  readonly frame: number;
  readonly signal: SignalShape;
  readonly parameters: Arrays;
  readonly activations: Arrays;
}

/** A layer that was read off the forward pass (`deriveHooks`), and that kernels trace. */
export interface DerivedHook extends Omit<CustomHook, 'kind' | 'trace'> {
  readonly kind: 'derived';
  /** How many outputs a convolution has, whose neurons are kernels: neuron = input · outputs + output. */
  readonly outputs?: number;
  /**
   * Name of the activation that contributions add up to, which `completeness` is given beside the others. Of a convolution,
   * [B, outputs, h, w], `completeness` is not asked: the kernels' responses are compared with it.
   */
  readonly preactivation?: string;
  /**
   * The layer on one frame, for the kernels. `activations` are as for a custom layer.
   * @param region what they are of, where the network draws single pixels
   */
  source(context: CustomTraceContext, region: Region): KernelLayer;
}

/** Names of the activations that a layer's contributions are computed from. */
export function activationsRead(hook: LayerHook): readonly string[] {
  const more = hook.kind === 'custom' || hook.kind === 'derived' ? (hook.inputs ?? []) : [];
  return [...new Set([hook.input, ...more])];
}

export type LayerHook = DenseHook | ConvHook | DerivedHook | CustomHook;
export type { Activation, Region, Stage };
