import { type Graph, type NamedNodes, reachable, rewrite } from '@xinc/core/graph';

/**
 * GELU by its definition, x·½·(1 + erf(x/√2)), where its gradient needs erf(x/√2) anyway: the error function is then evaluated
 * once and not twice.
 */
export function shareGelu(graph: Graph, outputs: NamedNodes): NamedNodes {
  const { ops } = graph;
  const present = new Set(reachable(Object.values(outputs)));
  return rewrite(graph, outputs, (node, [x]) => {
    if (node.kind !== 'operation' || node.op !== 'gelu') return undefined;
    const [original] = node.inputs;
    if (!present.has(ops.erf(ops.mul(original, Math.SQRT1_2)))) return undefined;
    const w = ops.mul(x, Math.SQRT1_2);
    return ops.mul(ops.mul(w, ops.add(ops.erf(w), 1)), Math.SQRT1_2);
  });
}
