import assert from 'node:assert/strict';
import test from 'node:test';
import { parseInline, parseMarkdown, plainText } from '../markdown.js';

const text = (words) => ({ kind: 'text', text: words });
const kinds = (source) => parseInline(source).map((piece) => piece.kind);

test('plain words stay one piece', () => {
  assert.deepEqual(parseInline('just words, 2 * 3 and snake_case_names'), [text('just words, 2 * 3 and snake_case_names')]);
});

test('marks nest', () => {
  assert.deepEqual(parseInline('**a *b* c**'), [
    { kind: 'bold', children: [text('a '), { kind: 'italic', children: [text('b')] }, text(' c')] },
  ]);
  assert.deepEqual(kinds('*i* _i_ __u__ ~~s~~ ||p|| ***bi***').filter((kind) => kind !== 'text'),
    ['italic', 'italic', 'underline', 'strike', 'spoiler', 'bold']);
});

test('italics may hold bold', () => {
  assert.deepEqual(parseInline('*a **b** c*')[0].kind, 'italic');
});

test('what is escaped is text, with no slash left', () => {
  assert.deepEqual(parseInline("Don't Stop \\[Remaster\\] \\*2004\\*"), [text("Don't Stop [Remaster] *2004*")]);
  assert.deepEqual(parseInline('a\\b'), [text('a\\b')]);
});

test('a bold link with an escaped title, as the player has it', () => {
  const [bold] = parseInline('**[Stop \\[Remaster\\]](https://music.example/watch?v=1&list=2)**');
  assert.equal(bold.kind, 'bold');
  assert.deepEqual(bold.children, [{ kind: 'link', url: 'https://music.example/watch?v=1&list=2', children: [text('Stop [Remaster]')] }]);
});

test('links end where they should', () => {
  assert.equal(parseInline('[a](https://e.com/a_(b))')[0].url, 'https://e.com/a_(b)');
  assert.deepEqual(parseInline('see https://e.com/x, ok')[1].url, 'https://e.com/x');
  assert.equal(parseInline('<https://e.com/x>')[0].url, 'https://e.com/x');
});

test('only http and https become links', () => {
  assert.deepEqual(parseInline('[a](javascript:alert(1))').map((piece) => piece.kind), ['text']);
});

test('code holds no marks', () => {
  assert.deepEqual(parseInline('`**a**`'), [{ kind: 'code', text: '**a**' }]);
});

test('mentions, commands, emoji and times', () => {
  assert.deepEqual(kinds('<@1><@!2><@&3><#4></play:5><:note:6><t:1700000000:R><t:1>'),
    ['user', 'user', 'role', 'channel', 'command', 'emoji', 'time', 'time']);
  assert.deepEqual(parseInline('<t:1:R>'), [{ kind: 'time', at: 1, style: 'R' }]);
});

test('lines: headings, small print, quotes, lists, code', () => {
  const blocks = parseMarkdown('# a\n### b\n-# c\n> d\n> e\n- f\n* g\nplain\nmore\n```js\nlet x;\n```\nend');
  assert.deepEqual(blocks.map((block) => block.block), ['heading1', 'heading3', 'small', 'quote', 'list', 'text', 'code', 'text']);
  assert.equal(blocks[4].items.length, 2);
  assert.equal(blocks[6].text, 'let x;');
});

test('an escaped heading is none', () => {
  assert.deepEqual(parseMarkdown('\\# not a heading')[0], { block: 'text', inline: [text('# not a heading')] });
});

test('hostile repetitions are parsed in time', () => {
  const began = Date.now();
  for (const piece of ['*', '_', '[', '`', '**', '||', '~~', '<t:', 'h', '[a](https://x.y/(', '\\']) parseMarkdown(piece.repeat(2000));
  assert.ok(Date.now() - began < 5000);
});

test('plain text for screen readers', () => {
  assert.equal(plainText('**[Song](https://e.com)** for <@7>\n-# now', { user: () => 'member' }), 'Song for @member\nnow');
});
