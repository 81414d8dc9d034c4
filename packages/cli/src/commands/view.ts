import { type Engine, isXincError } from '@xinc/core';
import { Run } from '@xinc/runs';
import type { CommandContext } from '../context.js';
import { type EngineChoice, startEngine } from '../workflow/engine.js';
import { interrupted, openViewer, type ViewerChoice } from '../workflow/open-viewer.js';
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
  let engine: Promise<Engine> | undefined;
  const start = () => {
    engine ??= startEngine(registry, options, context);
    return engine;
  };
  const viewer = await openViewer(paths, registry, start, options, context);
  try {
    context.result({ address: viewer.address, runs: paths }, `${viewer.address}\nCtrl-C ends it.`);
    await interrupted(context.abort);
  } finally {
    await viewer.close();
    // The error of a viewer that was asked for and did not start has been told.
    await (await engine?.catch(() => undefined))?.dispose();
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
