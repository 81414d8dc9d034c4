import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { platform, tmpdir } from 'node:os';
import { join } from 'node:path';

/** The program that opens an address, by system; started without a shell, which would read meaning into the address. */
const OPENERS: Readonly<Partial<Record<NodeJS.Platform, readonly [string, ...string[]]>>> = {
  darwin: ['open'],
  win32: ['rundll32', 'url.dll,FileProtocolHandler'],
  linux: ['xdg-open'],
};

/** Whether a person sits before a desktop here. */
export function hasDesktop(
  environment: NodeJS.ProcessEnv = process.env,
  system: NodeJS.Platform = platform(),
  terminal: boolean = process.stderr.isTTY === true,
): boolean {
  const remote = environment.SSH_CONNECTION !== undefined || environment.CI !== undefined;
  const display = system !== 'linux' || Boolean(environment.DISPLAY || environment.WAYLAND_DISPLAY);
  return terminal && !remote && display && OPENERS[system] !== undefined;
}

/**
 * Opens an address in the default browser; where that fails, nothing happens: the address has been printed. Everyone who uses the
 * machine sees what programs are started with, and the address holds a token: they are given a file that leads there, which only its
 * owner reads. (Windows shows what is started to its owner alone.)
 * @returns what removes that file
 */
export async function openBrowser(address: string): Promise<() => Promise<void>> {
  const opener = OPENERS[platform()];
  if (!opener) return async () => {};
  const [program, ...options] = opener;
  const leading = platform() === 'win32' ? undefined : await leadingFile(address);
  const child = spawn(program, [...options, leading?.file ?? address], { stdio: 'ignore', detached: true });
  child.on('error', () => {});
  child.unref();
  return async () => {
    if (leading) await rm(leading.folder, { recursive: true, force: true }).catch(() => {});
  };
}

/** A page that leads to an address, in a folder that is its owner's alone. */
export async function leadingFile(address: string): Promise<{ readonly folder: string; readonly file: string }> {
  const folder = await mkdtemp(join(tmpdir(), 'xinc-open-'));
  const file = join(folder, 'open.html');
  const escaped = address.replaceAll('&', '&amp;').replaceAll('"', '&quot;');
  const page = `<!doctype html><meta charset="utf-8"><meta name="referrer" content="no-referrer"><meta http-equiv="refresh" content="0;url=${escaped}"><title>XINC</title><p><a href="${escaped}">The viewer</a></p>\n`;
  await writeFile(file, page, { mode: 0o600, flag: 'wx' });
  return { folder, file };
}
