import { type Graph, type NamedNodes, reachable, rewrite, twiceNormalDistribution } from '@xinc/core/graph';

/**
 * GELU by its definition, x·½·(1 + erf(x/√2)), where its gradient needs 1 + erf(x/√2) anyway: the error function is then
 * evaluated once and not twice.
 */
export function shareGelu(graph: Graph, outputs: NamedNodes): NamedNodes {
  const present = new Set(reachable(Object.values(outputs)));
  return rewrite(graph, outputs, (node, [x]) => {
    if (node.kind !== 'operation' || node.op !== 'gelu') return undefined;
    const [original] = node.inputs;
    if (!present.has(twiceNormalDistribution(graph.ops, original))) return undefined;
    const w = graph.ops.mul(x, Math.SQRT1_2);
    return graph.ops.mul(graph.ops.mul(w, twiceNormalDistribution(graph.ops, x)), Math.SQRT1_2);
  });
}
