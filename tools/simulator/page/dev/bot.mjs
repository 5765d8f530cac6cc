// A stand-in for the bot: just enough of its answers to look at.

import { BOT, HOME, author, edit, emit, faults, guilds, messages, move, newId, note, post, songs, whereIs, worker } from './world.mjs';

const V2 = 32768;
const EPHEMERAL = 64;
const LOADING = 128;

export const player = { song: null, at: 0, paused: false, volume: 80, queue: [], card: null, locale: 'en-US' };
const approved = new Set([HOME]);
const asked = new Set();

const WORDS = {
  'en-US': { now: 'Current track', paused: 'Paused', pause: 'Pause', resume: 'Resume', skip: 'Skip', prev: 'Previous', less: 'Quieter', more: 'Louder', queue: 'Queue', volume: 'Volume', next: 'Next', nothing: 'nothing', left: 'I am leaving the voice channel.', said: 'Done.' },
  de: { now: 'Aktueller Titel', paused: 'Pausiert', pause: 'Pause', resume: 'Fortsetzen', skip: 'Überspringen', prev: 'Zurück', less: 'Leiser', more: 'Lauter', queue: 'Warteschlange', volume: 'Lautstärke', next: 'Danach', nothing: 'nichts', left: 'Ich verlasse den Sprachkanal.', said: 'Erledigt.' },
};

const text = (content) => ({ type: 10, content });
const button = (custom_id, label, style = 2, more = {}) => ({ type: 2, custom_id, label, style, ...more });
const row = (...components) => ({ type: 1, components });
const box = (accent_color, ...components) => [{ type: 17, accent_color, components }];
const clock = (s) => `${Math.floor(s / 60)}:${String(Math.floor(s % 60)).padStart(2, '0')}`;
const art = (hue) => `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 80 80"><rect width="80" height="80" fill="hsl(${hue} 45% 38%)"/><circle cx="40" cy="40" r="24" fill="none" stroke="hsl(${hue} 60% 78%)" stroke-width="7"/></svg>`)}`;

function card() {
  const words = WORDS[player.locale] ?? WORDS['en-US'];
  const { song, at, paused, volume, queue } = player;
  if (!song) return box(7634829, text(`-# ${words.nothing}`));
  const bar = '▬'.repeat(Math.min(15, Math.floor(at / 4))) + '●' + '▬'.repeat(15 - Math.min(15, Math.floor(at / 4)));
  return box(6000111,
    { type: 9, components: [text(`-# ${paused ? words.paused : words.now}`), text(`**[${song.title}](https://music.example/${song.file})**\n${song.artist}`), text('-# for <@103>')], accessory: { type: 11, media: { url: art(song.hz % 360) }, description: `Cover of ${song.title}` } },
    text(`\`${bar}\` ${clock(at)} / 1:00`),
    text(`-# ${words.next}: ${queue[0]?.title ?? words.nothing} · ${words.volume} ${volume} %`),
    { type: 14 },
    row(button('prev', words.prev), paused ? button('resume', words.resume, 1) : button('pause', words.pause, 1), button('skip', words.skip)),
    row(button('vol.down', words.less, 2, { disabled: volume <= 0 }), button('vol.up', words.more, 2, { disabled: volume >= 100 }), button('queue', words.queue)));
}

export const playing = () => player.song !== null && !player.paused && worker.running;

function refresh() {
  if (player.card) edit(player.card, { components: card() });
  const voice = whereIs(BOT);
  if (!voice) return;
  emit({ type: 'status', channel: voice.channel.id, text: player.song ? `♪ ${player.song.title}` : null });
  voice.channel.status = player.song ? `♪ ${player.song.title}` : null;
  voice.channel.people.find((one) => one.id === BOT).speaking = playing();
  emit({ type: 'speaking', channel: voice.channel.id, user: BOT, on: playing() });
}

setInterval(() => {
  if (!playing()) return;
  player.at += 2;
  if (player.at >= 60) skip();
  refresh();
}, 2000).unref();

function skip() {
  player.song = player.queue.shift() ?? null;
  player.at = 0;
}

/** Kills and stops: the worker comes back and goes on. */
export function breakWorker(title) {
  worker.running = false;
  note('fault', title, { ok: null });
  emit({ type: 'worker', running: false, since: null, note: `${title}. Another one takes over…` });
  refresh();
  setTimeout(() => {
    if (faults.find((fault) => fault.id === 'no_workers').on) return;
    worker.running = true;
    worker.since = new Date().toISOString();
    emit({ type: 'worker', running: true, since: worker.since, note: `Goes on at ${clock(player.at)}` });
    note('worker', 'took the lease, epoch 2', { ms: 1480, ok: true, detail: { shard: 0, epoch: 2, position: player.at } });
    refresh();
  }, 1500);
}

function leafOf(options, path = []) {
  const [first] = options ?? [];
  if (first && (first.type === 1 || first.type === 2)) return leafOf(first.options, [...path, first.name]);
  return { path, values: Object.fromEntries((options ?? []).map((option) => [option.name, option])) };
}

export function answer(body) {
  const interaction = newId();
  const can = guilds.find((guild) => guild.id === body.guild)?.permissions[body.as] ?? [];
  const owner = can.includes('MANAGE_GUILD') || can.includes('ADMINISTRATOR');
  const ms = 8 + Math.random() * 10;
  const context = { ...body, interaction, owner, ms, words: WORDS[body.locale] ?? WORDS['en-US'] };
  const named = body.name ?? body.custom_id;
  note('interaction', `${body.kind} ${named}`, { interaction, detail: { request: body, checks: [{ name: 'signature', ok: true }, { name: 'fresh', ok: true }, { name: 'server approved', ok: approved.has(body.guild) }] } });
  const outcome = run(context);
  note('store', 'UpdateItem timmybot-guild-queues', { interaction, ms: 2.1, ok: true, detail: { table: 'timmybot-guild-queues', operation: 'UpdateItem', condition: 'rev = :rev' } });
  note('answer', `${outcome.outcome}`, { interaction, ms, ok: outcome.outcome !== 'failed', detail: { answer: outcome } });
  if (outcome.outcome === 'failed') note('violation', outcome.error, { interaction, ok: false, detail: { rule: outcome.error, where: '$.data.components[0].components[6]' } });
  return { interaction, token: 't', choices: null, modal: null, error: null, ms, ...outcome };
}

function reply(context, components, flags = V2, visibleTo = null) {
  return post({
    channel_id: context.channel, author: author(BOT), components, flags,
    interaction_metadata: { id: context.interaction, name: context.kind === 'command' ? context.name : null, user: author(context.as) },
  }, visibleTo);
}

function whisper(context, content, colour = 16426522) {
  reply(context, box(colour, text(content)), V2 | EPHEMERAL, [context.as]);
  return { outcome: 'message' };
}

function run(context) {
  const { kind, name } = context;
  if (kind === 'autocomplete') return complete(context);
  if (kind === 'component') return press(context);
  if (kind === 'modal') return whisper(context, `The request was declined: ${context.fields.reason}`, 3908957);
  if (name === 'ping') return { outcome: 'failed', error: 'An action row holds 5 buttons at most' };
  if (name === 'admin') return admin(context);
  if (!approved.has(context.guild)) return whisper(context, 'This server does not have access to TimmyBot yet. Someone with **Manage Server** can ask for it with `/admin request`.');
  if (name === 'settings' && !context.owner) return whisper(context, 'For this you need the permission **Manage Server**.');
  if (name === 'play' || name === 'Play this') return play(context);
  if (name === 'leave') {
    player.song = null;
    refresh();
    move(BOT, null);
    reply(context, box(3908957, text(context.words.left)));
    return { outcome: 'message' };
  }
  if (name === 'stop') {
    Object.assign(player, { song: null, queue: [] });
    refresh();
  }
  if (name === 'queue') return whisper(context, `### ${context.words.queue}\n${player.song?.title ?? context.words.nothing}`, 6000111);
  return whisper(context, context.words.said, 3908957);
}

function complete({ options }) {
  const { values } = leafOf(options);
  const typed = Object.values(values).find((option) => option.focused)?.value.toLowerCase() ?? '';
  const found = songs.filter((song) => song.title.toLowerCase().includes(typed));
  return { outcome: 'choices', choices: found.map((song) => ({ name: `${song.title} – ${song.artist}`, value: song.url })) };
}

function play(context) {
  const { values } = leafOf(context.options);
  const wanted = values.query?.value ?? Object.values(context.attachments ?? {})[0]?.url ?? messages.get(context.channel)?.find((one) => one.message.id === context.message)?.message.content ?? '';
  const song = songs.find((one) => wanted.includes(one.file) || one.title.toLowerCase() === wanted.toLowerCase());
  const voice = whereIs(context.as);
  if (!song) return whisper(context, `Nothing was found for **${wanted}**.`);
  if (!voice) return whisper(context, 'Join a voice channel first.');
  const message = reply(context, [], LOADING);
  message.deadline = new Date(Date.now() + 900_000).toISOString();
  note('doorbell', 'shard 0 was rung', { interaction: context.interaction, detail: { guild: context.guild, rev: 7 } });
  setTimeout(() => {
    delete message.deadline;
    if (whereIs(BOT)?.channel !== voice.channel) move(BOT, voice.channel.id);
    if (player.song) {
      player.queue.push(song);
      edit(message, { flags: V2, components: box(6000111, text('-# Added to the queue'), text(`**${song.title}**\n${song.artist}`), text(`-# Place ${player.queue.length} · for <@${context.as}>`), row(button('next', 'Comes next'), button('queue', 'Queue'), button('remove', 'Delete', 4))) });
    } else {
      Object.assign(player, { song, at: 0, paused: false, locale: context.locale, card: message });
      edit(message, { flags: V2, components: card() });
    }
    note('voice', `playing ${song.title}`, { interaction: context.interaction, ms: 210, ok: true });
    refresh();
  }, 350);
  return { outcome: 'deferred' };
}

function press(context) {
  const id = context.custom_id;
  if (id.startsWith('approve')) {
    approved.add(id.split('.')[1]);
    return whisper(context, 'Approved.', 3908957);
  }
  if (id === 'deny') return { outcome: 'modal', modal: { custom_id: 'deny', title: 'Decline a request', components: [{ type: 18, label: 'Why? The server will see it.', component: { type: 4, custom_id: 'reason', style: 2, min_length: 1, max_length: 300, required: true } }] } };
  if (id === 'pause' || id === 'resume') player.paused = id === 'pause';
  else if (id === 'skip') skip();
  else if (id.startsWith('vol')) player.volume = Math.max(0, Math.min(100, player.volume + (id === 'vol.up' ? 10 : -10)));
  else return whisper(context, `${context.words.queue}: ${player.queue.map((song) => song.title).join(', ') || context.words.nothing}${context.values?.length ? ` (${context.values.join(', ')})` : ''}`, 6000111);
  refresh();
  return { outcome: 'update' };
}

function admin(context) {
  const { path, values } = leafOf(context.options);
  if (path[0] === 'request') {
    if (!context.owner) return whisper(context, 'For this you need the permission **Manage Server**.');
    asked.add(context.guild);
    return whisper(context, 'The request was sent. Call `/admin request` again to see how it stands.', 7634829);
  }
  if (context.as !== '101') return whisper(context, "Only TimmyBot's operators can do this.");
  if (path[0] === 'approve') {
    approved.add(values.server.value);
    return whisper(context, `\`${values.server.value}\` was approved.`, 3908957);
  }
  const waiting = [...asked].filter((guild) => !approved.has(guild));
  const rows = waiting.flatMap((guild) => [text(`\`${guild}\` · **waiting** · <t:${Math.floor(Date.now() / 1000) - 90}:R>`), row(button(`approve.${guild}`, 'Approve', 3), button('deny', 'Decline', 4))]);
  reply(context, box(7634829, text('### Servers'), ...(rows.length ? rows : [text('-# none')])), V2 | EPHEMERAL, [context.as]);
  return { outcome: 'message' };
}
