// SIGHUP: a node reads its configuration again, while races run, and loses nothing.

import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { test } from 'node:test';

import { jetstreamManager } from '@nats-io/jetstream';

import { until } from './lib/until.mjs';
import { verify } from './lib/verify.mjs';
import { World } from './lib/world.mjs';

/** Everything a node said after `from`, and how far that is. */
const said = (world, from = 0) => world.node.stderr.slice(from);

/** Sends SIGHUP and waits for what the node says to it. @returns {Promise<string>} the line */
async function hup(world, event) {
  const from = world.node.stderr.length;
  world.node.child.kill('SIGHUP');
  return until(
    `the node says ${event}`,
    () => {
      if (!world.node.running) throw new Error('the node is gone');
      return said(world, from)
        .split('\n')
        .slice(0, -1)
        .find((line) => line.includes(` ${event} `));
    },
    { seconds: 20 },
  );
}

test('SIGHUP takes limits and the log level over, names what needs a restart, and changes nothing when the file is broken', async () => {
  const world = await World.start();
  const file = world.path('node.toml');
  const first = readFileSync(file, 'utf8');
  const journalLimit = async () => (await (await jetstreamManager(world.client.nc)).streams.info('ALLEYCAT_JOURNAL_1')).config.max_bytes;
  try {
    await world.guarded(async () => {
      const riders = world.startRiders('riders', ['--racers', 20, '--classes', 1, '--ack', '--start', 'next']);
      await until('riders ride', async () => (await world.metric('alleycat_riders_live')) === 20);
      assert.equal(await journalLimit(), 2 ** 28);

      writeFileSync(
        file,
        `${first.replace(`max_bytes = ${2 ** 28}`, `max_bytes = ${2 ** 27}`).replace('capacity', '# capacity')}\n`.replace(
          '[race]',
          '[log]\nlevel = "debug"\n[history]\nmax_bytes = 1000000000\nkeep_days = 30\n[race]\ncapacity = 77',
        ),
      );
      const taken = await hup(world, 'node.reloaded');
      assert.match(taken, / changed=journal\.max_bytes,history\.max_bytes,history\.keep_days,log\.level$/);
      await until('the restart is asked for', () => / warn node\.restart_needed options=race\.capacity$/m.test(world.node.stderr));
      assert.equal(await journalLimit(), 2 ** 27);
      assert.equal(await world.metric('alleycat_store_limit_bytes'), 1e9);

      // Broken in its last line: what stands before it does not count either.
      writeFileSync(file, `[history]\nmax_bytes = 2000000000\n[log]\nlevel = "loud"\n`);
      const refused = await hup(world, 'node.reload_refused');
      assert.match(refused, /node\.toml:4:9: log\.level must be one of debug, info, warn, error/);
      assert.equal(await world.metric('alleycat_store_limit_bytes'), 1e9);
      // Not to be read as TOML at all, and not to be read.
      writeFileSync(file, '[history\n');
      assert.match(await hup(world, 'node.reload_refused'), /node\.toml:/);

      // Back again: the same file as at the start, nothing left to restart for.
      writeFileSync(file, first);
      const from = world.node.stderr.length;
      assert.match(await hup(world, 'node.reloaded'), / changed=journal\.max_bytes,history\.max_bytes,history\.keep_days,log\.level$/);
      assert.equal(await journalLimit(), 2 ** 28);
      assert.doesNotMatch(said(world, from), /restart_needed/);

      assert.equal(await riders.ended, 0);
      const verdict = await verify(world.client, [riders.log], world.rules);
      assert.ok(verdict.equal, verdict.report);
      assert.equal(await world.node.stop(), 0);
    })();
  } finally {
    await world.stop();
  }
});

test('the level is another one after SIGHUP, and fewer days take effect at once', async () => {
  const world = await World.start();
  const file = world.path('node.toml');
  const first = readFileSync(file, 'utf8');
  try {
    await world.guarded(async () => {
      await world.ride('riders', ['--racers', 5, '--classes', 1, '--ack', '--start', 'next']);
      await until('a result is stored', async () => (await world.client.query('races.1')).rows.length === 1);
      const level = async (name) => {
        writeFileSync(file, `${first}`.replace('[race]', `[log]\nlevel = "${name}"\n[history]\nkeep_days = 0.0001\n[race]`));
        world.node.child.kill('SIGHUP');
      };
      await level('error');
      await until('fewer days are taken over', () => / node\.reloaded changed=history\.keep_days,log\.level$/m.test(world.node.stderr));
      await until('the race has left', async () => (await world.metric('alleycat_history_results_removed_total')) === 1, { seconds: 100 });
      assert.doesNotMatch(world.node.stderr, /history\.pruned/, 'an event of level info');
    })();
  } finally {
    await world.stop();
  }
});
