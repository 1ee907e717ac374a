// Tables that come in pages, as a client joins them.

import assert from 'node:assert/strict';

/** More pages than any table of a test has: a cursor that goes in circles ends here. */
const mostPages = 500;

/**
 * Asks page after page, by the cursor of the one before.
 * @param {import('./client.mjs').Client} client
 * @param {string} what   as for `client.query`
 * @param {object} body   of every question, with its `limit`
 * @param {object} [options]
 * @param {string} [options.rows]  name of the rows in the answer
 * @param {() => Promise<void>} [options.between]  after each page but the last
 * @returns {Promise<{rows: object[], pages: object[]}>}
 */
export async function joined(client, what, body, { rows = 'rows', between = async () => {} } = {}) {
  const pages = [];
  let after;
  do {
    assert.ok(pages.length < mostPages, `${what} ${JSON.stringify(body)} does not end`);
    const page = await client.answer(what, { ...body, ...(after !== undefined && { after }) });
    pages.push(page);
    after = page.next;
    if (after !== undefined) {
      assert.equal(page[rows].length, body.limit, `${what}: a page that others follow is full`);
      await between();
    }
  } while (after !== undefined);
  return { rows: pages.flatMap((page) => page[rows]), pages };
}
