import { nextCommand } from './next-command.js';

/** Settings of libraries that are options of the command line, by the name they have there. */
const SETTINGS: ReadonlySet<string> = new Set([
  'crop',
  'debug',
  'deinterlace',
  'device',
  'engine',
  'fast',
  'frame',
  'frames',
  'groupings',
  'host',
  'inputs',
  'jobs',
  'key',
  'labels',
  'at',
  'output',
  'labelsOrientation',
  'layer',
  'matrix',
  'model',
  'out',
  'plugin',
  'port',
  'preset',
  'queue',
  'set',
  'signal',
  'size',
  'steps',
  'token',
  'untilPsnr',
  'void',
  'withArrays',
]);

/** The option by which a setting is given: `labelsOrientation` → `--labels-orientation`, `token` that is false → `--no-token`. */
export function optionOf(setting: string, value?: string): string {
  const name = setting.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  if (value === 'false') return `--no-${name}`;
  return value === undefined || value === 'true' ? `--${name}` : `--${name} ${value}`;
}

/** Whether a setting that an error names is given by an option; those of plugins are given with `--set`. */
export const isOption = (setting: string): boolean => SETTINGS.has(setting);

/** Options of this command that one is to be repeated with. */
export interface Common {
  readonly plugin?: readonly string[];
}

/** Functions of libraries that are commands of the command line. */
const COMMANDS: ReadonlyMap<string, readonly string[]> = new Map([
  ['analyzeRun', ['analyze']],
  ['importNetwork', ['import']],
  ['newStudy', ['study', 'new']],
  ['addToStudy', ['study', 'add']],
  ['runStudy', ['study', 'run']],
]);

/**
 * A text of a library, which names settings and functions in backticks, as the command line says it: "a smaller `size`, such as
 * `size: 512`" → "a smaller --size, such as --size 512"; `analyzeRun("photo-ffn", "canvas")` → `xinc analyze photo-ffn canvas`.
 */
export function withOptions(text: string, common: Common = {}): string {
  return text
    .replace(/`([a-z][A-Za-z]*)\(([^`]*)\)`/g, (whole, name: string, about: string) => {
      const command = COMMANDS.get(name);
      const words = command === undefined ? undefined : textsOf(about);
      return words ? nextCommand([...command!, ...words], common) : whole;
    })
    .replace(/`([a-z][A-Za-z]*)(?:: ([^`]+))?`/g, (whole, setting: string, value?: string) =>
      isOption(setting) ? optionOf(setting, value) : whole,
    );
}

/** The texts of `"a", "b"`; `undefined` for anything else. */
function textsOf(about: string): string[] | undefined {
  try {
    const texts: unknown = JSON.parse(`[${about}]`);
    return Array.isArray(texts) && texts.every((text) => typeof text === 'string') ? texts : undefined;
  } catch {
    return undefined;
  }
}
