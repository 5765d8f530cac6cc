// All that the page asks of the simulator. Nothing else here opens a connection.

import { store } from './store.js';

async function read(path) {
  const answer = await fetch(path, { headers: { accept: 'application/json' } });
  if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
  return answer.json();
}

async function send(path, body) {
  const answer = await fetch(path, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'application/json' },
    body: JSON.stringify(body),
  });
  const text = await answer.text();
  if (!answer.ok) throw new Error(reason(text) ?? `${path} answered ${answer.status}`);
  return text === '' ? null : JSON.parse(text);
}

function reason(text) {
  try {
    return JSON.parse(text).message ?? null;
  } catch {
    return text.length > 0 && text.length < 200 ? text : null;
  }
}

const part = encodeURIComponent;

export const getState = () => read('/sim/state');
export const getMessages = (channel, as) => read(`/sim/channels/${part(channel)}/messages?as=${part(as)}`);
export const getTimeline = (after) => read(`/sim/timeline${after ? `?after=${part(after)}` : ''}`);
export const postUse = (body) => send('/sim/use', body);
export const postSay = (body) => send('/sim/say', body);
export const postJoin = (user, channel) => send('/sim/join', { user, channel });
export const postLeave = (user, guild) => send('/sim/leave', { user, guild });
export const listenPath = (listener, channel) => `/sim/listen?listener=${part(listener)}&channel=${part(channel)}`;

const OF_THE_STACK = new Set([
  'kill_worker',
  'stop_worker',
  'throttle_tables',
  'expire_lease',
  'no_workers',
  'trip_alarm',
]);

/**
 * Switches a fault: those of the machine go to the stack, Discord's own to the simulator. The latter get the guild and
 * the bot, too: faults of voice need them, the others do not look.
 */
export function postFault(id, body) {
  if (OF_THE_STACK.has(id)) return send('/stack/fault', { fault: id, ...body });
  const { bot } = store.state.me;
  return send('/sim/fault', { fault: id, guild: store.guild, bot, user: bot, ...body });
}
