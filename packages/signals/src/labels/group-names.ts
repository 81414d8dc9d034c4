import { join, parse } from 'node:path';
import { type Group, XincError } from '@xinc/core';
import { z } from 'zod';
import { fileExists, readSourceFile } from '../source-file.js';

const groupName = z.union([
  z.string().min(1),
  z.strictObject({
    name: z.string().min(1).optional(),
    category: z.string().min(1).optional(),
    type: z.enum(['thing', 'stuff', 'other']).optional(),
    color: z
      .string()
      .regex(/^#[0-9a-f]{6}$/i)
      .optional(),
  }),
]);
const groupNames = z.record(z.string().regex(/^-?\d+$/), groupName);

/** What a JSON file beside a label map says about its values: `{"1": "boat", "2": {"name": …, "category": …}}`. */
export type GroupNames = ReadonlyMap<number, Partial<Group>>;

/** The JSON file that names a label map's values: the map's own path with the extension `.json`. */
export function namesPath(labelsPath: string): string {
  const { dir, name } = parse(labelsPath);
  return join(dir, `${name}.json`);
}

/** The names in the first of these files that exists; none of them need to. */
export async function readGroupNames(...paths: readonly string[]): Promise<GroupNames> {
  for (const path of paths) {
    if (await fileExists(path)) return parseGroupNames(path, (await readSourceFile(path)).toString('utf8'));
  }
  return new Map();
}

/** @throws XincError `invalid-file` naming the entry that is wrong. */
export function parseGroupNames(path: string, text: string): GroupNames {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new XincError('invalid-file', `${path}: is not JSON (${(error as Error).message})`, { subject: path });
  }
  const { data, error } = groupNames.safeParse(json);
  if (error) {
    const entry = error.issues[0].path[0];
    throw new XincError(
      'invalid-file',
      `${path}: ${entry === undefined ? 'the file' : `entry "${String(entry)}"`} is wrong`,
      {
        subject: path,
        hint: 'Names of label values look like {"1": "boat", "2": {"name": "Anna", "category": "person", "type": "thing"}}.',
      },
    );
  }
  return new Map(
    Object.entries(data).map(([value, group]) => [Number(value), typeof group === 'string' ? { name: group } : group]),
  );
}
