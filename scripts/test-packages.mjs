import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { packAll } from './packages.mjs';
import { runTests } from './run-tests.mjs';
import { anyFailed, finish } from './test-counts.mjs';
import { npm, setUp } from './toolchain.mjs';

/* The packages as they are published: packed, installed by npm in an empty folder, and used there. */
const RUN = 'packages';
/** What npm says where there is no way to its registry. */
const UNREACHABLE = /\b(?:ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ETIMEDOUT|ENETUNREACH|ERR_SOCKET_TIMEOUT)\b/;

function count(folder) {
  const tarballs = join(folder, 'tarballs');
  packAll(tarballs);
  writeFileSync(join(folder, 'package.json'), '{ "private": true }');
  // What ONNX Runtime's installer would fetch from outside npm is for graphics cards.
  const env = { ONNXRUNTIME_NODE_INSTALL: 'skip' };
  const options = ['--no-audit', '--no-fund', '--loglevel=error'];
  const files = readdirSync(tarballs).map((file) => join(tarballs, file));
  const { status, stderr } = npm({ cwd: folder, env }, 'install', ...options, ...files);
  if (status === 0) return runTests('cli', RUN, { files: ['test/installed.test.ts'], env: { XINC_INSTALLED: folder } });
  const what = 'npm installs the tarballs';
  if (UNREACHABLE.test(stderr)) {
    return { name: 'cli', passed: 0, failures: [], skipped: [`${what} (npm's registry cannot be reached)`] };
  }
  return { name: 'cli', passed: 0, failures: [{ test: what, message: stderr }], skipped: [] };
}

setUp();
const folder = mkdtempSync(join(tmpdir(), 'xinc-installed-'));
try {
  const counts = [count(folder)];
  finish(RUN, 'Tests of the packages installed from tarballs', counts);
  if (anyFailed(counts)) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
