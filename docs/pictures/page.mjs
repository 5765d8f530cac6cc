// Takes the README's pictures from the page itself, so that they stay true: a still one, and one that moves (APNG). With
// ./timmy up running on fresh data, and the packages of tools/simulator/page installed (NODE_PATH):
//   TIMMY_URL=http://127.0.0.1:8788/ node docs/pictures/page.mjs

import { writeFileSync } from 'node:fs';
import { launch } from '../../tools/simulator/page/tests/browser.mjs';
import { visit } from '../../tools/simulator/page/tests/visitor.mjs';
import { apng } from './apng.mjs';

const HERE = new URL('./', import.meta.url);
const SIZE = { width: 1280, height: 680 };

const browser = await launch();
const context = await browser.newContext({ viewport: SIZE, colorScheme: 'dark', locale: 'en-US', reducedMotion: 'reduce' });
const visitor = await visit({ context, url: process.env.TIMMY_URL }, 'member');
const { page } = visitor;
const frames = [];
const frame = async (ms) => frames.push({ ms, png: await page.screenshot() });

const { songs: [song, other] } = await visitor.state();
await visitor.joinVoice();
await frame(900);
await page.locator('#say').focus();
await page.keyboard.type('/play ');
await page.locator('#option-query').waitFor();
await frame(700);
await page.keyboard.type(song.title.slice(0, 4).toLowerCase());
await page.locator('#suggestion-list .choice', { hasText: song.title }).first().waitFor();
await frame(1100);
await page.locator('#suggestion-list .choice', { hasText: song.title }).first().click();
const card = await visitor.answerTo(() => page.locator('#command-form .send').click());
await page.locator('.button[data-custom-id*="pause"]').last().waitFor();
await page.waitForFunction(() => document.querySelector('.card img')?.naturalWidth > 0);
await frame(2000);
await visitor.command('/play', { query: other.url });
await frame(1400);
await visitor.control('pause').click();
await page.locator('.button[data-custom-id*="resume"]').last().waitFor();
await frame(1400);
await visitor.control('resume').click();
await page.locator('.button[data-custom-id*="pause"]').last().waitFor();
await card.scrollIntoViewIfNeeded();
await frame(1600);
visitor.noErrors();
writeFileSync(new URL('page.png', HERE), frames.at(-1).png);
writeFileSync(new URL('page-moves.png', HERE), apng(frames));
await browser.close();
