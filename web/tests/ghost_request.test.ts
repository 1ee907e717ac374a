import { describe, expect, test } from 'vitest';

import type { ViewGhost } from '../src/contract/messages';
import { Fence } from '../src/logic/fence';
import { GhostRequest } from '../src/logic/ghost_request';

const there: ViewGhost = { kind: 'leader', racerId: 8, total: 100, delta: 1 };
const granted = (): GhostRequest => {
  const request = new GhostRequest('leader');
  request.asked();
  request.granted();
  request.saw({ epoch: 4, ghost: there }, 1000);
  return request;
};

describe('the wish for a ghost', () => {
  test('is asked once while it is granted', () => {
    const request = new GhostRequest('leader');
    expect(request.due(0)).toBe(true);
    request.asked();
    expect(request.due(99_999)).toBe(false);
    request.granted();
    expect(request.due(99_999)).toBe(false);
    expect(request.trouble).toBe('');
  });

  test('is asked again after a time-out, with growing pauses', () => {
    const request = new GhostRequest('leader');
    request.asked();
    request.failed('timeout', 'the server did not answer in time', 0);
    expect([request.due(999), request.due(1000)]).toEqual([false, true]);
    expect(request.trouble).toBe('no answer; it is asked again');
    request.asked();
    request.failed('no_owner', 'class 3 has no owner at the moment', 1000);
    expect([request.due(2999), request.due(3000)]).toEqual([false, true]);
    request.asked();
    request.granted();
    expect(request.trouble).toBe('');
  });

  test.each([
    ['unknown_ghost', 'there is no finished ride of this kind yet'],
    ['unknown_query', 'not available on this server'],
    ['bad_request', 'ghost is missing'],
  ])('a refusal for good (%s) is told in its own words and not asked again', (code, words) => {
    const request = new GhostRequest('leader');
    request.asked();
    request.failed(code, 'ghost is missing', 0);
    expect(request.due(99_999)).toBe(false);
    expect(request.trouble).toBe(words);
  });

  test('is asked again at once when a new owner’s view comes without it', () => {
    const request = granted();
    request.saw({ epoch: 5, ghost: null }, 5000);
    expect(request.due(5000)).toBe(true);
  });

  test('is not asked again when the new owner has it', () => {
    const request = granted();
    request.saw({ epoch: 5, ghost: there }, 5000);
    expect(request.due(99_999)).toBe(false);
  });

  test('is asked again when one owner’s views stay without it; a second or two without a score is no loss', () => {
    const request = granted();
    request.saw({ epoch: 4, ghost: null }, 2000);
    request.saw({ epoch: 4, ghost: null }, 3000);
    expect(request.due(3000)).toBe(false);
    request.saw({ epoch: 4, ghost: null }, 4000);
    expect([request.due(4999), request.due(5000)]).toEqual([false, true]);
  });

  test('nobody wanted, nothing asked', () => {
    const request = new GhostRequest('none');
    request.saw({ epoch: 1, ghost: null }, 0);
    request.saw({ epoch: 2, ghost: null }, 1000);
    expect(request.due(99_999)).toBe(false);
  });
});

describe('the fence', () => {
  test('drops what an earlier owner of the class says, whatever the race, and counts it', () => {
    const fence = new Fence();
    const said = [
      [3, 1],
      [3, 2],
      [3, 1],
      [4, 1],
      [3, 2],
      [3, 3],
      [3, 2],
    ].map(([classId, epoch]) => fence.admits({ classId: classId!, epoch: epoch! }));
    expect(said).toEqual([true, true, false, true, true, true, false]);
    expect(fence.dropped).toBe(2);
  });
  test('what carries no epoch comes from nobody', () =>
    expect(new Fence().admits({ classId: 3 } as { classId: number; epoch: number })).toBe(false));
});
