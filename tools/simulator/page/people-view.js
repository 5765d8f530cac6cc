// Who one is: the person, and the language of their client.

import { avatar, byId, fill, h } from './dom.js';
import { chooseAs, chooseLocale, on, people, personById, store } from './store.js';

/** Starts the switcher. */
export function startPeople() {
  const as = byId('as');
  const locale = byId('locale');
  as.addEventListener('change', () => chooseAs(as.value));
  locale.addEventListener('change', () => chooseLocale(locale.value));
  on('state', drawChoices);
  on('view', draw);
}

function drawChoices() {
  fill(byId('as'), people().map((person) => h('option', { value: person.id }, person.name)));
  fill(byId('locale'), store.state.locales.map((tag) => h('option', { value: tag }, languageName(tag, store.state.locales))));
  draw();
}

/** In its own words; with its country only where the language alone would be ambiguous. */
function languageName(tag, all) {
  const language = (one) => one.split('-')[0];
  const alone = all.filter((one) => language(one) === language(tag)).length === 1;
  const name = new Intl.DisplayNames([tag], { type: 'language' }).of(alone ? language(tag) : tag) ?? tag;
  return name[0].toLocaleUpperCase(tag) + name.slice(1);
}

function draw() {
  const person = personById(store.as);
  if (!person) return;
  byId('as').value = store.as;
  byId('locale').value = store.locale;
  fill(byId('me-avatar'), avatar(person.id, person.name));
  byId('me-about').textContent = person.about ?? '';
}
