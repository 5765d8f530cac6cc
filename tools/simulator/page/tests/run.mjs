// Runs the stories one after another against a running stack:
//   TIMMY_URL=http://127.0.0.1:8788 node run.mjs [words of a story's name]
// TIMMY names the program and TIMMY_DATA its data folder, for what an operator does beside the page.
// CHROMIUM names the browser, TIMMY_SHOTS a folder for screenshots, NODE_PATH where playwright-core and axe-core lie
// if not beside this file.

import { launch } from './browser.mjs';
import { stories as access } from './access.story.mjs';
import { stories as accounts } from './accounts.story.mjs';
import { stories as incidents } from './incidents.story.mjs';
import { stories as looks } from './looks.story.mjs';
import { stories as music } from './music.story.mjs';
import { stories as talking } from './talking.story.mjs';

const url = process.env.TIMMY_URL;
if (!url) throw new Error('TIMMY_URL is not set');
const only = process.argv.slice(2).join(' ');
const all = [...access, ...accounts, ...music, ...talking, ...looks, ...incidents].filter(({ name }) => name.includes(only));

const browser = await launch();
let failed = 0;
for (const { name, run } of all) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 860 }, locale: 'en-US', permissions: [] });
  const began = performance.now();
  const notes = [];
  try {
    await run({ context, url, note: (text) => notes.push(text) });
    console.log(`ok    ${name} (${Math.round(performance.now() - began)} ms)`);
  } catch (error) {
    failed += 1;
    console.log(`FAIL  ${name}\n      ${String(error.stack ?? error).split('\n').slice(0, 40).join('\n      ')}`);
  }
  for (const text of notes) console.log(`      ${text}`);
  await context.close();
}
await browser.close();
console.log(`${all.length - failed} passed, ${failed} failed`);
process.exitCode = failed > 0 ? 1 : 0;
