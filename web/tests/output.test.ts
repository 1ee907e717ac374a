import { describe, expect, test } from 'vitest';

import { decimal, outputUnits, tenth, units } from '../src/logic/output';

describe('output', () => {
  test.each([
    { cadence: 74.2, resistance: 74, output: 151.788, why: 'the example of the rules' },
    { cadence: 0, resistance: 0, output: 22.75, why: 'zero input gives what the formula says' },
    { cadence: 250, resistance: 100, output: 470.25, why: 'the highest' },
    { cadence: 0.1, resistance: 0.1, output: 22.8501, why: 'a tenth counts exactly (351 × 651)' },
    { cadence: 85.04, resistance: 40.06, output: 126.12, why: 'inputs are rounded to a tenth first' },
  ])('$cadence rpm at $resistance % is $output: $why', ({ cadence, resistance, output }) => {
    expect(decimal(outputUnits({ cadence, resistance }))).toBe(output);
  });

  test('a total of 300 seconds has no rounding in it', () => {
    let sum = 0;
    for (let i = 0; i < 300; i += 1) sum += outputUnits({ cadence: 74.2, resistance: 74 });
    expect(decimal(sum)).toBe(45536.4);
  });

  test('a decimal score comes back as whole units', () => {
    expect(units(1973.244)).toBe(19_732_440);
    expect(units(0.1 + 0.2)).toBe(3000);
  });

  test.each([
    [-3, 0],
    [999, 250],
    [Number.NaN, 0],
    [Number.POSITIVE_INFINITY, 0],
    [84.96, 85],
  ])('a cadence of %d is sent as %d', (given, sent) => expect(tenth(given, 250)).toBe(sent));
});
