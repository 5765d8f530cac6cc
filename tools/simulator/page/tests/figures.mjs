// Measures the page against a stack that has just been started, and prints what it measured as JSON, in milliseconds:
// how soon the page is there, and how long a person waits after a command for its card and for its sound.
//   TIMMY_URL=http://127.0.0.1:8788/ node figures.mjs

import { launch } from './browser.mjs';
import { silence, sound } from './hearing.mjs';
import { visit } from './visitor.mjs';

// One person may use a command ten times a minute.
const ROUNDS = 9;

/** In the page: presses Enter on the command, and looks at every frame for the card and for sound. */
function timed(quiet) {
  const known = new Set([...document.querySelectorAll('.message')].map((node) => node.dataset.id));
  const isCard = (node) => !known.has(node.dataset.id) && node.querySelector('.card') && !node.querySelector('.thinking');
  const { analyser } = window.timmy;
  const wave = new Float32Array(analyser.fftSize);
  const times = {};
  document.querySelector('#command-form .send').click();
  const began = performance.now();
  return new Promise((resolve) => {
    const look = () => {
      analyser.getFloatTimeDomainData(wave);
      const loud = Math.sqrt(wave.reduce((sum, sample) => sum + sample * sample, 0) / wave.length) > quiet;
      if (!times.card && [...document.querySelectorAll('.message')].some(isCard)) times.card = performance.now() - began;
      if (!times.sound && loud) times.sound = performance.now() - began;
      if (times.card && times.sound) resolve(times);
      else requestAnimationFrame(look);
    };
    look();
  });
}

/** A member in the voice channel, with the speaker on, who plays the first song. */
async function listener() {
  const visitor = await visit({ context: await browser.newContext(), url }, 'member');
  const { songs: [song] } = await visitor.state();
  await visitor.joinVoice();
  await visitor.listen();
  await visitor.command('/play', { query: song.url });
  await sound(visitor.page, 60_000);
  return { visitor, song };
}

const browser = await launch();
const url = process.env.TIMMY_URL;
// The first one starts the worker and fetches the song.
const opened = performance.now();
const newcomer = await listener();
const first = performance.now() - opened;
await newcomer.visitor.command('/stop');
// Nobody else plays and listens in this browser while a page is painted.
await newcomer.visitor.page.context().close();
const paints = [];
for (let round = 0; round < ROUNDS; round += 1) {
  const context = await browser.newContext();
  const page = await context.newPage();
  await page.goto(url);
  await page.waitForSelector('body[data-ready]');
  paints.push(await page.evaluate(() => performance.getEntriesByName('first-contentful-paint')[0].startTime));
  await context.close();
}

const { visitor, song } = await listener();
const { page } = visitor;
const cards = [];
const sounds = [];
for (let round = 0; round < ROUNDS - 1; round += 1) {
  await visitor.command('/stop');
  await silence(page);
  await page.locator('#say').focus();
  await page.keyboard.type('/play ');
  await page.locator('#option-query').fill(song.url);
  const times = await page.evaluate(timed, 0.002);
  cards.push(times.card);
  sounds.push(times.sound);
}
await browser.close();
console.log(JSON.stringify({ first, paints, cards, sounds }));
