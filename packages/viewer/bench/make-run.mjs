import { initializeParameters } from '@xinc/core/trace';
import { Run } from '@xinc/runs';

/** A run of a model as it is by default, untrained, at 128×256. */
export async function makeRun(folder, { name, title, config: schema, build }, kind) {
  const signal = { kind, frames: kind === 'video' ? 2 : 1, height: 128, width: 256 };
  const config = schema.parse({});
  const inr = build(config, signal);
  const parameters = initializeParameters(inr.parameters, 1);
  const run = await Run.create(folder, {
    schema: 1,
    xinc: '0.1.0',
    created: new Date().toISOString(),
    signal: {
      ...signal,
      source: { path: 'waves', sha256: '', originalHeight: 128, originalWidth: 256, notes: [] },
      labelled: false,
    },
    model: {
      name,
      package: `@xinc/model-${name}`,
      version: '0.1.0',
      config,
      parameters: inr.parameters
        .filter(({ trainable }) => trainable)
        .reduce((sum, parameter) => sum + parameters[parameter.name].data.length, 0),
    },
    seed: 0,
  });
  await run.writeWeights(parameters);
  const { height, width } = signal;
  const rgb = Float32Array.from({ length: 3 * height * width }, (_, i) => 0.5 + 0.4 * Math.sin(i / 700));
  return {
    folder,
    name,
    model: () => ({ title, inr }),
    frame: async () => ({ height, width, rgb }),
    labels: async () => undefined,
    analysis: () => Promise.reject(new Error('There are none')),
  };
}
