import type { Inr, NdArray } from '@xinc/core';
import { initializeParameters } from '@xinc/core/trace';
import ort from '@xinc/engine-ort';
import ffn from '@xinc/model-ffn';
import nerv from '@xinc/model-nerv';
import { InferenceSession, Tensor } from 'onnxruntime-web';
import { describe, expect, it } from 'vitest';
import { splitGraph } from '../../viewer-page/src/network/split-graph.js';
import { exportGraph } from '../src/run/network-graph.js';

type Values = Readonly<Record<string, NdArray>>;

async function evaluate(graph: Uint8Array, values: Values): Promise<Values> {
  const session = await InferenceSession.create(graph, { executionProviders: ['wasm'] });
  const feeds = session.inputNames.map((name) => [
    name,
    new Tensor('float32', values[name].data, values[name].shape as number[]),
  ]);
  const outputs = await session.run(Object.fromEntries(feeds));
  return Object.fromEntries(
    Object.entries(outputs).map(([name, { dims, data }]) => [name, { shape: dims, data: data as Float32Array }]),
  );
}

async function networkOf(inr: Inr) {
  const graph = await exportGraph(inr, ort.exportOnnx!);
  const pixels = inr.signal.height * inr.signal.width;
  const inputs =
    inr.sampling === 'frames'
      ? inr.inputs([0])
      : inr.inputs(
          [0],
          Uint32Array.from({ length: pixels }, (_, p) => p),
        );
  return { graph, values: { ...initializeParameters(inr.parameters, 3), ...inputs } as Values };
}

const image = { kind: 'image', frames: 1, height: 6, width: 8 } as const;
const video = { kind: 'video', frames: 3, height: 128, width: 256 } as const;

describe('a network cut in two', () => {
  it.each([
    ['FFN', () => ffn.build(ffn.config.parse({}), image), 'layer1.weight', 'layer3.weight'],
    ['NeRV', () => nerv.build(nerv.config.parse({ parameters: 60_000 }), video), 'block2.weight', 'head.weight'],
  ] as const)('%s: both parts together compute what the whole does', async (_, build, early, late) => {
    const { graph, values } = await networkOf(build());
    const whole = await evaluate(graph, values);
    for (const weight of [early, late]) {
      const split = splitGraph(graph, [weight])!;
      expect(split.beforeInputs).not.toContain(weight);
      const passed = await evaluate(split.before, values);
      expect(Object.keys(passed).sort()).toEqual([...split.passed].sort());
      const after = await evaluate(split.after, { ...values, ...passed });
      expect(after.output.shape).toEqual(whole.output.shape);
      const largest = after.output.data.reduce(
        (far, value, i) => Math.max(far, Math.abs(value - whole.output.data[i])),
        0,
      );
      expect(largest).toBeLessThan(1e-5);
    }
    // A mask of a later layer is after the cut of an earlier one.
    expect(splitGraph(graph, [early])!.beforeInputs).not.toContain(late);
    expect(splitGraph(graph, [late])!.beforeInputs).toContain(early);
  });

  it('is not cut where every node depends on what changes, or the output does not', async () => {
    const { graph } = await networkOf(ffn.build(ffn.config.parse({}), image));
    expect(splitGraph(graph, ['frequencies', 'coordinates'])).toBeNull();
    expect(splitGraph(graph, ['nobody'])).toBeNull();
  });

  it('is refused where it is no network', () => {
    expect(() => splitGraph(Uint8Array.of(0x3a, 0x7f, 0x01), ['a'])).toThrow('The network is cut short');
    expect(() => splitGraph(Uint8Array.of(0x0b), ['a'])).toThrow('The network is no ONNX file');
    expect(splitGraph(new Uint8Array(), ['a'])).toBeNull();
  });
});
