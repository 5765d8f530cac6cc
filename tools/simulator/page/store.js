// What the page knows, and who is told when it changes.

const listeners = new Map();

/** Everything that the parts of the page share. */
export const store = {
  state: null,
  as: null,
  // Not chosen yet; null is a conversation with the bot alone.
  guild: undefined,
  channel: null,
  locale: 'en-US',
  messages: [],
  unread: new Set(),
  timeline: [],
  workerNote: null,
};

/** Calls `listener` whenever `topic` is told. */
export function on(topic, listener) {
  listeners.set(topic, [...(listeners.get(topic) ?? []), listener]);
}

/** Tells a topic: `state`, `view`, `messages`, `message`, `gone`, `voice`, `timeline`, `worker`, `modal`, … */
export function tell(topic, detail) {
  for (const listener of listeners.get(topic) ?? []) listener(detail);
}

export const people = () => store.state?.people ?? [];
export const personById = (id) => people().find((person) => person.id === id) ?? null;
export const guildById = (id) => guilds().find((guild) => guild.id === id) ?? null;
export const myGuild = () => guildById(store.guild);
export const myChannel = () => channelById(store.channel)?.channel ?? null;

/** All guilds, and the caller's direct messages where the simulator has them. */
export function guilds() {
  const all = store.state?.guilds ?? [];
  const dm = personById(store.as)?.dm;
  if (!dm) return all;
  const name = store.state.me.name;
  return [...all, { id: null, name: 'Direct messages', permissions: {}, channels: [{ id: dm, name, kind: 'text' }] }];
}

/** Guilds that the chosen person is in. */
export function myGuilds() {
  const own = personById(store.as)?.guilds ?? [];
  return guilds().filter((guild) => guild.id === null || own.includes(guild.id));
}

/** A channel and its guild. */
export function channelById(id) {
  for (const guild of guilds()) {
    const channel = guild.channels.find((one) => one.id === id);
    if (channel) return { guild, channel };
  }
  return null;
}

/** Where somebody is in voice: `{guild, channel}`. */
export function voiceOf(user) {
  for (const guild of guilds()) {
    const channel = guild.channels.find((one) => one.people?.some((person) => person.id === user));
    if (channel) return { guild, channel };
  }
  return null;
}

/** The name of a user, a person or the bot. */
export function userName(id) {
  const { me } = store.state ?? {};
  if (me && (id === me.bot || id === me.application)) return me.name;
  return personById(id)?.name ?? null;
}

/** What the chosen person may do in the chosen guild, as Discord's names. */
export function myPermissions() {
  return myGuild()?.permissions?.[store.as] ?? [];
}

/** Chooses a person; the guild and the channel follow where they must. */
export function chooseAs(id) {
  store.as = id;
  if (!myGuilds().some((guild) => guild.id === store.guild)) store.guild = myGuilds()[0]?.id ?? null;
  chooseChannel(channelIn(store.guild));
}

/** Chooses a guild and its first channel. */
export function chooseGuild(id) {
  store.guild = id;
  chooseChannel(channelIn(id));
}

/** Chooses a channel to read and write in. */
export function chooseChannel(id) {
  store.channel = id;
  store.unread.delete(id);
  tell('view');
}

function channelIn(guildId) {
  const channels = guildById(guildId)?.channels ?? [];
  const stays = channels.find((channel) => channel.id === store.channel);
  return (stays ?? channels.find((channel) => channel.kind === 'text') ?? channels[0])?.id ?? null;
}

/** Chooses a language, as the person's client would tell Discord. */
export function chooseLocale(locale) {
  store.locale = locale;
  tell('view');
}
