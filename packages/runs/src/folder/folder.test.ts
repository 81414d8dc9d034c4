import { execFile } from 'node:child_process';
import { link, mkdir, mkdtemp, open, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { manifest } from '../../test/manifest.js';
import { RunFolder } from './folder.js';
import { Run } from './run.js';

/* Folders as strangers may send them: what lies in them leads elsewhere, or has no end. */

const POSIX = process.platform !== 'win32';
const LIMIT = 2 ** 20;

let root: string;
let path: string;
let folder: RunFolder;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'xinc-folder-'));
  path = join(root, 'run');
  folder = new RunFolder(path);
  await mkdir(join(path, 'analysis', 'canvas'), { recursive: true });
  await mkdir(join(root, 'other', 'objects'), { recursive: true });
  await writeFile(join(root, 'other', 'objects', 'a'), 'precious');
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** Everything that can be done to a file, each of which is refused with the message. */
async function refused(name: string, message: RegExp): Promise<void> {
  const done = {
    read: () => folder.read(name, LIMIT),
    head: () => folder.readHead(name, 10),
    write: () => folder.write(name, 'mine'),
    append: () => folder.append(name, 'mine'),
    folder: () =>
      folder.writeFolder(
        name,
        (write) => write('a', 'mine'),
        async () => {},
      ),
    remove: () => folder.remove(name),
    has: () => folder.has(name),
    list: () => folder.list(name, 'files'),
  };
  for (const [what, operation] of Object.entries(done)) {
    const error = await operation().then(
      () => undefined,
      (cause) => cause,
    );
    expect([what, error?.code, error?.message]).toEqual([what, 'invalid-file', expect.stringMatching(message)]);
  }
}

const untouched = async () => {
  expect(await readdir(join(root, 'other', 'objects'))).toEqual(['a']);
  expect(await readFile(join(root, 'other', 'objects', 'a'), 'utf8')).toBe('precious');
};

describe('a folder of a run', () => {
  test('reads, writes, adds to and removes its own files', async () => {
    await folder.write('analysis/canvas/figures/a.svg', 'new');
    await folder.append('log', 'one');
    await folder.append('log', ', two');
    expect((await folder.read('log', LIMIT)).toString()).toBe('one, two');
    expect((await folder.readHead('log', 3)).toString()).toBe('one');
    expect((await folder.readHead('log', 300)).toString()).toBe('one, two');
    expect(await folder.list('analysis/canvas', 'folders')).toEqual(['figures']);
    expect(await folder.list('nothing', 'folders')).toEqual([]);
    await folder.remove('analysis/canvas');
    expect(await folder.has('analysis/canvas/figures/a.svg')).toBe(false);
    expect(await folder.has('analysis')).toBe(true);
    await folder.remove('nothing');
    await expect(folder.read('nothing', LIMIT)).rejects.toMatchObject({ code: 'not-found' });
  });

  test('may itself be reached by a link', async () => {
    await symlink(path, join(root, 'link'), 'junction');
    const linked = new RunFolder(join(root, 'link'));
    await linked.write('a/b', 'mine');
    expect((await linked.read('a/b', LIMIT)).toString()).toBe('mine');
    expect(await readFile(join(path, 'a', 'b'), 'utf8')).toBe('mine');
  });

  test('does not read more than such a file has at most', async () => {
    await writeFile(join(path, 'large'), new Uint8Array(1.5 * 2 ** 20));
    await expect(folder.read('large', LIMIT)).rejects.toMatchObject({
      code: 'invalid-file',
      message: `${join(path, 'large')} is 1.5 MB large, and such a file of this run has at most 1.0 MB`,
    });
    // A file with a hole takes no room on the disk, and would take it all in memory.
    const handle = await open(join(path, 'hole'), 'w');
    await handle.truncate(2 ** 36);
    await handle.close();
    await expect(folder.read('hole', 2 ** 20)).rejects.toThrow('is 64.0 GB large');
  });

  test.each([
    '../other/objects/a',
    'analysis/../../other/objects/a',
    '..',
    '.',
    '',
    'analysis//canvas',
    '/etc/passwd',
    'analysis/',
    'analysis\\..\\..\\other',
    'C:/windows',
    'run.json:stream',
    'a\0b',
    'a\nb',
  ])('has no file of the name %j', async (name) => {
    await refused(name, /names no file in/);
    await untouched();
  });

  test.each([
    ['the folder itself', 'analysis/canvas', 'analysis/canvas'],
    ['what is in it', 'analysis', 'analysis/canvas'],
    ['what is far below it', 'analysis', 'analysis/canvas/figures/a/00.npy'],
  ])('is not left by a link in place of a folder: %s', async (_, at, name) => {
    await rm(join(path, at), { recursive: true });
    await symlink(join(root, 'other', 'objects'), join(path, at), 'junction');
    await mkdir(join(root, 'other', 'objects', 'canvas', 'figures', 'a'), { recursive: true });
    await writeFile(join(root, 'other', 'objects', 'canvas', 'figures', 'a', '00.npy'), 'precious');
    await refused(name, /(analysis|canvas) is a link\. Only regular files that lie in the run are read and written/);
    const kept = join(root, 'other', 'objects', 'canvas', 'figures', 'a', '00.npy');
    expect(await readFile(kept, 'utf8')).toBe('precious');
  });

  test.runIf(POSIX)('is not left by links in place of files, wherever they lead', async () => {
    await writeFile(join(path, 'own'), 'own');
    for (const target of [
      '/dev/zero',
      '/dev/tty',
      '/dev/stdin',
      'own',
      'loop',
      '/nowhere',
      join(root, 'other', 'objects', 'a'),
    ]) {
      await symlink(target, join(path, 'loop'));
      await refused('loop', /loop is a link\. /);
      await rm(join(path, 'loop'));
    }
    expect(await readFile(join(path, 'own'), 'utf8')).toBe('own');
    await untouched();
  });

  test.runIf(POSIX)('waits for no pipe and no socket', async () => {
    await promisify(execFile)('mkfifo', [join(path, 'pipe')]);
    await refused('pipe', /pipe is a pipe\. /);
    const server = createServer().listen(join(path, 'socket'));
    onTestFinished(() => void server.close());
    await new Promise((resolve) => server.once('listening', resolve));
    await refused('socket', /socket is a socket\. /);
  });

  test('has folders on the way to a file, and a file at its end', async () => {
    await writeFile(join(path, 'file'), '');
    await refused('file/below', /file is a file, where a folder is expected/);
    await expect(folder.read('analysis', LIMIT)).rejects.toThrow('analysis is a folder');
  });

  test('is removed without what links in it lead to', async () => {
    await symlink(join(root, 'other', 'objects'), join(path, 'analysis', 'canvas', 'deep'), 'junction');
    await folder.remove('analysis/canvas');
    expect(await readdir(join(path, 'analysis'))).toEqual([]);
    await untouched();
  });

  test('replaces a file that has a second name elsewhere, and does not write through it', async () => {
    await link(join(root, 'other', 'objects', 'a'), join(path, 'a'));
    await folder.write('a', 'mine');
    await untouched();
  });

  test.runIf(POSIX)('does not list links among files', async () => {
    await symlink(join(root, 'other', 'objects', 'a'), join(path, 'analysis', 'linked'));
    await writeFile(join(path, 'analysis', 'omissions.json'), '[]');
    expect(await folder.list('analysis', 'files')).toEqual(['omissions.json']);
    expect(await folder.list('analysis', 'folders')).toEqual(['canvas', 'linked']);
  });
});

describe('a run from a stranger', () => {
  /** Files that a run opens by itself, and how. */
  const FILES: Readonly<Record<string, (run: Run) => Promise<unknown>>> = {
    'weights.safetensors': (run) => run.weights([]),
    'training-state.safetensors': (run) =>
      run.trainingState({
        parameters: [],
        training: {
          optimizer: { beta1: 0.9, beta2: 0.999, epsilon: 1e-8 },
          learningRate: 1,
          schedule: () => 1,
          steps: 1,
          batch: 1,
        },
      }),
    'training.jsonl': (run) => run.trainingLog(),
    'xinc.lock': (run) => run.exclusively(async () => {}),
    'run.json': (run) => Run.open(run.path),
  };

  test.runIf(POSIX).each(Object.keys(FILES))(
    'whose %s is a link to a device, or a pipe, is refused at once',
    async (name) => {
      const made = await Run.create(join(root, 'made'), manifest);
      const file = made.file(name);
      for (const put of [
        () => symlink('/dev/zero', file),
        () => symlink('/dev/tty', file),
        () => promisify(execFile)('mkfifo', [file]),
      ]) {
        await rm(file, { force: true });
        await put();
        await expect(FILES[name](made)).rejects.toMatchObject({
          code: 'invalid-file',
          message: expect.stringContaining(file),
        });
      }
    },
  );

  test.runIf(POSIX)('is not written where its log leads elsewhere', async () => {
    const made = await Run.create(join(root, 'made'), manifest);
    await symlink(join(root, 'other', 'objects', 'a'), made.file('training.jsonl'));
    await expect(made.appendTrainingLog([])).rejects.toThrow('training.jsonl is a link');
    await expect(made.resetTrainingLog([])).rejects.toThrow('training.jsonl is a link');
    await untouched();
  });

  test('whose weights are far larger than its network is refused without reading them', async () => {
    const made = await Run.create(join(root, 'made'), manifest);
    const handle = await open(made.file('weights.safetensors'), 'w');
    await handle.truncate(2 ** 36);
    await handle.close();
    await expect(made.weights([{ shape: [4, 4] }])).rejects.toThrow('weights.safetensors is 64.0 GB');
  });
});
