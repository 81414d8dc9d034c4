import { resolve } from 'node:path';
import { XincError } from '@xinc/core';
import { provideLegacyUtil } from './legacy-util.js';
import type { TensorFlow } from './tensorflow.js';

export const NATIVE_PACKAGE = '@tensorflow/tfjs-node';

/** The environment variable that names a folder with this package, to be used in place of the installed one. */
const NAMED = 'XINC_TFJS_NODE';

/** What loading the native library reads and changes of the process. */
export interface Surroundings {
  /** `require`, or a stand-in. */
  readonly load: (specifier: string) => unknown;
  /** The exports of `node:util`. */
  readonly util: object;
  readonly env: Record<string, string | undefined>;
  readonly nodeMajor: number;
}

export type NativeAttempt =
  | { readonly tf: TensorFlow; readonly version: string }
  /** Why not, to follow "@tensorflow/tfjs-node". */
  | { readonly tf: undefined; readonly reason: string };

/**
 * Loads TensorFlow's C library through @tensorflow/tfjs-node and lets it multiply two numbers, so that a binding that
 * loads but does not work is found here. Where any of it fails, the process is left as it was.
 * @throws XincError `unsupported` if it fails with the package that XINC_TFJS_NODE names.
 */
export function loadNative({ load, util, env, nodeMajor }: Surroundings, threads?: number): NativeAttempt {
  const named = env[NAMED];
  const undo = [
    provideLegacyUtil(util, nodeMajor),
    // The library's own switch for its start-up lines on stderr: only warnings and errors.
    provideVariable(env, 'TF_CPP_MIN_LOG_LEVEL', '1'),
    ...(threads === undefined ? [] : [provideVariable(env, 'TF_NUM_INTRAOP_THREADS', String(threads))]),
  ];
  try {
    const tf = load(named ? resolve(named) : NATIVE_PACKAGE) as TensorFlow & { version: Record<string, string> };
    tf.enableProdMode();
    if (tf.getBackend() !== 'tensorflow') throw new Error(`its backend is '${tf.getBackend()}', not 'tensorflow'`);
    const product = tf.tidy(() => tf.mul(tf.scalar(6), tf.scalar(7)).dataSync()[0]);
    if (product !== 42) throw new Error(`it multiplies 6 by 7 to ${product}`);
    return { tf, version: tf.version['tfjs-node'] };
  } catch (error) {
    for (const restore of undo) restore();
    if (named) {
      throw new XincError('unsupported', `${named}: does not load as ${NATIVE_PACKAGE} (${firstLine(error)})`, {
        subject: named,
        hint: `${NAMED} names it: let it name the folder of that package, with its native library, or unset it.`,
        cause: error,
      });
    }
    return { tf: undefined, reason: reasonOf(error) };
  }
}

/** Sets an environment variable unless the user has; returns how to take it back. */
function provideVariable(env: Surroundings['env'], name: string, value: string): () => void {
  if (env[name] !== undefined) return () => {};
  env[name] = value;
  return () => {
    delete env[name];
  };
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n', 1)[0].trim().replace(/\.$/, '');
}

function reasonOf(error: unknown): string {
  const message = firstLine(error);
  const missing =
    (error as NodeJS.ErrnoException | null)?.code === 'MODULE_NOT_FOUND' &&
    message.includes(`Cannot find module '${NATIVE_PACKAGE}'`);
  return missing ? 'is not installed' : `is installed but does not load: ${message}`;
}
