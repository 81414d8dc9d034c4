import { expect, test } from 'vitest';
import { faultOf, reasonOf } from './database-faults.js';

const error = (message: string, code?: string) => Object.assign(new Error(message), code === undefined ? {} : { code });

test('a database that is away is told from one that refuses, and from statements that wait for each other', () => {
  for (const code of ['ECONNREFUSED', 'EAI_AGAIN', '08006', '57P01', '53300']) {
    expect(faultOf(error('', code)), code).toBe('away');
  }
  // Runs of hours are not stopped for what the machine lacks for a moment.
  for (const code of ['EMFILE', 'ENFILE', 'ENOBUFS', 'EAI_FAIL', 'EAI_MEMORY', 'EPERM']) {
    expect(faultOf(error('', code)), code).toBe('away');
  }
  for (const message of ['Connection terminated unexpectedly', 'timeout exceeded when trying to connect']) {
    expect(faultOf(error(message)), message).toBe('away');
  }
  for (const code of ['40001', '40P01']) expect(faultOf(error('deadlock detected', code)), code).toBe('collision');
  expect(faultOf(error('Query read timeout'))).toBe('unanswered');
  // Nobody would mend these by waiting.
  for (const code of ['ERR_INVALID_ARG_TYPE', 'ERR_TLS_CERT_ALTNAME_INVALID', 'EPROTO', 'EACCES', '42501', '28P01']) {
    expect(faultOf(error('no', code)), code).toBe('refused');
  }
  expect(faultOf(error('The server does not support SSL connections'))).toBe('refused');
});

test('reasons are said as people say them', () => {
  expect(reasonOf(error('connect ECONNREFUSED 127.0.0.1:1', 'ECONNREFUSED'))).toBe('nothing listens there');
  expect(reasonOf(error('Query read timeout'))).toBe('it takes connections, and does not answer');
  expect(reasonOf(error('certificate has expired', 'CERT_HAS_EXPIRED'))).toBe('certificate has expired');
});
