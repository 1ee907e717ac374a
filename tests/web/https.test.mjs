// The page over HTTPS, from a node with a nats-server of its own: what a browser asks for before it talks to a bike.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { request as httpRequest } from 'node:http';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, test } from 'node:test';
import { connect } from 'node:tls';

import { freePort, Program } from '../e2e/lib/processes.mjs';
import { until } from '../e2e/lib/until.mjs';
import { programPath } from '../e2e/lib/world.mjs';
import { launchBrowser, pageFolder } from './lib/page_world.mjs';

describe('over HTTPS', () => {
  let folder;
  let node;
  let port;
  const path = (name) => join(folder, name);
  const certify = (name) =>
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'rsa:2048',
        '-nodes',
        '-days',
        '2',
        '-subj',
        '/CN=localhost',
        '-addext',
        'subjectAltName=DNS:localhost,IP:127.0.0.1',
        '-keyout',
        path(`${name}-key.pem`),
        '-out',
        path(`${name}.pem`),
      ],
      { stdio: 'ignore' },
    );
  const flags = (data, cert, key) => [
    '--data',
    path(data),
    '--nats-port',
    '0',
    '--ws-port',
    '0',
    '--listen',
    '127.0.0.1:0',
    '--http',
    `127.0.0.1:${port}`,
    '--http-cert',
    path(cert),
    '--http-key',
    path(key),
    '--http.web',
    pageFolder,
  ];

  /** @returns {Promise<{status: number, headers: object, body: string}>} */
  const ask = (target, options = {}) =>
    new Promise((resolve, reject) => {
      const asked = request({ host: '127.0.0.1', port, path: target, rejectUnauthorized: false, ...options }, (answer) => {
        let body = '';
        answer
          .on('data', (chunk) => (body += chunk))
          .on('end', () => resolve({ status: answer.statusCode, headers: answer.headers, body }));
      });
      asked.on('error', reject).end(options.body);
    });

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'alleycat-https-'));
    certify('one');
    certify('two');
    port = await freePort();
    node = new Program('node', programPath('alleycat-node'), flags('data', 'one.pem', 'one-key.pem'));
    await until('the node is ready', async () => {
      if (!node.running) throw new Error(node.report);
      return (await ask('/readyz')).status === 200;
    });
  });
  after(async () => {
    await node.stop();
    rmSync(folder, { recursive: true });
  });

  test('the page is a secure context and hears the server over wss', async () => {
    const browser = await launchBrowser();
    try {
      const page = await (await browser.newContext({ ignoreHTTPSErrors: true })).newPage();
      const sockets = [];
      page.on('websocket', (socket) => sockets.push(socket.url()));
      await page.goto(`https://127.0.0.1:${port}/`);
      await page.getByText('Online').waitFor();
      await page.getByText('Harbour Flat').first().waitFor();
      assert.equal(await page.evaluate(() => isSecureContext), true);
      assert.match(sockets[0], /^wss:\/\/127\.0\.0\.1:[1-9]\d+\/$/);
    } finally {
      await browser.close();
    }
  });

  test('answers are those of HTTP, with the strict headers', async () => {
    const page = await ask('/');
    assert.equal(page.status, 200);
    assert.equal(page.headers['content-type'], 'text/html; charset=utf-8');
    assert.match(page.headers['content-security-policy'], /^default-src 'none'; script-src 'self'/);
    assert.equal(page.headers['x-content-type-options'], 'nosniff');
    const again = await ask('/', { headers: { 'If-None-Match': page.headers.etag } });
    assert.deepEqual([again.status, again.body], [304, '']);
    const head = await ask('/', { method: 'HEAD' });
    assert.deepEqual([head.status, head.body, Number(head.headers['content-length'])], [200, '', page.body.length]);
    assert.match((await ask('/metrics')).body, /^# HELP /m);
  });

  test('what is no page file is refused', async () => {
    for (const target of [
      '/nothing',
      '/../data/store',
      '/%2e%2e/one-key.pem',
      '//etc/passwd',
      '/assets/../../one-key.pem',
      '/index.html%00',
    ])
      assert.equal((await ask(target)).status, 404, target);
    const post = await ask('/', { method: 'POST', body: 'x' });
    assert.ok(post.status === 405 || post.status === 413, `${post.status}`);
  });

  test('neither plain HTTP nor TLS 1.1 is spoken', async () => {
    await assert.rejects(new Promise((resolve, reject) => httpRequest({ host: '127.0.0.1', port }, resolve).on('error', reject).end()));
    await assert.rejects(
      new Promise((resolve, reject) =>
        connect({ host: '127.0.0.1', port, rejectUnauthorized: false, minVersion: 'TLSv1', maxVersion: 'TLSv1.1' }, resolve).on(
          'error',
          reject,
        ),
      ),
    );
  });

  test('a key of another certificate is said, and nothing is served', async () => {
    const other = new Program(
      'other',
      programPath('alleycat-node'),
      flags('other', 'one.pem', 'two-key.pem').map((flag) => flag.replace(`:${port}`, ':0')),
    );
    assert.equal(await other.ended, 1);
    assert.match(other.stderr, /certificate|key/);
    const half = new Program('half', programPath('alleycat-node'), ['--http-cert', path('one.pem')]);
    assert.equal(await half.ended, 2);
    assert.match(half.stderr + half.stdout, /http\.cert and http\.key belong together/);
  });
});
