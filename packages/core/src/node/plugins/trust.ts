import { mkdir, readFile, realpath, stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import { z } from 'zod';
import { XincError } from '../../errors.js';
import { ioError } from '../../io-error.js';
import { writeFileAtomic } from '../atomic-file.js';
import { settingsFile } from '../settings-file.js';
import { nearestProject } from './manifest.js';
import { foreignHand } from './ownership.js';

const schema = z.object({ folders: z.array(z.object({ folder: z.string(), packages: z.array(z.string()) })) });
type TrustedFolders = z.output<typeof schema>['folders'];

/** The file that holds the user's word. */
export const trustFile = (): string => settingsFile('trust.json');

/**
 * The projects whose plugins may be executed, by the user's word: each folder with the packages that it named when it was given.
 * A package that comes later is not among them.
 */
export class Trust {
  private constructor(
    readonly file: string,
    private readonly folders: TrustedFolders,
  ) {}

  /** @throws XincError `invalid-file` for one that is damaged, or that another user could have written */
  static async open(file = trustFile()): Promise<Trust> {
    const found = await stat(file).catch(() => null);
    if (!found) return new Trust(file, []);
    const refuse = (what: string, cause?: unknown) =>
      new XincError('invalid-file', `${file} ${what}`, {
        subject: file,
        hint: 'Remove it, and trust your projects again.',
        ...(cause !== undefined && { cause }),
      });
    const foreign = await foreignHand(await realpath(file));
    if (foreign !== undefined) throw refuse(`says what is trusted, and ${foreign}`);
    try {
      return new Trust(file, schema.parse(JSON.parse(await readFile(file, 'utf8'))).folders);
    } catch (cause) {
      throw refuse('is not a list of trusted folders', cause);
    }
  }

  /** Packages that are trusted in a folder; `undefined` for a folder that is not. */
  packagesOf(folder: string): readonly string[] | undefined {
    return this.folders.find((entry) => entry.folder === folder)?.packages;
  }

  /**
   * Trusts the plugin packages that the nearest project at or above a folder names now, and no others of it.
   * @throws XincError `not-found` where it names none, `unsupported` where another user could change them, `io`
   */
  async grant(start: string): Promise<{ readonly folder: string; readonly packages: readonly string[] }> {
    const project = await nearestProject(await existing(start));
    if (!project || project.packages.length === 0) {
      const where = project ? `${project.folder}: its package.json` : `${start}: no package.json there or above`;
      throw new XincError('not-found', `${where} names no plugin that is installed`, {
        subject: start,
        hint: 'Run npm install first.',
      });
    }
    const { folder } = project;
    for (const path of [folder, ...project.packages.map(({ path }) => path)]) {
      const foreign = await foreignHand(path);
      if (foreign === undefined) continue;
      throw new XincError('unsupported', `${folder} cannot be trusted: ${foreign}`, { subject: folder });
    }
    const packages = project.packages.map(({ name }) => name);
    await this.write([...this.folders.filter((entry) => entry.folder !== folder), { folder, packages }]);
    return { folder, packages };
  }

  /** @throws XincError `not-found` for a project that is not trusted, `io` */
  async revoke(start: string): Promise<string> {
    const folder = (await realpath(resolve(start)).catch(() => undefined)) ?? resolve(start);
    const project = await nearestProject(folder);
    const found = [folder, project?.folder].find((one) => one !== undefined && this.packagesOf(one) !== undefined);
    if (found === undefined) throw new XincError('not-found', `${folder} is not trusted`, { subject: folder });
    await this.write(this.folders.filter((entry) => entry.folder !== found));
    return found;
  }

  private async write(folders: TrustedFolders): Promise<void> {
    // The owner's alone, whatever mask the process has: what others can write to is refused.
    await mkdir(dirname(this.file), { recursive: true, mode: 0o700 }).catch((error) => {
      throw ioError(error, dirname(this.file), 'made');
    });
    await writeFileAtomic(this.file, async (file) => {
      await file.chmod(0o600);
      await file.writeFile(`${JSON.stringify({ folders }, undefined, 2)}\n`);
    });
    this.folders.splice(0, this.folders.length, ...folders);
  }
}

async function existing(folder: string): Promise<string> {
  return realpath(resolve(folder)).catch(() => {
    throw new XincError('not-found', `There is no folder ${folder}`, { subject: folder });
  });
}
