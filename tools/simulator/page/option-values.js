// What a person typed for an option, as Discord's client checks it and sends it. No browser needed.

export const STRING = 3;
export const INTEGER = 4;
export const BOOLEAN = 5;
export const NUMBER = 10;
export const ATTACHMENT = 11;

/**
 * Reads one option. `given` is `{text, picked}`: what stands in the field and, where it was taken from a list, the
 * choice `{label, value}`. Answers `{value}`, `{error}` or `{empty: true}`.
 */
export function readOption(option, given) {
  const text = (given?.text ?? '').trim();
  const picked = given?.picked && given.picked.label === given.text ? given.picked : null;
  if (text === '' && !picked) return option.required ? { error: 'This option is needed' } : { empty: true };
  if (picked) return { value: picked.value };
  if (option.choices?.length) return fromChoices(option, text);
  return (READERS[option.type] ?? fromList)(option, text);
}

function fromChoices(option, text) {
  const wanted = text.toLowerCase();
  const found = option.choices.find(({ label, value }) => [label, String(value)].some((one) => one.toLowerCase() === wanted));
  return found ? { value: found.value } : { error: 'Choose one from the list' };
}

const fromList = () => ({ error: 'Choose one from the list' });

const READERS = {
  [STRING]: readString,
  [INTEGER]: (option, text) => (/^[+-]?\d+$/.test(text) ? bounded(option, Number(text)) : { error: 'A whole number is needed' }),
  [NUMBER]: (option, text) => {
    const value = Number(text.replace(',', '.'));
    return Number.isFinite(value) ? bounded(option, value) : { error: 'A number is needed' };
  },
  [BOOLEAN]: (_, text) => {
    const yes = /^(true|yes|on|ja|oui|sí|sim|はい)$/i.test(text);
    const no = /^(false|no|off|nein|non|não|いいえ)$/i.test(text);
    return yes || no ? { value: yes } : { error: 'True or False' };
  },
  [ATTACHMENT]: (_, text) => (/^https?:\/\/\S+$/.test(text) ? { value: text } : { error: 'Choose a file or give its address' }),
};

function readString({ min_length: min = 0, max_length: max = 6000 }, text) {
  const { length } = [...text];
  if (length < min) return { error: `At least ${min} characters` };
  return length > max ? { error: `At most ${max} characters` } : { value: text };
}

function bounded({ min_value: min = -Infinity, max_value: max = Infinity }, value) {
  if (value < min) return { error: `${min} or more` };
  return value > max ? { error: `${max} or less` } : { value };
}

/** Discord's nested option objects for a command's `path`; `values` are `{name, type, value, focused?}`. */
export function nest(path, values) {
  return path.slice(1).reduceRight((options, { name, type }) => [{ name, type, options }], values);
}

/**
 * All fields of a command at once: `{options, attachments, errors}`, where `errors` maps names to words. For
 * autocomplete, `focused` names the option that is being typed, which is sent as it stands.
 */
export function readAll(leaf, given, { focused = null, newId = randomId } = {}) {
  const values = [];
  const attachments = {};
  const errors = new Map();
  for (const option of leaf.options) {
    const { name, type } = option;
    if (name === focused) {
      values.push({ name, type, value: given.get(name)?.text ?? '', focused: true });
      continue;
    }
    const { value, error } = readOption(option, given.get(name));
    if (error) errors.set(name, error);
    if (value === undefined) continue;
    if (type === ATTACHMENT) {
      const id = newId();
      attachments[id] = attachment(value);
      values.push({ name, type, value: id });
    } else values.push({ name, type, value });
  }
  return { options: nest(leaf.path, values), attachments, errors };
}

const TYPES = { wav: 'audio/wav', mp3: 'audio/mpeg', ogg: 'audio/ogg', opus: 'audio/ogg', flac: 'audio/flac', m4a: 'audio/mp4', webm: 'audio/webm' };

function attachment(url) {
  const filename = decodeURIComponent(new URL(url).pathname.split('/').pop()) || 'file';
  const type = TYPES[filename.split('.').pop().toLowerCase()] ?? 'application/octet-stream';
  return { url, filename, content_type: type, size: 1 };
}

// Ids look like Discord's: milliseconds since 2015, then 22 random bits.
function randomId() {
  const time = BigInt(Date.now() - 1_420_070_400_000) << 22n;
  return String(time | BigInt(Math.floor(Math.random() * 2 ** 22)));
}

/** What an option without a list of its own can be: true or false. */
export const TRUE_FALSE = [{ label: 'True', value: true }, { label: 'False', value: false }];

/** The choices of a list that fit what was typed. */
export function fitting(choices, text) {
  const wanted = text.trim().toLowerCase();
  return choices.filter(({ label }) => label.toLowerCase().includes(wanted)).slice(0, 25);
}
