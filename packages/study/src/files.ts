/** Where the files of a study lie, inside its folder, with `/` between the names. docs/studies.md says what they hold. */
export const STUDY_FILES = {
  /** What is studied: which runs there are to be. */
  manifest: 'study.yaml',
  runs: 'runs',
  /** The run of a task: an ordinary run folder. */
  run: (task: string): string => `runs/${task}`,
  failures: 'failures',
  /** Why a task failed the last time that it was tried. */
  failure: (task: string): string => `failures/${task}.json`,
  locks: 'locks',
  /** Is there while a process does the task. */
  lock: (task: string): string => `locks/${task}.lock`,
  /** What Slurm runs for each task, and for the report. */
  taskScript: 'slurm/task.sh',
  reportScript: 'slurm/report.sh',
  /** What jobs of Slurm print. */
  logs: 'logs',
  /** What the study is called in queues. */
  queue: 'queue.json',
  report: 'report.html',
  /** The claims of the report, with every signal and seed. */
  reportClaims: 'report/claims.json',
  /** A table of the report as CSV. */
  reportTable: (name: string): string => `report/${name}.csv`,
  /** A file of a figure of the report. */
  reportFigure: (file: string): string => `report/figures/${file}`,
} as const;

/** In a run's folder: it is whole, and was made as the task of this digest says. */
export const doneMark = (digest: string): string => `task-${digest}.json`;
