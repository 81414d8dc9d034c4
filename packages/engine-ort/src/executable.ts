import type { Executable, Shapes } from '@xinc/core';
import { checkArrays, type Graph, type NamedNodes } from '@xinc/core/graph';
import { describeProgram, lower } from './program.js';
import type { Runtime } from './runtime/client.js';

/** The outputs as a session of its own. Inputs that they do not depend on are checked but not handed over. */
export async function compileExecutable(
  runtime: Runtime,
  graph: Graph,
  outputs: NamedNodes,
  inputs: Shapes,
  { what, keepMemory }: { readonly what: string; readonly keepMemory: boolean },
): Promise<Executable> {
  const model = lower(graph, outputs);
  const session = await runtime.createSession(model, describeProgram(what, inputs), keepMemory ? 'keep' : 'give-back');
  const fetches = Object.fromEntries(Object.entries(outputs).map(([name, { shape }]) => [name, { shape }]));
  return {
    async run(arrays) {
      checkArrays(arrays, inputs);
      return session.run(Object.fromEntries(model.inputs.map(({ name }) => [name, arrays[name]])), fetches);
    },
    dispose: () => session.release(),
  };
}
