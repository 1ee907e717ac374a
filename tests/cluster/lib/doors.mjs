// What knocks at a nats-server's other doors: a browser's WebSocket handshake, an MQTT 3.1.1 client.

import { request } from 'node:http';
import { connect } from 'node:net';

/**
 * A WebSocket handshake as a browser sends it.
 * @param {string | null} origin  of the page; null: no browser
 * @returns {Promise<number>} the status: 101 when it is taken
 */
export function handshake(host, port, origin) {
  return new Promise((resolve, reject) => {
    const asked = request({
      host,
      port,
      headers: {
        Connection: 'Upgrade',
        Upgrade: 'websocket',
        'Sec-WebSocket-Version': '13',
        'Sec-WebSocket-Key': Buffer.from('alleycat-alleycat').subarray(0, 16).toString('base64'),
        ...(origin === null ? {} : { Origin: origin }),
      },
    });
    asked.setTimeout(30_000, () => asked.destroy(new Error('no answer to a WebSocket handshake')));
    asked.on('upgrade', (response, socket) => {
      socket.destroy();
      resolve(response.statusCode);
    });
    asked.on('response', (response) => {
      response.resume();
      resolve(response.statusCode);
    });
    asked.on('error', reject);
    asked.end();
  });
}

/**
 * Publishes one message and waits until the server has confirmed it (QoS 1).
 * @param {string} topic
 */
export function publishByMqtt(host, port, topic, payload) {
  const text = (value) => Buffer.concat([Buffer.from([value.length >> 8, value.length & 0xff]), Buffer.from(value)]);
  const packet = (type, body) => {
    const length = body.length < 128 ? [body.length] : [(body.length & 0x7f) | 0x80, body.length >> 7];
    return Buffer.concat([Buffer.from([type, ...length]), body]);
  };
  return new Promise((resolve, reject) => {
    const socket = connect(port, host);
    socket.setTimeout(60_000, () => socket.destroy(new Error('no answer from MQTT')));
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('MQTT closed the connection')));
    socket.on('connect', () => socket.write(packet(0x10, Buffer.concat([text('MQTT'), Buffer.from([4, 2, 0, 60]), text('bike-8')]))));
    socket.on('data', (data) => {
      if (data[0] === 0x20) {
        if (data[3] !== 0) return reject(new Error(`MQTT refused: ${data[3]}`));
        socket.write(packet(0x32, Buffer.concat([text(topic), Buffer.from([0, 1]), Buffer.from(payload)])));
      } else if (data[0] === 0x40) {
        resolve();
        socket.end();
      }
    });
  });
}
