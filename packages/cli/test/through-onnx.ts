import type { Engine } from '@xinc/core';
import { createNetwork, createTracer, type KernelPool, type Network, type Tracer } from '@xinc/core/trace';
import ort from '@xinc/engine-ort';
import onnx from '@xinc/model-onnx';
import { fedArrays, networkOnnx } from '@xinc/runs';
import { expect } from 'vitest';

/** A network as it comes back when it is exported as ONNX, with what it is fed, and that file is imported. */
export async function throughOnnx(network: Network, engine: Engine): Promise<Network> {
  const read = onnx.files!.read({
    name: 'network.onnx',
    bytes: await networkOnnx(network, ort.exportOnnx!, {}),
    beside: () => expect.fail('no other file is asked for'),
    arrays: fedArrays(network),
  });
  // The configuration goes through run.json.
  const config = onnx.config.parse(JSON.parse(JSON.stringify(read.config)));
  return createNetwork(onnx.build(config, network.inr.signal), read.weights, engine);
}

/** Which of a layer's maps are compared one by one; sums are of all. */
type Pick = (neurons: number) => readonly number[];

/** Expects every layer of one network in another, with the same pictures, maps and sums to the last bit. */
export async function expectSame(
  original: Tracer,
  other: Network,
  pool: KernelPool,
  picked: Pick = (neurons) => Array.from({ length: neurons }, (_, n) => n),
): Promise<void> {
  const tracer = createTracer(other, pool);
  const last = original.network.inr.signal.frames - 1;
  expectBits((await other.reconstruct(last)).rgb, (await original.network.reconstruct(last)).rgb, 'the picture');
  const request = { neuronTotals: true, pixelTotals: true } as const;
  const [wanted, found] = [await original.trace(last, request), await tracer.trace(last, request)];
  expect(original.layers.length).toBeGreaterThan(1);
  for (const { id, neurons } of original.layers) {
    expectBits(found[id].neuronTotals!.sum, wanted[id].neuronTotals!.sum, `${id}: sums per neuron`);
    expectBits(found[id].pixelTotals!, wanted[id].pixelTotals!, `${id}: sums per pixel`);
    const some = picked(neurons);
    const maps = await original.maps(id, last, some);
    expect(maps.some((value) => value !== 0)).toBe(true);
    expectBits(await tracer.maps(id, last, some), maps, `${id}: maps`);
  }
}

/** Compared as bytes: an array of a million numbers takes the test runner seconds. */
function expectBits(found: Float32Array | Float64Array, wanted: Float32Array | Float64Array, what: string): void {
  const bytes = ({ buffer, byteOffset, byteLength }: Float32Array | Float64Array) =>
    Buffer.from(buffer, byteOffset, byteLength);
  expect(bytes(found).equals(bytes(wanted)), what).toBe(true);
}
