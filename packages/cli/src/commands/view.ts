import { isXincError } from '@xinc/core';
import { Run } from '@xinc/core/node';
import type { CommandContext } from '../context.js';
import type { EngineChoice } from '../workflow/engine.js';
import { engineOnDemand, interrupted, openViewer, type ViewerChoice } from '../workflow/open-viewer.js';
import { loadPlugins } from '../workflow/plugins.js';

export interface ViewCommandOptions extends EngineChoice, ViewerChoice {}

/** Shows runs in the browser, until Ctrl-C. */
export async function viewCommand(
  paths: readonly string[],
  options: ViewCommandOptions,
  context: CommandContext,
): Promise<void> {
  const registry = await loadPlugins(context);
  for (const path of paths) await checkRun(path, context);
  const engine = engineOnDemand(registry, options, context);
  const viewer = await openViewer(paths, registry, engine.get, options, context);
  try {
    context.result({ address: viewer.address, runs: paths }, `${viewer.address}\nCtrl-C ends it.`);
    await interrupted(context.abort);
  } finally {
    await viewer.close();
    await engine.dispose();
  }
}

/** A folder that is no run is a slip of the pen; a run that is broken is shown with what is wrong, beside the others. */
async function checkRun(path: string, { display }: CommandContext): Promise<void> {
  try {
    await Run.open(path);
  } catch (error) {
    if (!isXincError(error) || error.code === 'not-found') throw error;
    display.line(error.message);
  }
}
