// A channel with one of everything that the page can draw.

import { BOT, author, post } from './world.mjs';

const picture = (hue) => `data:image/svg+xml,${encodeURIComponent(`<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 160 90"><rect width="160" height="90" fill="hsl(${hue} 40% 45%)"/></svg>`)}`;

export function showcase(channel) {
  const now = Math.floor(Date.now() / 1000);
  post({ channel_id: '1001', author: author('102'), content: 'Music night! Try https://music.example/hello.wav, or **anything** you like.' });
  post({ channel_id: channel, author: author('102'), content: '# One\n## Two\n### Three\nPlain **bold**, *italic*, ***both***, __under__, ~~gone~~, `code`, ||secret||, [a link](https://example.com/a_(b)), <@103>, <#1001>, <@&1500>, </play:1>, <t:' + (now - 300) + ':R>, <t:' + now + ':F>\n> a quote\n> of two lines\n- one\n- two\n-# small print\n```js\nlet music = "loud";\n```\nNo markup: <b>text</b> \\*stars\\*' });
  post({
    channel_id: channel, author: author(BOT), embeds: [{ title: 'An embed', url: 'https://example.com', color: 0xd0802a, description: 'The *older* kind of card.', author: { name: 'Timmy' }, fields: [{ name: 'One', value: 'yes', inline: true }, { name: 'Two', value: 'no', inline: true }, { name: 'Wide', value: 'all of it' }], footer: { text: 'Below' }, timestamp: new Date().toISOString(), thumbnail: { url: picture(30) } }],
  });
  post({
    channel_id: channel, author: author(BOT), flags: 32768, components: [
      { type: 10, content: 'Text outside of a container' },
      {
        type: 17, accent_color: 0x3ba55d, components: [
          { type: 10, content: '### Everything' },
          { type: 9, components: [{ type: 10, content: 'A section with a button' }], accessory: { type: 2, style: 1, label: 'Press', custom_id: 'press', emoji: { name: '🎵' } } },
          { type: 9, components: [{ type: 10, content: 'A picture that cannot be loaded' }], accessory: { type: 11, media: { url: 'https://img.invalid/x.png' }, description: 'Missing' } },
          { type: 12, items: [{ media: { url: picture(200) }, description: 'Blue' }, { media: { url: picture(120) }, description: 'Green' }, { media: { url: picture(0) }, spoiler: true }] },
          { type: 14, spacing: 2 },
          { type: 1, components: [{ type: 2, style: 1, label: 'Primary', custom_id: 'a' }, { type: 2, style: 2, label: 'Secondary', custom_id: 'b' }, { type: 2, style: 3, label: 'Success', custom_id: 'c' }, { type: 2, style: 4, label: 'Danger', custom_id: 'd' }, { type: 2, style: 5, label: 'Link', url: 'https://example.com' }] },
          { type: 1, components: [{ type: 2, style: 2, emoji: { name: '🔁' }, custom_id: 'e' }, { type: 2, style: 1, label: 'Disabled', custom_id: 'f', disabled: true }] },
          { type: 1, components: [{ type: 3, custom_id: 'pick', placeholder: 'Choose a song', options: [{ label: 'Hello', value: '1', description: 'by Timmy', emoji: { name: '🎸' } }, { label: 'Slow River', value: '2' }] }] },
          { type: 1, components: [{ type: 3, custom_id: 'many', placeholder: 'Choose some', min_values: 1, max_values: 2, options: [{ label: 'One', value: '1' }, { label: 'Two', value: '2', default: true }, { label: 'Three', value: '3' }] }] },
          { type: 1, components: [{ type: 5, custom_id: 'who', placeholder: 'Choose a person' }] },
          { type: 13, file: { url: 'attachment://notes.txt' }, name: 'notes.txt', size: 20480 },
          { type: 99 },
        ],
      },
    ],
  });
  post({ channel_id: channel, author: author(BOT), flags: 128, deadline: new Date(Date.now() + 890_000).toISOString(), interaction_metadata: { id: '1', name: 'play', user: author('103') } });
  post({ channel_id: channel, author: author(BOT), flags: 32768 + 64, components: [{ type: 17, accent_color: 16426522, components: [{ type: 10, content: 'For this you need the permission **Manage Server**.' }] }], interaction_metadata: { id: '2', name: 'settings volume', user: author('103') } }, ['103']);
}
