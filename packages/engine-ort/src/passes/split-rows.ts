import type { Shape } from '@xinc/core';
import {
  type Graph,
  type GraphNode,
  hasUnitSteps,
  type NamedNodes,
  type OpAttributes,
  rewrite,
} from '@xinc/core/graph';

/**
 * Convolutions from many channels to few, by rows: a k×l kernel as k kernels of one row, laid side by side as output
 * channels, whose results are added up a row apart. ONNX Runtime convolves by a matrix product over copies of the image,
 * one per tap; by rows it makes k times fewer copies, and a product with k times as many rows, which it is better at.
 */
export function splitRows(graph: Graph, outputs: NamedNodes): NamedNodes {
  return rewrite(graph, outputs, (node, [x, kernel]) =>
    node.kind === 'operation' &&
    node.op === 'conv2d' &&
    hasUnitSteps(node.attributes) &&
    paysByRows(kernel.shape, node.shape)
      ? convolveByRows(graph, x, kernel, node.attributes, node.shape)
      : undefined,
  );
}

/** Where the rows are no more channels than what comes in, and the k − 1 rows that are made in vain are few. */
function paysByRows([o, c, k]: Shape, [, , height]: Shape): boolean {
  return k > 1 && o * k <= c && (k - 1) * 16 <= height;
}

function convolveByRows(
  { ops }: Graph,
  x: GraphNode,
  kernel: GraphNode,
  { padding }: OpAttributes['conv2d'],
  [n, o, height, width]: Shape,
): GraphNode {
  const [, c, k, l] = kernel.shape;
  const byRow = ops.reshape(ops.transpose(kernel, [2, 0, 1, 3]), [k * o, c, 1, l]);
  const rows = ops.conv2d(x, byRow, { padding });
  const parts = Array.from({ length: k }, (_, row) => ops.slice(rows, [0, row * o, row, 0], [n, o, height, width]));
  return parts.reduce((sum, part) => ops.add(sum, part));
}
