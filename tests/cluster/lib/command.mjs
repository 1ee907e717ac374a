// The command line of what is run by hand as well.

import { parseArgs } from 'node:util';

/**
 * Prints the usage, or what is wrong with the command line, and ends the process, where it is not to be run.
 * @param {string} command  for messages: "tests/cluster/run"
 * @param {string} usage
 * @param {Record<string, {low: number, high: number, otherwise: number}>} numbers  by option
 * @param {Record<string, string[]>} [words]  by option: what it takes; left out it is undefined
 * @returns {Record<string, any>}
 */
export function optionsOf(command, usage, numbers, words = {}) {
  try {
    const names = [...Object.keys(numbers), ...Object.keys(words)];
    const { values } = parseArgs({
      options: { help: { type: 'boolean' }, ...Object.fromEntries(names.map((name) => [name, { type: 'string' }])) },
    });
    if (values.help) {
      process.stdout.write(usage);
      process.exit(0);
    }
    for (const [name, { low, high, otherwise }] of Object.entries(numbers)) {
      const number = Number(values[name] ?? otherwise);
      if (!Number.isInteger(number) || number < low || number > high) throw new Error(`--${name} takes a number from ${low} to ${high}`);
      values[name] = number;
    }
    for (const [name, list] of Object.entries(words))
      if (values[name] !== undefined && !list.includes(values[name])) throw new Error(`--${name} takes one of ${list.join(', ')}`);
    return values;
  } catch (error) {
    console.error(`${command}: ${error.message}; --help tells more`);
    process.exit(2);
  }
}

/** A seed that nobody chose. */
export const anySeed = () => ({ low: 0, high: 2 ** 32 - 1, otherwise: Math.floor(Math.random() * 2 ** 32) });
