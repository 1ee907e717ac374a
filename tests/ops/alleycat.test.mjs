// The alleycat command against a real nats-server. What nodes would say comes from a responder with fixed answers.

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import test, { after, afterEach, before } from 'node:test';

import { Client } from '../e2e/lib/client.mjs';
import { freePort } from '../e2e/lib/processes.mjs';
import { until } from '../e2e/lib/until.mjs';
import { programPath, World } from '../e2e/lib/world.mjs';

const header = { classId: 3, raceId: 5400172, epoch: 1, ts: 1620051640000 };
const row = {
  rank: 1,
  hereNowRank: 1,
  racerId: 8,
  name: 'Adell',
  second: 13,
  seconds: 13,
  output: 151.788,
  total: 1973.244,
  finished: false,
  allTimeRank: 17,
};
const standings = (fields = {}) => ({
  ...header,
  asOf: 48211,
  state: 'running',
  second: 13,
  racers: 1,
  reported: 1,
  finished: 0,
  rows: [row],
  ...fields,
});

const answers = {
  'leaderboard.3': {
    classId: 3,
    epoch: 1,
    ts: 1620051640000,
    of: 2,
    rows: [
      { rank: 1, racerId: 8, name: '自転車', total: 45536.4, raceId: 5400172, at: 1620052230000 },
      { rank: 2, racerId: 4294967295, name: '', total: 6825, raceId: 5400171, at: 1620051930000 },
    ],
  },
  'leaderboard.9': { error: { code: 'unknown_class', message: 'there is no class 9' } },
  search: {
    of: 3,
    rows: [
      { racerId: 8, name: 'Adell' },
      { racerId: 7, name: 'Søren Adelsson' },
    ],
  },
  'races.3': {
    classId: 3,
    next: '5400171',
    rows: [
      { raceId: 5400172, closed: 1620052230000, racers: 998, finished: 951, winner: { racerId: 8, name: 'Adell', total: 45536.4 } },
      { raceId: 5400171, closed: 1620051930000, racers: 1, finished: 0, winner: null },
    ],
  },
  'race.3.5400172': {
    ...standings({ state: 'closed', second: 300, racers: 2, finished: 1 }),
    rows: [
      { ...row, second: 300, seconds: 299, total: 45536.4, finished: true },
      { ...row, rank: null, racerId: 9, name: 'E\u001b[31mve', second: 20, seconds: 20, total: 455, allTimeRank: null },
    ],
  },
  'racer.8': {
    racerId: 8,
    name: 'Adell',
    bests: [{ classId: 3, scores: [151.788, null] }],
    records: [{ classId: 3, total: 45536.4, raceId: 5400172, at: 1620052230000 }],
    rides: [
      { classId: 3, raceId: 5400172, closed: 1620052230000, rank: 1, finished: true, second: 300, seconds: 299, total: 45536.4 },
      { classId: 1, raceId: 5400171, closed: 1620051930000, rank: null, finished: false, second: 20, seconds: 20, total: 455 },
    ],
  },
  'ride.3.5400172.8': {
    classId: 3,
    raceId: 5400172,
    racerId: 8,
    name: 'Adell',
    start: 1620051615707,
    closed: 1620052230000,
    rank: 1,
    finished: true,
    excluded: false,
    second: 4,
    seconds: 3,
    total: 300,
    rows: [
      { second: 1, cadence: 70, resistance: 40, output: 100, total: 100, hereNowRank: 1, allTimeRank: 1 },
      { second: 2, cadence: 80, resistance: 40, output: 100, total: 200, hereNowRank: 1, allTimeRank: 1 },
      { second: 3, cadence: null, resistance: null, output: null, total: 200, hereNowRank: null, allTimeRank: 2 },
      { second: 4, cadence: 90, resistance: 40, output: 100, total: 300, hereNowRank: 1, allTimeRank: 2 },
    ],
  },
  'rename.8': { ok: true, seq: 1, edit: 'rename', racerId: 8, applied: true, name: 'Adele' },
  'ride.3.5400172.9': { error: { code: 'unknown_ride', message: 'racer 9 has no ride in this race' } },
  'ghost.3.leader': {
    classId: 3,
    kind: 'leader',
    racerId: 8,
    name: 'Adell',
    raceId: 5400172,
    at: 1620052230000,
    scores: [100, 200, 300, 400],
  },
};

/** @type {World} */ let world;
/** @type {Client} */ let client;
const asked = [];

before(async () => {
  world = new World();
  await world.startNats();
  client = await Client.connect(world.natsUrl);
  client.nc.subscribe('alleycat.query.>', {
    callback: (_, message) => {
      const verb = message.subject.slice('alleycat.query.'.length);
      asked.push([verb, message.json()]);
      if (verb === 'leaderboard.7') return; // a node that hangs
      message.respond(verb === 'leaderboard.8' ? 'no JSON' : JSON.stringify(answers[verb]));
    },
  });
  await client.nc.flush();
});
after(async () => {
  await client?.close();
  await world?.stop();
});

/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));
afterEach(() => running.forEach((child) => child.kill('SIGKILL')));

/** Starts alleycat; its output so far is in `out` and `err`. Ends with its test at the latest. */
function start(args, { env = {}, command = programPath('alleycat'), stdin = 'ignore' } = {}) {
  const child = spawn(command, args, { stdio: [stdin, 'pipe', 'pipe'], env: { ...process.env, ...env } });
  const run = { child, out: '', err: '', ended: once(child, 'close').then(([code]) => code) };
  running.add(child);
  child.once('close', () => running.delete(child));
  child.stdout.setEncoding('utf8').on('data', (text) => (run.out += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (run.err += text));
  return run;
}

async function alleycat(args, options) {
  const run = start([...args, '--nats', world.natsUrl], options);
  const code = await run.ended;
  return { code, out: run.out, err: run.err };
}

/** Publishes again and again, since nobody can tell from outside when the command has subscribed. */
async function publishUntil(what, done, ...messages) {
  await until(what, async () => {
    for (const [kind, body] of messages) client.nc.publish(`alleycat.race.${body.classId}.${body.raceId}.${kind}`, JSON.stringify(body));
    await client.nc.flush();
    return done();
  });
}

test('top shows the leaderboard as an aligned table', async () => {
  const { code, out } = await alleycat(['top', '3']);
  assert.equal(code, 0);
  assert.equal(
    out,
    [
      'RANK  NAME              RACER       TOTAL     RACE  CLOSED (UTC)',
      '   1  自転車                8  45536.4000  5400172  2021-05-03 14:30:30',
      '   2  #4294967295  4294967295   6825.0000  5400171  2021-05-03 14:25:30',
      '',
    ].join('\n'),
  );
});

test('top asks for the rows it is asked for', async () => {
  await alleycat(['top', '3', '--limit', '7', '--offset', '20']);
  assert.deepEqual(asked.at(-1), ['leaderboard.3', { limit: 7, offset: 20 }]);
});

test('search shows riders, and how many there are beyond', async () => {
  const { code, out } = await alleycat(['search', 'ade', '--limit', '2']);
  assert.equal(code, 0);
  assert.deepEqual(asked.at(-1), ['search', { text: 'ade', limit: 2 }]);
  assert.equal(out, ['RACER  NAME', '    8  Adell', '    7  Søren Adelsson', '2 of 3', ''].join('\n'));
});

test('races shows the closed races, without a winner where nobody finished', async () => {
  await alleycat(['races', '3', '--after', '5400173', '--fields', 'raceId,closed', '--json']);
  assert.deepEqual(asked.at(-1), ['races.3', { limit: 20, after: '5400173', fields: ['raceId', 'closed'] }]);
  const { code, out } = await alleycat(['races', '3', '--before', '5400173']);
  assert.equal(code, 0);
  assert.deepEqual(asked.at(-1), ['races.3', { limit: 20, before: 5400173 }]);
  assert.equal(
    out,
    [
      '   RACE  CLOSED (UTC)         RACERS  FINISHED  WINNER       TOTAL',
      '5400172  2021-05-03 14:30:30     998       951  Adell   45536.4000',
      '5400171  2021-05-03 14:25:30       1         0  -                -',
      "More: --after '5400171'",
      '',
    ].join('\n'),
  );
});

test('race shows a result; a name can not steer the terminal', async () => {
  const { code, out } = await alleycat(['race', '3', '5400172']);
  assert.equal(code, 0);
  assert.equal(
    out,
    [
      'Class 3  race 5400172  FINAL  second 300  racers 2  finished 1',
      '',
      'RANK  NAME     RACER  SECOND  SECONDS    OUTPUT       TOTAL  ALL TIME',
      '   1  Adell        8     300      299  151.7880  45536.4000        17',
      ' DNF  E[31mve      9      20       20  151.7880    455.0000         -',
      '',
    ].join('\n'),
  );
});

test('--json prints what the node said, on one line', async () => {
  for (const [args, verb] of [
    [['top', '3'], 'leaderboard.3'],
    [['races', '3'], 'races.3'],
    [['race', '3', '5400172'], 'race.3.5400172'],
  ]) {
    const { code, out } = await alleycat([...args, '--json']);
    assert.equal(code, 0);
    assert.equal(out, `${JSON.stringify(answers[verb])}\n`);
  }
});

test('an error of the node is one clear line and exit code 1, with --json too', async () => {
  for (const flags of [[], ['--json']])
    assert.deepEqual(await alleycat(['top', '9', ...flags]), {
      code: 1,
      out: '',
      err: 'alleycat: there is no class 9 (unknown_class)\n',
    });
});

test('an answer that is no JSON is said to be none', async () => {
  const { code, err } = await alleycat(['top', '8']);
  assert.equal(code, 1);
  assert.equal(err, "alleycat: the node's answer is not a JSON object\n");
});

test('a node that does not answer is given up after the timeout', async () => {
  const { code, err } = await alleycat(['top', '7', '--timeout', '0.3']);
  assert.equal(code, 1);
  assert.equal(err, `alleycat: no answer from ${world.natsUrl} within 0.3 s\n`);
});

test('without a node the command says so at once', async () => {
  const lonely = new World();
  await lonely.startNats();
  try {
    const run = start(['top', '3', '--nats', lonely.natsUrl, '--timeout', '60']);
    assert.equal(await run.ended, 1);
    assert.equal(run.err, `alleycat: no alleycat node answers at ${lonely.natsUrl}\n`);
  } finally {
    await lonely.stop();
  }
});

test('without NATS the command says where it looked, but not the password', async () => {
  const port = await freePort();
  const run = start(['top', '3', '--nats', `nats://ann:secret@127.0.0.1:${port}`]);
  assert.equal(await run.ended, 1);
  assert.match(run.err, new RegExp(`^alleycat: no NATS server at nats://127.0.0.1:${port}: [^\\n]+\\n$`));
  assert.doesNotMatch(run.err, /secret/);
});

test('ALLEYCAT_NATS says where NATS is, a flag overrides it', async () => {
  const env = { ALLEYCAT_NATS: world.natsUrl };
  assert.equal(await start(['top', '3'], { env }).ended, 0);
  assert.equal(await start(['top', '3', '--nats', `nats://127.0.0.1:${await freePort()}`], { env }).ended, 1);
});

test('wrong usage is exit code 2', async () => {
  const wrong = [
    [],
    ['fly'],
    ['top'],
    ['top', '0'],
    ['top', '65536'],
    ['top', '0x3'],
    ['top', '3', '--limit', '0'],
    ['race', '3'],
    ['race', '3', '4294967296'],
    ['watch'],
    ['watch', 'race'],
    ['top', '3', '--timeout', 'soon'],
    ['top', '3', '--shout'],
  ];
  for (const args of wrong) {
    const { code, err } = await alleycat(args);
    assert.equal(code, 2, args.join(' '));
    assert.notEqual(err, '', args.join(' '));
  }
});

test('an unknown command stays an error when help is asked for', async () => {
  for (const args of [['fly', '--help'], ['--help', 'fly'], ['fly'], ['--timeout', '1', 'fly', '-h']]) {
    const run = start(args);
    assert.equal(await run.ended, 2, args.join(' '));
    assert.equal(run.out, '', args.join(' '));
    assert.equal(run.err, "alleycat: no command 'fly' (see alleycat --help)\n", args.join(' '));
  }
});

test('--help and --version are exit code 0, on standard output', async () => {
  for (const args of [['--help'], ['top', '--help'], ['watch', 'race', '--help'], ['--version']]) {
    const run = start(args);
    assert.equal(await run.ended, 0);
    assert.notEqual(run.out, '');
  }
});

test('watch race prints plain lines where the output is not a terminal, and ends after --count', async () => {
  const run = start(['watch', 'race', '3', '--count', '1', '--nats', world.natsUrl]);
  await publishUntil('the board has ended', () => run.child.exitCode !== null, ['standings', standings()]);
  assert.equal(await run.ended, 0);
  assert.equal(
    run.out,
    [
      'Class 3  race 5400172  second 13  racers 1  reported 1  finished 0',
      'HERE  RANK  NAME   SECOND    OUTPUT      TOTAL  ALL TIME',
      '   1     1  Adell      13  151.7880  1973.2440        17',
      '',
      '',
    ].join('\n'),
  );
});

test('watch race shows the open races at once, before any news', async () => {
  answers.now = {
    ts: 1620051640000,
    classes: [
      { classId: 1, races: [{ raceId: 7 }] },
      { classId: 3, races: [{ raceId: 5400180 }] },
    ],
  };
  answers['race.3.5400180'] = standings({ raceId: 5400180, state: 'complete', finalAt: 1620052230000 });
  try {
    const { code, out } = await alleycat(['watch', 'race', '3', '--count', '1']);
    assert.equal(code, 0);
    assert.match(out, /^Class 3  race 5400180  PROVISIONAL, final at 2021-05-03 14:30:30 UTC  second 13  racers 1 /);
    assert.deepEqual(asked.slice(-2), [
      ['now', {}],
      ['race.3.5400180', {}],
    ]);
    assert.match(
      (await alleycat(['race', '3', '5400180'])).out,
      /^Class 3  race 5400180  PROVISIONAL, final at 2021-05-03 14:30:30 UTC  second 13 /,
    );
  } finally {
    delete answers.now;
  }
});

test('watch race shows races of its class only, and what is no standings changes nothing', async () => {
  const run = start(['watch', 'race', '3', '--count', '2', '--nats', world.natsUrl]);
  await publishUntil(
    'the board has ended',
    () => run.child.exitCode !== null,
    ['standings', standings({ classId: 4 })],
    ['standings', { ...header, rows: 'none' }],
    ['standings', standings()],
    ['standings', standings({ raceId: 5400173 })],
  );
  assert.equal(await run.ended, 0);
  assert.deepEqual(run.out.match(/^Class.*race \d+/gm), ['Class 3  race 5400172', 'Class 3  race 5400173']);
});

test('watch race --json prints each message on a line', async () => {
  const run = start(['watch', 'race', '3', '--json', '--count', '2', '--nats', world.natsUrl]);
  await publishUntil('two messages were shown', () => run.child.exitCode !== null, ['standings', standings()]);
  assert.equal(await run.ended, 0);
  assert.equal(run.out, `${JSON.stringify(standings())}\n`.repeat(2));
});

test('in a terminal the board is redrawn in place, fits it, and Ctrl-C gives the terminal back', async () => {
  const rows = Array.from({ length: 100 }, (_, i) => ({ ...row, rank: i + 1, racerId: i, name: `Rider ${i + 1}` }));
  const line = `stty rows 8 cols 60; exec '${programPath('alleycat')}' watch race 3 --nats ${world.natsUrl}`;
  const run = start(['-qec', line, '/dev/null'], { command: 'script', stdin: 'pipe', env: { TERM: 'xterm', SHELL: '/bin/bash' } });
  await publishUntil('the board shows a rider', () => run.out.includes('Rider 6'), ['standings', standings({ racers: 100, rows })]);
  await until('the board says that the race went silent', () => run.out.includes('STALE'));
  run.child.stdin.write('\x03');
  assert.equal(await run.ended, 0);

  const [enter, leave] = ['\x1b[?1049h', '\x1b[?1049l'];
  assert.ok(run.out.startsWith(enter), 'takes the second screen');
  assert.ok(run.out.includes(leave) && run.out.includes('\x1b[?25h') && run.out.includes('\x1b[?7h'), 'gives everything back');
  const pages = run.out.slice(enter.length, run.out.indexOf(leave)).split('\x1b[H').slice(1);
  const page = pages.find((candidate) => candidate.includes('Rider 6'));
  const lines = page.replaceAll(/\x1b\[[?0-9;]*[A-Za-z]/g, '').split(/\r*\n/);
  assert.equal(lines.length, 8);
  assert.ok(
    lines.every((text) => text.length <= 60),
    lines.join('\n'),
  );
  assert.ok(!run.out.includes('Rider 7'), 'no more rows than there is room for');
});

test('race --second, top --period and top --around ask for what they are asked for', async () => {
  const { out } = await alleycat(['race', '3', '5400172', '--second', '150']);
  assert.deepEqual(asked.at(-1), ['race.3.5400172', { limit: 1000, second: 150 }]);
  assert.match(out, /as it stood/);
  await alleycat(['top', '3', '--period', '7d', '--around', '8']);
  assert.deepEqual(asked.at(-1), ['leaderboard.3', { limit: 20, offset: 0, period: '7d', around: 8 }]);
  assert.equal((await alleycat(['top', '3', '--period', 'yesterday'])).code, 2);
});

test('racer shows records and rides', async () => {
  const { code, out } = await alleycat(['racer', '8']);
  assert.equal(code, 0);
  assert.equal(
    out,
    [
      'Adell  racer 8',
      '',
      'Records',
      '',
      'CLASS       TOTAL     RACE  CLOSED (UTC)',
      '    3  45536.4000  5400172  2021-05-03 14:30:30',
      '',
      'Rides',
      '',
      'CLASS     RACE  CLOSED (UTC)         RANK  SECOND  SECONDS       TOTAL',
      '    3  5400172  2021-05-03 14:30:30     1     300      299  45536.4000',
      '    1  5400171  2021-05-03 14:25:30   DNF      20       20    455.0000',
      '',
    ].join('\n'),
  );
});

test('ride draws cadence, resistance and output, with a gap where a second is missing', async () => {
  const { code, out } = await alleycat(['ride', '3', '5400172', '8', '--seconds']);
  assert.equal(code, 0);
  assert.match(
    out,
    /^Adell {2}racer 8 {2}class 3 {2}race 5400172 {2}rank 1\nclosed 2021-05-03 14:30:30 UTC {2}second 4 {2}seconds 3 {2}total 300.0000\n/,
  );
  assert.match(out, /\ncadence +▁▅ █\n/);
  assert.match(out, /\n +3 +- +- +- +200\.0000 +- +2\n/);
  assert.equal((await alleycat(['ride', '3', '5400172', '9'])).code, 1);
  assert.equal((await alleycat(['ride', '3', '5400172', 'x'])).code, 2);
});

test('ghost names the rider and draws the curve', async () => {
  const { code, out } = await alleycat(['ghost', '3', 'leader']);
  assert.equal(code, 0);
  assert.match(
    out,
    /^Class 3 {2}Adell {2}racer 8 {2}race 5400172 {2}closed 2021-05-03 14:30:30 UTC\n4 seconds, 400.0000 at the end\n\n▁▃▆█\n$/,
  );
  assert.equal((await alleycat(['ghost', '3', 'rank-0'])).code, 2);
  assert.deepEqual(JSON.parse((await alleycat(['ghost', '3', 'leader', '--json'])).out), answers['ghost.3.leader']);
});

test('a correction says who asks: the user of the URL, else of the session, else of the account', async () => {
  const nobody = { SUDO_USER: '', USER: '', LOGNAME: '' };
  const asks = async (nats, env) => {
    const run = start(['rename', '8', 'Adele', '--nats', nats], { env: { ...nobody, ...env } });
    assert.equal(await run.ended, 0, run.err);
    return asked.at(-1);
  };
  const expected = (by) => ['rename.8', { name: 'Adele', by }];
  assert.deepEqual(await asks(world.natsUrl.replace('//', '//marshal:secret@'), { USER: 'mira' }), expected('marshal'));
  assert.deepEqual(await asks(world.natsUrl.replace('//', '//token@'), { USER: 'mira' }), expected('mira'), 'a token is a secret');
  assert.deepEqual(await asks(world.natsUrl, {}), expected(userInfo().username));
});

test('bash completes commands, subcommands and flags', async () => {
  const script = `source <(${programPath('alleycat')} completion)
    complete_words() { COMP_WORDS=(alleycat "$@"); COMP_CWORD=$#; _alleycat; echo "\${COMPREPLY[*]}"; }
    complete_words ra; complete_words watch ra; complete_words top 3 --per`;
  const run = start(['-c', script], { command: 'bash' });
  assert.equal(await run.ended, 0, run.err);
  assert.deepEqual(
    run.out.split('\n').map((line) => line.split(' ').sort().join(' ')),
    ['race racer races', 'race racer', '--period', ''],
  );
});

/** What bash completes, by command; by '' the commands themselves. Flags of all commands stand in each. */
async function completions() {
  const { out } = await alleycat(['completion']);
  const [, all] = out.match(/\*\) words="(.*)"/);
  const words = (text) => text.trim().split(' ');
  return new Map([['', words(all)], ...[...out.matchAll(/^ {4}(\w+)\) words="(.*)"/gm)].map(([, name, text]) => [name, words(text)])]);
}
const unique = (words) => [...new Set(words)].sort();

test('zsh completes the same, with what each word does', async () => {
  const expected = await completions();
  assert.ok(expected.has('import') && expected.get('export').includes('--what'));
  // What zsh would offer is taken where the function hands it on.
  const run = start(
    [
      '-fc',
      `_describe() { print -rl -- "\${(@P)argv[-1]}" } ; _files() { print file } ; compdef() { registered=$* }
       source <(${programPath('alleycat')} completion zsh); print -r -- $registered
       words=(alleycat ''); CURRENT=2; print '>' ; _alleycat; words=(alleycat --); print '>--'; _alleycat
       for c in ${[...expected.keys()].filter(Boolean).join(' ')}; do
         CURRENT=3; words=(alleycat $c ''); print ">$c"; _alleycat; words=(alleycat $c --); print ">$c"; _alleycat
       done`,
    ],
    { command: 'zsh' },
  );
  assert.equal(await run.ended, 0, run.err);
  assert.equal(run.err, '');
  const [registered, ...parts] = run.out.split(/^>/m);
  assert.equal(registered, '_alleycat alleycat\n');
  const offered = new Map([...expected.keys()].map((name) => [name, []]));
  for (const part of parts) {
    const [name, ...lines] = part.trimEnd().split('\n');
    for (const line of lines.filter((each) => each !== 'file')) {
      const [word, what] = line.split(/:(.*)/);
      assert.ok(what, line);
      offered.get(name === '--' ? '' : name).push(word);
    }
  }
  for (const [name, words] of expected) assert.deepEqual(unique(offered.get(name)), unique(words), name);
});

test('fish completes the same', async () => {
  const expected = await completions();
  const run = start(
    [
      '--no-config',
      '-c',
      `${programPath('alleycat')} completion fish | source
       echo '>'; complete -C 'alleycat '; complete -C 'alleycat --'
       for c in ${[...expected.keys()].filter(Boolean).join(' ')}; echo ">$c"; complete -C "alleycat $c "; complete -C "alleycat $c --"; end`,
    ],
    { command: 'fish', env: { HOME: '/nonexistent' } },
  );
  assert.equal(await run.ended, 0, run.err);
  for (const part of run.out.split(/^>/m).slice(1)) {
    const [name, ...lines] = part.trimEnd().split('\n');
    // Files of the folder are offered too, without a description.
    const words = lines.filter((line) => line.includes('\t')).map((line) => line.split('\t')[0]);
    assert.deepEqual(unique(words), unique(expected.get(name)), name);
  }
});

/** Starts a command that watches, and publishes on its subject until it has ended by itself. */
async function watched(args, subject, body) {
  const run = start([...args, '--nats', world.natsUrl]);
  await until(`${args.join(' ')} ends`, async () => {
    client.nc.publish(subject, JSON.stringify(body));
    await client.nc.flush();
    return run.child.exitCode !== null;
  });
  assert.equal(await run.ended, 0, run.err);
  return run.out;
}

test('watch class shows the leaderboard when it changes', async () => {
  const out = await watched(
    ['watch', 'class', '3', '--rows', '1', '--count', '1'],
    'alleycat.class.3.leaderboard',
    answers['leaderboard.3'],
  );
  assert.equal(
    out,
    [
      'Class 3  2021-05-03 14:20:40 UTC  2 on the leaderboard',
      'RANK  NAME    RACER       TOTAL',
      '   1  自転車      8  45536.4000',
      '',
      '',
    ].join('\n'),
  );
});

test('watch racer shows what one racer sees, with the ghost, or the message itself', async () => {
  const view = {
    classId: 3,
    raceId: 5400172,
    racerId: 8,
    second: 13,
    output: 151.788,
    total: 1973.244,
    hereNow: { rank: 3, of: 998, rows: [] },
    allTime: { rank: null, of: 0, rows: [] },
    best: null,
    ghost: { kind: 'leader', racerId: 9, total: 2000, delta: -26.756 },
  };
  const out = await watched(['watch', 'racer', '8', '--count', '1'], 'alleycat.racer.8.view', view);
  assert.match(
    out,
    /^class 3 {2}race 5400172 {2}second {2}13 {2}output {2}151\.7880 {2}total {3}1973\.2440 {2}here now 3 of 998 +all time - +ghost -26\.7560\n$/,
  );
  assert.deepEqual(JSON.parse(await watched(['watch', 'racer', '8', '--count', '1', '--json'], 'alleycat.racer.8.view', view)), view);
});

test('the man page has every command and every flag that the program has', async () => {
  const page = readFileSync(new URL('../../docs/alleycat.1', import.meta.url), 'utf8')
    .replaceAll('\\fR', '')
    .replaceAll('\\fB', '')
    .replaceAll('\\-', '-');
  const { out } = await alleycat(['completion']);
  const [, all] = out.match(/\*\) words="(.*)"/);
  for (const word of all.trim().split(' ')) assert.ok(page.includes(word), `${word} is in the man page`);
  for (const [, name, words] of out.matchAll(/^ {4}(\w+)\) words="(.*)"/gm))
    for (const word of words
      .trim()
      .split(' ')
      .filter((each) => name !== 'watch' || !each.startsWith('--')))
      assert.ok(page.includes(word), `${name} ${word} is in the man page`);
});
