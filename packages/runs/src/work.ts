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

/** What to do about what was left out or refused, in the words of whoever calls: an option, a command. */
export interface Advice {
  /** How a text of a library, which names settings in backticks, is to be stored and given: with their names for its reader. */
  readonly word?: (text: string) => string;
  /** How to have an analysis that is left out where all are asked for, since it takes long: a command. */
  askFor?(run: string, analysis: string): string;
  /** How to give the labels of a signal: a sentence. */
  readonly giveLabels?: string;
  /** How to choose another folder for a run: what follows "Choose". */
  readonly otherFolder?: string;
}

/** What long work is given beside what it works on. */
export interface Work {
  /** Ends it with an XincError `cancelled`. */
  readonly abort?: AbortSignal | undefined;
  readonly progress?: Progress | undefined;
  readonly advice?: Advice | undefined;
  /** Threads that trace; one per processor, unless given. No number depends on them. */
  readonly threads?: number | undefined;
  /** Is told of each failure of a plugin that leaves something out, with its cause. */
  readonly onFailure?: ((error: XincError) => void) | undefined;
}
