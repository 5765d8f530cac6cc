import assert from 'node:assert/strict';
import test from 'node:test';
import { countdown, millis, timeWords } from '../time-words.js';

const NOW = 1_700_000_000_000;

test('relative times in the language of the reader', () => {
  assert.equal(timeWords(1_700_000_000 - 300, 'R', 'en-US', NOW), '5 minutes ago');
  assert.equal(timeWords(1_700_000_000 + 7200, 'R', 'de', NOW), 'in 2 Stunden');
});

test('a time out of range is shown as it is', () => {
  assert.equal(timeWords(9_999_999_999_999, 'f', 'en-US', NOW), '9999999999999');
});

test('the countdown never goes below zero', () => {
  assert.equal(countdown(NOW + 899_500, NOW), '15:00');
  assert.equal(countdown(new Date(NOW + 61_000).toISOString(), NOW), '1:01');
  assert.equal(countdown(NOW - 5, NOW), '0:00');
});

test('milliseconds in short', () => {
  assert.deepEqual([null, 0.83, 12.3, 1480].map(millis), ['', '0.8 ms', '12 ms', '1.48 s']);
});
