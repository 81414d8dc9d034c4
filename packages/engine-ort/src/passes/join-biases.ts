import { ndarray, type Shape, scalar, sizeOf } from '@xinc/core';
import {
  countUses,
  type Graph,
  type GraphNode,
  type InputNode,
  type NamedNodes,
  type OperationNode,
  reachable,
  rewrite,
} from '@xinc/core/graph';

/** x·Wᵀ + b: x [rows, in], W [out, in], b [out]. */
interface DenseLayer {
  readonly x: GraphNode;
  readonly weights: GraphNode;
  readonly bias: GraphNode;
}

/** From how many rows on. */
const MANY_ROWS = 1024;

/**
 * Dense layers' biases as a column of their weights: x·Wᵀ + b as [x 1]·[W b]ᵀ, where the column of ones costs nothing. That is where x
 * depends on no trained parameter, so that it is laid out once for a batch, and where it is the ReLU of such a layer, whose weights have
 * a row more then that makes the 1. ONNX Runtime writes a bias into all rows of a product before it computes it, and the bias's
 * gradient is a sum over all rows: both are a small part of the products now. To be done before the gradients are derived.
 */
export function joinBiases(graph: Graph, outputs: NamedNodes, isTrained: (input: InputNode) => boolean): NamedNodes {
  const { ops } = graph;
  const uses = countUses(outputs);
  const trained = trainedNodes(outputs, isTrained);
  const extended = new Map<GraphNode, GraphNode | undefined>();
  return rewrite(graph, outputs, (node) => {
    const layer = denseLayer(node);
    const x = layer && withOnes(layer.x);
    return x && product(x, joined(layer));
  });

  /** [x 1], where it costs nothing. */
  function withOnes(x: GraphNode): GraphNode | undefined {
    if (!extended.has(x)) extended.set(x, trained.has(x) ? reluWithOnes(x) : ops.concat([...parts(x), ones(x)], 1));
    return extended.get(x);
  }

  function reluWithOnes(x: GraphNode): GraphNode | undefined {
    if (x.kind !== 'operation' || x.op !== 'relu' || uses.get(x) !== 1 || uses.get(x.inputs[0]) !== 1) return undefined;
    const layer = denseLayer(x.inputs[0]);
    const before = layer && withOnes(layer.x);
    if (!before) return undefined;
    const width = before.shape[1];
    const last = graph.constant(
      ndarray(
        [1, width],
        Float32Array.from({ length: width }, (_, i) => +(i === width - 1)),
      ),
    );
    return ops.relu(product(before, ops.concat([joined(layer), last], 0)));
  }

  /** What is put beside each other anyway is not copied twice. */
  function parts(x: GraphNode): readonly GraphNode[] {
    return x.kind === 'operation' && x.op === 'concat' && x.attributes.axis === 1 ? x.inputs : [x];
  }

  function ones({ shape: [rows] }: GraphNode): GraphNode {
    return ops.broadcastTo(graph.constant(scalar(1)), [rows, 1]);
  }

  function joined({ weights, bias }: DenseLayer): GraphNode {
    return ops.concat([weights, ops.reshape(bias, [weights.shape[0], 1])], 1);
  }

  function product(x: GraphNode, weights: GraphNode): GraphNode {
    return ops.matMul(x, weights, { transposeB: true });
  }

  function denseLayer(node: GraphNode): DenseLayer | undefined {
    if (node.kind !== 'operation' || node.op !== 'add' || !isMatrix(node.shape)) return undefined;
    const at = node.inputs.findIndex(isProduct);
    if (at < 0) return undefined;
    const [bias, { inputs }] = [node.inputs[1 - at], node.inputs[at] as OperationNode];
    const columns = node.shape[1];
    if (sizeOf(bias.shape) !== columns || bias.shape.at(-1) !== columns || uses.get(node.inputs[at]) !== 1)
      return undefined;
    return { x: inputs[0], weights: inputs[1], bias };
  }
}

const isMatrix = (shape: Shape): boolean => shape.length === 2 && shape[0] >= MANY_ROWS;

function isProduct(node: GraphNode): boolean {
  return node.kind === 'operation' && node.op === 'matMul' && !node.attributes.transposeA && node.attributes.transposeB;
}

/** What depends on a trained parameter. */
function trainedNodes(outputs: NamedNodes, isTrained: (input: InputNode) => boolean): Set<GraphNode> {
  const trained = new Set<GraphNode>();
  for (const node of reachable(Object.values(outputs))) {
    if (
      node.kind === 'input' ? isTrained(node) : node.kind === 'operation' && node.inputs.some((one) => trained.has(one))
    )
      trained.add(node);
  }
  return trained;
}
