/** Why there is no connection, by the code of the system or of Postgres, as people say it. */
const REASONS: Readonly<Record<string, string>> = {
  ECONNREFUSED: 'nothing listens there',
  ENOENT: 'nothing listens there',
  ECONNRESET: 'the connection was lost',
  EPIPE: 'the connection was lost',
  ENOTFOUND: 'there is no machine of that name',
  EAI_AGAIN: 'the name of its machine cannot be looked up',
  ETIMEDOUT: 'it does not answer',
  EHOSTUNREACH: 'there is no way to its machine',
  ENETUNREACH: 'there is no way to its machine',
  '28P01': 'it refuses the user or the password',
  '28000': 'it refuses the user',
  '3D000': 'it has no database of that name',
  '53300': 'it has as many connections as it allows',
  '57P01': 'it is shutting down',
  '57P02': 'it has broken down',
  '57P03': 'it is starting up or shutting down',
};

/**
 * Codes of the system for a database that is away for a while, or that the machine cannot reach for a while: it is short of files or memory,
 * or its firewall is being set anew. Others of its codes are faults that stay, as of certificates.
 */
const LOST = [
  ...['EADDRNOTAVAIL', 'ECONNABORTED', 'ECONNREFUSED', 'ECONNRESET', 'EHOSTDOWN', 'EHOSTUNREACH', 'ENETDOWN'],
  ...['ENETRESET', 'ENETUNREACH', 'ENOENT', 'ENOTCONN', 'ENOTFOUND', 'EPIPE', 'ETIMEDOUT'],
  ...['EAI_AGAIN', 'EAI_FAIL', 'EAI_MEMORY', 'EMFILE', 'ENFILE', 'ENOBUFS', 'EPERM'],
];
/** Those of Postgres, beside those of connections (08…). */
const AWAY = ['53300', '57P01', '57P02', '57P03'];
/** Those of a statement that another was in the way of: several workers that set up one queue at once. */
const COLLISIONS = ['40001', '40P01'];
/** What the driver says, without a code, of a connection that is gone or that is not made. */
const GONE = /connection terminated|timeout exceeded when trying to connect|connection ended/i;
/** What it says of a statement that it does not wait for any longer. */
const UNANSWERED = /query read timeout/i;

/**
 * What an error of a statement means: there is no database for now, nothing was heard of the statement, another statement was in its way,
 * or it is refused and will be again.
 */
export type DatabaseFault = 'away' | 'unanswered' | 'collision' | 'refused';

export function faultOf(error: unknown): DatabaseFault {
  const [code, { message }] = [codeOf(error), error as Error];
  if (COLLISIONS.includes(code)) return 'collision';
  if (code.startsWith('08') || AWAY.includes(code) || LOST.includes(code)) return 'away';
  if (code !== '') return 'refused';
  if (UNANSWERED.test(message)) return 'unanswered';
  return GONE.test(message) ? 'away' : 'refused';
}

/** What the error says, in words of people. */
export function reasonOf(error: unknown): string {
  const { message } = error as Error;
  if (/client password must be a string/.test(message)) return 'it asks for a password, which PGPASSWORD gives';
  if (UNANSWERED.test(message)) return 'it takes connections, and does not answer';
  return REASONS[codeOf(error)] ?? (message === '' ? codeOf(error) : message);
}

const codeOf = (error: unknown): string => String((error as { code?: unknown }).code ?? '');
