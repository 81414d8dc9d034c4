import { ndarray, type Shape, sameShape, scalar, sizeOf } from '@xinc/core';
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
import { dependentsOn } from './dependents.js';

/** x·Wᵀ + b: x [rows, in], W [out, in], b [out]. */
interface DenseLayer {
  readonly x: GraphNode;
  readonly weights: GraphNode;
  readonly bias: GraphNode;
}

/** From how many rows on, and as many times the width of what comes in: the weights are copied with their column at every step. */
const MANY_ROWS = 1024;
const LONG = 8;

/**
 * Dense layers' biases as a column of their weights: x·Wᵀ + b as [x 1]·[W b]ᵀ, where the column of ones is made without going over x at
 * every step. That is where x depends on no trained parameter, so that it is laid out once for a batch, and where it is the ReLU of such a
 * layer, whose weights have a row more then that makes the 1. ONNX Runtime writes a bias into all rows of a product before it computes it,
 * and the bias's gradient is a sum over all rows: both are a small part of the products now. To be done before the gradients are derived.
 * Measured on processors, not on graphics cards. In a row with an infinite value the 1 is NaN, and so is the loss.
 */
export function joinBiases(graph: Graph, outputs: NamedNodes, isTrained: (input: InputNode) => boolean): NamedNodes {
  const { ops } = graph;
  const uses = countUses(outputs);
  const trained = dependentsOn(reachable(Object.values(outputs)), isTrained);
  /** By their sums: x as it was, weights and bias as they are now. */
  const layers = new Map<GraphNode, DenseLayer>();
  const extended = new Map<GraphNode, GraphNode | undefined>();
  return rewrite(graph, outputs, (node, inputs) => {
    const layer = denseLayer(node, inputs);
    if (!layer) return undefined;
    layers.set(node, layer);
    const x = withOnes(layer.x);
    return x && product(x, joined(layer));
  });

  /** [x 1], where it takes no pass over x at every step. */
  function withOnes(x: GraphNode): GraphNode | undefined {
    if (!extended.has(x)) extended.set(x, trained.has(x) ? reluWithOnes(x) : ops.concat([...parts(x), ones(x)], 1));
    return extended.get(x);
  }

  function reluWithOnes(x: GraphNode): GraphNode | undefined {
    if (x.kind !== 'operation' || x.op !== 'relu' || uses.get(x) !== 1 || uses.get(x.inputs[0]) !== 1) return undefined;
    const layer = layers.get(x.inputs[0]);
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

  /** @param inputs of the node as they are now */
  function denseLayer(node: GraphNode, inputs: readonly GraphNode[]): DenseLayer | undefined {
    if (node.kind !== 'operation' || node.op !== 'add' || !trained.has(node)) return undefined;
    const at = node.inputs.findIndex(isProduct);
    if (at < 0) return undefined;
    const [before, now] = [node.inputs[at] as OperationNode, inputs[at] as OperationNode];
    const [bias, [x]] = [inputs[1 - at], before.inputs];
    const columns = before.shape[1];
    const isBias = sizeOf(bias.shape) === columns && bias.shape.at(-1) === columns;
    if (!isBias || !sameShape(before.shape, node.shape) || uses.get(before) !== 1 || !isLong(x.shape)) return undefined;
    return { x, weights: now.inputs[1], bias };
  }
}

const isLong = ([rows, width]: Shape): boolean => rows >= Math.max(MANY_ROWS, LONG * width);

function isProduct(node: GraphNode): boolean {
  return (
    node.kind === 'operation' &&
    node.op === 'matMul' &&
    node.shape.length === 2 &&
    !node.attributes.transposeA &&
    node.attributes.transposeB
  );
}
