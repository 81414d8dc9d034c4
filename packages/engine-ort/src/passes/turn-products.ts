import { type Graph, type NamedNodes, rewrite } from '@xinc/core/graph';

/** From how many rows on, as many times the result's longer side. */
const LONG = 8;

/**
 * Aᵀ·B of two long matrices [n, few] and [n, more] as (Bᵀ·A)ᵀ: ONNX Runtime lays the second one's values out anew, which half as many take
 * half of the time for, and turning the small result round is nothing. The gradient of a dense layer's weights is such a product.
 */
export function turnProducts(graph: Graph, outputs: NamedNodes): NamedNodes {
  const { ops } = graph;
  return rewrite(graph, outputs, (node, [a, b]) => {
    if (node.kind !== 'operation' || node.op !== 'matMul' || node.shape.length !== 2) return undefined;
    const { transposeA, transposeB } = node.attributes;
    const [rows, columns] = node.shape;
    const long = a.shape[0] >= LONG * columns;
    if (!transposeA || transposeB || rows >= columns || !long) return undefined;
    return ops.transpose(ops.matMul(b, a, { transposeA: true }), [1, 0]);
  });
}
