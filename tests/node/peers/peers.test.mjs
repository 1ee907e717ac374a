// Two and three processes that are peers of each other. No figure here is a speed: what has to happen is waited for, and what
// must not wait for something else is compared with it.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { after, afterEach, test } from 'node:test';

import { freePort } from '../../e2e/lib/processes.mjs';
import { Authority, Peer, digestOf, together } from './peer.mjs';

/** @type {Peer[]} */
let peers = [];
async function start(...args) {
  const peer = await Peer.start(...args);
  peers.push(peer);
  return peer;
}
afterEach(async () => {
  await Promise.all(peers.map((peer) => peer.kill()));
  peers = [];
});

const closed = (socket) => new Promise((resolve) => socket.on('close', resolve));
const plain = ({ at, tag, event, ...rest }) => rest;

test('every kind of message crosses unharmed, with class and epoch', async () => {
  const [alpha, beta] = [await start('alpha', 7), await start('beta', 9)];
  await together(alpha, beta);
  const about = { cls: 65_535, epoch: 9_007_199_254_740_991 };
  const asked = async (what, wanted) => {
    const from = beta.said.length;
    const answer = plain(await alpha.ask('beta', what, about));
    const { at, event, ...there } = await beta.event('asked', {}, from);
    assert.deepEqual(there, { from: 'alpha', incarnation: 7, class: 65_535, epoch: 9_007_199_254_740_991, ...wanted });
    return answer;
  };
  const echo = { kind: 'question', subject: 'echo', bytes: 1_000, deadlineMs: 1_234 };
  assert.deepEqual(await asked('echo 1000', echo), { kind: 'text', bytes: 1_000, sha256: digestOf(1_000, 3) });
  assert.deepEqual(await asked('hint 4294967295', { kind: 'hint', race: 4_294_967_295 }), { kind: 'done' });
  assert.deepEqual(await asked('preload', { kind: 'preload' }), { kind: 'done' });
  assert.deepEqual(await asked('preloaded 17', { kind: 'preloaded', lagMs: 17 }), { kind: 'done' });
  assert.deepEqual(await asked('drain', { kind: 'drain' }), { kind: 'done' });
  const status = [1, 2, 3, 4, 5, 6, true, 'serving', 1_620_051_628_707];
  assert.deepEqual(await asked('status', { kind: 'status' }), { kind: 'status', status });
  // The other way it is the same connection.
  assert.equal((await beta.ask('alpha', 'echo 3')).sha256, digestOf(3, 3));
  assert.deepEqual([await alpha.stop(), await beta.stop()], [0, 0]);
});

test('answers up to 8 MiB arrive whole, a longer one and a question that is too large are refused', async () => {
  const [alpha, beta] = [await start('alpha'), await start('beta')];
  await together(alpha, beta);
  const part = 256 * 1024 - 256;
  for (const bytes of [0, part, part + 1, 2 * part, 300_000, 8 * 1024 * 1024])
    assert.deepEqual(plain(await alpha.ask('beta', `long ${bytes}`)), { kind: 'text', bytes, sha256: digestOf(bytes, 7) });
  assert.equal((await alpha.ask('beta', `long ${8 * 1024 * 1024 + 1}`)).code, 'answer_too_large');
  const largest = 256 * 1024 - 64 - 64 - 'echo'.length;
  assert.equal((await alpha.ask('beta', `echo ${largest}`)).sha256, digestOf(largest, 3));
  assert.deepEqual(plain(await alpha.ask('beta', `echo ${largest + 1}`)), { kind: 'trouble', why: 'too_large' });
  // Twenty at once are more than may be on its way: what does not fit waits for the rest to be confirmed.
  const many = await Promise.all(Array.from({ length: 20 }, () => alpha.ask('beta', `long ${2 * part}`)));
  for (const one of many)
    if (one.kind === 'text') assert.equal(one.sha256, digestOf(2 * part, 7));
    else assert.equal(one.code, 'busy');
  assert.ok(many.filter((one) => one.kind === 'text').length >= 16);
  const { unconfirmed, questions } = (await alpha.rows()).rows.beta;
  assert.equal(questions, 0);
  // Notes of what was received are not confirmed before the next answer.
  assert.ok(unconfirmed <= 20 * 64, `${unconfirmed} bytes still on their way`);
});

test('a question has an outcome whatever the asked node does with it', async () => {
  const [alpha, beta] = [await start('alpha'), await start('beta')];
  assert.deepEqual(plain(await alpha.ask('beta', 'echo 1')), { kind: 'trouble', why: 'down' });
  await together(alpha, beta);
  assert.equal((await alpha.ask('beta', 'drop')).code, 'unanswered');
  assert.deepEqual(plain(await alpha.ask('beta', 'hold', { deadline: 300 })), { kind: 'trouble', why: 'timed_out' });
  assert.deepEqual(plain(await alpha.ask('nobody', 'echo 1')), { kind: 'trouble', why: 'down' });
  const held = alpha.ask('beta', 'hold', { deadline: 3_000_000 });
  await beta.event('asked', { subject: 'hold' });
  await beta.kill();
  assert.deepEqual(plain(await held), { kind: 'trouble', why: 'down' });
  await alpha.event('down', { node: 'beta' });
  assert.equal((await alpha.rows()).rows.beta.questions, 0);
});

test('another protocol is refused on both sides, once said and again and again tried', async () => {
  const [alpha, beta] = [await start('alpha', 1, { protocol: 1 }), await start('beta', 1, { protocol: 2 })];
  alpha.connect(beta);
  beta.connect(alpha);
  const refused = await alpha.event('refused', { node: 'beta' });
  assert.equal(refused.fault, 'other_protocol');
  assert.equal(refused.detail, 'protocol 1 there, 2 here');
  assert.equal((await beta.event('rejected', { node: 'alpha' })).fault, 'other_protocol');
  assert.equal((await beta.event('refused', { node: 'alpha' })).detail, 'protocol 2 there, 1 here');
  let tries = 0;
  while (tries < 3) tries = (await beta.rows()).refusals.other_protocol;
  assert.deepEqual([alpha.count('refused'), alpha.count('rejected'), alpha.count('up')], [1, 1, 0]);
  assert.deepEqual(plain(await alpha.ask('beta', 'echo 1')), { kind: 'trouble', why: 'down' });
});

test('other rules are refused with what differs, and a peer of the same rules is not', async () => {
  const [alpha, beta, gamma] = [await start('alpha'), await start('beta', 1, { grace: 10 }), await start('gamma')];
  alpha.connect(beta);
  beta.connect(alpha);
  await together(alpha, gamma);
  const said = (ours, theirs) => `race.grace_seconds is ${ours} here and ${theirs} in the cluster`;
  const atBeta = await beta.event('rejected', { node: 'alpha' });
  assert.deepEqual([atBeta.fault, atBeta.detail], ['other_rules', said(10, 30)]);
  const atAlpha = await alpha.event('refused', { node: 'beta' });
  assert.deepEqual([atAlpha.fault, atAlpha.detail], ['other_rules', said(10, 30)]);
  assert.equal((await alpha.ask('gamma', 'echo 3')).kind, 'text');
});

test('who is not who it should be is refused: another node, an earlier start, the node itself', async () => {
  const [alpha, beta] = [await start('alpha', 5), await start('beta', 5)];
  alpha.tell(`connect gamma 1 127.0.0.1 ${beta.port}`);
  assert.equal((await alpha.event('refused', { node: 'gamma' })).detail, 'it is beta');
  alpha.tell(`connect alpha2 1 127.0.0.1 ${alpha.port}`);
  assert.equal((await alpha.event('refused', { node: 'alpha2' })).fault, 'other_node');
  alpha.tell(`connect beta 6 127.0.0.1 ${beta.port}`);
  assert.equal((await alpha.event('refused', { node: 'beta' })).fault, 'old_incarnation');
  // A later start than was known of is taken.
  const gamma = await start('gamma', 5);
  gamma.tell(`connect alpha 4 127.0.0.1 ${alpha.port}`);
  assert.equal((await gamma.event('up', { node: 'alpha' })).incarnation, 5);
});

test('nothing is taken from who said no hello, or another name than in its hello', async () => {
  const [alpha, beta] = [await start('alpha'), await start('beta')];
  const stray = async (kind) => {
    const from = alpha.said.length;
    alpha.tell(`stray 127.0.0.1 ${beta.port} ${kind}`);
    return plain(await alpha.event('stray', {}, from));
  };
  assert.deepEqual(await stray('unknown'), { id: 0, fault: 'not_greeted' });
  assert.deepEqual(await stray('other'), { id: 0, fault: 'other_node' });
  assert.equal(beta.count('asked'), 0);
  assert.deepEqual(await stray('greeted'), { id: 9, fault: 'none' });
  assert.equal(beta.count('asked'), 1);
  // Each of the three tried to end the gate.
  await together(alpha, beta);
  const { refusals } = await beta.rows();
  assert.deepEqual([refusals.not_greeted, refusals.other_node], [1, 1]);
  assert.equal((await alpha.ask('beta', 'echo 3')).kind, 'text');
});

test('bytes that are no CAF leave the gate as it was', async () => {
  const [alpha, beta] = [await start('alpha'), await start('beta')];
  await together(alpha, beta);
  for (const bytes of [Buffer.from('GET / HTTP/1.1\r\n\r\n'.repeat(20)), Buffer.alloc(200, 0), Buffer.alloc(36, 2)]) {
    const socket = connect(beta.port, '127.0.0.1').on('error', () => {});
    socket.resume();
    socket.write(bytes);
    await new Promise((resolve) => setTimeout(resolve, 100));
    socket.destroy();
  }
  assert.equal((await alpha.ask('beta', 'echo 3')).kind, 'text');
  assert.equal(alpha.count('down'), 0);
});

test('a stopped peer goes down while others answer, and comes back when it goes on', async () => {
  const [alpha, beta, gamma] = [await start('alpha'), await start('beta'), await start('gamma')];
  await together(alpha, beta);
  await together(alpha, gamma);
  const stopped = performance.now();
  beta.signal('SIGSTOP');
  const held = alpha.ask('beta', 'echo 3', { deadline: 3_000_000 });
  let others = 0;
  while (alpha.count('down') === 0) {
    assert.equal((await alpha.ask('gamma', 'echo 3')).kind, 'text');
    ++others;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  const down = await alpha.event('down', { node: 'beta' });
  assert.deepEqual(plain(await held), { kind: 'trouble', why: 'down' });
  assert.ok(down.at - stopped >= 3_000, 'four seconds of silence, less the last heartbeat');
  assert.ok(others >= 10, `${others} questions to another peer answered meanwhile`);
  const from = alpha.said.length;
  beta.signal('SIGCONT');
  await alpha.event('up', { node: 'beta' }, from);
  assert.equal((await alpha.ask('beta', 'echo 3')).kind, 'text');
  assert.equal(alpha.said.filter((said) => said.event === 'down' && said.node === 'gamma').length, 0);
});

test('a peer that takes no connection holds up nobody', async () => {
  const [alpha, beta] = [await start('alpha'), await start('beta')];
  alpha.tell('black_hole');
  const { port } = await alpha.event('black_hole');
  for (const hole of ['hole1', 'hole2', 'zhole']) alpha.tell(`connect ${hole} 1 127.0.0.1 ${port}`);
  await together(alpha, beta);
  // Each of them was tried, or is being tried, and has no connection in two seconds.
  const unreachable = await alpha.event('unreachable', { node: 'hole1' });
  assert.equal(unreachable.detail, 'no connection in time');
  const up = await alpha.event('up', { node: 'beta' });
  assert.ok(up.at < unreachable.at);
  assert.equal(await alpha.stop(), 0);
});

test('a peer that was killed and one that left are found again on the same port', async () => {
  const port = await freePort();
  const alpha = await start('alpha');
  let beta = await start('beta', 1, {}, port);
  await together(alpha, beta);
  for (const [incarnation, end] of [
    [2, (peer) => peer.kill()],
    [3, (peer) => peer.stop()],
  ]) {
    const from = alpha.said.length;
    await end(beta);
    await alpha.event('down', { node: 'beta' }, from);
    beta = await start('beta', incarnation, {}, port);
    // Nobody told alpha: it has gone on trying.
    assert.equal((await alpha.event('up', { node: 'beta' }, from)).incarnation, incarnation);
    assert.equal((await alpha.ask('beta', 'echo 3')).kind, 'text');
  }
  assert.equal((await alpha.rows()).rows.beta.connected, 3);
});

test('a peer at a new address is found there, and one that was let go is not looked for', async () => {
  const [alpha, beta] = [await start('alpha'), await start('beta', 1)];
  await together(alpha, beta);
  await beta.kill();
  const again = await start('beta', 2);
  const from = alpha.said.length;
  alpha.connect(again);
  assert.equal((await alpha.event('up', { node: 'beta' }, from)).incarnation, 2);
  alpha.tell('disconnect beta');
  await alpha.event('down', { node: 'beta', detail: 'let go' });
  assert.deepEqual((await alpha.rows()).rows, {});
  assert.deepEqual(plain(await alpha.ask('beta', 'echo 3')), { kind: 'trouble', why: 'down' });
  alpha.connect(again);
  await alpha.event('up', { node: 'beta' }, alpha.said.length);
  assert.equal((await alpha.ask('beta', 'echo 3')).kind, 'text');
});

test('what is on its way to a peer that does not read is bounded, in questions and in bytes', async () => {
  const [alpha, beta] = [await start('alpha'), await start('beta')];
  await together(alpha, beta);
  beta.signal('SIGSTOP');
  // Deadlines end the questions, not the bytes.
  alpha.tell('flood small beta 20000 10 1');
  alpha.tell('flood large beta 2000 100000 1');
  const small = await alpha.event('flooding', { tag: 'small' });
  const large = await alpha.event('flooding', { tag: 'large' });
  assert.ok(small.mostQuestions <= 256 && large.mostQuestions <= 256);
  assert.ok(large.mostUnconfirmed <= 4 * 1024 * 1024 && large.mostUnconfirmed > 3_900_000);
  const { outcomes } = await alpha.event('flooded', { tag: 'large' });
  assert.ok(outcomes.busy >= 2_000 - 42, JSON.stringify(outcomes));
  assert.equal(
    Object.values(outcomes).reduce((a, b) => a + b),
    2_000,
  );
  const { outcomes: first } = await alpha.event('flooded', { tag: 'small' });
  assert.equal(
    Object.values(first).reduce((a, b) => a + b),
    20_000,
  );
  const from = alpha.said.length;
  beta.signal('SIGCONT');
  // Whether it was noticed or not: it answers again, and nothing is left over.
  for (let answer = {}; answer.kind !== 'text'; answer = await alpha.ask('beta', 'echo 3', { deadline: 1_000 }))
    await new Promise((resolve) => setTimeout(resolve, 100));
  alpha.tell('flood after beta 100 10 30000');
  assert.deepEqual((await alpha.event('flooded', { tag: 'after' }, from)).outcomes, { text: 100 });
});

test('two nodes cannot listen at one port', async () => {
  const alpha = await start('alpha');
  const second = new Peer('beta', 1, alpha.port);
  const { detail } = await second.event('failed');
  assert.match(detail, new RegExp(`^cannot listen for other nodes at 127.0.0.1:${alpha.port}: `));
  assert.equal(await second.ended, 1);
});

test('links come up whoever dials first, and stay up', async () => {
  // Told in the same moment: both would dial.
  const nodes = [];
  for (const name of ['alpha', 'beta', 'gamma', 'delta']) nodes.push(await start(name));
  const others = (peer) => nodes.filter((other) => other !== peer);
  for (const peer of nodes) for (const other of others(peer)) peer.connect(other);
  for (const peer of nodes) for (const other of others(peer)) await peer.event('up', { node: other.name });
  // Longer than the time-out of a connection.
  await new Promise((resolve) => setTimeout(resolve, 7_000));
  for (const peer of nodes) {
    for (const other of others(peer)) assert.equal((await peer.ask(other.name, 'echo 3')).kind, 'text');
    assert.equal(peer.count('down'), 0, JSON.stringify(peer.said));
  }
});

const ours = new Authority();
const foreign = new Authority();
after(() => [ours, foreign].forEach((authority) => authority.remove()));

test('with TLS all is as without', async () => {
  const [alpha, beta] = [await start('alpha', 1, ours.issue('alpha')), await start('beta', 1, ours.issue('beta'))];
  await together(alpha, beta);
  assert.equal((await alpha.ask('beta', 'long 300000')).sha256, digestOf(300_000, 7));
  assert.equal((await beta.ask('alpha', 'long 300000')).sha256, digestOf(300_000, 7));
  const from = alpha.said.length;
  const { port } = beta;
  await beta.kill();
  await alpha.event('down', { node: 'beta' }, from);
  await start('beta', 2, ours.issue('beta'), port);
  await alpha.event('up', { node: 'beta', incarnation: 2 }, from);
  assert.equal(await alpha.stop(), 0);
});

test('with TLS, connections that are given up or stay silent end no link and are closed', async () => {
  const [alpha, beta] = [await start('alpha', 1, ours.issue('alpha')), await start('beta', 1, ours.issue('beta'))];
  await together(alpha, beta);
  for (const bytes of ['', 'GET / HTTP/1.1\r\n\r\n'])
    for (const peer of [alpha, beta]) {
      const socket = connect(peer.port, '127.0.0.1').on('error', () => {});
      await once(socket, 'connect');
      socket.end(bytes);
      socket.resume();
      await closed(socket);
      assert.equal((await alpha.ask('beta', 'long 300000')).kind, 'text');
      assert.equal((await beta.ask('alpha', 'long 300000')).kind, 'text');
    }
  for (const peer of [alpha, beta]) assert.equal((await peer.rows()).refusals.untrusted, 1, 'who only hangs up is no stranger');
  const silent = connect(beta.port, '127.0.0.1').on('error', () => {});
  silent.resume();
  await closed(silent);
  assert.equal((await alpha.ask('beta', 'echo 3')).kind, 'text');
  for (const peer of [alpha, beta]) assert.equal(peer.count('down'), 0);
});

test('a certificate of another authority, and plain against TLS, get no link, and harm none', async () => {
  const [alpha, beta] = [await start('alpha', 1, ours.issue('alpha')), await start('beta', 1, ours.issue('beta'))];
  const stranger = await start('gamma', 1, foreign.issue('gamma'));
  const unsafe = await start('omega');
  await together(alpha, beta);
  for (const outsider of [stranger, unsafe]) {
    outsider.connect(alpha);
    alpha.connect(outsider);
    await outsider.event('unreachable', { node: 'alpha' });
    await alpha.event('unreachable', { node: outsider.name });
  }
  assert.equal((await alpha.ask('beta', 'echo 3')).kind, 'text');
  for (const peer of [stranger, unsafe]) assert.equal(peer.count('up'), 0);
  assert.deepEqual([alpha.count('up'), alpha.count('down')], [1, 0]);
  assert.ok((await alpha.rows()).refusals.untrusted >= 2, 'both are counted');
  assert.equal(
    alpha.said.filter(({ event, fault }) => event === 'rejected' && fault === 'untrusted').length,
    1,
    'and told of once a minute',
  );
});
