// A select of one or several choices. Moving through it does not choose; Enter, Space or a click does.

import { h, icon } from './dom.js';

let made = 0;

/** `chosen(values, button)` is called when the choice is complete. */
export function selectMenu({ choices, placeholder, min, max, disabled, place, chosen }) {
  const id = `select-${++made}`;
  const several = max > 1;
  const picked = new Set(choices.filter((choice) => choice.chosen).map((choice) => choice.value));
  let active = 0;

  const words = h('span', { class: 'select-words' });
  const button = h('button', {
    class: 'select', type: 'button', disabled, role: 'combobox', 'aria-haspopup': 'listbox', 'aria-expanded': 'false',
    'aria-controls': id, 'aria-label': placeholder, 'data-place': place,
  }, words, icon('down'));
  const list = h('div', { class: 'popup', id, role: 'listbox', hidden: true, 'aria-label': placeholder, 'aria-multiselectable': several ? 'true' : null });
  const options = choices.map(option);
  list.append(...options);
  const root = h('div', { class: 'select-menu' }, button, list);
  show();

  function option(choice, index) {
    return h('div', {
      class: 'choice', role: 'option', id: `${id}-${index}`, 'aria-selected': 'false',
      on: { click: () => choose(index), mousedown: (event) => event.preventDefault() },
    }, choice.emoji && h('span', { 'aria-hidden': 'true' }, choice.emoji),
    h('span', { class: 'choice-label' }, choice.label), choice.description && h('small', {}, choice.description));
  }

  function show() {
    const labels = choices.filter((choice) => picked.has(choice.value)).map((choice) => choice.label);
    words.textContent = labels.length > 0 ? labels.join(', ') : placeholder;
    options.forEach((node, index) => {
      node.setAttribute('aria-selected', String(picked.has(choices[index].value)));
      node.classList.toggle('active', index === active && !list.hidden);
    });
    if (list.hidden) button.removeAttribute('aria-activedescendant');
    else button.setAttribute('aria-activedescendant', `${id}-${active}`);
  }

  function open(yes) {
    list.hidden = !yes;
    button.setAttribute('aria-expanded', String(yes));
    show();
    if (yes) options[active]?.scrollIntoView({ block: 'nearest' });
  }

  function choose(index) {
    const { value } = choices[index];
    if (!several) {
      picked.clear();
      picked.add(value);
      open(false);
      return chosen([value], button);
    }
    if (picked.has(value)) picked.delete(value);
    else if (picked.size < max) picked.add(value);
    show();
  }

  function close() {
    if (list.hidden) return;
    open(false);
    if (several && picked.size >= min) chosen([...picked], button);
  }

  button.addEventListener('click', () => (list.hidden ? open(true) : close()));
  button.addEventListener('blur', close);
  button.addEventListener('keydown', (event) => {
    if (list.hidden) {
      if (event.key === 'ArrowDown' || event.key === 'ArrowUp') {
        event.preventDefault();
        open(true);
      }
      return;
    }
    const moves = { ArrowDown: active + 1, ArrowUp: active - 1, Home: 0, End: choices.length - 1 };
    if (event.key in moves) active = Math.max(0, Math.min(choices.length - 1, moves[event.key]));
    else if (event.key === 'Enter' || event.key === ' ') choose(active);
    else if (event.key === 'Escape') close();
    else return;
    event.preventDefault();
    event.stopPropagation();
    show();
    if (!list.hidden) options[active]?.scrollIntoView({ block: 'nearest' });
  });
  return root;
}
