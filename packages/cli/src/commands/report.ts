import { Run } from '@xinc/core/node';
import { openNetwork, reportRun, runModel } from '@xinc/runs';
import type { CommandContext } from '../context.js';
import { type EngineChoice, startEngine } from '../workflow/engine.js';
import { loadPlugins } from '../workflow/plugins.js';
import { workOf } from '../workflow/work.js';

export async function reportCommand(path: string, options: EngineChoice, context: CommandContext): Promise<void> {
  const registry = await loadPlugins(context);
  const run = await Run.open(path);
  const { model } = await runModel(run, registry);
  const engine = await startEngine(registry, options, context);
  try {
    const network = await openNetwork(run, registry, engine);
    const order = registry.all('analysis').map(({ plugin }) => plugin.name);
    const report = await run.exclusively(() => reportRun(run, model, network, order, workOf(context)));
    await network.dispose();
    context.result({ run: run.path, report }, report);
  } finally {
    await engine.dispose();
  }
}
