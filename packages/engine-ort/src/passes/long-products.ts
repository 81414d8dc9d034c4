import { type Graph, type GraphNode, type NamedNodes, rewrite } from '@xinc/core/graph';

/** From how many rows on a matrix is long, as many times the result's longer side. */
const LONG = 8;
/** Into how many pieces a product is cut at most, and how many rows each has at least. */
const MOST_PIECES = 16;
const FEWEST_ROWS = 1024;

/**
 * Aᵀ·B of two long matrices [n, few] and [n, more], as the gradient of a dense layer's weights is, so that ONNX Runtime lays fewer
 * values out anew. It is computed as (Bᵀ·A)ᵀ, since it is the second matrix's values that it lays out; turning the small result round
 * is nothing. And it is the sum of the products of pieces of rows: of one product every thread lays out a whole matrix, of pieces its
 * own alone.
 */
export function arrangeLongProducts(graph: Graph, outputs: NamedNodes): NamedNodes {
  return rewrite(graph, outputs, (node, [a, b]) => {
    if (node.kind !== 'operation' || node.op !== 'matMul' || node.shape.length !== 2) return undefined;
    const { transposeA, transposeB } = node.attributes;
    const [rows, columns] = node.shape;
    if (!transposeA || transposeB || a.shape[0] < LONG * Math.max(rows, columns)) return undefined;
    return rows >= columns ? inPieces(graph, a, b) : graph.ops.transpose(inPieces(graph, b, a), [1, 0]);
  });
}

/** Aᵀ·B, of pieces of rows where there are enough. */
function inPieces({ ops }: Graph, a: GraphNode, b: GraphNode): GraphNode {
  const rows = a.shape[0];
  const fewest = Math.max(FEWEST_ROWS, LONG * Math.max(a.shape[1], b.shape[1]));
  let pieces = MOST_PIECES;
  while (pieces > 1 && (rows % pieces !== 0 || rows / pieces < fewest)) pieces /= 2;
  if (pieces === 1) return ops.matMul(a, b, { transposeA: true });
  const piecesOf = (matrix: GraphNode) => ops.reshape(matrix, [pieces, rows / pieces, matrix.shape[1]]);
  return ops.sum(ops.matMul(piecesOf(a), piecesOf(b), { transposeA: true }), { axes: [0] });
}
