// As much MQTT 3.1.1 as a small device needs: QoS 0, one packet a write.

import { once } from 'node:events';
import { connect } from 'node:net';

const text = (value) => {
  const bytes = Buffer.from(value);
  return Buffer.concat([Buffer.from([bytes.length >> 8, bytes.length & 0xff]), bytes]);
};

/** @param {number} head  type and flags */
function packet(head, ...parts) {
  const body = Buffer.concat(parts);
  const length = [];
  for (let rest = body.length; length.length === 0 || rest > 0; rest >>= 7) length.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
  return Buffer.concat([Buffer.from([head, ...length]), body]);
}

/** @returns {{head: number, body: Buffer, rest: Buffer} | null} null while the packet is not all there */
function split(bytes) {
  let length = 0;
  let at = 1;
  for (let shift = 0; ; shift += 7, at += 1) {
    if (at >= bytes.length) return null;
    length |= (bytes[at] & 0x7f) << shift;
    if (bytes[at] < 0x80) break;
  }
  const end = at + 1 + length;
  return bytes.length < end ? null : { head: bytes[0], body: bytes.subarray(at + 1, end), rest: bytes.subarray(end) };
}

export class MqttDevice {
  /** @type {{topic: string, message: string}[]} */
  heard = [];
  packets = 0;

  static async connect(port, id) {
    const device = new MqttDevice();
    device.socket = connect(port, '127.0.0.1');
    await once(device.socket, 'connect');
    let bytes = Buffer.alloc(0);
    device.socket.on('data', (chunk) => {
      bytes = Buffer.concat([bytes, chunk]);
      for (let next = split(bytes); next; next = split(bytes)) {
        bytes = next.rest;
        device.packets += 1;
        if (next.head >> 4 !== 3) continue;
        const length = next.body.readUInt16BE(0);
        device.heard.push({ topic: next.body.toString('utf8', 2, 2 + length), message: next.body.toString('utf8', 2 + length) });
      }
    });
    // CONNECT, clean session, 60 s.
    device.socket.write(packet(0x10, text('MQTT'), Buffer.from([4, 2, 0, 60]), text(id)));
    return device;
  }

  publish(topic, message) {
    this.socket.write(packet(0x30, text(topic), Buffer.from(message)));
  }

  subscribe(topic) {
    this.socket.write(packet(0x82, Buffer.from([0, 1]), text(topic), Buffer.from([0])));
  }

  close() {
    this.socket.destroy();
  }
}
