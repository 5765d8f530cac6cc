// The line at the bottom: words to say, or a `/` and a command.

import { sayAloud } from './act.js';
import { say } from './announce.js';
import { openForm } from './command-form.js';
import { matching, slashCommands, typedCommand } from './command-list.js';
import { byId } from './dom.js';
import { myChannel, myPermissions, on, store } from './store.js';
import { closeSuggestions, suggest, suggestionKey } from './suggestions.js';

/** Starts the composer. */
export function startComposer() {
  const input = byId('say');
  input.addEventListener('input', typed);
  input.addEventListener('blur', closeSuggestions);
  input.addEventListener('keydown', (event) => {
    if (event.isComposing || suggestionKey(event)) return;
    if (event.key === 'Enter') send(event);
  });
  byId('say-send').addEventListener('click', send);
  byId('slash').addEventListener('click', () => write('/'));
  document.addEventListener('keydown', (event) => {
    const writing = event.target.closest('input, textarea, select, [role=menu], dialog');
    if (event.key !== '/' || writing || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    write('/');
  });
  on('view', leave);
}

function leave() {
  const channel = myChannel();
  const input = byId('say');
  input.placeholder = channel ? `Message #${channel.name}, or type /` : 'Choose a channel';
  input.disabled = !channel;
  closeSuggestions();
  if (!byId('command-form').hidden) closeForm('', false);
}

function commands() {
  return slashCommands(store.state.commands, {
    locale: store.locale, permissions: myPermissions(), dm: store.guild === null,
  });
}

function typed() {
  const input = byId('say');
  const { value } = input;
  if (!value.startsWith('/')) return closeSuggestions();
  const leaves = commands();
  const whole = typedCommand(leaves, value);
  if (whole) return start(whole.leaf, whole.rest);
  const found = matching(leaves, value.trimEnd()).map((leaf) => ({
    leaf, label: leaf.title, description: leaf.description, locked: leaf.hidden, hint: hint(leaf),
  }));
  suggest(input, found, { title: 'Commands', empty: 'No such command', chosen: ({ leaf }) => start(leaf, '') });
}

function hint(leaf) {
  if (leaf.hidden) return 'Discord hides this from you';
  return leaf.options.filter((option) => option.required).map((option) => option.shown).join(' ');
}

function start(leaf, rest) {
  byId('say').value = '';
  closeSuggestions();
  openForm(leaf, rest, (text) => closeForm(text, true));
}

function closeForm(text, focus) {
  byId('command-form').hidden = true;
  byId('command-form').replaceChildren();
  byId('say-line').hidden = false;
  if (focus) write(text);
  else byId('say').value = text;
}

function write(text) {
  const input = byId('say');
  input.value = text;
  input.focus();
  typed();
}

async function send(event) {
  event.preventDefault();
  const input = byId('say');
  const text = input.value.trim();
  if (text === '' || text.startsWith('/')) return;
  input.value = '';
  try {
    await sayAloud(text);
  } catch (error) {
    input.value = text;
    say(`Not sent: ${error.message}`, true);
  }
}
