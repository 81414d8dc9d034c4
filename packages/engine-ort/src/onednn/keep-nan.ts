import { type Graph, type GraphNode, type OpName, reachable } from '@xinc/core/graph';

/** Operations by which oneDNN makes a number of NaN, for which its maxima and comparisons have a side. */
const LOSING: ReadonlySet<OpName> = new Set(['relu', 'exp', 'maximum', 'minimum', 'greater', 'greaterEqual', 'equal']);

/**
 * The loss, as NaN where a parameter is not finite any more and an operation before it could make a number of that. What is not finite
 * elsewhere, by an overflow, makes a gradient so and with it a parameter: the loss of the next step says so.
 */
export function keepNaN({ ops }: Graph, loss: GraphNode, parameters: readonly GraphNode[]): GraphNode {
  const losing = reachable([loss]).some((node) => node.kind === 'operation' && LOSING.has(node.op));
  if (!losing || parameters.length === 0) return loss;
  const sums = parameters.map((parameter) => ops.sum(parameter));
  return ops.add(
    loss,
    sums.map((sum) => ops.mul(sum, 0)).reduce((all, sum) => ops.add(all, sum)),
  );
}
