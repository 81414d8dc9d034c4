import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { cached, Unavailable } from './cache.mjs';

/** What the Python on docs/interoperability.md imports. */
const PACKAGES = ['numpy>=1.26', 'safetensors>=0.4', 'onnxruntime>=1.17'];

/**
 * A Python of 3.9 or newer that has pip, as { command, version }.
 * @throws Unavailable where there is none.
 */
export function findPython() {
  const test = 'import sys, pip; assert sys.version_info >= (3, 9); print("%d.%d" % sys.version_info[:2])';
  for (const command of ['python3', 'python']) {
    const { status, stdout } = spawnSync(command, ['-c', test], { encoding: 'utf8' });
    if (status === 0) return { command, version: stdout.trim() };
  }
  throw new Unavailable('there is no Python of 3.9 or newer with pip');
}

/**
 * Runs Python; all that it prints goes to stderr.
 * @throws Unavailable, saying that `what` failed.
 */
export function python({ command }, what, ...args) {
  const { status } = spawnSync(command, args, { stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Unavailable(`${what} failed`);
}

/** `python -m pip …`. */
export function pip(found, what, ...args) {
  python(found, what, '-m', 'pip', '--disable-pip-version-check', '--quiet', ...args);
}

/**
 * The Python of an environment in the cache that has the packages above.
 * @throws Unavailable where it cannot be made.
 */
export function pythonWithPackages() {
  const found = findPython();
  const inside = process.platform === 'win32' ? join('Scripts', 'python.exe') : join('bin', 'python');
  const environment = cached(`python-${found.version}`, (folder) => {
    // Without pip: the one at hand installs into it, and some systems lack the module that would bring another.
    python(found, 'making an environment of Python', '-m', 'venv', '--without-pip', folder);
    const into = ['--python', join(folder, inside), 'install', '--only-binary=:all:'];
    pip(found, 'installing NumPy, safetensors and onnxruntime with pip', ...into, ...PACKAGES);
  });
  return join(environment, inside);
}
