import type { CommonOptions } from '../../context.js';
import type { EngineChoice } from '../../workflow/engine.js';

/** This program with other arguments, and the plugins that it was given. */
export function programWords(words: readonly string[], { plugin = [], debug }: CommonOptions): [string, ...string[]] {
  return [
    process.execPath,
    ...process.execArgv,
    process.argv[1],
    ...words,
    ...plugin.flatMap((path) => ['--plugin', path]),
    ...(debug ? ['--debug'] : []),
  ];
}

/** The options that choose the same engine. */
export const engineWords = ({ engine, device }: Pick<EngineChoice, 'engine' | 'device'>): string[] => [
  '--engine',
  engine,
  ...(device === undefined ? [] : ['--device', device]),
];
