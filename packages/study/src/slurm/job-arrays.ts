/** A Slurm job array: its indices, plus the offset, are places of tasks in their study, counted from 1. */
export interface JobArray {
  readonly offset: number;
  /** As sbatch takes them: `1,3-5`. */
  readonly indices: string;
  /** How many they are. */
  readonly count: number;
}

/** Characters of one array's indices: a system takes a hundred thousand in one argument. */
const MOST_CHARACTERS = 60_000;

/**
 * The arrays that do tasks.
 * @param places theirs, counted from 1, in rising order
 * @param arraySize the cluster's MaxArraySize, at least 2: every index is less
 */
export function jobArrays(places: readonly number[], arraySize: number): JobArray[] {
  const span = arraySize - 1;
  const arrays: JobArray[] = [];
  for (let next = 0; next < places.length; ) {
    const offset = Math.floor((places[next] - 1) / span) * span;
    const ranges: string[] = [];
    let [count, characters] = [0, 0];
    while (next < places.length && places[next] <= offset + span && characters < MOST_CHARACTERS) {
      const first = places[next];
      let last = first;
      while (places[++next] === last + 1 && last + 1 <= offset + span) last++;
      const range = last === first ? `${first - offset}` : `${first - offset}-${last - offset}`;
      ranges.push(range);
      count += last - first + 1;
      characters += range.length + 1;
    }
    arrays.push({ offset, indices: ranges.join(','), count });
  }
  return arrays;
}
