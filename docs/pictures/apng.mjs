// Several PNGs of one size as one that moves (PNG, third edition: acTL, fcTL, fdAT).

import { crc32 } from 'node:zlib';

const SIGNATURE = 8;

function chunks(png) {
  const found = [];
  for (let at = SIGNATURE; at < png.length;) {
    const length = png.readUInt32BE(at);
    found.push({ type: png.toString('latin1', at + 4, at + 8), data: png.subarray(at + 8, at + 8 + length) });
    at += 12 + length;
  }
  return found;
}

function chunk(type, data) {
  const out = Buffer.alloc(12 + data.length);
  out.writeUInt32BE(data.length, 0);
  out.write(type, 4, 'latin1');
  data.copy(out, 8);
  out.writeUInt32BE(crc32(out.subarray(4, 8 + data.length)), 8 + data.length);
  return out;
}

const numbers = (...values) => {
  const out = Buffer.alloc(4 * values.length);
  values.forEach((value, at) => out.writeUInt32BE(value, 4 * at));
  return out;
};

/** `frames` are `{png, ms}`; it goes round for ever. */
export function apng(frames) {
  const first = chunks(frames[0].png);
  const header = first.find(({ type }) => type === 'IHDR').data;
  let sequence = 0;
  const body = frames.flatMap(({ png, ms }, at) => {
    const delay = Buffer.from([ms >> 8, ms & 255, 1000 >> 8, 1000 & 255, 0, 0]);
    const control = Buffer.concat([numbers(sequence++, header.readUInt32BE(0), header.readUInt32BE(4), 0, 0), delay]);
    const pixels = chunks(png).filter(({ type }) => type === 'IDAT').map(({ data }) => (at === 0
      ? chunk('IDAT', data)
      : chunk('fdAT', Buffer.concat([numbers(sequence++), data]))));
    return [chunk('fcTL', control), ...pixels];
  });
  return Buffer.concat([frames[0].png.subarray(0, SIGNATURE), chunk('IHDR', header), chunk('acTL', numbers(frames.length, 0)), ...body, chunk('IEND', Buffer.alloc(0))]);
}
