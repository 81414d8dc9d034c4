import { basename, resolve } from 'node:path';
import { type CommonOptions, cancel, isCancel, select, text } from '@clack/prompts';
import { KIND_NAMES, KINDS, type Kind } from './kinds.js';
import { nameOfFolder, nameProblem } from './names.js';
import { Refusal } from './refusal.js';
import { checkPlace } from './scaffold.js';

/** Where questions are asked and answered; by default the process's own terminal. */
export type Terminal = Pick<CommonOptions, 'input' | 'output'>;

/** Whether there is somebody to ask. */
export const canAsk = (): boolean => process.stdin.isTTY === true && process.stdout.isTTY === true;

export async function askFolder(terminal: Terminal = {}): Promise<string> {
  const answer = await text({
    ...terminal,
    message: 'In which folder is the plugin made?',
    placeholder: 'my-plugin',
    validate: (given = '') => (given.trim() === '' ? 'Give a folder a name.' : problemOfPlace(given.trim())),
  });
  return answered(answer).trim();
}

export async function askKind(terminal: Terminal = {}): Promise<Kind> {
  return answered(
    await select<Kind>({
      ...terminal,
      message: 'What is it?',
      options: KIND_NAMES.map((kind) => ({ value: kind, label: kind, hint: KINDS[kind] })),
    }),
  );
}

/** For a folder whose own name is none that a package can have. */
export async function askName(folder: string, terminal: Terminal = {}): Promise<string> {
  return answered(
    await text({
      ...terminal,
      message: `What is the package called? (${basename(folder)}: ${nameProblem(nameOfFolder(folder))})`,
      validate: (given = '') => nameProblem(given),
    }),
  );
}

function problemOfPlace(folder: string): string | undefined {
  try {
    checkPlace(resolve(folder));
    return undefined;
  } catch (error) {
    if (error instanceof Refusal) return error.message;
    throw error;
  }
}

/** Ctrl-C and Escape end the program, before anything is written. */
function answered<T>(answer: T): Exclude<T, symbol> {
  if (!isCancel(answer)) return answer as Exclude<T, symbol>;
  cancel('Nothing was written.');
  process.exit(130);
}
