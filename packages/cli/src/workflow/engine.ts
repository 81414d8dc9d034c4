import { type Engine, XincError } from '@xinc/core';
import type { Registry } from '@xinc/core/node';
import { asked } from '@xinc/runs';
import type { CommandContext } from '../context.js';
import { parseWhole } from '../settings.js';

export interface EngineChoice {
  readonly engine: string;
  readonly device?: string;
  readonly threads?: string;
}

/**
 * What can be said against a choice without starting the engine.
 * @throws XincError `not-found`, `invalid-option`
 */
export function checkEngineChoice(registry: Registry, { engine, device, threads }: EngineChoice): void {
  const { plugin } = asked('engine', () => registry.get('engine', engine));
  if (device !== undefined && !plugin.devices.includes(device)) {
    throw new XincError('invalid-option', `The engine '${engine}' has no device '${device}'`, {
      subject: '--device',
      hint: `It has: ${plugin.devices.join(', ')}.`,
    });
  }
  if (threads !== undefined) parseThreads(threads);
}

function parseThreads(text: string): number {
  return parseWhole(text, '--threads', 1, 1024);
}

/** Starts the engine chosen; what it is, and whether it is a slower fallback, is said. */
export async function startEngine(registry: Registry, choice: EngineChoice, context: CommandContext): Promise<Engine> {
  checkEngineChoice(registry, choice);
  const { engine: name, device, threads } = choice;
  const { plugin } = registry.get('engine', name);
  const engine = await plugin.create({
    ...(device !== undefined && { device }),
    ...(threads !== undefined && { threads: parseThreads(threads) }),
  });
  context.display.line(`Engine: ${engine.description}`);
  return engine;
}
