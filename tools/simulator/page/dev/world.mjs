// A believable guild, for looking at the page without the bot. Not a test of anything but the page.

import { readFileSync } from 'node:fs';

const SNAPSHOT = new URL('../../../../shared/src/discord/commands/snapshots/shared__discord__commands__tests__registration.snap', import.meta.url);

export const commands = JSON.parse(readFileSync(SNAPSHOT, 'utf8').split(/^---$/m)[2]);

export const BOT = '9001';
export const HOME = '1000';
export const AWAY = '2000';

export const people = [
  { id: '101', name: 'operator', about: 'runs the bot; approves servers', guilds: [HOME] },
  { id: '102', name: 'moderator', about: 'manages this server', guilds: [HOME] },
  { id: '103', name: 'member', about: "no rights but a member's", guilds: [HOME] },
  { id: '104', name: 'stranger', about: 'owns a server that was not approved', guilds: [AWAY] },
];

const voice = (id, name) => ({ id, name, kind: 'voice', status: null, people: [] });

export const guilds = [
  {
    id: HOME, name: "Timmy's", permissions: { 101: [], 102: ['MANAGE_GUILD', 'MODERATE_MEMBERS'], 103: [] },
    roles: [{ id: '1500', name: 'DJ' }, { id: '1501', name: 'Moderators' }],
    channels: [
      { id: '1001', name: 'general', kind: 'text' }, { id: '1002', name: 'everything', kind: 'text' },
      voice('1003', 'Lounge'), voice('1004', 'Quiet room'),
    ],
  },
  {
    id: AWAY, name: "Stranger's place", permissions: { 104: ['ADMINISTRATOR'] },
    channels: [{ id: '2001', name: 'hall', kind: 'text' }, voice('2002', 'Stage')],
  },
];

export const songs = [
  { title: 'Hello', artist: 'Timmy', file: 'hello.wav', hz: 440 },
  { title: 'Slow River', artist: 'Timmy', file: 'slow-river.wav', hz: 554.37 },
  { title: 'Night Bus', artist: 'Timmy', file: 'night-bus.wav', hz: 659.25 },
];

export const faults = [
  { id: 'kill_worker', title: 'Kill the worker', kind: 'button' },
  { id: 'stop_worker', title: 'Stop the worker', kind: 'button' },
  { id: 'close_voice', title: 'Close the voice socket', kind: 'code', codes: [4006, 4009, 4014, 4015] },
  { id: 'throttle_tables', title: 'Throttle the tables', kind: 'switch', on: false },
  { id: 'no_workers', title: 'No worker can start', kind: 'switch', on: false },
  { id: 'expire_lease', title: 'Expire the lease', kind: 'button' },
  { id: 'mend', title: 'Mend the network', kind: 'button' },
];

export const worker = { running: true, since: new Date().toISOString() };
export const messages = new Map();
export const timeline = [];
const started = Date.now();
const listeners = new Set();
let ids = 500_000n;

export const newId = () => String(ids++);
export const name = (id) => (id === BOT ? 'Timmy' : people.find((one) => one.id === id)?.name);
export const subscribe = (send) => {
  listeners.add(send);
  return () => listeners.delete(send);
};
export const emit = (event) => listeners.forEach((send) => send(event));

export function note(kind, title, { interaction = null, ms = null, ok = null, detail = null } = {}) {
  const entry = { id: newId(), at: new Date().toISOString(), at_ms: Date.now() - started, kind, interaction, title, ms, ok, detail };
  timeline.push(entry);
  emit({ type: 'timeline', ...entry });
}

export const author = (id) => ({ id, username: name(id), bot: id === BOT });

export function post(message, visibleTo = null) {
  const made = {
    id: newId(), content: '', components: [], embeds: [], flags: 0, timestamp: new Date().toISOString(),
    edited_timestamp: null, ...message,
  };
  const list = messages.get(made.channel_id) ?? [];
  messages.set(made.channel_id, [...list, { message: made, visibleTo }]);
  emit({ type: 'message', message: made, visible_to: visibleTo });
  return made;
}

export function edit(message, change) {
  Object.assign(message, change, { edited_timestamp: new Date().toISOString() });
  const found = messages.get(message.channel_id).find((one) => one.message === message);
  emit({ type: 'message', message, visible_to: found.visibleTo });
}

export const allChannels = () => guilds.flatMap((guild) => guild.channels.map((channel) => ({ guild, channel })));
export const whereIs = (user) => allChannels().find(({ channel }) => channel.people?.some((person) => person.id === user));

export function move(user, channelId, guildId) {
  const from = whereIs(user);
  if (from) from.channel.people = from.channel.people.filter((person) => person.id !== user);
  const to = allChannels().find(({ channel }) => channel.id === channelId);
  to?.channel.people.push({ id: user, name: name(user), bot: user === BOT, speaking: false });
  const guild = to?.guild.id ?? guildId ?? from?.guild.id;
  emit({ type: 'voice', guild, channel: channelId, user, name: name(user), bot: user === BOT });
}
