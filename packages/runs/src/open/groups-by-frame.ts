import type { Registry } from '@xinc/core/node';
import type { Run } from '../folder/run.js';
import { storedGroupingNote } from '../stored/stored-signal.js';

/**
 * Whether groups of a video were found on each frame by itself, as earlier versions did: by a grouping that finds them on the whole
 * video now. Groups of one name are then other things on each frame.
 * @param folder that of the grouping's label maps
 */
export async function groupsAreByFrame(run: Run, registry: Registry, folder: string): Promise<boolean> {
  if (run.manifest.signal.frames === 1) return false;
  const note = await storedGroupingNote(run, folder);
  if (note?.foundOn ?? note?.frames) return false;
  const made = registry.all('grouping').find(({ plugin: { name } }) => {
    const title = note?.title ?? folder.replace('-', ':');
    return title === name || title.startsWith(`${name}:`);
  });
  return made?.plugin.fit !== undefined;
}
