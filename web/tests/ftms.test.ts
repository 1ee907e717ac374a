import { describe, expect, test } from 'vitest';

import { readIndoorBikeData, type IndoorBikeData, readResistanceRange, resistanceFromPower, ResistanceScale } from '../src/logic/ftms';

const bytes = (hex: string) => new DataView(new Uint8Array(hex.split(' ').map((byte) => parseInt(byte, 16))).buffer);

describe('indoor bike data', () => {
  test.each<[string, IndoorBikeData, string]>([
    ['44 02 9c 09 5c 00 4f 00 50', { speed: 24.6, cadence: 46, power: 79, heartRate: 80 }, 'a message seen on the air'],
    ['00 00 00 00', { speed: 0 }, 'the least: a speed of nothing'],
    ['01 00', {}, 'bit 0 set: not even a speed'],
    ['05 00 ab 00', { cadence: 85.5 }, 'cadence comes in halves'],
    ['41 00 f6 ff', { power: -10 }, 'power is signed'],
    ['21 00 9c ff', { resistanceLevel: -100 }, 'so is the resistance level'],
    ['11 00 40 e2 01', { distance: 123_456 }, 'a distance of three bytes'],
    ['01 02 00', {}, 'a heart rate of 0 is none'],
    ['01 08 2c 01', { elapsed: 300 }, 'elapsed time'],
    [
      'fe 1f 10 27 11 27 b4 00 b2 00 10 27 00 2d 00 fa 00 f0 00 64 00 58 02 0a 8c 6e 3c 00 f0 00',
      { speed: 100, cadence: 90, distance: 10_000, resistanceLevel: 45, power: 250, heartRate: 140, elapsed: 60 },
      'everything at once, averages and energy skipped',
    ],
  ])('%s is %o: %s', (hex, data) => expect(readIndoorBikeData(bytes(hex))).toEqual(data));

  test.each(['44', '44 02', '44 02 9c 09 5c 00 4f 00', '01 01 00 00 00 00'])('%s ends too early and is nothing', (hex) =>
    expect(readIndoorBikeData(bytes(hex))).toBeNull(),
  );

  test('a message inside a larger buffer is read from where it begins', () => {
    const whole = new Uint8Array([0xff, 0xff, 0x05, 0x00, 0xb4, 0x00, 0xff]);
    expect(readIndoorBikeData(new DataView(whole.buffer, 2, 4))).toEqual({ cadence: 90 });
  });
});

describe('resistance', () => {
  test('a range is read; what is none is not', () => {
    expect(readResistanceRange(bytes('00 00 e8 03 0a 00'))).toEqual({ lowest: 0, highest: 1000 });
    expect(readResistanceRange(bytes('64 00 64 00 0a 00'))).toBeNull();
    expect(readResistanceRange(bytes('00 00'))).toBeNull();
  });

  test('without a range a level is a percentage', () => {
    const scale = new ResistanceScale();
    expect([0, 45, 100, 130, -5].map((level) => scale.percent(level))).toEqual([0, 45, 100, 100, 0]);
  });

  test('levels in whole steps of a range that is told in tenths', () => {
    const scale = new ResistanceScale({ lowest: 0, highest: 1000 });
    expect([0, 45, 100].map((level) => scale.percent(level))).toEqual([0, 45, 100]);
  });

  test('levels in tenths are known from the first that can be nothing else', () => {
    const scale = new ResistanceScale({ lowest: 0, highest: 1000 });
    expect([450, 50].map((level) => scale.percent(level))).toEqual([45, 5]);
  });

  test('gears: a range that does not begin at 0', () => {
    const scale = new ResistanceScale({ lowest: 10, highest: 240 });
    expect(scale.percent(1)).toBe(0);
    expect(scale.percent(24)).toBe(100);
  });

  test.each([
    [95, 78, 39],
    [0, 80, 0],
    [100, 0, 0],
    [3000, 60, 99],
  ])('%d W at %d rpm is about %d %%', (power, cadence, percent) =>
    expect(Math.abs(resistanceFromPower(power, cadence) - percent)).toBeLessThan(2),
  );
});
