import type { Engine, EnginePlugin, Executable, Program } from '../engine.js';
import { XincError } from '../errors.js';
import { differentiate } from '../graph/differentiate.js';
import { reachable, traceProgram } from '../graph/graph.js';
import type { GraphNode, NamedNodes } from '../graph/nodes.js';
import { type NdArray, ndarray } from '../ndarray.js';
import { applyReference, lift, type Reference, runReference } from './reference-ops.js';

/** The operations by their definitions, in float64: slow, in need of no runtime, for small programs. It trains nothing. */
export const definitionsEngine: Engine = {
  name: 'definitions',
  description: 'The operations by their definitions, in float64',
  compile: async (program, _, { outputs } = {}) =>
    executable((inputs) => {
      const results = Object.entries(runReference(program, inputs));
      return Object.fromEntries(results.filter(([name]) => outputs?.includes(name) ?? true));
    }),
  async compileGradient(program: Program, inputs, { loss, wrt }) {
    const traced = traceProgram(program, inputs);
    const gradients = differentiate(
      traced.graph,
      traced.outputs[loss],
      wrt.map((name) => traced.inputs[name]),
    );
    const named = wrt.map((name, i) => [`gradient:${name}`, gradients[i]]);
    const nodes: NamedNodes = { ...traced.outputs, ...Object.fromEntries(named) };
    return executable((given) => evaluateNodes(nodes, given));
  },
  compileTraining: async () => {
    throw new XincError('unsupported', 'The definitions of the operations train nothing');
  },
  dispose: async () => {},
};

/** The same as a plugin. */
export const definitions: EnginePlugin = {
  kind: 'engine',
  name: 'definitions',
  title: 'Definitions of the operations',
  devices: ['cpu'],
  create: async () => definitionsEngine,
};

function executable(evaluate: (inputs: Readonly<Record<string, NdArray>>) => Record<string, Reference>): Executable {
  return {
    run: async (inputs) =>
      Object.fromEntries(
        Object.entries(evaluate(inputs)).map(([name, { shape, data }]) => [
          name,
          ndarray(shape, Float32Array.from(data)),
        ]),
      ),
    dispose: async () => {},
  };
}

function evaluateNodes(nodes: NamedNodes, inputs: Readonly<Record<string, NdArray>>): Record<string, Reference> {
  const values = new Map<GraphNode, Reference>();
  for (const node of reachable(Object.values(nodes))) {
    if (node.kind === 'input') values.set(node, lift(inputs[node.name]));
    else if (node.kind === 'constant') values.set(node, lift(node.value));
    else {
      const operands = node.inputs.map((input) => values.get(input)!);
      values.set(node, applyReference(node.op, operands, node.attributes as never, node.shape));
    }
  }
  return Object.fromEntries(Object.entries(nodes).map(([name, node]) => [name, values.get(node)!]));
}
