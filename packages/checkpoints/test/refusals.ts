import { isXincError, type XincError, type XincErrorCode } from '@xinc/core';
import { expect } from 'vitest';

/** The XincError that `attempt` throws; fails if it throws none, another error, or one of another code. */
export function refusal(code: XincErrorCode, attempt: () => unknown): XincError {
  try {
    attempt();
  } catch (error) {
    if (!isXincError(error)) throw error;
    expect(error.code).toBe(code);
    expect(error.message).not.toContain('\n');
    return error;
  }
  throw new Error(`expected a XincError '${code}', nothing was thrown`);
}
