import {
  type CheckpointLayout,
  formatShape,
  isXincError,
  type NdArray,
  ndarray,
  type ParameterSpec,
  type Shape,
  sizeOf,
  XincError,
} from '@xinc/core';
import { printable } from '@xinc/core/formats';
import type { Checkpoint, CheckpointTensor } from '../checkpoint.js';
import {
  type Candidate,
  candidates,
  isComplete,
  type Match,
  matchCandidate,
  namings,
  takesPairs,
} from './candidate.js';
import { countMismatches, mismatchTable } from './mismatch-table.js';
import { tensorsByPlainName } from './names.js';

/** Candidates whose shapes are compared; each finds fewer names than the one before. */
const MOST_CANDIDATES = 50;

/** A whole network of a model in a checkpoint. */
export interface MatchedNetwork {
  /** The path of keys and attributes to its names, joined as they are in the file (`state_dict.model`); empty at the top. */
  readonly key: string;
  /** Parameter name → name of its tensor, without wrappers. */
  readonly names: ReadonlyMap<string, string>;
  /** Parameters that the file does not hold and that are zero then (see `ParameterSpec.absent`). */
  readonly absent: readonly string[];
  /**
   * Its weights as float32.
   * @throws XincError `numeric`, naming the tensor, if one is not finite; `unsupported` for dtypes that float32 cannot hold
   */
  parameters(): Record<string, NdArray>;
}

/**
 * Finds every network of a model in a checkpoint: all of its parameters under the model's own names or those of one of
 * `layouts`, below any prefix (`state_dict.`, `model.`, `frame0.`, …), wrappers (`module.`, `_orig_mod.`) removed. Shapes must
 * be equal but for axes of extent 1. The likeliest place comes first: known state dicts, then others, then averaged (EMA) weights.
 *
 * @returns one at least
 * @throws XincError `invalid-file` if parameters are missing, have another shape, are whole numbers where they are trained, or
 *   float tensors beside them are left over; `details` is a table of what was expected and found
 */
export function matchNetworks(
  checkpoint: Checkpoint,
  parameters: readonly ParameterSpec[],
  layouts: readonly CheckpointLayout[] = [],
): MatchedNetwork[] {
  requireTensors(checkpoint);
  const tensors = tensorsByPlainName(checkpoint);
  const ways = namings(
    parameters.map(({ name }) => name),
    layouts,
  );
  // With none of the names there, the table shows the model's own names as missing.
  const nothing: Candidate = { ...ways[0], prefix: '', found: 0 };
  const tried = [...candidates(tensors, ways).slice(0, MOST_CANDIDATES), nothing].map((candidate) =>
    matchCandidate(tensors, parameters, candidate),
  );
  // What another network takes is not left over.
  const taken = new Set(tried.filter(isComplete).flatMap(({ rows }) => rows.map(({ name }) => name)));
  const matches = tried.map(
    (match): Match => ({ ...match, leftOver: match.leftOver.filter((name) => !taken.has(name)) }),
  );
  const whole = matches.filter((match) => isComplete(match) && match.leftOver.length === 0);
  if (whole.length === 0) throw mismatch(checkpoint, tensors, matches.reduce(better));
  return distinct(whole).map((match) => matchedNetwork(checkpoint, match));
}

/**
 * The likeliest of {@link matchNetworks}, as float32.
 *
 * @throws XincError as `matchNetworks`, and as its `parameters`
 *
 * @example
 * const checkpoint = await readCheckpoint('nerv1001.pth')
 * const parameters = matchParameters(checkpoint, inr.parameters, inr.checkpoints ?? [])
 */
export function matchParameters(
  checkpoint: Checkpoint,
  parameters: readonly ParameterSpec[],
  layouts: readonly CheckpointLayout[] = [],
): Record<string, NdArray> {
  return matchNetworks(checkpoint, parameters, layouts)[0].parameters();
}

/** Matches that share no tensors' names with one before, which found as many. */
function distinct(matches: readonly Match[]): Match[] {
  const seen = new Set<string>();
  return matches.filter(({ rows, candidate: { around } }) => {
    const own = rows.filter(({ parameter }) => !around.has(parameter.name));
    const weights = own.find(({ tensor, parameter }) => tensor && !parameter.absent)?.name ?? own[0].name;
    if (seen.has(weights)) return false;
    seen.add(weights);
    return true;
  });
}

function matchedNetwork(checkpoint: Checkpoint, { candidate, rows }: Match): MatchedNetwork {
  return {
    key: candidate.prefix.slice(0, -1),
    names: new Map(rows.flatMap(({ parameter, name, tensor }) => (tensor ? [[parameter.name, name] as const] : []))),
    absent: rows.filter(({ tensor }) => !tensor).map(({ parameter }) => parameter.name),
    parameters: () =>
      Object.fromEntries(
        rows.map(({ parameter, name, tensor }) => [
          parameter.name,
          tensor
            ? ndarray(parameter.shape, valuesOf(checkpoint, name, tensor, parameter, candidate))
            : ndarray(parameter.shape, new Float32Array(sizeOf(parameter.shape))),
        ]),
      ),
  };
}

function valuesOf(
  checkpoint: Checkpoint,
  name: string,
  tensor: CheckpointTensor,
  parameter: ParameterSpec,
  candidate: Candidate,
): Float32Array {
  const read = takesPairs(tensor, parameter) ? { ...tensor, float32: () => tensor.pairs!() } : tensor;
  const values = finiteValues(checkpoint, name, read);
  return candidate.transposed.has(parameter.name) ? transposed(values, parameter.shape) : values;
}

const better = (a: Match, b: Match): Match => (badness(b) < badness(a) ? b : a);

/** Any missing parameter weighs more than all that are misshapen, and these more than leftovers. */
function badness({ rows, leftOver }: Match): number {
  const missing = rows.filter(({ problem }) => problem === 'missing').length;
  const misshapen = rows.filter(({ problem }) => problem === 'shape' || problem === 'dtype').length;
  return 2 * (missing * (rows.length + 1) + misshapen) + (leftOver.length > 0 ? 1 : 0);
}

/** A matrix of this shape, row-major, from its transpose. */
function transposed(values: Float32Array, [rows, columns]: Shape): Float32Array {
  return values.map((_, i) => values[(i % columns) * rows + Math.floor(i / columns)]);
}

function finiteValues({ source }: Checkpoint, name: string, tensor: CheckpointTensor): Float32Array {
  const values = converted(source, name, tensor);
  const at = values.findIndex((value) => !Number.isFinite(value));
  if (at < 0) return values;
  throw new XincError('numeric', `${source}: '${printable(name)}' holds ${values[at]} as its element ${at}`, {
    subject: printable(name),
    hint:
      tensor.dtype === 'float64'
        ? 'The training has diverged, or its float64 values are beyond what float32 holds; use an earlier checkpoint.'
        : 'The training that made it has probably diverged; use an earlier checkpoint.',
  });
}

/** The tensor's float32 values; where there are none, the error names the file and the tensor. */
function converted(source: string, name: string, tensor: CheckpointTensor): Float32Array {
  try {
    return tensor.float32();
  } catch (error) {
    if (!isXincError(error, 'unsupported')) throw error;
    const { shape, dtype } = tensor;
    throw new XincError(
      'unsupported',
      `${source}: '${printable(name)}' of shape ${formatShape(shape)} and dtype ${printable(dtype)} cannot be read`,
      { subject: printable(name), ...(error.hint !== undefined && { hint: error.hint }), cause: error },
    );
  }
}

/** @throws XincError `invalid-file` if the checkpoint holds none, saying what else it holds. */
export function requireTensors({ source, tensors, foreign, metadata }: Checkpoint): void {
  if (tensors.size > 0) return;
  const array = Object.values(metadata).find((value) => typeof value === 'string' && /^a NumPy array of /.test(value));
  throw new XincError('invalid-file', `${source} holds no tensors`, {
    subject: source,
    ...(foreign.length > 0 && {
      hint: `It holds what Python makes by calling ${foreign.join(', ')}, and nothing in a file is called here.`,
    }),
    ...(typeof array === 'string' && {
      hint: `It holds ${printable(array)}: save the numbers in it as arrays of their own, with numpy.savez.`,
    }),
  });
}

/** `undefined` where the table says all there is to say. */
function adviceOn({ rows, leftOver }: Match): string | undefined {
  const unfit = rows.filter(({ problem }) => problem);
  if (unfit.length === 0) {
    return 'Their values would change the picture: this is a network of another kind, or they are of something else and are to be saved apart.';
  }
  const [{ parameter, problem }] = unfit;
  if (unfit.length === 1 && problem === 'missing' && parameter.advice !== undefined) return parameter.advice;
  if (leftOver.length > 0 || !unfit.every(({ parameter, tensor }) => !parameter.trainable && !tensor)) return undefined;
  const names = unfit.map(({ parameter }) => `'${parameter.name}'`).join(', ');
  const [were, them, they] = unfit.length === 1 ? ['was', 'it', 'it'] : ['were', 'them', 'they'];
  return `${names} ${were} drawn at random and then kept: save ${them} with the weights (in PyTorch, register_buffer), for ${they} cannot be had without.`;
}

function mismatch({ source }: Checkpoint, tensors: ReadonlyMap<string, CheckpointTensor>, match: Match): XincError {
  const hint = adviceOn(match);
  return new XincError('invalid-file', `${source} does not fit the model: ${countMismatches(match)}`, {
    subject: source,
    ...(hint !== undefined && { hint }),
    details: mismatchTable(match, tensors),
  });
}
