import { type EnginePlugin, type Inr, shapesOf } from '@xinc/core';
import { activationsRead, evaluationProgram, type Network, OUTPUT } from '@xinc/core/trace';
import { frameInputs } from './run-arrays.js';

/**
 * A network as an ONNX model of one whole frame, with its weights inside: the picture before clamping is `output`, and the
 * activations of its layers are outputs as well.
 * @param exportOnnx of an engine that writes ONNX
 */
export async function networkOnnx(
  network: Pick<Network, 'inr' | 'parameters'>,
  exportOnnx: NonNullable<EnginePlugin['exportOnnx']>,
  metadata: Readonly<Record<string, string>>,
): Promise<Uint8Array> {
  return exportOnnx({
    program: evaluationProgram(network.inr),
    inputs: shapesOf(frameInputs(network, 0)),
    constants: network.parameters,
    outputs: [OUTPUT, ...activationNames(network.inr)],
    metadata,
  });
}

function activationNames({ layers }: Inr): string[] {
  const named = layers.flatMap((hook) => [
    ...activationsRead(hook),
    ...(hook.kind !== 'custom' && hook.preactivation !== undefined ? [hook.preactivation] : []),
  ]);
  return [...new Set(named)];
}
