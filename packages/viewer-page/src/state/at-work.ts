/** What panels say of a run that a process writes to, as `xinc analyze` does. */
export const AT_WORK = 'Another process is working on this run: what it finds appears here as soon as it is stored.';
