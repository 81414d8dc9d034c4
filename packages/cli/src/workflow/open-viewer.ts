import type { Engine, Registry } from '@xinc/core';
import type { RunningViewer } from '@xinc/viewer';
import type { CommandContext } from '../context.js';
import { parseWhole } from '../settings.js';
import { hasDesktop, openBrowser } from '../terminal/browser.js';
import { silentDisplay } from '../terminal/progress.js';
import { VERSION } from '../version.js';
import { type EngineChoice, startEngine } from './engine.js';
import { runSource } from './run-source.js';

export interface ViewerChoice {
  readonly host?: string;
  readonly port?: string;
  /** Whether to open a browser where there is a desktop. */
  readonly open: boolean;
}

/**
 * Serves runs, and opens the page.
 * @param engine called when the page first asks for something that the network computes
 */
export async function openViewer(
  paths: readonly string[],
  registry: Registry,
  engine: () => Promise<Engine>,
  { host, port, open }: ViewerChoice,
  { options }: CommandContext,
): Promise<RunningViewer> {
  // Loaded here: most commands that may be viewed are not.
  const { startViewer } = await import('@xinc/viewer');
  const viewer = await startViewer({
    runs: paths.map((path) => runSource(path, registry)),
    registry,
    engine,
    version: VERSION,
    ...(host !== undefined && { host }),
    ...(port !== undefined && { port: parseWhole(port, '--port', 0, 65_535) }),
    onFault: (error) => console.error(options.debug ? error : `The viewer failed to answer: ${String(error)}`),
  });
  if (open && hasDesktop()) openBrowser(viewer.address);
  return viewer;
}

/** An engine that is started when it is first asked for. */
export function engineOnDemand(registry: Registry, choice: EngineChoice, context: CommandContext) {
  let engine: Promise<Engine> | undefined;
  return {
    get(): Promise<Engine> {
      engine ??= startEngine(registry, choice, context);
      return engine;
    },
    async dispose(): Promise<void> {
      // Whoever asked for it was told why it did not start.
      const started = await engine?.catch(() => undefined);
      await started?.dispose();
    },
  };
}

/** Resolves at Ctrl-C. */
export async function interrupted(abort: AbortSignal): Promise<void> {
  if (abort.aborted) return;
  await new Promise<void>((resolve) => abort.addEventListener('abort', () => resolve(), { once: true }));
}

/** Options of the commands that a viewer may accompany. */
export interface AccompaniedOptions extends EngineChoice {
  readonly view?: boolean;
}

/**
 * Does a command's work; with `--view`, shows the run from when it is there (`begin`) until Ctrl-C after the work is done. The
 * viewer has an engine of its own, which outlives that of the work.
 */
export async function besideViewer(
  options: AccompaniedOptions,
  registry: Registry,
  context: CommandContext,
  work: (begin: (run: string) => Promise<void>) => Promise<void>,
): Promise<void> {
  if (!options.view) return work(async () => {});
  let viewer: RunningViewer | undefined;
  const engine = engineOnDemand(registry, options, { ...context, display: silentDisplay });
  // Its address is a result, not progress: --quiet does not hide it.
  const { quiet, json } = context.options;
  const say = (text: string) => (quiet || json ? console.error(text) : context.display.line(text));
  try {
    await work(async (run) => {
      viewer = await openViewer([run], registry, engine.get, { open: true }, context);
      say(`Viewer: ${viewer.address}`);
    });
    if (!viewer) return;
    say(`Viewer: ${viewer.address} goes on until Ctrl-C`);
    await interrupted(context.abort);
  } finally {
    await viewer?.close();
    await engine.dispose();
  }
}
