// What a node tells systemd, heard on a socket as systemd listens on one.

import assert from 'node:assert/strict';
import { test } from 'node:test';

import { until } from './lib/until.mjs';
import { World } from './lib/world.mjs';

/** Node.js has no datagram sockets of the file system. Prints each message on a line, its parts joined by blanks. */
const listener = `
import socket, sys
s = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
s.bind(sys.argv[1])
print("listening", flush=True)
while True:
    print(s.recv(4096).decode().replace("\\n", " "), flush=True)
`;

test('systemd hears that a node is ready, alive, reading its configuration again and stopping', async () => {
  const world = new World();
  try {
    await world.guarded(async () => {
      const socket = world.path('notify');
      const systemd = world.run('listener', '/usr/bin/python3', ['-c', listener, socket]);
      await until('the listener listens', () => systemd.stdout.startsWith('listening\n'));
      await world.startNats();
      await world.startNode('node-1', [], undefined, { env: { NOTIFY_SOCKET: socket, WATCHDOG_USEC: '1500000' } });
      const heard = (pattern) => systemd.stdout.split('\n').filter((line) => pattern.test(line)).length;

      await until('ready', () => heard(/^READY=1$/) === 1);
      await until('alive, time and again', () => heard(/^WATCHDOG=1$/) >= 3);
      world.node.child.kill('SIGHUP');
      await until('reloading, and ready again', () => heard(/^READY=1$/) === 2);
      assert.match(systemd.stdout, /RELOADING=1 MONOTONIC_USEC=\d+\n(WATCHDOG=1\n)*READY=1\n/);
      assert.equal(heard(/STOPPING/), 0);
      assert.equal(await world.node.stop(), 0);
      await until('stopping', () => heard(/^STOPPING=1$/) === 1);
    })();
  } finally {
    await world.stop();
  }
});
