import type { ZodType } from 'zod';
import type { AnalysisPlugin } from './analysis.js';
import { isReserved } from './doors/names.js';
import type { EnginePlugin } from './engine.js';
import { XincError } from './errors.js';
import type { GroupingPlugin } from './grouping.js';
import type { InrPlugin } from './inr.js';

/** Everything XINC can be extended with; `kind` discriminates. A plugin package's default export is one or a list. */
// biome-ignore lint/suspicious/noExplicitAny: a plugin's configuration type is its own business
export type Plugin = InrPlugin<any> | GroupingPlugin<any> | AnalysisPlugin<any> | EnginePlugin;
export type PluginKind = Plugin['kind'];

/** Identity functions that give plugin authors type checking and inference of the configuration. */
export const defineInr = <C>(plugin: InrPlugin<C>): InrPlugin<C> => plugin;
export const defineGrouping = <C>(plugin: GroupingPlugin<C>): GroupingPlugin<C> => plugin;
export const defineAnalysis = <C>(plugin: AnalysisPlugin<C>): AnalysisPlugin<C> => plugin;
export const defineEngine = (plugin: EnginePlugin): EnginePlugin => plugin;

const REQUIRED_FUNCTIONS: Readonly<Record<PluginKind, readonly string[]>> = {
  inr: ['build'],
  grouping: ['label'],
  analysis: ['request', 'analyze'],
  engine: ['create'],
};

const SCHEMAS: Readonly<Record<PluginKind, string | undefined>> = {
  inr: 'config',
  grouping: 'options',
  analysis: 'options',
  engine: undefined,
};

/** Fields that are lists. */
const LISTS: Readonly<Record<PluginKind, string | undefined>> = {
  inr: 'signals',
  grouping: undefined,
  analysis: undefined,
  engine: 'devices',
};

/**
 * Whether a module's default export is a plugin or a list of plugins, told apart from anything else by its fields.
 * @throws XincError `plugin` saying which field is missing or wrong.
 */
export function checkPlugins(exported: unknown, origin: string): Plugin[] {
  const refuse = (what: string) => new XincError('plugin', `${origin}: ${what}`, { subject: origin });
  const candidates = Array.isArray(exported) ? exported : [exported];
  if (candidates.length === 0 || exported === undefined)
    throw refuse('its default export is not a plugin or a list of plugins');
  return candidates.map((candidate: Record<string, unknown>) => {
    if (typeof candidate !== 'object' || candidate === null)
      throw refuse('its default export is not a plugin or a list of plugins');
    const { kind, name } = candidate;
    const required = REQUIRED_FUNCTIONS[kind as PluginKind];
    if (!required)
      throw refuse(`a plugin's kind is '${String(kind)}', not one of ${Object.keys(REQUIRED_FUNCTIONS).join(', ')}`);
    if (typeof name !== 'string' || !/^[a-z][a-z0-9-]{0,63}$/.test(name)) {
      throw refuse(`a plugin's name is '${String(name)}'; names are at most 64 lower-case letters, digits and hyphens`);
    }
    if (isReserved(name)) throw refuse(`a plugin's name is '${name}', which Windows keeps for devices`);
    for (const field of required) {
      if (typeof candidate[field] !== 'function') throw refuse(`${kind} '${name}' has no function '${field}'`);
    }
    for (const field of kind === 'engine' ? ['title'] : ['title', 'description']) {
      if (typeof candidate[field] !== 'string') throw refuse(`${kind} '${name}' has no text '${field}'`);
    }
    const schema = SCHEMAS[kind as PluginKind];
    if (schema && typeof (candidate[schema] as { safeParse?: unknown } | undefined)?.safeParse !== 'function') {
      throw refuse(`${kind} '${name}' has no zod schema '${schema}' (z.object({}) where there is nothing to set)`);
    }
    const undecided = schema && withoutDefaults(candidate[schema] as ZodType);
    if (undecided) throw refuse(`${kind} '${name}', ${schema}: ${undecided}; every setting needs a default`);
    const list = LISTS[kind as PluginKind];
    if (list && !Array.isArray(candidate[list])) throw refuse(`${kind} '${name}' has no list '${list}'`);
    const odd = kind === 'inr' && (candidate.signals as unknown[]).find((of) => of !== 'image' && of !== 'video');
    if (odd) throw refuse(`${kind} '${name}' has the signal '${String(odd)}', not one of image, video`);
    return candidate as unknown as Plugin;
  });
}

/** Why a schema's settings cannot be left to their defaults; `undefined` where they can. */
function withoutDefaults(schema: ZodType): string | undefined {
  try {
    const parsed = schema.safeParse({});
    if (parsed.success) return undefined;
    const [{ path, message }] = parsed.error.issues;
    return `${path.join('.')}: ${message}`;
  } catch (error) {
    return error instanceof Error ? error.message.split('\n')[0] : String(error);
  }
}
