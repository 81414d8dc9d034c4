import { sizeOf } from '@xinc/core';
import { countUses, type Graph, type GraphNode, type NamedNodes, type OperationNode, rewrite } from '@xinc/core/graph';

/**
 * Joins a bias to the product before it, as that operation's third input: ONNX has both as one operation, which saves a
 * pass over the result. The bias is [columns] of a matMul, [O] of a convolution.
 */
export function fuseBiases(graph: Graph, outputs: NamedNodes): NamedNodes {
  const uses = countUses(outputs);
  return rewrite(graph, outputs, (node, inputs) => {
    if (node.kind !== 'operation' || node.op !== 'add') return undefined;
    // A product that something else reads too has to be made as it is anyway.
    const product = node.inputs.findIndex((input) => isProduct(input) && uses.get(input) === 1);
    if (product < 0) return undefined;
    return withBias(graph, inputs[product] as OperationNode, inputs[1 - product], node);
  });
}

function isProduct(node: GraphNode): boolean {
  return (
    node.kind === 'operation' &&
    ((node.op === 'matMul' && node.shape.length === 2) || node.op === 'conv2d' || node.op === 'convTranspose2d')
  );
}

function withBias(graph: Graph, product: OperationNode, bias: GraphNode, sum: GraphNode): GraphNode | undefined {
  const channelAxis = 1;
  const channels = product.shape[channelAxis];
  const axisOfBias = channelAxis - product.shape.length + bias.shape.length;
  const varies = sizeOf(bias.shape) === channels && bias.shape[axisOfBias] === channels;
  if (!varies || bias.shape.length > product.shape.length) return undefined;
  const inputs = [...product.inputs, graph.ops.reshape(bias, [channels])];
  return graph.operation(product.op, inputs, product.attributes, sum.shape);
}
