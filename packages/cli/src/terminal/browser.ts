import { spawn } from 'node:child_process';
import { platform } from 'node:os';

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

/** Opens an address in the default browser; where that fails, nothing happens: the address has been printed. */
export function openBrowser(address: string): void {
  const opener = OPENERS[platform()];
  if (!opener) return;
  const [program, ...options] = opener;
  const child = spawn(program, [...options, address], { stdio: 'ignore', detached: true });
  child.on('error', () => {});
  child.unref();
}
