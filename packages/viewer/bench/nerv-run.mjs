import { initializeParameters } from '@xinc/core';
import { Run } from '@xinc/core/node';
import nerv from '@xinc/model-nerv';

/** A run of the default NeRV at 128×256, untrained: its first block has 18,352 kernels. */
export async function makeNervRun(folder) {
  const signal = { kind: 'video', frames: 2, height: 128, width: 256 };
  const config = nerv.config.parse({});
  const inr = nerv.build(config, signal);
  const run = await Run.create(folder, {
    schema: 1,
    xinc: '0.1.0',
    created: new Date().toISOString(),
    signal: {
      ...signal,
      source: { path: 'waves', sha256: '', originalHeight: 128, originalWidth: 256, notes: [] },
      labelled: false,
    },
    model: { name: nerv.name, package: '@xinc/model-nerv', version: '0.1.0', config, parameters: 978_557 },
    seed: 0,
  });
  await run.writeWeights(initializeParameters(inr.parameters, 1));
  const { height, width } = signal;
  const rgb = Float32Array.from({ length: 3 * height * width }, (_, i) => 0.5 + 0.4 * Math.sin(i / 700));
  return {
    folder,
    name: 'nerv',
    model: () => ({ title: nerv.title, inr }),
    frame: async () => ({ height, width, rgb }),
    labels: async () => undefined,
    analysis: () => Promise.reject(new Error('There are none')),
  };
}
