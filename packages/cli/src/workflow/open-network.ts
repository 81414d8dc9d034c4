import {
  createNetwork,
  type Engine,
  type Inr,
  type Network,
  type RegisteredPlugin,
  type Registry,
  XincError,
} from '@xinc/core';
import type { Run } from '@xinc/core/node';
import { parseConfig } from '../settings.js';

/**
 * The network that a run describes.
 * @throws XincError `not-found` naming the package that the run was made with, where its model is not at hand
 */
export function runModel(run: Run, registry: Registry): { model: RegisteredPlugin<'inr'>; inr: Inr } {
  const { model, signal } = run.manifest;
  const found = registry.all('inr').find(({ plugin }) => plugin.name === model.name);
  if (!found) {
    const { name, package: origin, version } = model;
    throw new XincError('not-found', `There is no model '${name}', which ${run.path} was made with`, {
      subject: name,
      hint: `It is of ${[origin, version].filter(Boolean).join(' ')}: give that plugin with --plugin PATH.`,
    });
  }
  const config = parseConfig(found.plugin.config, model.config, `model '${model.name}'`);
  const { kind, frames, height, width } = signal;
  return { model: found, inr: found.plugin.build(config, { kind, frames, height, width }) };
}

/** The same with its weights, on an engine. */
export async function openNetwork(run: Run, registry: Registry, engine: Engine): Promise<Network> {
  const { inr } = runModel(run, registry);
  return createNetwork(inr, await run.weights(), engine);
}
