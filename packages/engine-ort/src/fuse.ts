import { sizeOf } from '@xinc/core';
import { countUses, type Graph, type GraphNode, type NamedNodes, type OperationNode, rewrite } from './graph.js';

/**
 * Joins a bias to the product before it: matMul + add → `matMulBias`, conv2d + add → `conv2dBias`, which ONNX has as one
 * operation each and which save a pass over the result.
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
  return node.kind === 'operation' && ((node.op === 'matMul' && node.shape.length === 2) || node.op === 'conv2d');
}

function withBias(graph: Graph, product: OperationNode, bias: GraphNode, sum: GraphNode): GraphNode | undefined {
  const channelAxis = 1;
  const channels = product.shape[channelAxis];
  const axisOfBias = channelAxis - product.shape.length + bias.shape.length;
  const varies = sizeOf(bias.shape) === channels && bias.shape[axisOfBias] === channels;
  if (!varies || bias.shape.length > product.shape.length) return undefined;
  const inputs = [...product.inputs, graph.ops.reshape(bias, [channels])];
  if (product.op === 'matMul') return graph.operation('matMulBias', inputs, product.attributes, sum.shape);
  if (product.op === 'conv2d') return graph.operation('conv2dBias', inputs, product.attributes, sum.shape);
  return undefined;
}
