import { type Graph, type GraphNode, type NamedNodes, rewrite } from '@xinc/core/graph';

/** How many times the multiplications of a product are saved at least where it is computed in another order. */
const LEAST_GAIN = 2;

/** A matrix, or its transpose. */
interface Matrix {
  readonly node: GraphNode;
  readonly isTransposed: boolean;
}

/**
 * Products of three matrices in the order that takes the fewest multiplications: (P·R)·B as P·(R·B) where R has few rows. The gradient of a dense
 * layer's weights [out, in] is such a product where the batch is small, and SOAP multiplies it by bases and by itself.
 */
export function associateProducts(graph: Graph, outputs: NamedNodes): NamedNodes {
  return rewrite(graph, outputs, (node, [a, b, ...more]) => {
    if (node.kind !== 'operation' || node.op !== 'matMul' || node.shape.length !== 2 || more.length > 0)
      return undefined;
    const { transposeA, transposeB } = node.attributes;
    return multiply(graph, { node: a, isTransposed: transposeA }, { node: b, isTransposed: transposeB });
  });
}

function multiply(graph: Graph, a: Matrix, b: Matrix): GraphNode {
  const ways: { readonly cost: number; make(): GraphNode }[] = [];
  const [left, right] = [factorsOf(a), factorsOf(b)];
  if (left) {
    const [first, second] = left;
    const cost = multiplications(second, b) + rowsOf(first) * columnsOf(first) * columnsOf(b);
    ways.push({ cost, make: () => multiply(graph, first, asItIs(multiply(graph, second, b))) });
  }
  if (right) {
    const [first, second] = right;
    const cost = multiplications(a, first) + rowsOf(a) * rowsOf(second) * columnsOf(second);
    ways.push({ cost, make: () => multiply(graph, asItIs(multiply(graph, a, first)), second) });
  }
  const most = multiplications(a, b) / LEAST_GAIN;
  const [best] = ways.filter(({ cost }) => cost <= most).sort((one, other) => one.cost - other.cost);
  if (best) return best.make();
  return graph.ops.matMul(a.node, b.node, { transposeA: a.isTransposed, transposeB: b.isTransposed });
}

/** The two matrices that a matrix is the product of. */
function factorsOf({ node, isTransposed }: Matrix): readonly [Matrix, Matrix] | undefined {
  if (node.kind !== 'operation' || node.op !== 'matMul' || node.inputs.length !== 2) return undefined;
  const [a, b] = node.inputs;
  const { transposeA, transposeB } = node.attributes;
  return isTransposed
    ? [
        { node: b, isTransposed: !transposeB },
        { node: a, isTransposed: !transposeA },
      ]
    : [
        { node: a, isTransposed: transposeA },
        { node: b, isTransposed: transposeB },
      ];
}

const asItIs = (node: GraphNode): Matrix => ({ node, isTransposed: false });

const rowsOf = ({ node, isTransposed }: Matrix): number => node.shape[isTransposed ? 1 : 0];
const columnsOf = ({ node, isTransposed }: Matrix): number => node.shape[isTransposed ? 0 : 1];
const multiplications = (a: Matrix, b: Matrix): number => rowsOf(a) * columnsOf(a) * columnsOf(b);
