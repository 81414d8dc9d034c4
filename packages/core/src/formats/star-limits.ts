/** As many neurons as are marked with stars in a run, and characters of the note beside one. */
export const MOST_STARS = 1000;
export const LONGEST_NOTE = 500;
