import { XincError } from '@xinc/core';
import type { Attribute, OnnxNode } from './graph.js';
import { TRANSPOSED } from './rules/products.js';

/** ONNX Runtime's own operators, which its optimiser joins others to at the level "extended". */
const MICROSOFT = 'com.microsoft';

/** Nodes of the standard for one of ONNX Runtime's own, and the numbers that they need. */
interface Written {
  readonly nodes: readonly OnnxNode[];
  readonly numbers?: Readonly<Record<string, number>>;
}

type Attributes = Readonly<Record<string, Attribute>>;

/** By the operator of ONNX Runtime. */
export const RUNTIME_RULES: Readonly<Record<string, (node: OnnxNode) => Written>> = {
  Gelu: (node) => ({ nodes: [{ ...node, op: 'Gelu' }] }),
  FastGelu: (node) => withBias(node, { op: 'Gelu', attributes: { approximate: 'tanh' } }),
  BiasGelu: (node) => withBias(node, { op: 'Gelu', attributes: {} }),
  QuickGelu: (node) => ({ nodes: [{ ...node, op: 'Swish', attributes: { alpha: node.attributes.alpha ?? 1.702 } }] }),
  FusedConv(node) {
    const [x, kernel, bias = '', sum = ''] = node.inputs;
    const names = stages(node, [true, sum !== '', node.attributes.activation !== undefined]);
    const { activation, activation_params: parameters, ...attributes } = node.attributes;
    const [alpha, beta] = Array.isArray(parameters) ? parameters : [];
    const nodes: OnnxNode[] = [{ ...node, op: 'Conv', inputs: [x, kernel, bias], outputs: [names[0]], attributes }];
    if (sum !== '') nodes.push({ ...node, op: 'Add', inputs: [names[0], sum], outputs: [names[1]], attributes: {} });
    return { nodes: [...nodes, ...activated(node, activation, { alpha, beta }, names[1])] };
  },
  FusedGemm(node) {
    const { activation, activation_alpha: alpha, activation_beta: beta, ...attributes } = node.attributes;
    const names = stages(node, [true, activation !== undefined]);
    return {
      nodes: [
        { ...node, op: 'Gemm', outputs: [names[0]], attributes },
        ...activated(node, activation, { alpha, beta }, names[0]),
      ],
    };
  },
  FusedMatMul(node) {
    const { alpha = 1, transA = 0, transB = 0, transBatchA = 0, transBatchB = 0 } = node.attributes;
    if (transA !== 0 || transBatchA !== 0 || transBatchB !== 0) throw unread(node, 'it turns its operands around');
    const [product, result] = stages(node, [true, alpha !== 1]);
    const attributes: Attributes = transB === 0 ? {} : { [TRANSPOSED]: 1 };
    const scale = `${result} scale`;
    const matMul = { ...node, op: 'MatMul', outputs: [product], attributes };
    if (alpha === 1) return { nodes: [matMul] };
    const times = { ...node, op: 'Mul', inputs: [product, scale], outputs: [result], attributes: {} };
    return { nodes: [matMul, times], numbers: { [scale]: Number(alpha) } };
  },
};

/** Names of what each stage gives that there is: the last one's is the node's own. */
function stages({ outputs: [result] }: OnnxNode, there: readonly boolean[]): string[] {
  const last = there.lastIndexOf(true);
  return there.map((_, i) => {
    const before = there.findLastIndex((is, j) => is && j <= i);
    return before === last ? result : `${result} before ${before + 1}`;
  });
}

/** x + bias, where there is one, then the function. */
function withBias(node: OnnxNode, f: Pick<OnnxNode, 'op' | 'attributes'>): Written {
  const [x, bias = ''] = node.inputs;
  if (bias === '') return { nodes: [{ ...node, ...f, inputs: [x] }] };
  const [sum] = stages(node, [true, true]);
  return {
    nodes: [
      { ...node, op: 'Add', outputs: [sum], attributes: {} },
      { ...node, ...f, inputs: [sum] },
    ],
  };
}

const FUNCTIONS: readonly unknown[] = ['Relu', 'Tanh', 'Sigmoid', 'LeakyRelu', 'HardSigmoid', 'Clip'];

/** The function that a node ends in, if it does. */
function activated(
  node: OnnxNode,
  name: Attribute | undefined,
  { alpha, beta }: { readonly alpha?: Attribute; readonly beta?: Attribute },
  x: string,
): OnnxNode[] {
  if (name === undefined) return [];
  if (!FUNCTIONS.includes(name)) throw unread(node, `it ends in '${name}'`);
  const [first, second] = name === 'Clip' ? (['min', 'max'] as const) : (['alpha', 'beta'] as const);
  const attributes: Attributes = {
    ...(alpha !== undefined && { [first]: alpha }),
    ...(beta !== undefined && { [second]: beta }),
  };
  return [{ ...node, op: String(name), inputs: [x], outputs: [node.outputs[0]], attributes }];
}

function unread({ name, op }: OnnxNode, why: string): XincError {
  return new XincError('unsupported', `The node '${name}' (${op}) of ONNX Runtime cannot be read: ${why}`, {
    subject: name,
    hint: BASIC,
  });
}

const BASIC = "Save the optimised model at the level 'basic' (ORT_ENABLE_BASIC), or take the file that it was made of.";

/**
 * A node of a domain of its own in nodes of the standard.
 * @throws XincError `unsupported` for domains and operators that are not read
 */
export function standardNodes(node: OnnxNode, domain: string): Written {
  if (domain === '' || domain === 'ai.onnx') return { nodes: [node] };
  const rule = domain === MICROSOFT ? RUNTIME_RULES[node.op] : undefined;
  if (rule) return rule(node);
  const runtime = domain === MICROSOFT || domain.startsWith(`${MICROSOFT}.`);
  throw new XincError('unsupported', `The node '${node.name}' is '${node.op}' of the domain '${domain}'`, {
    subject: node.name,
    hint: runtime ? BASIC : "Only operators of the ONNX standard are read, and some of ONNX Runtime's own.",
  });
}
