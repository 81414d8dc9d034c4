import { createNetwork, type Engine, type Inr, type Network, type RegisteredPlugin, type Registry } from '@xinc/core';
import type { Run } from '@xinc/core/node';
import { parseConfig } from '../settings.js';

/** The network that a run describes. */
export function runModel(run: Run, registry: Registry): { model: RegisteredPlugin<'inr'>; inr: Inr } {
  const { model, signal } = run.manifest;
  const found = registry.get('inr', model.name);
  const config = parseConfig(found.plugin.config, model.config, `model '${model.name}'`);
  const { kind, frames, height, width } = signal;
  return { model: found, inr: found.plugin.build(config, { kind, frames, height, width }) };
}

/** The same with its weights, on an engine. */
export async function openNetwork(run: Run, registry: Registry, engine: Engine): Promise<Network> {
  const { inr } = runModel(run, registry);
  return createNetwork(inr, await run.weights(), engine);
}
