// One option of a command that is being written: its name and its field.

import { use } from './act.js';
import { h } from './dom.js';
import { entitiesOf } from './entities.js';
import { ATTACHMENT, BOOLEAN, fitting, INTEGER, NUMBER, readAll, readOption, TRUE_FALSE } from './option-values.js';
import { store } from './store.js';
import { closeSuggestions, suggest, suggestionKey } from './suggestions.js';

const TYPING_PAUSE_MS = 180;

/**
 * A chip. `form` is who holds it: `leaf`, `given` (a map from names to `{text, picked}`), `done(chip)` when its value
 * was taken from a list, `left(chip, event)` for the keys that leave it.
 */
export function optionChip(option, form) {
  const id = `option-${option.name}`;
  const error = h('span', { class: 'chip-error', id: `${id}-error` });
  const input = h('input', {
    id, class: 'chip-input', type: 'text', autocomplete: 'off', spellcheck: 'false', role: 'combobox',
    'aria-autocomplete': 'list', 'aria-expanded': 'false', 'aria-controls': 'suggestion-list',
    'aria-required': option.required ? 'true' : null, 'aria-describedby': `${id}-error`,
    inputmode: option.type === INTEGER ? 'numeric' : option.type === NUMBER ? 'decimal' : null,
    placeholder: option.about, maxlength: option.max_length,
  });
  const node = h('div', { class: 'chip' }, h('label', { for: id }, option.shown), input, error);
  const chip = { node, input, option, complain, ask, focus: () => input.focus() };
  let timer = null;
  let asked = 0;

  form.given.set(option.name, { text: '', picked: null });
  input.addEventListener('input', () => {
    form.given.set(option.name, { text: input.value, picked: null });
    grow();
    complain('');
    clearTimeout(timer);
    if (option.autocomplete) timer = setTimeout(ask, TYPING_PAUSE_MS);
    else ask();
  });
  input.addEventListener('focus', ask);
  input.addEventListener('blur', () => {
    clearTimeout(timer);
    asked += 1;
    closeSuggestions();
    const { error: wrong } = readOption(option, form.given.get(option.name));
    if (wrong && input.value !== '') complain(wrong);
  });
  input.addEventListener('keydown', (event) => {
    if (event.isComposing) return;
    if (suggestionKey(event)) clearTimeout(timer);
    else form.left(chip, event);
  });

  function complain(words) {
    error.textContent = words;
    node.classList.toggle('wrong', words !== '');
    if (words) input.setAttribute('aria-invalid', 'true');
    else input.removeAttribute('aria-invalid');
  }

  function grow() {
    input.style.setProperty('--length', Math.min(40, Math.max(6, [...input.value].length + 1)));
  }

  function taken(item) {
    input.value = item.label;
    form.given.set(option.name, { text: item.label, picked: { label: item.label, value: item.value } });
    grow();
    complain('');
    closeSuggestions();
    form.done(chip);
  }

  async function ask() {
    if (option.autocomplete) return askBot();
    const choices = listOf(option);
    if (!choices) return closeSuggestions();
    const picked = form.given.get(option.name)?.picked;
    const items = picked ? choices : fitting(choices, input.value);
    suggest(input, items, { title: option.about, empty: option.type === ATTACHMENT ? 'Or type an https address' : 'Nothing fits', chosen: taken });
  }

  async function askBot() {
    const turn = ++asked;
    const text = input.value;
    const { options, attachments } = readAll(form.leaf, form.given, { focused: option.name });
    const answer = await use({ kind: 'autocomplete', name: form.leaf.path[0].name, options, attachments });
    if (turn !== asked || document.activeElement !== input || form.given.get(option.name)?.picked) return;
    const items = (answer.choices ?? []).map((choice) => ({
      label: choice.name_localizations?.[store.locale] ?? choice.name, value: choice.value,
    }));
    const empty = answer.outcome === 'failed' ? 'Loading options failed' : text ? 'No suggestions' : '';
    suggest(input, items, { title: option.about, empty, chosen: taken });
  }

  return chip;
}

/** What can be chosen without asking the bot; null when anything may be typed. */
function listOf(option) {
  if (option.choices?.length) return option.choices;
  if (option.type === BOOLEAN) return TRUE_FALSE;
  if (option.type === ATTACHMENT) return (store.state.songs ?? []).map((song) => ({ label: song.url.split('/').pop(), value: song.url, description: song.title }));
  return option.type >= 6 && option.type <= 9 ? entitiesOf(option) : null;
}
