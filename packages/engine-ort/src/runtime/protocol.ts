import type { NdArray, Shape } from '@xinc/core';
import type { RuntimeOptions } from '../devices.js';
import type { StepGraph } from '../onednn/step-graph.js';

/** Given to the runtime's thread when it starts. */
export interface ThreadOptions extends RuntimeOptions {
  /** A model with an input `x` and an output, [4] each: whether the device computes it is tried first. */
  readonly trial: Uint8Array;
  /** Which library computes training steps. */
  readonly steps: StepLibrary;
}

/** oneDNN where it is (`if-present`) or out of a file, or ONNX Runtime alone. */
export type StepLibrary = 'if-present' | 'none' | { readonly file: string };

/** The version of oneDNN that computes training steps, or why there is none, if it was looked for. */
export type OneDnnFound = { readonly version: string } | { readonly why?: string };

/** A tensor that stays in the runtime's thread, by number. */
export type TensorId = number;
export type SessionId = number;

/** A tensor to make there: with these values, or with memory only. */
interface StoredTensor {
  readonly id: TensorId;
  readonly shape: Shape;
  readonly data?: Float32Array;
}

/** Where an output goes: into a stored tensor of its shape, or back to the caller. */
export type Destination = { readonly tensor: TensorId } | { readonly shape: Shape };

/**
 * What a session does with the memory of its intermediate values between runs: a training step that runs again and again
 * is a third faster for keeping it, and so are evaluations that follow one another; one that runs now and then should give it back.
 */
export type MemoryUse = 'keep' | 'give-back';

/** What can be asked of the runtime's thread: argument and result by name. It does one thing after the other. */
export interface Calls {
  /** Loads ONNX Runtime, tries the device and looks for oneDNN. */
  start: { argument: null; result: { readonly version: string; readonly oneDnn: OneDnnFound } };
  compile: {
    argument: { readonly session: SessionId; readonly model: Uint8Array; readonly memory: MemoryUse };
    result: null;
  };
  /** A session of oneDNN's; the result says what it does not have for it, and there is none then. */
  plan: {
    argument: { readonly session: SessionId; readonly graph: StepGraph };
    result: { readonly missing: string | null };
  };
  store: { argument: { readonly tensors: readonly StoredTensor[] }; result: null };
  run: {
    argument: {
      readonly session: SessionId;
      /** Inputs: a stored tensor, or values for this run only. */
      readonly feeds: Readonly<Record<string, TensorId | NdArray>>;
      readonly fetches: Readonly<Record<string, Destination>>;
    };
    /** The outputs whose destination is the caller. */
    result: Record<string, NdArray>;
  };
  /** Orthonormal bases (`OrthonormalBasis`) of stored matrices, each into a stored tensor, which stays as it is where the matrix has none. */
  orthonormalize: {
    argument: { readonly bases: readonly { readonly of: TensorId; readonly into: TensorId }[] };
    result: null;
  };
  read: { argument: { readonly tensors: readonly TensorId[] }; result: NdArray[] };
  drop: { argument: { readonly tensors: readonly TensorId[] }; result: null };
  release: { argument: { readonly session: SessionId }; result: null };
  stop: { argument: null; result: null };
}

export type CallName = keyof Calls;

export interface Request<K extends CallName = CallName> {
  readonly id: number;
  readonly name: K;
  readonly argument: Calls[K]['argument'];
}

/** `failure` says where in the thread a call failed: on loading the runtime, trying the device, opening oneDNN's file, or in the call itself. */
export type Reply =
  | { readonly id: number; readonly result: Calls[CallName]['result'] }
  | { readonly id: number; readonly failure: 'load' | 'device' | 'onednn' | 'call'; readonly message: string };
