import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { cached, Unavailable } from './cache.mjs';
import { findPython, pip, python } from './python.mjs';
import { addPackages, root } from './toolchain.mjs';

/** The last TensorFlow whose wheels hold the C library that tfjs-node calls. */
const TENSORFLOW = '2.15.1';
/** The newest version of N-API that tfjs-node 4.22 knows; every Node that XINC runs on has it. */
const NAPI = 8;
const NODE_API_HEADERS = 'node-api-headers@1.9.0';

/** The C library and the headers in the wheel, and nothing else of its 900 MB. */
const UNPACK = `
import sys, zipfile
with zipfile.ZipFile(sys.argv[1]) as wheel:
    for name in wheel.namelist():
        if name.startswith("tensorflow/libtensorflow_") or (name.startswith("tensorflow/include/t") and name.endswith(".h")):
            wheel.extract(name, sys.argv[2])
`;

/**
 * A folder with @tensorflow/tfjs-node and TensorFlow's C library, for XINC_TFJS_NODE. It is what the package's own
 * installer makes, from other sources: the library out of PyPI's wheel `tensorflow-cpu`, the binding compiled here.
 * @throws Unavailable where it cannot be made.
 */
export function nativeTensorflow() {
  const { optionalDependencies } = JSON.parse(readFileSync(join(root, 'packages/engine-tfjs/package.json'), 'utf8'));
  const name = '@tensorflow/tfjs-node';
  const version = optionalDependencies[name];
  const made = cached(`tfjs-node-${version}-tensorflow-${TENSORFLOW}`, (folder) => {
    if (process.platform !== 'linux' || process.arch !== 'x64')
      throw new Unavailable(
        `PyPI has the library for Linux on x64 alone, and this is ${process.platform} on ${process.arch}`,
      );
    const found = findPython();
    requireCompiler();
    addPackages(folder, `${name}@${version}`, NODE_API_HEADERS);
    const target = join(folder, 'node_modules', name);
    unpackLibrary(found, folder, join(target, 'deps'));
    compileBinding(target, join(folder, 'node_modules', 'node-api-headers', 'include'));
  });
  return join(made, 'node_modules', name);
}

const COMPILER = process.env.CXX || 'c++';

function requireCompiler() {
  if (spawnSync(COMPILER, ['--version']).status !== 0)
    throw new Unavailable(`there is no C++ compiler (${COMPILER}; CXX names another)`);
}

/** deps/lib and deps/include as the package's installer lays them, from the wheel. */
function unpackLibrary(found, folder, deps) {
  const download = join(folder, 'download');
  // A wheel for one version of Python holds the same C library as all others; pip takes it whatever its own version.
  const wheel = ['--no-deps', '--only-binary=:all:', '--python-version', '3.11', '--platform', 'manylinux2014_x86_64'];
  const what = `fetching TensorFlow ${TENSORFLOW} (200 MB) with pip`;
  pip(found, what, 'download', ...wheel, '--dest', download, `tensorflow-cpu==${TENSORFLOW}`);
  const [file] = readdirSync(download);
  python(found, 'unpacking TensorFlow', '-c', UNPACK, join(download, file), download);
  const unpacked = join(download, 'tensorflow');
  mkdirSync(join(deps, 'lib'), { recursive: true });
  renameSync(join(unpacked, 'include'), join(deps, 'include'));
  for (const [library, alias] of [
    ['libtensorflow_cc.so.2', 'libtensorflow.so'],
    ['libtensorflow_framework.so.2', 'libtensorflow_framework.so'],
  ]) {
    renameSync(join(unpacked, library), join(deps, 'lib', library));
    symlinkSync(library, join(deps, 'lib', alias));
  }
  rmSync(download, { recursive: true });
}

/** What the package's binding.gyp says for Linux, in one command, which needs neither node-gyp nor Node's own headers. */
function compileBinding(target, headers) {
  const out = join('lib', `napi-v${NAPI}`);
  mkdirSync(join(target, out), { recursive: true });
  const args = [
    ...['-std=c++17', '-O2', '-fPIC', '-shared', `-DNAPI_VERSION=${NAPI}`, '-Ideps/include', `-I${headers}`],
    ...['binding/tfjs_backend.cc', 'binding/tfjs_binding.cc'],
    ...['-Ldeps/lib', '-ltensorflow', '-ltensorflow_framework', '-Wl,-rpath,$ORIGIN/../../deps/lib'],
    ...['-o', join(out, 'tfjs_binding.node')],
  ];
  const { status } = spawnSync(COMPILER, args, { cwd: target, stdio: ['ignore', 2, 2] });
  if (status !== 0) throw new Unavailable('compiling the binding of tfjs-node failed');
}
