// The stream of events, and what each one changes.

import { getMessages, getState, getTimeline } from './api.js';
import { channelById, guildById, store, tell } from './store.js';

const TIMELINE_KEPT = 500;

// What came by the stream while the channel was being read: newer than what is read.
let arrived = null;

const HANDLERS = {
  message({ message, visible_to: visibleTo }) {
    if (visibleTo && !visibleTo.includes(store.as)) return;
    if (message.channel_id !== store.channel) return unread(message);
    arrived?.set(message.id, message);
    const at = store.messages.findIndex((one) => one.id === message.id);
    if (at >= 0) store.messages[at] = message;
    else store.messages.push(message);
    tell('message', { message, fresh: at < 0 });
  },
  message_gone({ id }) {
    store.messages = store.messages.filter((message) => message.id !== id);
    tell('gone', id);
  },
  voice(event) {
    const guild = guildById(event.guild);
    if (!guild) return;
    for (const channel of guild.channels) {
      const was = channel.people?.find((person) => person.id === event.user);
      if (channel.id === event.channel && !was) {
        channel.people = [...(channel.people ?? []), { id: event.user, name: event.name, bot: event.bot, speaking: false }];
      } else if (channel.id !== event.channel && was) {
        channel.people = channel.people.filter((person) => person !== was);
      }
    }
    tell('voice', event);
  },
  status({ channel, text }) {
    const found = channelById(channel)?.channel;
    if (found) found.status = text;
    tell('voice', null);
  },
  speaking({ channel, user, on }) {
    const person = channelById(channel)?.channel.people?.find((one) => one.id === user);
    if (!person || person.speaking === on) return;
    person.speaking = on;
    tell('speaking', { user, on });
  },
  commands: refresh,
  faults: refresh,
  worker({ running, since, note }) {
    store.state.worker = { running, since };
    store.workerNote = note ?? null;
    tell('worker');
  },
  timeline(entry) {
    remember([entry.entry ?? entry]);
  },
};

function unread(message) {
  if (!channelById(message.channel_id)) return;
  store.unread.add(message.channel_id);
  tell('unread');
}

function remember(entries) {
  const known = new Set(store.timeline.map((entry) => entry.id));
  const fresh = entries.filter((entry) => !known.has(entry.id));
  if (fresh.length === 0) return;
  store.timeline = [...store.timeline, ...fresh].slice(-TIMELINE_KEPT);
  tell('timeline', fresh);
}

/** Asks for everything anew: at the start, and whenever the stream had a gap. */
export async function refresh() {
  store.state = await getState();
  tell('state');
}

/** Reads the messages of the channel that is shown, as the person who reads. */
export async function readMessages() {
  const { channel, as } = store;
  const since = new Map();
  arrived = since;
  const read = channel ? await getMessages(channel, as) : [];
  if (arrived !== since) return;
  arrived = null;
  const messages = new Map(read.map((message) => [message.id, message]));
  for (const [id, message] of since) messages.set(id, message);
  store.messages = [...messages.values()];
  tell('messages');
}

async function catchUp(again) {
  remember(await getTimeline(store.timeline.at(-1)?.id));
  if (!again) return;
  await refresh();
  await readMessages();
}

/** Listens for as long as the page is open. */
export function goLive() {
  const stream = new EventSource('/sim/events');
  let opened = false;
  stream.onopen = async () => {
    tell('connection', true);
    const again = opened;
    opened = true;
    await catchUp(again).catch(() => tell('connection', false));
  };
  stream.onerror = () => tell('connection', false);
  stream.onmessage = ({ data }) => {
    const event = JSON.parse(data);
    HANDLERS[event.type]?.(event);
  };
}
