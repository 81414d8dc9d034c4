import { loadKernels } from '@xinc/kernels';
import type { Arrays, Engine, Executable, Program, Shapes } from '../engine.js';
import { XincError } from '../errors.js';
import { reachable, traceProgram } from '../graph/graph.js';
import type { GraphNode } from '../graph/nodes.js';
import type { NdArray } from '../ndarray.js';
import { compute } from './operations.js';

/**
 * Programs on plain arrays, in any JavaScript: products of matrices by a WebAssembly kernel, the rest in loops. It needs no runtime
 * of megabytes, so that a page can run networks with it. It trains nothing.
 */
export async function createArrayEngine(): Promise<Engine> {
  const kernels = await loadKernels();

  function compile(program: Program, inputs: Shapes, outputs: readonly string[] | undefined): Executable {
    const traced = Object.entries(traceProgram(program, inputs).outputs);
    const wanted = traced.filter(([name]) => outputs?.includes(name) ?? true);
    const nodes = reachable(wanted.map(([, node]) => node));
    const lastUse = lastUses(nodes);
    for (const [, node] of wanted) lastUse.delete(node);
    return {
      async run(given: Arrays) {
        const values = new Map<GraphNode, NdArray>();
        for (const node of nodes) {
          values.set(node, valueAt(node, values, given));
          if (node.kind !== 'operation') continue;
          // What nothing reads any more is let go: the values of a frame take hundreds of megabytes together.
          for (const input of node.inputs) if (lastUse.get(input) === node) values.delete(input);
        }
        return Object.fromEntries(wanted.map(([name, node]) => [name, values.get(node)!]));
      },
      dispose: async () => {},
    };
  }

  function valueAt(node: GraphNode, values: ReadonlyMap<GraphNode, NdArray>, given: Arrays): NdArray {
    if (node.kind === 'input') return given[node.name];
    if (node.kind === 'constant') return node.value;
    const operands = node.inputs.map((input) => values.get(input)!);
    return compute(node.op, operands, node.attributes as never, node.shape, kernels);
  }

  return {
    name: 'arrays',
    description: 'Plain arrays and a WebAssembly kernel for products, float32, 1 thread',
    compile: async (program, inputs, { outputs } = {}) => compile(program, inputs, outputs),
    compileGradient: refuse,
    compileTraining: refuse,
    dispose: async () => kernels.dispose(),
  };
}

/** The last operation that reads each node. */
function lastUses(nodes: readonly GraphNode[]): Map<GraphNode, GraphNode> {
  const last = new Map<GraphNode, GraphNode>();
  for (const node of nodes) {
    if (node.kind === 'operation') for (const input of node.inputs) last.set(input, node);
  }
  return last;
}

async function refuse(): Promise<never> {
  throw new XincError('unsupported', 'Plain arrays train nothing', { hint: 'Train with another engine.' });
}
