import { formatShape, type Inr, type Shape, type SignalShape, XincError } from '@xinc/core';
import { createOps } from '@xinc/core/graph';
import type { StoredNetwork } from './config.js';
import { runGraph } from './run-graph.js';

/**
 * Whether a network draws pixels ([P, 3] or [1, P, 3]) or frames ([B, 3, H, W]), told from the shapes alone.
 * @throws XincError `invalid-option` for an output that is no picture of the signal's size
 */
export function samplingOf({ graph, weights, arrays }: StoredNetwork, signal: SignalShape): Inr['sampling'] {
  const ops = createOps<Shape>({
    constant: ({ shape }) => shape,
    shapeOf: (shape) => shape,
    apply: (_op, _inputs, _attributes, shape) => shape,
  });
  const fed = graph.inputs.map(({ name, shape }) => {
    const given = arrays[name];
    const declared = shape.map((extent) => extent ?? 1);
    return [name, given && declared.length === given.length ? [declared[0], ...given.slice(1)] : declared] as const;
  });
  const output = runGraph(graph, ops, { ...weights, ...Object.fromEntries(fed) });
  const rows = output.length === 3 && output[0] === 1 ? output.slice(1) : output;
  if (rows.length === 2 && rows[1] === 3) return 'pixels';
  const { height, width } = signal;
  if (output.length === 4 && output[1] === 3) {
    if (output[2] === height && output[3] === width) return 'frames';
    throw new XincError(
      'invalid-option',
      `The network draws ${output[2]}×${output[3]} pixels, and the signal has ${height}×${width}`,
      { subject: 'size', hint: `Give the signal that size: \`size: ${output[2]}x${output[3]}\`.` },
    );
  }
  throw new XincError('unsupported', `The network's output '${graph.output}' is ${formatShape(output)}, no picture`, {
    subject: graph.output,
    hint: 'A network of pixels gives [P, 3], one of frames [B, 3, H, W].',
  });
}
