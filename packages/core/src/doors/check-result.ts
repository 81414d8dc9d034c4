import type { AnalysisResult, NamedArray, Table } from '../analysis.js';
import type { Figure } from '../figure.js';
import { sizeOf } from '../ndarray.js';
import type { Omission } from '../omission.js';
import { isCount, isObject, requireJson, requireThat, show } from './breach.js';
import { checkFigure } from './check-figure.js';
import { checkDistinct, checkFileName } from './names.js';

/** What can be saved as .npy. */
const ARRAYS = [Float32Array, Float64Array, Int32Array, Uint32Array, Uint16Array, Uint8Array];

/** What an analysis gave, before any of it is written: names, types, shapes. */
export function checkResult(result: unknown): AnalysisResult {
  requireThat(isObject(result), `it gave ${show(result)}`, 'Give { findings, tables, arrays, figures }.');
  for (const field of ['findings', 'tables', 'arrays', 'figures']) {
    requireThat(
      Array.isArray(result[field]),
      `it gave ${field}: ${show(result[field])}`,
      `Give a list, [] where there are no ${field}.`,
    );
  }
  for (const field of ['findings', 'notes']) {
    const texts = result[field];
    const fits = texts === undefined || (Array.isArray(texts) && texts.every((text) => typeof text === 'string'));
    requireThat(fits, `it gave ${field}: ${show(texts)}`, 'Give a list of texts.');
  }
  const { omissions = [], values } = result;
  requireThat(
    Array.isArray(omissions) && omissions.every(isOmission),
    `it gave omissions: ${show(omissions)}`,
    'Give a list of { layer, why }, or { why } for what is no layer.',
  );
  requireThat(values === undefined || isObject(values), `it gave values: ${show(values)}`, 'Give values by name.');
  requireJson('its values', values);
  const { tables, arrays, figures } = result as unknown as AnalysisResult;
  for (const table of tables) checkTable(table);
  for (const array of arrays) checkArray(array);
  for (const figure of figures) checkFigure(figure);
  const names = (of: readonly (Table | Figure)[]) => of.map(({ name }) => name);
  checkDistinct('tables', names(tables));
  checkDistinct('figures', names(figures));
  checkDistinct(
    'arrays',
    arrays.map(({ frame, layer, name }) => `${name}' of layer '${layer}' on frame '${frame}`),
  );
  return result as unknown as AnalysisResult;
}

function isOmission(value: unknown): value is Omission {
  if (!isObject(value)) return false;
  const { layer, frames, why } = value;
  return (
    typeof why === 'string' &&
    (layer === undefined || typeof layer === 'string') &&
    (frames === undefined || (Array.isArray(frames) && frames.every(isFrame)))
  );
}

const isFrame = (value: unknown): boolean => Number.isSafeInteger(value) && (value as number) >= 0;

function checkTable(table: unknown): asserts table is Table {
  requireThat(isObject(table), `a table is ${show(table)}`);
  checkFileName("a table's name", table.name);
  const of = `table '${table.name}'`;
  const { title, columns, rows } = table;
  requireThat(typeof title === 'string', `${of} has the title ${show(title)}`);
  requireThat(Array.isArray(columns) && columns.length > 0, `${of} has columns: ${show(columns)}`);
  for (const column of columns as readonly unknown[]) {
    const fits =
      isObject(column) &&
      typeof column.name === 'string' &&
      typeof column.description === 'string' &&
      (column.unit === undefined || typeof column.unit === 'string');
    requireThat(fits, `${of} has a column ${show(column)}`, 'A column has a name, a description and perhaps a unit.');
  }
  checkDistinct(
    `columns of ${of}`,
    columns.map(({ name }: { name: string }) => name),
  );
  requireThat(Array.isArray(rows), `${of} has rows: ${show(rows)}`);
  for (const [i, row] of (rows as readonly unknown[]).entries()) {
    requireThat(Array.isArray(row), `row ${i} of ${of} is ${show(row)}`);
    requireThat(
      row.length === columns.length,
      `row ${i} of ${of} has ${row.length} values for ${columns.length} columns`,
    );
    for (const [k, cell] of row.entries()) {
      requireThat(
        cell === null || typeof cell === 'string' || typeof cell === 'number',
        `row ${i} of ${of} has ${show(cell)} for '${columns[k].name}'`,
        'Give a text, a number, or null for nothing.',
      );
    }
  }
}

function checkArray(array: unknown): asserts array is NamedArray {
  requireThat(isObject(array), `an array is ${show(array)}`);
  checkFileName("an array's name", array.name);
  const of = `array '${array.name}'`;
  checkFileName(`the layer of ${of}`, array.layer);
  const { frame, shape, data } = array;
  requireThat(isFrame(frame), `${of} is of frame ${show(frame)}`);
  const typed = ARRAYS.find((type) => data instanceof type);
  requireThat(
    typed !== undefined,
    `${of} holds ${show(data)}`,
    `Give one of ${ARRAYS.map(({ name }) => name).join(', ')}.`,
  );
  const extents = Array.isArray(shape) && shape.every((extent) => extent === 0 || isCount(extent));
  requireThat(extents, `${of} has the shape ${show(shape)}`);
  const { length } = data as Float32Array;
  requireThat(length === sizeOf(shape), `${of} has the shape ${show(shape)} and ${length} values`);
}
