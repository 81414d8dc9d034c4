import { execFile } from 'node:child_process';
import { access, constants } from 'node:fs/promises';
import { delimiter, isAbsolute, join } from 'node:path';
import { promisify } from 'node:util';
import { XincError } from '@xinc/core';

/** An ffmpeg executable that answers. */
export interface Ffmpeg {
  readonly path: string;
  /** As it says itself, such as `7.1` or `N-47683-g0e8eb07980-static`. */
  readonly version: string;
  /** Named by the environment variable XINC_FFMPEG, installed on the system, or carried by an npm package. */
  readonly origin: 'environment' | 'system' | 'carried';
  /** The arguments that let every frame through once, whatever its time. */
  readonly passFrames: readonly string[];
}

let found: Promise<Ffmpeg> | undefined;

/**
 * The ffmpeg to read videos with: the one that XINC_FFMPEG names, else the system's, else the one that comes with
 * this package. Looked for once per process.
 * @throws XincError `unsupported` if there is none, or if the one that XINC_FFMPEG names does not run.
 */
export function findFfmpeg(): Promise<Ffmpeg> {
  found ??= locate(process.env).catch((error) => {
    found = undefined;
    throw error;
  });
  return found;
}

/** As `findFfmpeg`, for a given environment and, in place of the carried one, another. */
export async function locate(env: NodeJS.ProcessEnv, carried?: string): Promise<Ffmpeg> {
  if (env.XINC_FFMPEG) return probe(env.XINC_FFMPEG, 'environment');
  const system = await systemPath(env);
  for (const [path, origin] of [
    [system, 'system'],
    [carried ?? (await carriedPath()), 'carried'],
  ] as const) {
    const ffmpeg = path === undefined ? undefined : await probe(path, origin).catch(() => undefined);
    if (ffmpeg) return ffmpeg;
  }
  throw new XincError('unsupported', 'There is no ffmpeg to read videos with', {
    subject: 'ffmpeg',
    hint: 'Install ffmpeg, or let XINC_FFMPEG name one.',
  });
}

/**
 * The first `ffmpeg` in the folders of PATH. Looked up here and not left to the system's own search, which on Windows
 * starts with the working directory, where a stranger's program may lie.
 */
async function systemPath(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const name = process.platform === 'win32' ? 'ffmpeg.exe' : 'ffmpeg';
  const folders = (env.PATH ?? env.Path ?? '').split(delimiter).filter(isAbsolute);
  for (const folder of folders) {
    const path = join(folder, name);
    if (await isExecutable(path)) return path;
  }
  return undefined;
}

/** The executable inside the npm package, where there is one for this platform. */
async function carriedPath(): Promise<string | undefined> {
  return import('@ffmpeg-installer/ffmpeg').then(
    (installer) => installer.default.path,
    () => undefined,
  );
}

async function isExecutable(path: string): Promise<boolean> {
  return access(path, constants.X_OK).then(
    () => true,
    () => false,
  );
}

async function probe(path: string, origin: Ffmpeg['origin']): Promise<Ffmpeg> {
  let answer: string;
  try {
    answer = (await promisify(execFile)(path, ['-hide_banner', '-version'], { windowsHide: true })).stdout;
  } catch (error) {
    throw new XincError('unsupported', `${path}: does not run as ffmpeg (${(error as Error).message.split('\n')[0]})`, {
      subject: path,
      cause: error,
    });
  }
  const version = /^ffmpeg version (\S+)/.exec(answer)?.[1];
  const library = /^libavformat\s+(\d+)\./m.exec(answer)?.[1];
  if (version === undefined || library === undefined) {
    throw new XincError('unsupported', `${path}: does not answer as ffmpeg does`, { subject: path });
  }
  // ffmpeg 6 (libavformat 60) is the first whose every build knows the newer name of the option.
  const passFrames = [Number(library) >= 60 ? '-fps_mode' : '-vsync', 'passthrough'];
  return { path, version, origin, passFrames };
}
