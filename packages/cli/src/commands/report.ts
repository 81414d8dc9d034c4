import { openNetwork, Run, reportRun } from '@xinc/runs';
import type { CommandContext } from '../context.js';
import { type EngineChoice, startEngine } from '../workflow/engine.js';
import { loadPlugins } from '../workflow/plugins.js';
import { workOf } from '../workflow/work.js';

export async function reportCommand(path: string, options: EngineChoice, context: CommandContext): Promise<void> {
  const registry = await loadPlugins(context);
  const run = await Run.open(path);
  const engine = await startEngine(registry, options, context);
  try {
    const network = await openNetwork(run, registry, engine);
    const report = await run.exclusively(() => reportRun(run, registry, network, workOf(context)));
    await network.dispose();
    context.result({ run: run.path, report }, report);
  } finally {
    await engine.dispose();
  }
}
