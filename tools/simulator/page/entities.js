// People, roles and channels as choices: for selects, and for options of commands.

import { myGuild, people, store } from './store.js';

/** The choices of a select component: `{value, label, description, emoji, chosen}`. */
export function choicesOf(component) {
  const defaults = new Set((component.default_values ?? []).map((value) => value.id));
  if (component.type === 3) {
    return (component.options ?? []).map((option) => ({
      value: option.value,
      label: option.label,
      description: option.description ?? '',
      emoji: option.emoji?.id ? '' : option.emoji?.name ?? '',
      chosen: option.default === true,
    }));
  }
  const kinds = { 5: [users], 6: [roles], 7: [users, roles], 8: [channels] }[component.type] ?? [];
  const found = kinds.flatMap((kind) => kind(component.channel_types));
  return found.map((choice) => ({ ...choice, chosen: defaults.has(choice.value) }));
}

/** The choices of a command's option that names a user (6), channel (7), role (8) or either (9). */
export function entitiesOf(option) {
  const kinds = { 6: [users], 7: [channels], 8: [roles], 9: [users, roles] }[option.type] ?? [];
  return kinds.flatMap((kind) => kind(option.channel_types));
}

function users() {
  const guild = myGuild();
  const here = people().filter((person) => !guild?.id || person.guilds.includes(guild.id));
  const { me } = store.state;
  return [...here, { id: me.bot, name: me.name, about: 'the bot' }].map((person) => ({
    value: person.id, label: `@${person.name}`, description: person.about ?? '',
  }));
}

function roles() {
  return (myGuild()?.roles ?? []).map((role) => ({ value: role.id, label: `@${role.name}`, description: 'role' }));
}

const CHANNEL_TYPES = { text: 0, voice: 2 };

function channels(types) {
  return (myGuild()?.channels ?? [])
    .filter((channel) => !types?.length || types.includes(CHANNEL_TYPES[channel.kind]))
    .map((channel) => ({ value: channel.id, label: `#${channel.name}`, description: channel.kind }));
}
