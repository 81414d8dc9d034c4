import { availableParallelism, freemem, platform, release, totalmem } from 'node:os';
import { type Registry, XincError } from '@xinc/core';
import { findFfmpeg } from '@xinc/signals';
import type { CommandContext } from '../context.js';
import { VERSION } from '../version.js';
import { loadPlugins } from '../workflow/plugins.js';

interface Check {
  readonly what: string;
  readonly ok: boolean;
  readonly found: string;
}

/** Looks at the machine and tries what XINC needs of it. Fails if something that is needed does not work. */
export async function doctorCommand(context: CommandContext): Promise<void> {
  const registry = await loadPlugins(context);
  const checks = [
    check('Node', isSupported(process.versions.node), `${process.version} (20.19 or newer is needed)`),
    check('System', true, `${platform()} ${release()} ${process.arch}, ${availableParallelism()} processors`),
    check('Memory', true, `${gigabytes(freemem())} of ${gigabytes(totalmem())} GB free`),
    ...(await checkEngines(registry)),
    await checkFfmpeg(),
    ...registry.broken.map(({ package: name, reason }) => check(`Plugin ${name}`, false, reason)),
  ];
  const lines = checks.map(({ what, ok, found }) => `${ok ? '✓' : '✗'} ${what}: ${found}`);
  context.result({ xinc: VERSION, checks }, [`xinc ${VERSION}`, ...lines].join('\n'));
  const bad = checks.filter(({ ok }) => !ok);
  if (bad.length > 0) {
    const what = bad.map((entry) => entry.what).join(', ');
    throw new XincError('unsupported', `Not in order: ${what}`, { hint: 'The lines marked ✗ say what is wrong.' });
  }
}

async function checkEngines(registry: Registry): Promise<Check[]> {
  const checks: Check[] = [];
  for (const { plugin } of registry.all('engine')) {
    const what = `Engine ${plugin.name}`;
    try {
      const engine = await plugin.create();
      checks.push(check(what, true, engine.description));
      await engine.dispose();
    } catch (error) {
      checks.push(check(what, false, (error as Error).message));
    }
  }
  return checks;
}

async function checkFfmpeg(): Promise<Check> {
  try {
    const { path, version } = await findFfmpeg();
    return check('Video', true, `ffmpeg ${version} (${path})`);
  } catch (error) {
    return check('Video', false, (error as Error).message);
  }
}

function isSupported(version: string): boolean {
  const [major, minor] = version.split('.').map(Number);
  return major > 20 || (major === 20 && minor >= 19);
}

const check = (what: string, ok: boolean, found: string): Check => ({ what, ok, found });
const gigabytes = (bytes: number) => (bytes / 2 ** 30).toFixed(1);
