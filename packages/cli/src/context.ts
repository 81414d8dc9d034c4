import type { ProgressDisplay } from './terminal/progress.js';

/** Options that every command has. */
export interface CommonOptions {
  readonly json?: boolean;
  readonly quiet?: boolean;
  readonly debug?: boolean;
  readonly plugin?: readonly string[];
}

/** What a command works with, beside its own options. */
export interface CommandContext {
  readonly options: CommonOptions;
  readonly display: ProgressDisplay;
  readonly abort: AbortSignal;
  /** The command's result: text for people, or with `--json` the value. On standard output. */
  result(value: Readonly<Record<string, unknown>>, text: string): void;
}
