import { XincError } from '@xinc/core';
import type { LabelValues } from '../label-values.js';
import { listSome } from '../match-frames.js';

/**
 * Segment ids become the numbers of objects.
 * @param path the JSON file
 * @param file the PNG
 * @param voids ids that are no object, listed or not
 * @throws XincError `invalid-file` for an id that is not listed, and for a segment listed that has no pixels
 */
export function labelObjects(
  path: string,
  file: string,
  { height, width, values: ids }: LabelValues,
  numbers: ReadonlyMap<number, number>,
  voids: ReadonlySet<number>,
): LabelValues {
  const unknown = new Set<number>();
  const seen = new Set<number>();
  const values = new Uint32Array(ids.length);
  let [id, number] = [0, 0];
  for (let p = 0; p < ids.length; p++) {
    if (ids[p] !== id) {
      id = ids[p];
      number = voids.has(id) ? 0 : (numbers.get(id) ?? 0);
      if (numbers.has(id)) seen.add(id);
      else if (id > 0 && !voids.has(id)) unknown.add(id);
    }
    values[p] = number;
  }
  if (unknown.size > 0) {
    throw new XincError(
      'invalid-file',
      `${file}: has ${unknown.size === 1 ? 'an id' : `${unknown.size} ids`} that ${path} does not list: ${listSome([...unknown])}`,
      { subject: file, hint: 'Ids are coded as R + 256·G + 65536·B; give the PNGs that the JSON file was made for.' },
    );
  }
  const absent = [...numbers.keys()].filter((segment) => !seen.has(segment));
  if (absent.length > 0) {
    throw new XincError(
      'invalid-file',
      `${file}: has no pixels of ${absent.length === 1 ? 'a segment' : `${absent.length} segments`} that ${path} lists: ${listSome(absent)}`,
      { subject: file, hint: 'Remove them from the list, or give the PNGs that the JSON file was made for.' },
    );
  }
  return { height, width, values };
}
