// Playing, hearing, and what a player's buttons do.

import assert from 'node:assert/strict';
import { hear, isOneOf, loudness, silence, sound, tonesOf } from './hearing.mjs';
import { until, visit } from './visitor.mjs';

async function playing(world, song = 0) {
  const visitor = await visit(world, 'member');
  await visitor.joinVoice();
  await visitor.listen();
  const { songs } = await visitor.state();
  await visitor.command('/stop');
  await silence(visitor.page);
  await visitor.command('/play', { query: songs[song].url });
  await sound(visitor.page);
  return { visitor, songs };
}

export const stories = [
  {
    name: 'a member plays a song by keyboard, with autocomplete, and hears its tone',
    async run(world) {
      const visitor = await visit(world, 'member');
      const { page } = visitor;
      const { songs: [song] } = await visitor.state();
      await visitor.joinVoice();
      await visitor.listen();
      await page.locator('#channels .channel[aria-current]').focus();
      await page.keyboard.press('/');
      await page.keyboard.type('play');
      await page.keyboard.press('Enter');
      await page.keyboard.type(song.title.slice(0, 4).toLowerCase());
      const offered = page.locator('#suggestion-list .choice', { hasText: song.title }).first();
      await offered.waitFor();
      await until(async () => {
        if ((await offered.getAttribute('aria-selected')) === 'true') return true;
        await page.keyboard.press('ArrowDown');
        return false;
      }, 'the song under the arrow');
      await page.keyboard.press('Enter');
      const began = performance.now();
      const answer = await visitor.answerTo(() => page.keyboard.press('Enter'));
      const card = performance.now() - began;
      assert.match(await answer.innerText(), new RegExp(song.title));
      const tones = await tonesOf(page, song.url);
      await sound(page);
      world.note(`command to card ${Math.round(card)} ms; the song has ${tones.length} tones`);
      const heard = await until(async () => {
        const { hz, loudness: loud } = await hear(page);
        return loud > 0.002 && isOneOf(hz, tones) && hz;
      }, `one of the song's tones (${tones.slice(0, 6).map(Math.round)} Hz…)`);
      world.note(`heard ${Math.round(heard)} Hz`);
      assert.equal(await page.locator('.voice-person', { hasText: (await visitor.state()).me.name }).count(), 1);
      visitor.noErrors();
    },
  },
  {
    name: 'pause and resume by button are heard',
    async run(world) {
      const { visitor } = await playing(world);
      await visitor.control('pause').click();
      await silence(visitor.page);
      await visitor.control('resume').click();
      await sound(visitor.page);
      visitor.noErrors();
    },
  },
  {
    name: 'volume by button is heard',
    async run(world) {
      const { visitor } = await playing(world);
      const before = await loudness(visitor.page);
      for (let press = 0; press < 5; press += 1) {
        await visitor.control('vol.down').click();
        await visitor.page.waitForFunction(() => !document.querySelector('.button[aria-busy="true"]'));
      }
      await until(async () => (await loudness(visitor.page)) < before * 0.75, 'less loudness');
      world.note(`loudness ${before.toFixed(3)}, then ${(await loudness(visitor.page)).toFixed(3)}`);
      for (let press = 0; press < 5; press += 1) {
        await visitor.control('vol.up').click();
        await visitor.page.waitForFunction(() => !document.querySelector('.button[aria-busy="true"]'));
      }
      visitor.noErrors();
    },
  },
  {
    name: 'skip by button goes to the next song',
    async run(world) {
      const { visitor, songs } = await playing(world);
      await visitor.command('/play', { query: songs[1].url });
      const card = visitor.page.locator('.message', { has: visitor.page.locator('.button[data-custom-id*="skip"]') }).last();
      await until(async () => (await card.innerText()).includes(songs[0].title), 'the first song on the card');
      await card.locator('.button[data-custom-id*="skip"]').click();
      await until(async () => {
        const title = await card.locator('.card strong').first().innerText();
        return title.includes(songs[1].title);
      }, 'the second song on the card');
      await sound(visitor.page);
      visitor.noErrors();
    },
  },
  {
    name: 'a killed worker comes back and goes on',
    async run(world) {
      const { visitor } = await playing(world);
      const { page } = visitor;
      await page.click('#tab-faults');
      const began = performance.now();
      // Another one may follow within a second: the page itself watches, so that no look comes too late.
      await page.evaluate(() => {
        const worker = document.querySelector('#worker');
        const look = () => { window.workerWasGone ||= !worker.classList.contains('up'); };
        new MutationObserver(look).observe(worker, { attributes: true });
      });
      await page.click('#fault-kill_worker');
      await Promise.all([silence(page), page.waitForFunction(() => window.workerWasGone)]);
      await page.locator('#worker.up').waitFor({ timeout: 60_000 });
      await sound(page, 60_000);
      world.note(`sound again after ${Math.round(performance.now() - began)} ms`);
      visitor.noErrors();
    },
  },
];
