import { access } from 'node:fs/promises';
import { dirname, extname, relative, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { contractProblem } from '../../contract.js';
import { waitFor } from '../../doors/call.js';
import { placeOf } from '../../doors/fault.js';
import { isXincError, XincError } from '../../errors.js';
import { checkPlugins, type Plugin } from '../../plugin.js';
import type { PluginOrigin } from '../../plugin-origin.js';
import { isPlugin, KEYWORD, type PackageManifest, readManifest } from './manifest.js';
import { syntaxPlace } from './syntax-place.js';

export interface LoadedPlugins {
  readonly plugins: readonly Plugin[];
  readonly origin: PluginOrigin;
}

/**
 * Executes the entry of a plugin package, and nothing else of it; of one that states another contract, nothing.
 * @throws XincError `plugin` with the reason in one line, which does not name the package
 */
export async function loadPackage(folder: string): Promise<LoadedPlugins> {
  const manifest = (await readManifest(folder)) ?? {};
  const { name = folder, version = '', xinc } = manifest;
  const { entry, panel, contract } =
    typeof xinc === 'object' && xinc !== null ? (xinc as Record<string, unknown>) : { entry: xinc };
  if (!isPlugin(manifest) || typeof entry !== 'string') {
    throw new XincError(
      'plugin',
      `its package.json needs the keyword '${KEYWORD}' and a field 'xinc' naming its entry`,
    );
  }
  if (panel !== undefined && typeof panel !== 'string') {
    throw new XincError('plugin', "the field 'xinc.panel' of its package.json does not name a file");
  }
  const problem = contractProblem(contract);
  if (problem !== undefined) throw new XincError('plugin', problem);
  const path = inside(folder, entry, 'entry');
  if (!(await isThere(path))) throw new XincError('plugin', `its entry ${entry} is not there`, howToBuild(manifest));
  return load({
    package: name,
    version,
    path,
    folder,
    ...(typeof contract === 'number' && { contract }),
    ...(panel !== undefined && { panel: inside(folder, panel, 'panel') }),
  });
}

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** A plugin that is written in TypeScript has no entry before it is built. */
function howToBuild({ scripts }: PackageManifest): { readonly hint?: string } {
  return typeof scripts?.build === 'string' ? { hint: 'Run npm run build in its folder first.' } : {};
}

/** The same for a single module. @param name for messages */
export function loadModule(path: string, name: string): Promise<LoadedPlugins> {
  return load({ package: name, version: '', path, folder: dirname(path) });
}

/** A file of a package. */
function inside(folder: string, file: string, what: string): string {
  const path = resolve(folder, file);
  if (relative(folder, path).startsWith('..')) throw new XincError('plugin', `its ${what} ${file} lies outside it`);
  return path;
}

async function load(origin: PluginOrigin): Promise<LoadedPlugins> {
  let module: { default?: unknown };
  try {
    module = await waitFor(
      import(pathToFileURL(origin.path).href) as Promise<{ default?: unknown }>,
      () => new XincError('plugin', `${origin.path} waits at its top level for something that never comes`),
    );
  } catch (error) {
    if (isXincError(error)) throw error;
    throw new XincError('plugin', await whyNotLoaded(error, origin), { cause: error });
  }
  const { default: exported, ...named } = module;
  if (exported === undefined) {
    const names = Object.keys(named);
    const found = names.length > 0 ? `, only ${names.join(', ')}` : '';
    throw new XincError('plugin', `${origin.path} has no default export${found}`, {
      hint: 'Write export default, with a plugin or a list of them.',
    });
  }
  if ((exported as { __esModule?: unknown } | null)?.__esModule === true) {
    throw new XincError('plugin', `${origin.path} was compiled to CommonJS, and its default export is inside another`, {
      hint: 'Compile it to ES modules.',
    });
  }
  return { plugins: checkPlugins(exported, origin.package), origin };
}

/** Why a module could not be loaded: for a mistake in its text with file and line, for a missing package its name. */
async function whyNotLoaded(error: unknown, origin: PluginOrigin): Promise<string> {
  const { path } = origin;
  if (!(error instanceof Error)) return `${path} threw ${String(error)}`;
  const { code } = error as NodeJS.ErrnoException;
  const [message] = error.message.split('\n');
  if (code === 'ERR_MODULE_NOT_FOUND') {
    const missing = /^Cannot find package '([^']+)' imported from (.+)$/.exec(message);
    if (missing)
      return `${missing[2]} needs the package '${missing[1]}', which is not installed; run npm install there`;
  }
  if (code === 'ERR_UNKNOWN_FILE_EXTENSION' && /^\.[cm]?tsx?$/.test(extname(path))) {
    return `${path} is TypeScript, which this version of Node does not read; compile it to JavaScript`;
  }
  if (/^(?:module|exports|require) is not defined/.test(message)) {
    return `${path} is written as CommonJS, and is loaded as an ES module; write export default, or call it .cjs`;
  }
  const place = placeOf(error, origin);
  if (place !== '' || !(error instanceof SyntaxError) || origin.folder === undefined) return `${message}${place}`;
  const broken = await syntaxPlace(path, origin.folder);
  return broken === undefined ? `${message} (in what it imports)` : `${message} (${broken})`;
}
