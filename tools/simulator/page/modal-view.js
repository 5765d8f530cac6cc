// A form that the bot asks a person to fill in.

import { FAILED, use } from './act.js';
import { byId, fill, h, icon } from './dom.js';
import { choicesOf } from './entities.js';
import { markdown } from './markdown-view.js';
import { on } from './store.js';

const LABEL = 18;
const ROW = 1;
const TEXT = 10;
const INPUT = 4;

/** Lets modals open. */
export function startModals() {
  on('modal', open);
  byId('modal').addEventListener('close', ({ target }) => target.replaceChildren());
}

function open({ modal, message }) {
  const dialog = byId('modal');
  const fields = [];
  const failed = h('p', { class: 'failure', role: 'alert', hidden: true });
  const form = h('form', { method: 'dialog', class: 'modal-form', novalidate: true },
    h('header', {}, h('h2', { id: 'modal-title' }, modal.title),
      h('button', { class: 'icon-button', type: 'button', 'aria-label': 'Close', on: { click: () => dialog.close() } }, icon('close'))),
    (modal.components ?? []).flatMap((component) => draw(component, fields)),
    failed,
    h('footer', {},
      h('button', { class: 'button secondary', type: 'button', on: { click: () => dialog.close() } }, 'Cancel'),
      h('button', { class: 'button primary', type: 'submit' }, 'Submit')));
  form.addEventListener('submit', (event) => submit(event, { dialog, modal, message, fields, failed }));
  fill(dialog, form);
  dialog.showModal();
  fields[0]?.node.focus();
}

function draw(component, fields) {
  if (component.type === TEXT) return [markdown(component.content)];
  if (component.type === LABEL) return [labelled(component.label, component.description, component.component, fields)];
  if (component.type === ROW) return component.components.map((inner) => labelled(inner.label, '', inner, fields));
  return [];
}

function labelled(label, description, component, fields) {
  const id = `field-${component.custom_id}`;
  const required = component.required !== false;
  const node = component.type === INPUT ? textInput(component, id) : select(component, id);
  const error = h('small', { class: 'chip-error', id: `${id}-error` });
  node.setAttribute('aria-describedby', `${id}-about ${id}-error`);
  if (required) node.setAttribute('aria-required', 'true');
  fields.push({ node, error, component, required });
  return h('div', { class: 'field-block' }, h('label', { for: id }, label, required && h('span', { class: 'needed', 'aria-hidden': 'true' }, ' *')),
    h('small', { id: `${id}-about` }, description), node, error);
}

function textInput(component, id) {
  const shared = { id, placeholder: component.placeholder, maxlength: component.max_length, value: component.value ?? '' };
  return component.style === 2 ? h('textarea', { ...shared, rows: 4 }) : h('input', { ...shared, type: 'text' });
}

function select(component, id) {
  const several = (component.max_values ?? 1) > 1;
  const options = choicesOf(component).map((choice) => {
    const option = h('option', {}, choice.label);
    option.value = choice.value;
    option.selected = choice.chosen;
    return option;
  });
  const none = several ? [] : [h('option', { value: '' }, component.placeholder ?? 'Choose')];
  return h('select', { id, multiple: several }, none, options);
}

function valueOf({ node }) {
  return node.multiple ? [...node.selectedOptions].map((option) => option.value) : node.value;
}

function wrong(field) {
  const { component, required } = field;
  const { length } = valueOf(field);
  if (length === 0) return required ? 'Please fill this in' : '';
  if (component.type === INPUT && length < (component.min_length ?? 0)) return `At least ${component.min_length} characters`;
  return '';
}

async function submit(event, { dialog, modal, message, fields, failed }) {
  event.preventDefault();
  for (const field of fields) {
    const words = wrong(field);
    field.error.textContent = words;
    if (words) field.node.setAttribute('aria-invalid', 'true');
    else field.node.removeAttribute('aria-invalid');
  }
  const bad = fields.find((field) => field.error.textContent);
  if (bad) return bad.node.focus();
  const values = Object.fromEntries(fields.map((field) => [field.component.custom_id, valueOf(field)]));
  const answer = await use({ kind: 'modal', custom_id: modal.custom_id, message: message ?? null, fields: values });
  if (answer.outcome !== 'failed') return dialog.close();
  failed.hidden = false;
  failed.textContent = `${FAILED}. ${answer.error ?? ''}`;
}
