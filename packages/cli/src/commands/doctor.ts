import { availableParallelism, freemem, platform, release, totalmem } from 'node:os';
import { type EnginePlugin, XincError } from '@xinc/core';
import { formatBytes } from '@xinc/core/formats';
import { createLocalPool } from '@xinc/core/trace';
import { findFfmpeg } from '@xinc/signals';
import type { CommandContext } from '../context.js';
import { VERSION } from '../version.js';
import { loadPlugins } from '../workflow/plugins.js';
import { returnMemory } from '../workflow/return-memory.js';

interface Check {
  readonly what: string;
  readonly ok: boolean;
  readonly found: string;
}

export interface DoctorCommandOptions {
  readonly device?: string;
}

/** Looks at the machine and tries what XINC needs of it. Fails if something that is needed does not work. */
export async function doctorCommand({ device }: DoctorCommandOptions, context: CommandContext): Promise<void> {
  const registry = await loadPlugins(context);
  const engines = registry.all('engine').map(({ plugin }) => plugin);
  if (device !== undefined) requireKnown(device, engines);
  const checks = [
    check('Node', isSupported(process.versions.node), `${process.version} (20.19 or newer is needed)`),
    check('System', true, `${platform()} ${release()} ${process.arch}, ${availableParallelism()} processors`),
    await checkMemory(),
    await checkKernels(),
    ...(await checkEngines(engines, device)),
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

async function checkMemory(): Promise<Check> {
  const returned = (await returnMemory()) ? '; what is freed goes back to the system' : '';
  return check('Memory', true, `${formatBytes(freemem())} of ${formatBytes(totalmem())} free${returned}`);
}

async function checkKernels(): Promise<Check> {
  try {
    await (await createLocalPool()).dispose();
    return check('Kernels', true, 'WebAssembly with SIMD');
  } catch (error) {
    return check('Kernels', false, (error as Error).message);
  }
}

/** Every engine where it runs by default, and those that know `device` on it. */
async function checkEngines(engines: readonly EnginePlugin[], device?: string): Promise<Check[]> {
  const checks: Check[] = [];
  for (const plugin of engines) {
    checks.push(await checkEngine(plugin));
    if (device !== undefined && plugin.devices.includes(device)) checks.push(await checkEngine(plugin, device));
  }
  return checks;
}

async function checkEngine(plugin: EnginePlugin, device?: string): Promise<Check> {
  const { name, devices } = plugin;
  const what = `Engine ${name}${device === undefined ? '' : ` on ${device}`}`;
  try {
    const engine = await plugin.create(device === undefined ? {} : { device });
    await engine.dispose();
    // Others are tried only when asked for: some print warnings of their own, or take a while to be refused.
    const others = device === undefined && devices.length > 1 ? `; knows the devices ${devices.join(', ')}` : '';
    const advice = engine.advice === undefined ? '' : `. ${engine.advice}`;
    return check(what, true, `${engine.description}${others}${advice}`);
  } catch (error) {
    return check(what, false, (error as Error).message);
  }
}

function requireKnown(device: string, engines: readonly EnginePlugin[]): void {
  const known = [...new Set(engines.flatMap(({ devices }) => devices))];
  if (known.includes(device)) return;
  throw new XincError('invalid-option', `No engine knows the device '${device}'`, {
    subject: '--device',
    hint: `There are ${known.join(', ')}.`,
  });
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
