/** Settings of libraries that are options of the command line, by the name they have there. */
const SETTINGS: ReadonlySet<string> = new Set([
  'crop',
  'debug',
  'deinterlace',
  'device',
  'engine',
  'frame',
  'frames',
  'groupings',
  'host',
  'inputs',
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
  'set',
  'signal',
  'size',
  'token',
  'void',
]);

/** The option by which a setting is given: `labelsOrientation` → `--labels-orientation`, `token` that is false → `--no-token`. */
export function optionOf(setting: string, value?: string): string {
  const name = setting.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
  if (value === 'false') return `--no-${name}`;
  return value === undefined || value === 'true' ? `--${name}` : `--${name} ${value}`;
}

/** Whether a setting that an error names is given by an option; those of plugins are given with `--set`. */
export const isOption = (setting: string): boolean => SETTINGS.has(setting);

/**
 * A text of a library, which names settings in backticks, as the command line says it: "a smaller `size`, such as `size: 512`"
 * → "a smaller --size, such as --size 512".
 */
export function withOptions(text: string): string {
  return text.replace(/`([a-z][A-Za-z]*)(?:: ([^`]+))?`/g, (whole, setting: string, value?: string) =>
    isOption(setting) ? optionOf(setting, value) : whole,
  );
}
