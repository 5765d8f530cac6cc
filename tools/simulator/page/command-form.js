// A command that is being written: its name, its options as chips, and what may still be added.

import { useCommand } from './act.js';
import { byId, fill, h, icon } from './dom.js';
import { optionChip } from './option-chip.js';
import { readAll } from './option-values.js';
import { say } from './announce.js';

/** Opens the form in the composer. `rest` goes into the first option; `closed(text)` is called when it ends. */
export function openForm(leaf, rest, closed) {
  const box = byId('command-form');
  const chips = [];
  const form = { leaf, given: new Map(), done: next, left };
  const fields = h('div', { class: 'chips' });
  const more = h('div', { class: 'more-options' });
  const run = h('button', { class: 'icon-button send', type: 'button', 'aria-label': `Run ${leaf.title}`, title: 'Run', on: { click: submit } }, icon('send'));

  fill(box, h('div', { class: 'form-line' },
    h('span', { class: 'form-title' }, leaf.hidden && icon('lock'), leaf.title), fields, more, run));
  box.setAttribute('aria-label', `Command ${leaf.title}: ${leaf.description}`);
  box.hidden = false;
  byId('say-line').hidden = true;

  const wanted = leaf.options.filter((option) => option.required);
  const first = wanted.length > 0 ? wanted : leaf.options.slice(0, 1);
  first.forEach(add);
  offer();
  if (chips.length === 0) run.focus();
  else start(chips[0]);
  run.addEventListener('keydown', (event) => leaving(event, null));

  function start(chip) {
    if (rest) {
      chip.input.value = rest;
      form.given.set(chip.option.name, { text: rest, picked: null });
    }
    chip.focus();
    chip.input.setSelectionRange(chip.input.value.length, chip.input.value.length);
  }

  function add(option) {
    const chip = optionChip(option, form);
    chips.push(chip);
    fields.append(chip.node);
    return chip;
  }

  function offer() {
    const open = new Set(chips.map((chip) => chip.option.name));
    const rest = leaf.options.filter((option) => !open.has(option.name));
    fill(more, rest.map((option) => h('button', {
      class: 'add-option', type: 'button', title: option.about, 'data-option': option.name,
      on: { click: () => addAndGo(option), keydown: (event) => leaving(event, null) },
    }, icon('plus'), option.shown)));
  }

  function addAndGo(option) {
    const chip = add(option);
    offer();
    chip.focus();
  }

  function next(chip) {
    const empty = chips.slice(chips.indexOf(chip) + 1).find((one) => one.option.required && one.input.value === '');
    (empty ?? chip).focus();
  }

  function left(chip, event) {
    if (event.key === 'Enter') {
      event.preventDefault();
      submit();
    } else leaving(event, chip);
  }

  function leaving(event, chip) {
    if (event.key === 'Escape') {
      event.preventDefault();
      event.stopPropagation();
      close('');
    } else if (event.key === 'Backspace' && (!chip || chip.input.value === '')) {
      event.preventDefault();
      const before = chips[chips.indexOf(chip) - 1];
      if (!chip || !before) close(leaf.title);
      else {
        if (!chip.option.required) drop(chip);
        before.focus();
      }
    }
  }

  function drop(chip) {
    chips.splice(chips.indexOf(chip), 1);
    form.given.delete(chip.option.name);
    chip.node.remove();
    offer();
  }

  function close(text) {
    box.hidden = true;
    box.replaceChildren();
    closed(text);
  }

  async function submit() {
    const { options, attachments, errors } = readAll(leaf, form.given);
    if (errors.size > 0) return complain(errors);
    close('');
    await useCommand({ kind: 'command', name: leaf.path[0].name, options, attachments }, leaf.title);
  }

  function complain(errors) {
    const wrong = chips.filter((chip) => errors.has(chip.option.name));
    for (const chip of wrong) chip.complain(errors.get(chip.option.name));
    wrong[0]?.focus();
    say(wrong.map((chip) => `${chip.option.shown}: ${errors.get(chip.option.name)}`).join('. '), true);
  }
}
