import { spawnSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { cached, Unavailable } from './cache.mjs';
import { installPackages } from './debian.mjs';
import { findPython, pip, python } from './python.mjs';

/** The last wheel of PyPI whose library needs no other than GCC's for its threads. */
const WHEEL = { name: 'onednn-cpu-gomp', version: '2023.2.0', library: 'libdnnl.so.3.2' };

/** The library in the wheel, and nothing else of it. */
const UNPACK = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as wheel:
    for name in wheel.namelist():
        if name.endswith(sys.argv[2]):
            with wheel.open(name) as read, open(sys.argv[3], "wb") as write:
                write.write(read.read())
`;

/**
 * This system's oneDNN, installed where it is missing and apt-get is there.
 * @returns - The setting XINC_ONEDNN under which it is used.
 * @throws Unavailable
 */
export function systemOneDnn() {
  const isThere = () => /libdnnl\.so\.[23]/.test(spawnSync('ldconfig', ['-p'], { encoding: 'utf8' }).stdout ?? '');
  if (isThere()) return '';
  try {
    installPackages('oneDNN', 'libdnnl2');
  } catch {
    installPackages('oneDNN', 'libdnnl3');
  }
  if (!isThere()) throw new Unavailable('oneDNN was installed and is not found');
  return '';
}

/**
 * oneDNN of version 3, out of PyPI.
 * @throws Unavailable
 */
export function wheelOneDnn() {
  const { name, version, library } = WHEEL;
  const made = cached(`${name}-${version}`, (folder) => {
    if (process.platform !== 'linux' || process.arch !== 'x64')
      throw new Unavailable(`PyPI has it for Linux on x64, and this is ${process.platform} on ${process.arch}`);
    const found = findPython();
    const download = join(folder, 'download');
    const wheel = ['--no-deps', '--only-binary=:all:', '--platform', 'manylinux1_x86_64'];
    pip(found, `fetching oneDNN ${version} with pip`, 'download', ...wheel, '--dest', download, `${name}==${version}`);
    const [file] = readdirSync(download);
    python(found, 'unpacking oneDNN', '-c', UNPACK, join(download, file), library, join(folder, library));
    rmSync(download, { recursive: true });
  });
  return join(made, library);
}
