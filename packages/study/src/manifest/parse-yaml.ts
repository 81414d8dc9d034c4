import { XincError } from '@xinc/core';
import { type Document, parseDocument } from 'yaml';

/**
 * A YAML text as a document, which keeps its comments when it is changed. Aliases are not followed: a few bytes of them can stand for
 * gigabytes.
 * @param file as messages call it
 * @throws XincError `invalid-file` naming the line
 */
export function parseYaml(text: string, file: string): Document {
  const document = parseDocument(text, { prettyErrors: true });
  const [error] = document.errors;
  if (!error) return document;
  const line = error.linePos?.[0].line;
  const problem = error.message.split('\n')[0].replace(/ at line \d+, column \d+:?$/, '');
  throw new XincError('invalid-file', `${file}${line === undefined ? '' : `, line ${line}`}: ${problem}`, {
    subject: file,
  });
}

/** The value of a document. @throws XincError `invalid-file` */
export function yamlValue(document: Document, file: string): unknown {
  try {
    return document.toJS({ maxAliasCount: 0 });
  } catch (error) {
    throw new XincError('invalid-file', `${file}: ${(error as Error).message}`, { subject: file });
  }
}
