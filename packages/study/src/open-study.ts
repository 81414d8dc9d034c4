import { join, resolve } from 'node:path';
import { isXincError, XincError } from '@xinc/core';
import { callWords, RunFolder } from '@xinc/runs';
import { STUDY_FILES } from './files.js';
import { checkManifest, type StudyManifest } from './manifest/manifest.js';
import { parseYaml, yamlValue } from './manifest/parse-yaml.js';
import { type Task, tasksOf } from './tasks/tasks.js';

/** Bytes of study.yaml: a hundred thousand signals take 8 MB. */
export const MANIFEST_BYTES = 16 * 2 ** 20;

/** A study: a folder with a study.yaml, and the runs that it asks for. */
export interface Study {
  /** As it was given. */
  readonly path: string;
  /** Access to its files. */
  readonly folder: RunFolder;
  readonly manifest: StudyManifest;
  readonly tasks: readonly Task[];
}

/**
 * Opens a study.
 * @throws XincError `not-found`, `invalid-file` saying what is wrong in study.yaml, `unsupported` for one of a newer version
 */
export async function openStudy(path: string): Promise<Study> {
  const folder = new RunFolder(path);
  const file = join(path, STUDY_FILES.manifest);
  const bytes = await folder.read(STUDY_FILES.manifest, MANIFEST_BYTES).catch((error) => {
    if (!isXincError(error, 'not-found')) throw error;
    throw new XincError('not-found', `${path} is no study: it has no ${STUDY_FILES.manifest}`, {
      subject: path,
      hint: `${callWords('newStudy')} makes one.`,
      cause: error,
    });
  });
  const manifest = checkManifest(yamlValue(parseYaml(bytes.toString('utf8'), file), file), file);
  return { path, folder, manifest, tasks: tasksOf(manifest, file) };
}

/** The folder of a task's run. */
export const runPath = (study: Study, task: Task): string => join(study.path, ...STUDY_FILES.run(task.id).split('/'));

/** A path of study.yaml, from where the process is. */
export const signalPath = (study: Pick<Study, 'path'>, path: string): string => resolve(study.path, path);
