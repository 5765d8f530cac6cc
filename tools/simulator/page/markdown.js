// Discord's markdown, parsed into plain objects. It draws nothing, so that it can be tested without a browser.

const ESCAPABLE = /[\\*_~`|>#\-[\]()<:.!@&+=]/;

/** Blocks: `{block, inline}` or `{block, items}` or `{block: 'code', text}`. */
export function parseMarkdown(source) {
  const blocks = [];
  const fence = /```(?:([a-z0-9+#-]*)\n)?([\s\S]*?)```/gi;
  let from = 0;
  for (const found of source.matchAll(fence)) {
    lines(source.slice(from, found.index).replace(/\n$/, ''), blocks);
    blocks.push({ block: 'code', text: found[2].replace(/\n$/, '') });
    from = found.index + found[0].length;
    if (source[from] === '\n') from += 1;
  }
  lines(source.slice(from), blocks);
  return blocks;
}

function lines(text, blocks) {
  if (text === '') return;
  for (const line of text.split('\n')) {
    const block = lineBlock(line);
    const last = blocks.at(-1);
    if (block.block === 'list' && last?.block === 'list') last.items.push(...block.items);
    else if (block.block === 'quote' && last?.block === 'quote') last.inline.push({ kind: 'break' }, ...block.inline);
    else if (block.block === 'text' && last?.block === 'text') last.inline.push({ kind: 'break' }, ...block.inline);
    else blocks.push(block);
  }
}

function lineBlock(line) {
  const heading = /^(#{1,3}) +(\S.*)$/.exec(line);
  if (heading) return { block: `heading${heading[1].length}`, inline: parseInline(heading[2]) };
  const small = /^-# +(\S.*)$/.exec(line);
  if (small) return { block: 'small', inline: parseInline(small[1]) };
  const quote = /^> (.*)$/.exec(line);
  if (quote) return { block: 'quote', inline: parseInline(quote[1]) };
  const item = /^ *[-*] +(\S.*)$/.exec(line);
  if (item) return { block: 'list', items: [parseInline(item[1])] };
  return { block: 'text', inline: parseInline(line) };
}

// Each rule: a sticky expression and what its match becomes. The order matters.
const RULES = [
  [/\\([\s\S])/y, (m) => (ESCAPABLE.test(m[1]) ? plain(m[1]) : plain(m[0]))],
  [/``([^]*?[^`])``(?!`)/y, (m) => ({ kind: 'code', text: m[1].trim() })],
  [/`([^`]+)`/y, (m) => ({ kind: 'code', text: m[1] })],
  [/<@!?(\d+)>/y, (m) => ({ kind: 'user', id: m[1] })],
  [/<@&(\d+)>/y, (m) => ({ kind: 'role', id: m[1] })],
  [/<#(\d+)>/y, (m) => ({ kind: 'channel', id: m[1] })],
  [/<\/([^:>]+):(\d+)>/y, (m) => ({ kind: 'command', name: m[1] })],
  [/<t:(-?\d{1,13})(?::([tTdDfFsSR]))?>/y, (m) => ({ kind: 'time', at: Number(m[1]), style: m[2] ?? 'f' })],
  [/<a?:(\w{2,32}):(\d+)>/y, (m) => ({ kind: 'emoji', name: m[1] })],
  [/\[((?:\\.|[^\\\]])+)\]\(<?(https?:\/\/(?:\([^\s()]*\)|\\.|[^\s()>\\])+)>?\)/y, (m) => link(m[2], parseInline(m[1]))],
  [/<(https?:\/\/[^\s>]+)>/y, (m) => link(m[1], [plain(m[1])])],
  [/https?:\/\/[^\s<>]*[^\s<>.,:;"')\]*_~|]/y, (m) => link(m[0], [plain(m[0])])],
  [/\*\*\*((?:\\.|[^\\])+?)\*\*\*(?!\*)/y, (m) => mark('bold', [mark('italic', parseInline(m[1]))])],
  [/\*\*((?:\\.|[^\\])+?)\*\*(?!\*)/y, (m) => mark('bold', parseInline(m[1]))],
  [/__((?:\\.|[^\\])+?)__(?!_)/y, (m) => mark('underline', parseInline(m[1]))],
  [/\*(?!\s)((?:\\.|\*\*(?:\\.|[^\\*])+\*\*|[^\\*])+?)(?<!\s)\*(?!\*)/y, (m) => mark('italic', parseInline(m[1]))],
  [/(?<!\w)_((?:\\.|[^\\_])+?)_(?!\w)/y, (m) => mark('italic', parseInline(m[1]))],
  [/~~((?:\\.|[^\\])+?)~~/y, (m) => mark('strike', parseInline(m[1]))],
  [/\|\|((?:\\.|[^\\])+?)\|\|/y, (m) => mark('spoiler', parseInline(m[1]))],
];

/** Inline pieces: `{kind: 'text', text}`, marks with `children`, mentions, times. */
export function parseInline(text) {
  const pieces = [];
  let at = 0;
  while (at < text.length) {
    const [piece, length] = next(text, at);
    const last = pieces.at(-1);
    if (piece.kind === 'text' && last?.kind === 'text') last.text += piece.text;
    else pieces.push(piece);
    at += length;
  }
  return pieces;
}

function next(text, at) {
  for (const [rule, make] of RULES) {
    rule.lastIndex = at;
    const found = rule.exec(text);
    if (found) return [make(found), found[0].length];
  }
  const plainEnd = text.slice(at + 1).search(/[\\`<[*_~|h]/);
  const length = plainEnd < 0 ? text.length - at : plainEnd + 1;
  return [plain(text.slice(at, at + length)), length];
}

const plain = (text) => ({ kind: 'text', text });
const mark = (kind, children) => ({ kind, children });
const link = (url, children) => ({ kind: 'link', url: url.replace(/\\(.)/g, '$1'), children });

/** What is left when all marks are taken away: for previews and screen readers. */
export function plainText(source, names = {}) {
  return parseMarkdown(source).map((block) => blockText(block, names)).join('\n');
}

function blockText(block, names) {
  if (block.block === 'code') return block.text;
  if (block.block === 'list') return block.items.map((item) => inlineText(item, names)).join('\n');
  return inlineText(block.inline, names);
}

function inlineText(pieces, names) {
  return pieces.map((piece) => pieceText(piece, names)).join('');
}

function pieceText(piece, names) {
  if (piece.children) return inlineText(piece.children, names);
  if (piece.kind === 'break') return '\n';
  if (piece.kind === 'user') return `@${names.user?.(piece.id) ?? piece.id}`;
  if (piece.kind === 'command') return `/${piece.name}`;
  return piece.text ?? '';
}
