import {
  type CheckpointLayout,
  formatShape,
  isXincError,
  type NdArray,
  ndarray,
  type ParameterSpec,
  type Shape,
  XincError,
} from '@xinc/core';
import type { Checkpoint, CheckpointTensor } from '../checkpoint.js';
import { printable } from '../printable.js';
import { type Candidate, candidates, type Match, matchCandidate, namings } from './candidate.js';
import { countMismatches, mismatchTable } from './mismatch-table.js';
import { tensorsByPlainName } from './names.js';

/** Candidates whose shapes are compared; each finds fewer names than the one before. */
const MOST_CANDIDATES = 50;

/**
 * Finds every parameter of a model in a checkpoint: under the model's own names or those of one of `layouts`, below any
 * prefix (`state_dict.`, `model.`, `net.`, …), wrappers (`module.`, `_orig_mod.`) removed. Of several places where all
 * fit, a state dict comes before averaged (EMA) weights. Shapes must be equal but for axes of extent 1; weights of any
 * dtype become float32.
 *
 * @throws XincError `invalid-file` if some are missing, have another shape, are whole numbers where they are trained, or
 *   float tensors beside them are left over; `details` is a table of what was expected and found. `numeric`, naming the
 *   tensor, if a weight is not finite. `unsupported` for weights of a dtype that float32 cannot hold.
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
  const best = tried.reduce((a, b) => (badness(b) < badness(a) ? b : a));
  if (badness(best) > 0) throw mismatch(checkpoint, tensors, best);
  return Object.fromEntries(
    best.rows.map(({ parameter, name, tensor }) => [
      parameter.name,
      ndarray(
        parameter.shape,
        best.candidate.transposed.has(parameter.name)
          ? transposed(finiteValues(checkpoint, name, tensor!), parameter.shape)
          : finiteValues(checkpoint, name, tensor!),
      ),
    ]),
  );
}

/** Zero for a match. Any missing parameter weighs more than all that are misshapen, and these more than leftovers. */
function badness({ rows, leftOver }: Match): number {
  const missing = rows.filter(({ tensor }) => !tensor).length;
  const misshapen = rows.filter(({ problem }) => problem).length;
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
export function requireTensors({ source, tensors, foreign }: Checkpoint): void {
  if (tensors.size > 0) return;
  throw new XincError('invalid-file', `${source} holds no tensors`, {
    subject: source,
    ...(foreign.length > 0 && {
      hint: `It holds what Python makes by calling ${foreign.join(', ')}, and nothing in a file is called here.`,
    }),
  });
}

function adviceOn({ rows, leftOver }: Match): string {
  const unfit = rows.filter(({ tensor, problem }) => !tensor || problem);
  if (leftOver.length === 0 && unfit.every(({ parameter, tensor }) => !parameter.trainable && !tensor)) {
    const names = unfit.map(({ parameter }) => `'${parameter.name}'`).join(', ');
    const [were, them, they] = unfit.length === 1 ? ['was', 'it', 'it'] : ['were', 'them', 'they'];
    return `${names} ${were} drawn at random and then kept: save ${them} with the weights (in PyTorch, register_buffer), for ${they} cannot be had without.`;
  }
  return 'Choose the model and the configuration it was trained with.';
}

function mismatch({ source }: Checkpoint, tensors: ReadonlyMap<string, CheckpointTensor>, match: Match): XincError {
  return new XincError('invalid-file', `${source} does not fit the model: ${countMismatches(match)}`, {
    subject: source,
    hint: adviceOn(match),
    details: mismatchTable(match, tensors),
  });
}
