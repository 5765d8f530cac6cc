// Buttons and selects on messages: pressing one is an interaction.

import { FAILED, useComponent } from './act.js';
import { h, icon } from './dom.js';
import { choicesOf } from './entities.js';
import { selectMenu } from './select-menu.js';

const STYLES = { 1: 'primary', 2: 'secondary', 3: 'success', 4: 'danger', 5: 'link', 6: 'secondary' };
const LINK = 5;

/** A button of a message. */
export function button(component, message, place) {
  const content = [emoji(component.emoji), component.label && h('span', {}, component.label)];
  const style = `button ${STYLES[component.style] ?? 'secondary'}`;
  const label = component.label ? null : component.emoji?.name ?? 'Button';
  if (component.style === LINK) {
    const href = /^https?:|^discord:/.test(component.url ?? '') ? component.url : null;
    return h('a', { class: style, href, 'aria-label': label, target: '_blank', rel: 'noreferrer noopener' }, content);
  }
  const node = h('button', {
    class: style, type: 'button', disabled: component.disabled, 'aria-label': label, 'data-place': place,
    'data-custom-id': component.custom_id,
  }, content);
  node.addEventListener('click', () => press(node, message, component, []));
  return node;
}

/** A select of a message: its own options, or people, roles and channels. */
export function select(component, message, place) {
  return selectMenu({
    choices: choicesOf(component),
    placeholder: component.placeholder ?? 'Choose',
    min: component.min_values ?? 1,
    max: component.max_values ?? 1,
    disabled: component.disabled,
    place,
    chosen: (values, node) => press(node, message, component, values),
  });
}

async function press(node, message, component, values) {
  if (node.getAttribute('aria-busy') === 'true') return;
  node.setAttribute('aria-busy', 'true');
  const answer = await useComponent(message.id, component.custom_id, component.type, values);
  node.removeAttribute('aria-busy');
  if (answer.outcome === 'failed') complain(node, answer.error);
}

function complain(node, error) {
  const row = node.closest('.message')?.querySelector('.message-body');
  if (!row) return;
  row.querySelector(':scope > .failure')?.remove();
  row.append(failure(error));
}

/** What is shown when the bot failed. */
export function failure(error) {
  return h('p', { class: 'failure' }, icon('warning'), h('span', {}, FAILED, error && h('small', {}, ` ${error}`)));
}

function emoji(given) {
  if (!given) return null;
  return h('span', { class: 'emoji', 'aria-hidden': 'true' }, given.id ? `:${given.name}:` : given.name);
}
