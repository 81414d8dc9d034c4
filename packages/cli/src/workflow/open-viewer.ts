import { type Engine, XincError } from '@xinc/core';
import type { Registry } from '@xinc/core/node';
import { runSource } from '@xinc/runs';
import type { RunningViewer } from '@xinc/viewer';
import type { CommandContext } from '../context.js';
import { parseWhole } from '../settings.js';
import { hasDesktop, openBrowser } from '../terminal/browser.js';
import { withOptions } from '../terminal/options.js';
import { shownOn } from '../terminal/progress.js';
import { VERSION } from '../version.js';
import type { EngineChoice } from './engine.js';
import { viewerSecret } from './viewer-secret.js';

export interface ViewerChoice {
  readonly host?: string;
  readonly port?: string;
  /** Whether what is asked for has to come with the token of the printed address. */
  readonly token: boolean;
  /** Whether the kept token is replaced. */
  readonly newToken?: boolean;
  /** Whether to open a browser where there is a desktop. */
  readonly open: boolean;
}

/** Where a viewer listens unless told otherwise, so that links that were saved lead to it: the first that is free. */
const PORTS = Array.from({ length: 10 }, (_, i) => 9462 + i);

/**
 * Serves runs, and opens the page.
 * @param engine called when the page first asks for something that the network computes
 */
export async function openViewer(
  paths: readonly string[],
  registry: Registry,
  engine: () => Promise<Engine>,
  choice: ViewerChoice,
  { options, display }: CommandContext,
): Promise<RunningViewer> {
  const { host, port, open, token, newToken = false } = choice;
  checkToken(choice);
  const secret = token ? await viewerSecret(newToken, display) : undefined;
  // Loaded here: most commands that may be viewed are not.
  const { startViewer } = await import('@xinc/viewer');
  const viewer = await startViewer({
    runs: paths.map((path) => runSource(path, registry)),
    registry,
    engine,
    version: VERSION,
    word: (text) => withOptions(text, options),
    token,
    ...(host !== undefined && { host }),
    port: port === undefined ? PORTS : parsePort(port),
    ...(secret !== undefined && { secret }),
    onFault: (error) =>
      console.error(options.debug ? error : shownOn(process.stderr, `The viewer failed to answer: ${String(error)}`)),
  });
  if (port === undefined && viewer.port !== PORTS[0]) {
    display.line(
      `Something else listens at port ${PORTS[0]}, another viewer perhaps: this one is at port ${viewer.port}, where links saved at ${PORTS[0]} do not lead`,
    );
  }
  if (!open || !hasDesktop()) return viewer;
  const opened = await openBrowser(viewer.address);
  return {
    address: viewer.address,
    port: viewer.port,
    get followers() {
      return viewer.followers;
    },
    async close() {
      await opened();
      await viewer.close();
    },
  };
}

/** Resolves at Ctrl-C. */
export async function interrupted(abort: AbortSignal): Promise<void> {
  if (abort.aborted) return;
  await new Promise<void>((resolve) => abort.addEventListener('abort', () => resolve(), { once: true }));
}

/** Options of the commands that a viewer may accompany. */
export interface AccompaniedOptions extends EngineChoice, ViewerChoice {
  readonly view?: boolean;
}

/** What a command's work tells of itself. */
export interface Accompanied {
  /**
   * Gives an engine into keeping: it ends after the work, and after the viewer. The viewer computes with the same one, so that
   * its work and the command's wait for each other instead of contending for the processor.
   */
  keep(engine: Engine): Engine;
  /** Begins the viewer, where one is wanted. */
  show(run: string): Promise<void>;
}

/**
 * Does a command's work; with `--view`, shows its run from when it is there until Ctrl-C after the work is done.
 * @throws XincError `usage`, `invalid-option` for options of a viewer that cannot be, before the work begins
 */
export async function besideViewer(
  options: AccompaniedOptions,
  registry: Registry,
  context: CommandContext,
  work: (accompanied: Accompanied) => Promise<void>,
): Promise<void> {
  checkViewerChoice(options);
  let engine: Engine | undefined;
  let viewer: RunningViewer | undefined;
  // Its address is a result, not progress: --quiet does not hide it.
  const { quiet, json } = context.options;
  const say = (text: string) =>
    quiet || json ? console.error(shownOn(process.stderr, text)) : context.display.line(text);
  try {
    await work({
      keep(started) {
        engine = started;
        return started;
      },
      async show(run) {
        if (!options.view) return;
        viewer = await openViewer([run], registry, async () => engine!, options, context);
        say(`Viewer: ${viewer.address}`);
      },
    });
    if (!viewer) return;
    say(`Viewer: ${viewer.address} goes on until Ctrl-C`);
    await interrupted(context.abort);
  } finally {
    await viewer?.close();
    await engine?.dispose();
  }
}

function checkViewerChoice(options: AccompaniedOptions): void {
  const { view = false, host, port, open, token, newToken = false } = options;
  if (port !== undefined) parsePort(port);
  const [given] = [
    port !== undefined && '--port',
    host !== undefined && '--host',
    !token && '--no-token',
    newToken && '--new-token',
    !open && '--no-open',
  ].filter((option) => option !== false);
  if (view) checkToken(options);
  if (view || given === undefined) return;
  throw new XincError('usage', `${given}: nothing is shown`, { subject: given, hint: 'Add --view.' });
}

function checkToken({ token, newToken = false }: ViewerChoice): void {
  if (token || !newToken) return;
  throw new XincError('usage', '--new-token, --no-token: a viewer without a token has no new one', {
    subject: '--new-token',
    hint: 'Leave one of them out.',
  });
}

const parsePort = (text: string): number => parseWhole(text, '--port', 0, 65_535);
