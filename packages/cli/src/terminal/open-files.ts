/** The limit that is enough for every command, on machines with many processors too. */
const ENOUGH = 1024;

/*
 * Loads nothing: where a process may open too few files, its own modules are what it cannot open.
 */

/**
 * What is said of a failure that comes of a process being let too few open files, whoever met it; `undefined` for others.
 */
export function tooFewOpenFiles(error: unknown): string | undefined {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 8; cause = cause.cause, depth++) {
    const { code = '', message } = cause as NodeJS.ErrnoException;
    if (/^E[MN]FILE$/.test(code) || /\bE[MN]FILE\b|too many open files/i.test(message)) {
      const limit = openFilesLimit();
      const much = limit === undefined ? 'as many as the system lets it' : `${limit} is as many as the system lets it`;
      return `this process has too many files open: ${much}. Raise that limit (ulimit -n ${ENOUGH}), and repeat the command.`;
    }
  }
  return undefined;
}

function openFilesLimit(): string | undefined {
  try {
    const report = process.report.getReport() as unknown as { userLimits?: { open_files?: { soft?: unknown } } };
    const soft = report.userLimits?.open_files?.soft;
    return soft === undefined ? undefined : String(soft);
  } catch {
    return undefined;
  }
}
