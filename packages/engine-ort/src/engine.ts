import { counted, type Engine, type EngineOptions } from '@xinc/core';
import { type NamedNodes, traceProgram } from '@xinc/core/graph';
import { readOptions } from './devices.js';
import { compileExecutable } from './executable.js';
import { gradientsOf, outputNamed } from './program.js';
import { Runtime } from './runtime/client.js';
import { compileTrainer } from './trainer.js';

const beside = ({ oneDnn }: Runtime): string => ('version' in oneDnn ? `, with oneDNN ${oneDnn.version}` : '');

/** How to have steps computed by oneDNN where they are not. */
function advice({ oneDnn }: Runtime): { advice?: string } {
  if ('version' in oneDnn || oneDnn.why === undefined) return {};
  return { advice: `Training takes a half to nine tenths of the time with oneDNN. ${oneDnn.why}` };
}

/** @throws XincError `invalid-option` for a bad option, `unsupported` where the machine lacks the runtime or device. */
export async function createEngine(options: EngineOptions = {}): Promise<Engine> {
  const { device, threads } = readOptions(options);
  const runtime = await Runtime.start({ device, threads });
  return {
    name: 'ort',
    description: `ONNX Runtime ${runtime.version}, ${device}, ${counted(threads, 'thread')}${beside(runtime)}`,
    ...advice(runtime),

    async compile(program, inputs, { outputs: wanted, keepMemory = false } = {}) {
      const { graph, outputs } = traceProgram(program, inputs);
      const kept = wanted ? Object.fromEntries(wanted.map((name) => [name, outputNamed(outputs, name)])) : outputs;
      return compileExecutable(runtime, graph, kept, inputs, { what: 'the program', keepMemory });
    },

    async compileGradient(program, inputs, { loss, wrt }) {
      const traced = traceProgram(program, inputs);
      const gradients = gradientsOf(traced, loss, wrt);
      const outputs: NamedNodes = {
        ...traced.outputs,
        ...Object.fromEntries(wrt.map((name, i) => [`gradient:${name}`, gradients[i]])),
      };
      return compileExecutable(runtime, traced.graph, outputs, inputs, {
        what: 'the program with its gradient',
        keepMemory: false,
      });
    },

    compileTraining: (spec) => compileTrainer(runtime, spec),

    dispose: () => runtime.stop(),
  };
}
