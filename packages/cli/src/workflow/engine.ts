import type { Engine, Registry } from '@xinc/core';
import type { CommandContext } from '../context.js';
import { parseWhole } from '../settings.js';

export interface EngineChoice {
  readonly engine: string;
  readonly device?: string;
  readonly threads?: string;
}

/** Starts the engine chosen; what it is, and whether it is a slower fallback, is said. */
export async function startEngine(
  registry: Registry,
  { engine: name, device, threads }: EngineChoice,
  context: CommandContext,
): Promise<Engine> {
  const { plugin } = registry.get('engine', name);
  const engine = await plugin.create({
    ...(device !== undefined && { device }),
    ...(threads !== undefined && { threads: parseWhole(threads, '--threads', 1, 1024) }),
  });
  context.display.line(`Engine: ${engine.description}`);
  return engine;
}
