// The left side: guilds, channels, and who is in voice.

import { joinOrLeave } from './act.js';
import { say } from './announce.js';
import { avatar, byId, fill, h, icon, unseen } from './dom.js';
import { keepStop, rove } from './roving.js';
import { chooseChannel, chooseGuild, myGuild, myGuilds, on, store, voiceOf } from './store.js';

const CHANNEL = '.channel';

/** Starts the list. */
export function startChannels() {
  const guildSelect = byId('guild');
  guildSelect.addEventListener('change', () => chooseGuild(guildSelect.value === '' ? null : guildSelect.value));
  rove(byId('channels'), CHANNEL);
  for (const topic of ['view', 'voice', 'unread']) on(topic, draw);
  on('speaking', mark);
  on('voice', tellWho);
}

function draw() {
  const list = byId('channels');
  const focused = list.contains(document.activeElement) ? document.activeElement.dataset.channel : null;
  fill(byId('guild'), myGuilds().map((guild) => h('option', { value: guild.id ?? '' }, guild.name)));
  byId('guild').value = store.guild ?? '';
  fill(list, (myGuild()?.channels ?? []).map((channel) => (channel.kind === 'voice' ? voice(channel) : text(channel))));
  const again = focused && list.querySelector(`[data-channel="${CSS.escape(focused)}"]`);
  again?.focus();
  keepStop(list, CHANNEL, again ?? list.querySelector('[aria-current]'));
}

function text(channel) {
  const here = channel.id === store.channel;
  const unread = store.unread.has(channel.id);
  return h('li', {}, h('button', {
    class: `channel${unread ? ' unread' : ''}`, type: 'button', 'data-channel': channel.id, 'aria-current': here ? 'true' : null,
    on: { click: () => chooseChannel(channel.id) },
  }, icon('hash'), h('span', { class: 'channel-name' }, channel.name), unread && h('span', { class: 'dot' }), unread && unseen('(new messages)')));
}

function voice(channel) {
  const inside = voiceOf(store.as)?.channel.id === channel.id;
  const people = channel.people ?? [];
  return h('li', { class: 'voice' },
    h('button', {
      class: `channel${inside ? ' inside' : ''}`, type: 'button', 'data-channel': channel.id,
      on: { click: () => go(channel) },
    }, icon('sound'), h('span', { class: 'channel-name' }, channel.name), unseen(`, voice channel, ${people.length} inside: `),
    h('span', { class: 'join' }, inside ? 'Leave' : 'Join')),
    channel.status && h('p', { class: 'voice-status' }, channel.status),
    people.length > 0 && h('ul', { class: 'voice-people', 'aria-label': `In ${channel.name}` }, people.map(inVoice)));
}

function inVoice(person) {
  return h('li', { class: `voice-person${person.speaking ? ' speaking' : ''}`, 'data-user': person.id },
    avatar(person.id, person.name, `small-avatar${person.bot ? ' bot' : ''}`),
    h('span', { class: 'channel-name' }, person.name, person.id === store.as ? ' (you)' : ''),
    h('span', { class: 'bars', 'aria-hidden': 'true' }, h('i'), h('i'), h('i')),
    h('span', { class: 'unseen speaking-words' }, person.speaking ? 'speaking' : ''));
}

function mark({ user, on: speaking }) {
  for (const node of byId('channels').querySelectorAll(`[data-user="${CSS.escape(user)}"]`)) {
    node.classList.toggle('speaking', speaking);
    node.querySelector('.speaking-words').textContent = speaking ? 'speaking' : '';
  }
}

function tellWho(event) {
  if (!event) return;
  const channel = myGuild()?.channels.find((one) => one.id === event.channel);
  if (event.guild === store.guild) say(channel ? `${event.name} is in ${channel.name}` : `${event.name} left voice`);
}

async function go(channel) {
  try {
    await joinOrLeave(channel.id);
  } catch (error) {
    say(`That did not work: ${error.message}`, true);
  }
}
