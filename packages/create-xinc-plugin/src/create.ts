import { readFileSync } from 'node:fs';
import { join, relative, resolve } from 'node:path';
import { Command, CommanderError, Option } from 'commander';
import { HOME } from './home.js';
import { ENTRIES, KIND_NAMES, KINDS, type Kind } from './kinds.js';
import { nameOfFolder, nameProblem, namesOf } from './names.js';
import { Refusal } from './refusal.js';
import { checkPlace, filesOf, writeFiles } from './scaffold.js';

const EXAMPLE = 'npm create xinc-plugin my-net -- --kind network';

/** What the command line says; what it leaves open is asked for, or refused where nobody can be asked. */
interface Given {
  readonly folder?: string;
  readonly kind?: Kind;
  readonly name?: string;
}

/**
 * Makes the plugin that the arguments describe.
 * @param say is given lines for the user
 * @throws Refusal for what cannot be used; nothing is written then
 */
export async function create(args: readonly string[], say: (line: string) => void): Promise<void> {
  const given = readArguments(args, say);
  if (given === undefined) return;
  if (given.name !== undefined) refuseIf(nameProblem(given.name), '--name: ');
  const folder = resolve(given.folder ?? (await missingFolder()));
  checkPlace(folder);
  const kind = given.kind ?? (await missingKind());
  const name = given.name ?? (await nameFor(folder));
  const files = filesOf(kind, namesOf(name));
  writeFiles(folder, files);
  const from = relative('', folder);
  const enter = from === '' ? [] : [`cd ${/\s/.test(from) ? `"${from}"` : from}`];
  say(`Made the ${kind} ${name} in ${folder}: ${files.size} files. Next:\n`);
  for (const command of [...enter, ...commandsIn(files.get('README.md')!)]) say(`  ${command}`);
  say(
    `\nChange ${ENTRIES[kind]} into yours; README.md says what lies where, and docs/plugins.md of XINC how all of it works.`,
  );
}

/** What a README says to type. */
const commandsIn = (readme: string): string[] =>
  [...readme.matchAll(/^```sh\n(.*?)^```$/gms)].flatMap(([, commands]) => commands.trim().split('\n'));

/** @returns `undefined` where help or the version was asked for, and said */
function readArguments(args: readonly string[], say: (line: string) => void): Given | undefined {
  const { version } = JSON.parse(readFileSync(join(HOME, 'package.json'), 'utf8'));
  const program = new Command('npm create xinc-plugin')
    .usage('[folder] -- [options]')
    .description('Makes a folder with a plugin of XINC that works, to be changed into yours.')
    .argument('[folder]', 'where it is made: a folder that is empty or not there yet')
    .addOption(new Option('--kind <kind>', 'what it is').choices(KIND_NAMES))
    .option('--name <package>', "the package's name, such as @me/xinc-plugin-ripples (default: the folder's)")
    .version(version, '--version')
    .addHelpText('after', `\nKinds:\n${KIND_NAMES.map((kind) => `  ${kind.padEnd(10)}${KINDS[kind]}`).join('\n')}`)
    .addHelpText('after', `\nIn a terminal, what is left out is asked for.\n\nExample:\n  ${EXAMPLE}`)
    .configureOutput({ writeOut: (text) => say(text.trimEnd()), writeErr: () => {} })
    .exitOverride();
  try {
    program.parse(args, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return undefined;
    throw new Refusal(error.message.replace(/^error: /, '').replaceAll('\n', ' '));
  }
  return { folder: program.args[0], ...program.opts() };
}

async function missingFolder(): Promise<string> {
  const { askFolder, canAsk } = await import('./ask.js');
  if (canAsk()) return askFolder();
  throw new Refusal(`name a folder (${EXAMPLE})`);
}

async function missingKind(): Promise<Kind> {
  const { askKind, canAsk } = await import('./ask.js');
  if (canAsk()) return askKind();
  // npm keeps options before `--` for itself, and tells them in the environment.
  if (process.env.npm_config_kind !== undefined) {
    throw new Refusal(`npm took --kind for its own: put -- before it (${EXAMPLE})`);
  }
  throw new Refusal(`say what it is with --kind: ${KIND_NAMES.join(', ')}`);
}

async function nameFor(folder: string): Promise<string> {
  const name = nameOfFolder(folder);
  const problem = nameProblem(name);
  if (problem === undefined) return name;
  const { askName, canAsk } = await import('./ask.js');
  if (canAsk()) return askName(folder);
  throw new Refusal(`${problem}: give another with --name`);
}

function refuseIf(problem: string | undefined, before: string): void {
  if (problem !== undefined) throw new Refusal(`${before}${problem}`);
}
