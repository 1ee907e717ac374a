// Every question at every node of a cluster while a race runs, against the oracle; pages of tables that change; every error.

import assert from 'node:assert/strict';

import { Client, passing } from '../e2e/lib/client.mjs';
import { joined } from '../e2e/lib/pages.mjs';
import { exact, rankedRide } from '../e2e/lib/tables.mjs';
import { sleep, until } from '../e2e/lib/until.mjs';
import { verify } from '../e2e/lib/verify.mjs';
import { fold } from '../oracle/fold.mjs';
import { readLog } from '../oracle/log.mjs';
import { momentOf, standingsOf } from '../oracle/oracle.mjs';
import { completeRules, scoringOf } from '../oracle/rules.mjs';
import { Document } from '../contract/lib/document.mjs';
import { clusterTest } from './lib/cluster_world.mjs';

const rules = completeRules({
  window_seconds: 10,
  ride_seconds: 30,
  grace_seconds: 10,
  classes: [1, 2, 3].map((id) => ({ id, score: id === 3 ? 'output' : 'total' })),
});
const classIds = rules.classes.map(({ id }) => id);
const racers = 30;

const fieldsOf = (row, fields) => Object.fromEntries(fields.map((field) => [field, row[field]]));

/**
 * What can be told of a past race and of those who rode in it, at one node.
 * @param {import('../e2e/lib/client.mjs').Client} client
 * @param {import('../oracle/oracle.mjs').Tables} expected
 * @returns {Promise<number>} how many answers were compared
 */
async function pastAgrees(client, expected, where) {
  let asked = 0;
  const query = async (what, body) => {
    const answer = await client.answer(what, body);
    asked += 1;
    return answer;
  };
  const pages = async (what, body, options) => {
    const found = await joined(client, what, body, options);
    asked += found.pages.length;
    return found.rows;
  };
  for (const classId of classIds) {
    const race = expected.races.find((each) => each.classId === classId);
    const { raceId, ranking, rides } = race;
    const at = `${where}, class ${classId}`;

    const board = expected.leaderboard[classId];
    const boardRow = ({ rank, racerId, total, raceId: of }) => ({ rank, racerId, score: exact(total), raceId: of });
    const known = board.map(({ rank, racerId, score, raceId: of }) => ({ rank, racerId, score, raceId: of }));
    assert.deepEqual((await pages(`leaderboard.${classId}`, { limit: 7 })).map(boardRow), known, `${at}: leaderboard`);
    assert.deepEqual((await pages(`leaderboard.${classId}`, { limit: 4, period: '30d' })).map(boardRow), known, `${at}: 30 days`);
    const middle = board[Math.floor(board.length / 2)];
    const around = await query(`leaderboard.${classId}`, { limit: 5, around: middle.racerId, fields: ['racerId', 'rank'] });
    assert.ok(around.rows.some((row) => row.racerId === middle.racerId && row.rank === middle.rank));
    assert.deepEqual(Object.keys(around.rows[0]), ['rank', 'racerId']);

    for (const second of [1, 11, rules.ride_seconds]) {
      const rows = await pages(`alltime.${classId}.${second}`, { limit: 8 });
      assert.deepEqual(
        rows.map(({ rank, racerId, score }) => ({ rank, racerId, score: exact(score) })),
        expected.allTime[classId][second].map(({ rank, racerId, score }) => ({ rank, racerId, score })),
        `${at}: all-time table at ${second}`,
      );
    }

    const list = await query(`races.${classId}`, { limit: 5 });
    assert.deepEqual(
      list.rows.filter((row) => row.raceId === raceId).map((row) => [row.racers, row.finished, row.winner.racerId]),
      [[ranking.length, ranking.filter(({ finished }) => finished).length, ranking[0].racerId]],
      `${at}: races`,
    );

    assert.deepEqual((await pages(`race.${classId}.${raceId}`, { limit: 9 })).map(rankedRide), ranking, `${at}: result`);
    const moment = await pages(`race.${classId}.${raceId}`, { limit: 9, second: 7 });
    assert.deepEqual(
      moment.map(({ rank, racerId }) => [racerId, rank]),
      Object.entries(rides)
        .filter(([, ride]) => (ride.score[6] ?? null) !== null)
        .map(([racerId, ride]) => [Number(racerId), ride.hereNow[6]])
        .sort((a, b) => a[1] - b[1] || a[0] - b[0]),
      `${at}: at second 7`,
    );

    const { racerId, name } = ranking[2];
    const ride = await pages(`ride.${classId}.${raceId}.${racerId}`, { limit: 13 });
    assert.deepEqual(
      ride.map(({ cadence, hereNowRank, allTimeRank }) => [cadence === null ? null : Math.round(cadence * 10), hereNowRank, allTimeRank]),
      rides[racerId].cadence.map((cadence, i) => [cadence, rides[racerId].hereNow[i], rides[racerId].allTime[i]]),
      `${at}: ride of ${racerId}`,
    );
    const profile = await query(`racer.${racerId}`, { limit: 5, fields: ['records', 'raceId', 'rank'] });
    assert.deepEqual([profile.bests, Object.keys(profile.rides[0])], [undefined, ['raceId', 'rank']]);
    const line = profile.rides.find((each) => each.raceId === raceId);
    assert.equal(line.rank, ranking[2].rank);
    const best = board.find((each) => each.racerId === racerId);
    const record = profile.records.find((each) => each.classId === classId);
    assert.deepEqual(record && [exact(record.total), record.raceId], best && [best.score, best.raceId], `${at}: record of ${racerId}`);

    const found = await query('search', { text: `${racerId}` });
    assert.deepEqual(found.rows[0], { racerId, name }, `${at}: search`);
    const leader = await query(`ghost.${classId}.leader`);
    assert.deepEqual([leader.racerId, exact(leader.scores.at(-1))], [board[0].racerId, board[0].score], `${at}: leader`);
    const median = await query(`ghost.${classId}.median`);
    const last = expected.allTime[classId][rules.ride_seconds];
    assert.equal(exact(median.scores.at(-1)), last[Math.floor(last.length / 2)].score, `${at}: median`);
  }
  // Of everybody whose number begins with 1, joined and whole.
  const people = await pages('search', { text: '1', limit: 6 });
  const whole = await query('search', { text: '1', limit: 1000 });
  assert.deepEqual(people, whole.rows, `${where}: search in pages`);
  assert.equal(whole.of, whole.rows.length);
  const { rows: courses } = await query('classes');
  assert.deepEqual(
    courses.map(({ classId, score }) => [classId, score]),
    rules.classes.map(({ id, score }) => [id, score]),
  );
  const cluster = await query('cluster');
  assert.equal(cluster.nodes.filter(({ state }) => state === 'live').length, 3, `${where}: nodes`);
  assert.ok(cluster.classes.every(({ owner, ready }) => owner !== null && ready));
  assert.deepEqual((await query('audit')).rows, []);
  return asked;
}

clusterTest(
  'every question at every node of three while a race runs is answered as the oracle says, in pages too',
  { servers: 3, apart: true, rules },
  async (world, t) => {
    const clients = new Map();
    for (const name of world.nodes.keys()) clients.set(name, await Client.connect(world.natsUrlOf(name)));
    try {
      const first = await world.startRace([], racers);
      const past = await world.assertWhole(first, t);
      // Every node has read the results when it can tell of the last of them.
      for (const [name, client] of clients)
        await until(`${name} has the results`, async () => {
          const answers = await Promise.all(classIds.map((classId) => client.answer(`race.${classId}.${first.raceId}`)));
          return answers.every(({ state }) => state === 'closed');
        });

      const second = await world.startRace(['--seed', 2], racers, 'second');
      const { raceId } = second;
      const live = [];
      let compared = 0;
      let mixed = 0;
      await until('everybody rides', async () => {
        const { classes } = await world.client.query('now');
        return classes.every(({ races }) => races.some((race) => race.raceId === raceId && race.racers === racers));
      });
      const last = second.begin + (rules.ride_seconds + 2) * 1000;
      /** All pages of a race that goes on between them; from the first one again when its class has moved, as docs/queries.md says. */
      const paged = async (client, what, body) => {
        for (let tries = 1; ; tries += 1)
          try {
            return await joined(client, what, body, { between: () => sleep(250) });
          } catch (error) {
            if (error.code !== 'expired_cursor' || tries === 5) throw error;
          }
      };
      /** Pages of the running race at one node. */
      const ride = async (name, client) => {
        for (const classId of classIds) {
          const { rows, pages } = await paged(client, `race.${classId}.${raceId}`, { limit: 7 });
          assert.equal(new Set(pages.map(({ asOf }) => asOf)).size, 1, `${name}: all pages are of one moment`);
          assert.ok(pages.length >= 4);
          live.push({ name, classId, asOf: pages[0].asOf, rows });
          const at = await paged(client, `race.${classId}.${raceId}`, { limit: 11, second: 'half' });
          assert.equal(new Set(at.pages.map(({ asOf, second: of }) => `${asOf} ${of}`)).size, 1);
          live.push({ name, classId, asOf: at.pages[0].asOf, second: at.pages[0].second, rows: at.rows });
          // While it was paged, the race went on.
          if ((await client.answer(`race.${classId}.${raceId}`, { limit: 1 })).asOf > pages[0].asOf) mixed += 1;
        }
      };
      await Promise.all(
        [...clients].map(async ([name, client]) => {
          while (Date.now() < last) {
            const { classes } = await client.answer('now');
            assert.deepEqual(
              classes.map(({ classId }) => classId),
              classIds,
            );
            const [asked] = await Promise.all([pastAgrees(client, past.expected, name), ride(name, client)]);
            compared += asked;
          }
        }),
      );
      assert.ok(mixed >= clients.size, `the race went on between pages ${mixed} times`);
      assert.equal(await second.riders.ended, 0, second.riders.report);
      const verdict = await verify(world.client, [first.riders.log, second.riders.log], rules, { presume: true, seconds: 120 });
      assert.ok(verdict.equal, verdict.report);
      const sent = await readLog(second.riders.log);
      for (const { name, classId, asOf, second: at, rows } of live) {
        const key = `${classId}/${raceId}`;
        const rides = fold(sent, rules, { marks: new Map([[key, asOf + 1]]) }).races.get(key);
        const scoring = scoringOf(rules, classId);
        if (at === undefined)
          assert.deepEqual(
            rows.map((row) => ({ ...rankedRide(row), hereNowRank: row.hereNowRank })),
            standingsOf(rides, rules, scoring).map((row) => ({ ...row })),
            `${name}: race ${key} as of ${asOf}`,
          );
        else
          assert.deepEqual(
            rows.map((row) => fieldsOf(row, ['racerId', 'rank', 'second'])),
            momentOf(rides, at, scoring).map((row) => fieldsOf(row, ['racerId', 'rank', 'second'])),
            `${name}: race ${key} at second ${at} as of ${asOf}`,
          );
      }
      // It was this node that was asked: the others' archives were not.
      for (const name of clients.keys())
        assert.ok((await world.metricOf(name, 'alleycat_query_seconds_count{verb="ride"}')) > 0, `${name} answered`);
      t.diagnostic(`${compared} answers about the past and ${live.length} tables of a running race compared, on ${clients.size} nodes`);
    } finally {
      for (const client of clients.values()) await client.close();
    }
  },
);

/** What no question can bring about, and where it is shown instead. */
const elsewhere = new Set(['timeout', 'store_failed', 'internal', 'not_ready', 'no_owner', 'busy']);

clusterTest('whatever is asked wrong is answered with its error, at every node', { servers: 3, apart: true, rules }, async (world, t) => {
  const first = await world.startRace([], 10);
  await world.assertWhole(first, t);
  const { raceId } = first;
  const second = await world.startRace([], 10, 'second');
  await until('the race is open', async () =>
    (await world.client.query('now')).classes.every(({ races }) =>
      races.some((race) => race.raceId === second.raceId && race.racers === 10),
    ),
  );
  const rider = (await world.client.answer('leaderboard.1', { limit: 1 })).rows[0].racerId;
  const cursorOf = async (what, body = {}) => (await world.client.answer(what, { limit: 1, ...body })).next;
  const board = await cursorOf('leaderboard.1');
  const race = await cursorOf(`race.1.${raceId}`);
  assert.ok(board && race);
  const wrong = [
    ['nonsense', {}, 'unknown_query', /no query "nonsense"/],
    ['leaderboard', {}, 'bad_request', /takes 1 arguments, not 0/],
    ['race.1', {}, 'bad_request', /takes 2/],
    ['now.1', {}, 'bad_request', /takes 0/],
    ['leaderboard.1', '[1]', 'bad_request', /no.* a JSON object/],
    ['leaderboard.1', '{"limit":', 'bad_request', /JSON object/],
    ['leaderboard.1', JSON.stringify({ text: 'x'.repeat(5000) }), 'bad_request', /longer than/],
    ['leaderboard.1', { limit: 1001 }, 'bad_request', /limit must be/],
    ['leaderboard.1', { limit: -1 }, 'bad_request', /limit must be/],
    ['leaderboard.1', { offset: 'one' }, 'bad_request', /offset must be/],
    ['leaderboard.1', { around: 2 ** 32 }, 'bad_request', /around must be/],
    ['leaderboard.1', { period: 'yesterday' }, 'bad_request', /period must be/],
    ['races.1', { before: 1.5 }, 'bad_request', /before must be/],
    ['search', {}, 'bad_request', /text is missing/],
    ['search', { text: 5 }, 'bad_request', /text must be a string/],
    // Fields.
    ['leaderboard.1', { fields: 'rank' }, 'bad_request', /fields must be a list/],
    ['leaderboard.1', { fields: [] }, 'bad_request', /fields must be a list/],
    ['leaderboard.1', { fields: [1] }, 'bad_request', /fields must be a list/],
    ['leaderboard.1', { fields: Array(33).fill('rank') }, 'bad_request', /fields must be a list/],
    ['leaderboard.1', { fields: ['rank', 'colour'] }, 'bad_request', /no field "colour"; it has rank racerId name total raceId at/],
    ['leaderboard.1', { fields: ['rank racerId'] }, 'bad_request', /no field "rank racerId"/],
    ['alltime.1.5', { fields: ['total'] }, 'bad_request', /no field "total"; it has rank racerId name score/],
    ['races.1', { fields: ['rank'] }, 'bad_request', /it has raceId closed/],
    [`race.1.${raceId}`, { fields: ['rows'] }, 'bad_request', /it has rank hereNowRank/],
    [`race.1.${second.raceId}`, { fields: ['rows'] }, 'bad_request', /it has rank hereNowRank/],
    [`racer.${rider}`, { fields: ['name'] }, 'bad_request', /it has bests records/],
    [`ride.1.${raceId}.${rider}`, { fields: ['rank'] }, 'bad_request', /it has second cadence/],
    ['search', { text: 'a', fields: ['rank'] }, 'bad_request', /it has racerId name/],
    ['audit', { fields: ['what'] }, 'bad_request', /it has seq at/],
    // Cursors.
    ['leaderboard.1', { after: 7 }, 'bad_request', /after must be the text/],
    ['leaderboard.1', { after: '' }, 'bad_request', /after is not from/],
    ['leaderboard.1', { after: 'x'.repeat(2000) }, 'bad_request', /after must be the text/],
    ['leaderboard.1', { after: `${board}-1` }, 'bad_request', /after is not from/],
    ['leaderboard.1', { after: `${board}x` }, 'bad_request', /after is not from/],
    ['leaderboard.1', { after: race }, 'bad_request', /after is not from/],
    ['leaderboard.1', { after: board, offset: 5 }, 'bad_request', /after goes without/],
    ['leaderboard.1', { after: board, around: 5 }, 'bad_request', /after goes without/],
    ['alltime.1.5', { after: '1-2-3' }, 'bad_request', /after is not from/],
    ['races.1', { after: '4294967296' }, 'bad_request', /after is not from/],
    [`race.1.${raceId}`, { after: '5' }, 'bad_request', /after is not from/],
    [`race.1.${raceId}`, { after: '5-xyz' }, 'bad_request', /after is not from/],
    [`racer.${rider}`, { after: '1-2' }, 'bad_request', /after is not from/],
    [`ride.1.${raceId}.${rider}`, { after: '-1' }, 'bad_request', /after is not from/],
    ['search', { text: 'a', after: '1-2' }, 'bad_request', /after is not from/],
    ['search', { text: 'a', after: '2-2-a' }, 'bad_request', /after is not from/],
    ['audit', { after: 'x' }, 'bad_request', /after is not from/],
    [`race.1.${raceId}`, { after: '5-1234' }, 'expired_cursor', /begin with its first page/],
    [`race.1.${second.raceId}`, { after: '5-1234' }, 'expired_cursor', /begin with its first page/],
    [`race.1.${raceId}`, { after: race.replace(/^\d+/, '2000') }, 'bad_request', /after is not from/],
    // Seconds, and what is not there.
    ['alltime.1.0', {}, 'bad_second'],
    [`alltime.1.${rules.ride_seconds + 1}`, {}, 'bad_second'],
    ['alltime.1.x', {}, 'bad_second'],
    [`race.1.${raceId}`, { second: 0 }, 'bad_second'],
    [`race.1.${raceId}`, { second: 'two' }, 'bad_request'],
    ['leaderboard.99', {}, 'unknown_class'],
    ['leaderboard.99', { period: 'today' }, 'unknown_class'],
    ['alltime.x.1', {}, 'unknown_class'],
    ['races.0', {}, 'unknown_class'],
    ['race.99.1', {}, 'unknown_class'],
    ['ride.99.1.1', {}, 'unknown_class'],
    ['ghost.99.leader', {}, 'unknown_class'],
    ['race.1.1', {}, 'unknown_race'],
    ['race.1.x', {}, 'unknown_race'],
    ['race.1.1', { second: 'half' }, 'unknown_race'],
    ['ride.1.1.1', {}, 'unknown_race'],
    ['racer.4000000000', {}, 'unknown_racer'],
    ['racer.x', {}, 'unknown_racer'],
    [`ride.1.${raceId}.4000000000`, {}, 'unknown_ride'],
    ['ghost.1.nobody', {}, 'unknown_ghost'],
    ['ghost.1.rank-100000', {}, 'unknown_ghost'],
    ['ghost.1.4000000000', {}, 'unknown_ghost'],
    ['drain.node-9', {}, 'unknown_node'],
    [`rename.${rider}`, {}, 'bad_name'],
    [`rename.${rider}`, { name: 'x'.repeat(65) }, 'bad_name'],
    [`rename.${rider}`, { name: 7 }, 'bad_request'],
    ['rename.4000000000', { name: 'Nobody' }, 'unknown_racer'],
    ['hide.x', {}, 'unknown_racer'],
    ['forget.4000000000', {}, 'unknown_racer'],
    ['clear.4000000000', {}, 'unknown_racer'],
    [`hide.${rider}`, { by: 'x'.repeat(65) }, 'bad_request'],
    ['exclude.1.1.1', {}, 'unknown_race'],
    [`exclude.1.${raceId}.4000000000`, {}, 'unknown_ride'],
    [`exclude.99.${raceId}.1`, {}, 'unknown_class'],
  ];
  const ghosts = [
    [{ ghost: 'leader' }, 'bad_request'],
    [{ classId: 1 }, 'bad_request'],
    [{ classId: 99, ghost: 'leader' }, 'unknown_class'],
    [{ classId: 1, ghost: 'rank-0' }, 'unknown_ghost'],
    [{ classId: 1, ghost: 'leader' }, 'not_riding'],
    [{ classId: 1, ghost: null }, 'not_riding'],
  ];
  const seen = new Set();
  for (const name of world.nodes.keys()) {
    const client = await Client.connect(world.natsUrlOf(name));
    const check = (answer, what, code, words = /./) => {
      assert.equal(answer.error?.code, code, `${name}: ${what}: ${JSON.stringify(answer).slice(0, 200)}`);
      assert.match(answer.error.message, words, `${name}: ${what}`);
      seen.add(code);
    };
    /** What is told to come again tells nothing of the question: it is asked again. */
    const settled = (subject, body) =>
      until(`an answer of ${name} to ${subject}`, async () => {
        const answer = await client.ask(subject, body);
        return !passing.has(answer.error?.code) && answer;
      });
    for (const [what, body, code, words] of wrong)
      check(await settled(`alleycat.query.${what}`, body), `${what} ${JSON.stringify(body).slice(0, 80)}`, code, words);
    for (const [body, code] of ghosts) check(await settled('alleycat.racer.4000000000.ghost', body), `ghost ${JSON.stringify(body)}`, code);
    await client.close();
  }
  const codes = new Document().api.components.schemas.ErrorAnswer.properties.error.properties.code.enum;
  assert.deepEqual(
    codes.filter((code) => !seen.has(code) && !elsewhere.has(code)),
    [],
    'every error that a question can bring about',
  );
  assert.equal((await world.client.query('audit')).rows.length, 0, 'nothing was corrected');
  // Nothing of it did harm.
  assert.equal(await second.riders.ended, 0, second.riders.report);
  const verdict = await verify(world.client, [first.riders.log, second.riders.log], rules, { presume: true, seconds: 120 });
  assert.ok(verdict.equal, verdict.report);
  t.diagnostic(`${wrong.length + ghosts.length} wrong questions at ${world.nodes.size} nodes: ${[...seen].join(' ')}`);
});
