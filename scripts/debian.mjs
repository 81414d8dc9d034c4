import { spawnSync } from 'node:child_process';
import { Unavailable } from './cache.mjs';

/** How long apt-get may take for its lists, and for the packages. */
const INSTALL_MILLISECONDS = 180_000;

/**
 * Installs packages of Debian.
 * @param what - What they are, for messages.
 * @throws Unavailable where this user or system cannot; the message says why.
 */
export function installPackages(what, ...names) {
  if (process.platform !== 'linux')
    throw new Unavailable(`${what} is looked for on Linux, and this is ${process.platform}`);
  if (process.getuid() !== 0) throw new Unavailable(`${what} is not there, and to install it takes the rights of root`);
  console.log(`Installing ${names[0]} by apt-get …`);
  const env = { ...process.env, DEBIAN_FRONTEND: 'noninteractive' };
  // Without a way to its archive it would try for many minutes.
  const short = ['-o', 'Acquire::Retries=0', '-o', 'Acquire::http::Timeout=20', '-o', 'Acquire::https::Timeout=20'];
  for (const args of [['update'], ['install', '-y', '--no-install-recommends', ...names]]) {
    const limit = { timeout: INSTALL_MILLISECONDS };
    const { status, error, stderr } = spawnSync('apt-get', [...short, ...args], { env, encoding: 'utf8', ...limit });
    const why =
      error?.code === 'ENOENT'
        ? 'there is no apt-get'
        : error?.code === 'ETIMEDOUT'
          ? 'apt-get takes too long'
          : (stderr?.trim().split('\n').at(-1) ?? String(error));
    if (status !== 0) throw new Unavailable(`${what} is not there and cannot be installed (${why})`);
  }
}
