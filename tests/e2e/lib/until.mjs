// Waiting with a deadline: no test sleeps for a fixed time and hopes.

export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Asks again and again until the answer is truthy.
 * @template T
 * @param {string} what           for the message: "the node is ready"
 * @param {() => T | Promise<T>} ask  an error counts as "not yet"
 * @param {{seconds?: number, everyMs?: number}} [limits]
 * @returns {Promise<NonNullable<T>>}
 * @throws {Error} at the deadline, with the last error
 */
export async function until(what, ask, { seconds = 60, everyMs = 50 } = {}) {
  const deadline = Date.now() + seconds * 1000;
  let last;
  for (;;) {
    try {
      const answer = await ask();
      if (answer) return answer;
      last = '';
    } catch (error) {
      last = `: ${error.message}`;
    }
    if (Date.now() > deadline) throw new Error(`not within ${seconds} s: ${what}${last}`);
    await sleep(everyMs);
  }
}
