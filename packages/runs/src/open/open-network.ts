import { type Arrays, type Engine, type Inr, XincError } from '@xinc/core';
import type { RegisteredPlugin, Registry } from '@xinc/core/node';
import { checkParameters, createNetwork, type Network, type NetworkOptions } from '@xinc/core/trace';
import { RUN_FILES } from '../folder/files.js';
import type { Run } from '../folder/run.js';
import { parseConfig } from '../settings.js';
import { checkStoredSignal } from '../stored/stored-signal.js';

/**
 * The network that a run describes.
 * @throws XincError `not-found` naming the package that the run was made with, where its model is not at hand; `invalid-file`
 * where its signal is not the one that is stored
 */
export async function runModel(run: Run, registry: Registry): Promise<{ model: RegisteredPlugin<'inr'>; inr: Inr }> {
  const { model, signal } = run.manifest;
  const found = registry.all('inr').find(({ plugin }) => plugin.name === model.name);
  if (!found) {
    const { name, package: origin, version } = model;
    throw new XincError('not-found', `There is no model '${name}', which ${run.path} was made with`, {
      subject: name,
      hint: `It is of ${[origin, version].filter(Boolean).join(' ')}: give that plugin with \`plugin: PATH\`.`,
    });
  }
  await checkStoredSignal(run);
  const config = parseConfig(found.plugin.config, model.config, `model '${model.name}'`);
  const { kind, frames, height, width } = signal;
  return { model: found, inr: found.plugin.build(config, { kind, frames, height, width }) };
}

/**
 * The same with its weights, on an engine.
 * @throws XincError `invalid-file` where the weights are another network's
 */
export async function openNetwork(run: Run, registry: Registry, engine: Engine): Promise<Network> {
  const { inr } = await runModel(run, registry);
  return openWith(run, inr, engine);
}

/** A run's weights in its network. @throws XincError `invalid-file` */
export async function openWith(run: Run, inr: Inr, engine: Engine, options?: NetworkOptions): Promise<Network> {
  return createNetwork(inr, await runWeights(run, inr), engine, options);
}

/** A run's weights, which are those of its network. @throws XincError `invalid-file` */
export async function runWeights(run: Run, inr: Inr): Promise<Arrays> {
  return checkParameters(inr, await run.weights(inr.parameters), run.file(RUN_FILES.weights));
}
