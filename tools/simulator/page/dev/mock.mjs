// The simulator's side of the page, faked, to work on the page without building the bot:
//   node tools/simulator/page/dev/mock.mjs [port]

import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import { answer, breakWorker, player, playing } from './bot.mjs';
import { showcase } from './showcase.mjs';
import { BOT, author, commands, emit, faults, guilds, messages, move, note, people, post, songs, subscribe, timeline, whereIs, worker } from './world.mjs';

const PAGE = new URL('../', import.meta.url);
const TYPES = { html: 'text/html; charset=utf-8', css: 'text/css', js: 'text/javascript' };
const CSP = "default-src 'self'; img-src 'self' data: https: http:; media-src 'self'; connect-src 'self'; script-src 'self'; style-src 'self'; frame-ancestors 'none'; base-uri 'none'";
const RATE = 48_000;

const server = createServer((request, response) => {
  handle(request, response).catch((error) => json(response, 500, { error: error.message }));
});

async function handle(request, response) {
  const url = new URL(request.url, 'http://x');
  const { pathname, searchParams } = url;
  if (request.method === 'POST') return act(pathname, JSON.parse(await body(request)), response);
  if (pathname === '/') return file('index.html', response);
  if (/^\/page\/[\w-]+\.(js|css)$/.test(pathname)) return file(pathname.slice(6), response);
  if (pathname === '/sim/state') return json(response, 200, state());
  if (pathname === '/sim/timeline') return json(response, 200, after(searchParams.get('after')));
  if (pathname === '/sim/events') return stream(request, response);
  if (pathname === '/sim/listen') return listen(request, response, searchParams.get('listener'));
  const channel = /^\/sim\/channels\/(\d+)\/messages$/.exec(pathname)?.[1];
  if (channel) return json(response, 200, seenBy(channel, searchParams.get('as')));
  const song = songs.find((one) => pathname === `/songs/${one.file}`);
  if (song) return response.writeHead(200, { 'content-type': 'audio/wav' }).end(wav(song.hz));
  return json(response, 404, { error: 'no such thing' });
}

function state() {
  return { me: { application: '9000', bot: BOT, name: 'Timmy' }, people, guilds, commands, locales: ['en-US', 'de', 'fr', 'es-ES', 'pt-BR', 'ja'], songs: songs.map(({ title, artist, url }) => ({ title, artist, url })), worker, faults };
}

const after = (id) => timeline.filter((entry) => !id || BigInt(entry.id) > BigInt(id)).slice(-500);
const seenBy = (channel, as) => (messages.get(channel) ?? []).filter(({ visibleTo }) => !visibleTo || visibleTo.includes(as)).map(({ message }) => message);

async function act(path, what, response) {
  const handlers = {
    '/sim/use': () => answer(what),
    '/sim/say': () => post({ channel_id: what.channel, author: author(what.as), content: what.content }),
    '/sim/join': () => move(what.user, what.channel),
    '/sim/leave': () => move(what.user, null, what.guild),
    '/sim/fault': () => note('fault', what.fault, { detail: what }),
    '/stack/fault': () => stack(what),
  };
  if (!handlers[path]) return json(response, 404, { error: 'no such thing' });
  return json(response, 200, handlers[path]() ?? {});
}

function stack({ fault: id, on }) {
  const fault = faults.find((one) => one.id === id);
  if (fault.kind === 'switch') fault.on = on;
  if (id === 'kill_worker' || id === 'stop_worker') return breakWorker(fault.title);
  return note('fault', fault.title, { detail: { on } });
}

function stream(request, response) {
  response.writeHead(200, { 'content-type': 'text/event-stream', 'cache-control': 'no-store' });
  response.write(': hello\n\n');
  const stop = subscribe((event) => response.write(`data: ${JSON.stringify(event)}\n\n`));
  request.on('close', stop);
}

function listen(request, response, listener) {
  if (!whereIs(listener)) return json(response, 409, { error: 'not in a voice channel' });
  response.writeHead(200, { 'content-type': 'application/octet-stream', 'cache-control': 'no-store' });
  let frame = 0;
  const began = Date.now();
  const timer = setInterval(() => {
    const due = Math.floor(((Date.now() - began) / 1000) * RATE);
    const hears = playing() && whereIs(BOT)?.channel === whereIs(listener)?.channel;
    response.write(tone(frame, due - frame, hears ? player.song.hz : 0, player.volume / 100));
    frame = due;
  }, 20);
  request.on('close', () => clearInterval(timer));
}

function tone(from, frames, hz, volume) {
  const buffer = Buffer.alloc(Math.max(0, frames) * 4);
  for (let at = 0; at < frames && hz; at += 1) {
    const sample = Math.round(Math.sin((2 * Math.PI * hz * (from + at)) / RATE) * 12_000 * volume);
    buffer.writeInt16LE(sample, at * 4);
    buffer.writeInt16LE(sample, at * 4 + 2);
  }
  return buffer;
}

function wav(hz) {
  const data = tone(0, RATE * 3, hz, 1);
  const head = Buffer.alloc(44);
  head.write('RIFF', 0);
  head.writeUInt32LE(36 + data.length, 4);
  head.write('WAVEfmt ', 8);
  [[16, 16, 4], [1, 20, 2], [2, 22, 2], [RATE, 24, 4], [RATE * 4, 28, 4], [4, 32, 2], [16, 34, 2]]
    .forEach(([value, at, size]) => head.writeUIntLE(value, at, size));
  head.write('data', 36);
  head.writeUInt32LE(data.length, 40);
  return Buffer.concat([head, data]);
}

async function body(request) {
  let text = '';
  for await (const piece of request) text += piece;
  return text;
}

async function file(name, response) {
  const found = await readFile(new URL(name, PAGE)).catch(() => null);
  if (!found) return json(response, 404, { error: `no ${name}` });
  response.writeHead(200, { 'content-type': TYPES[name.split('.').pop()], 'content-security-policy': CSP, 'cache-control': 'no-store' });
  return response.end(found);
}

function json(response, status, value) {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(JSON.stringify(value));
}

server.listen(Number(process.argv[2] ?? 0), '127.0.0.1', () => {
  const origin = `http://127.0.0.1:${server.address().port}`;
  for (const song of songs) song.url = `${origin}/songs/${song.file}`;
  showcase('1002');
  note('worker', 'took the lease of shard 0, epoch 1', { ms: 312, ok: true, detail: { shard: 0, epoch: 1 } });
  note('probe', 'bad signature → 401', { ms: 0.8, ok: true, detail: { checks: [{ name: 'signature', ok: false }] } });
  emit({ type: 'commands' });
  console.log(origin);
});
