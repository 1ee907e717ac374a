// What a bench found: tables for people as it goes along, and the same as JSON.

import { writeFileSync } from 'node:fs';

import { median, spread } from './figures.mjs';

const numbersOf = (cell) => [cell].flat().filter((value) => Number.isFinite(value));
const isText = (cell) => typeof cell === 'string';

/** @typedef {{key: string, title: string, digits?: number, fact?: boolean}} Column  of numbers; digits behind the point, 2 */
/** @typedef {{name: string} & Record<string, number | number[] | string | undefined>} Row  a number a round */

export class Report {
  /**
   * @param {object} about  what goes at the top of the JSON: date, machine, ...
   * @param {object} [options]
   * @param {string} [options.file]  written anew after each part: a run that is cut off leaves what it has
   * @param {(line: string) => void} [options.print]
   */
  constructor(about, { file, print = console.log } = {}) {
    this.result = { ...about, parts: [] };
    this.file = file;
    this.print = print;
  }

  begin(name, facts) {
    this.part = { name, ...facts, notes: [], tables: [] };
    this.result.parts.push(this.part);
  }

  /** @param {object} facts  more about the part that is over */
  end(facts) {
    Object.assign(this.part, facts);
    if (this.file) writeFileSync(this.file, `${JSON.stringify(this.result, null, 1)}\n`);
  }

  note(text) {
    this.part.notes.push(text);
    this.print(text);
  }

  /**
   * Medians, and the range in brackets where there are several rounds.
   * @param {string} title
   * @param {Column[]} columns
   * @param {Row[]} rows
   */
  table(title, columns, rows) {
    const cells = (row) => columns.filter(({ key }) => isText(row[key]) || numbersOf(row[key]).length > 0);
    this.part.tables.push({
      title,
      columns,
      rows: rows.map((row) => ({
        name: row.name,
        cells: Object.fromEntries(cells(row).map(({ key }) => [key, isText(row[key]) ? row[key] : figure(numbersOf(row[key]))])),
      })),
    });
    this.print(`${title}\n`);
    const line = (words) => this.print(`| ${words.join(' | ')} |`);
    line(['', ...columns.map((column) => column.title)]);
    this.print(`|${'---|'.repeat(columns.length + 1)}`);
    for (const row of rows) line([row.name, ...columns.map(({ key, digits = 2 }) => textOf(row[key], digits))]);
    this.print('');
  }
}

const figure = (values) => ({ median: median(values), min: Math.min(...values), max: Math.max(...values), values });

function textOf(cell, digits) {
  if (isText(cell)) return cell;
  const values = numbersOf(cell);
  if (values.length === 0) return '-';
  return values.length === 1 ? values[0].toFixed(digits) : spread(values, digits);
}
