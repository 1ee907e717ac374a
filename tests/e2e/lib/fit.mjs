// A FIT file as a bike computer writes it: a record a second with power, cadence and heart rate, little endian.

/** CRC-16/ARC, a byte at a time, by a table of 256. */
const table = Array.from({ length: 256 }, (_, byte) => {
  let crc = byte;
  for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >> 1) ^ 0xa001 : crc >> 1;
  return crc;
});
const crcOf = (bytes) => bytes.reduce((crc, byte) => (crc >> 8) ^ table[(crc ^ byte) & 0xff], 0);

const fitEpochSeconds = 631_065_600;

/**
 * @param {{second: number, power: number, cadence: number, heartRate: number}[]} seconds  whole watts and turns
 * @param {number} start  s since 1970
 * @returns {Buffer}
 */
export function fitOf(seconds, start) {
  const definition = Buffer.from([0x40, 0, 0, 20, 0, 4, 253, 4, 0x86, 7, 2, 0x84, 4, 1, 0x02, 3, 1, 0x02]);
  const records = seconds.map(({ second, power, cadence, heartRate }) => {
    const record = Buffer.alloc(9);
    record.writeUInt32LE(start + second - fitEpochSeconds, 1);
    record.writeUInt16LE(power, 5);
    record.writeUInt8(cadence, 7);
    record.writeUInt8(heartRate, 8);
    return record;
  });
  const body = Buffer.concat([definition, ...records]);
  const header = Buffer.alloc(14);
  header.set([14, 0x20]);
  header.writeUInt16LE(2140, 2);
  header.writeUInt32LE(body.length, 4);
  header.write('.FIT', 8);
  header.writeUInt16LE(crcOf(header.subarray(0, 12)), 12);
  const file = Buffer.concat([header, body, Buffer.alloc(2)]);
  file.writeUInt16LE(crcOf(file.subarray(0, -2)), file.length - 2);
  return file;
}
