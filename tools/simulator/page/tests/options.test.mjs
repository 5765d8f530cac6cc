import assert from 'node:assert/strict';
import test from 'node:test';
import { fitting, nest, readAll, readOption } from '../option-values.js';

const given = (text, picked = null) => ({ text, picked });

test('nothing given: needed or left out', () => {
  assert.deepEqual(readOption({ type: 3, required: true }, given('')), { error: 'This option is needed' });
  assert.deepEqual(readOption({ type: 3 }, undefined), { empty: true });
});

test('strings have lengths in characters, not in UTF-16', () => {
  const option = { type: 3, min_length: 2, max_length: 3 };
  assert.deepEqual(readOption(option, given('🎵🎵🎵')), { value: '🎵🎵🎵' });
  assert.ok(readOption(option, given('🎵')).error);
  assert.ok(readOption(option, given('four')).error);
});

test('integers and numbers', () => {
  const option = { type: 4, min_value: 0, max_value: 100 };
  assert.deepEqual(readOption(option, given('50')), { value: 50 });
  for (const wrong of ['101', '-1', '1.5', 'ten', '1e3']) assert.ok(readOption(option, given(wrong)).error, wrong);
  assert.deepEqual(readOption({ type: 10 }, given('1,5')), { value: 1.5 });
  assert.ok(readOption({ type: 10 }, given('x')).error);
});

test('booleans in words', () => {
  assert.deepEqual(readOption({ type: 5 }, given('True')), { value: true });
  assert.deepEqual(readOption({ type: 5 }, given('nein')), { value: false });
  assert.ok(readOption({ type: 5 }, given('perhaps')).error);
});

test('choices are taken by label or value, and nothing else is', () => {
  const option = { type: 3, choices: [{ label: 'This track', value: 'track' }] };
  assert.deepEqual(readOption(option, given('this track')), { value: 'track' });
  assert.deepEqual(readOption(option, given('track')), { value: 'track' });
  assert.ok(readOption(option, given('other')).error);
});

test('a picked value stands only while its label does', () => {
  const picked = { label: 'Hello – Timmy', value: 'k:1' };
  assert.deepEqual(readOption({ type: 3, autocomplete: true }, given('Hello – Timmy', picked)), { value: 'k:1' });
  assert.deepEqual(readOption({ type: 3, autocomplete: true }, given('Hello', picked)), { value: 'Hello' });
});

test('people, roles and channels must be picked', () => {
  assert.ok(readOption({ type: 6 }, given('@member')).error);
  assert.deepEqual(readOption({ type: 6 }, given('@member', { label: '@member', value: '103' })), { value: '103' });
});

test('options are nested as Discord nests them', () => {
  const path = [{ name: 'admin', type: 1 }, { name: 'lockdown', type: 2 }, { name: 'on', type: 1 }];
  assert.deepEqual(nest(path, [{ name: 'reason', type: 3, value: 'x' }]), [
    { name: 'lockdown', type: 2, options: [{ name: 'on', type: 1, options: [{ name: 'reason', type: 3, value: 'x' }] }] },
  ]);
  assert.deepEqual(nest([{ name: 'ping', type: 1 }], []), []);
});

const PLAY = { path: [{ name: 'play', type: 1 }], options: [{ name: 'query', type: 3, autocomplete: true }, { name: 'file', type: 11 }, { name: 'next', type: 5 }] };

test('all of a command at once, with its attachment', () => {
  const { options, attachments, errors } = readAll(PLAY, new Map([['file', given('https://e.com/a%20b.flac')], ['next', given('true')]]), { newId: () => '7' });
  assert.deepEqual(options, [{ name: 'file', type: 11, value: '7' }, { name: 'next', type: 5, value: true }]);
  assert.deepEqual(attachments, { 7: { url: 'https://e.com/a%20b.flac', filename: 'a b.flac', content_type: 'audio/flac', size: 1 } });
  assert.equal(errors.size, 0);
});

test('for autocomplete the option that is typed goes as it stands', () => {
  const { options } = readAll(PLAY, new Map([['query', given(' he')], ['next', given('perhaps')]]), { focused: 'query' });
  assert.deepEqual(options, [{ name: 'query', type: 3, value: ' he', focused: true }]);
});

test('at most 25 choices', () => {
  const many = Array.from({ length: 40 }, (_, index) => ({ label: `Song ${index}`, value: index }));
  assert.equal(fitting(many, 'song').length, 25);
});
