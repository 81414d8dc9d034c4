import type { XincError } from '@xinc/core';

/** How far a task is. */
export interface TaskProgress {
  readonly done: number;
  readonly total: number;
  /** What belongs to this moment: "26.31 dB". */
  readonly note?: string;
  /** Seconds that are left, where they do not follow from how fast it went so far. */
  readonly left?: number;
}

/** Is told how far things are. Texts are plain, and may hold what a stranger's file or plugin says. */
export interface Progress {
  /** A task begins; the one before has ended. `unit` is what is counted ("steps"). */
  begin(title: string, unit: string): void;
  update(progress: TaskProgress): void;
  /** The task ends with this summary; `left-out` where it was not done. */
  end(summary: string, outcome?: 'done' | 'left-out'): void;
  /** Something that was assumed, noticed or left out. */
  line(text: string): void;
}

/** What long work is given beside what it works on. */
export interface Work {
  /** Ends it with an XincError `cancelled`. */
  readonly abort?: AbortSignal | undefined;
  readonly progress?: Progress | undefined;
  /**
   * How the reader of a report calls what texts name in backticks: a setting (`frames: 3`), or a function and what it is about
   * (`analyzeRun("photo-ffn", "canvas")`). Texts are stored as they are, whoever makes the run.
   */
  readonly word?: ((text: string) => string) | undefined;
  /** Threads that trace; one per processor, unless given. No number depends on them. */
  readonly threads?: number | undefined;
  /** Is told of each failure of a plugin that leaves something out, with its cause. */
  readonly onFailure?: ((error: XincError) => void) | undefined;
}
