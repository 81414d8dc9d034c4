/** The signal by which a process that draws charts ends itself where they take too long. */
export const LATE = 'SIGTERM';
