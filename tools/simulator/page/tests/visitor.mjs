// Somebody at the page: what the stories say and see, in their words.

import assert from 'node:assert/strict';

const PATIENCE_MS = 20_000;

/** Opens the page as one of the people, with the banner out of the way. */
export async function visit({ context, url }, role, { locale = 'en-US', banner = false } = {}) {
  const page = await context.newPage();
  page.setDefaultTimeout(PATIENCE_MS);
  const errors = [];
  page.on('pageerror', (error) => errors.push(String(error)));
  if (!banner) await page.addInitScript(() => localStorage.setItem('timmy.seen', 'yes'));
  await page.goto(url);
  await page.waitForSelector('body[data-ready]');
  const visitor = new Visitor(page, errors);
  await visitor.become(role, locale);
  return visitor;
}

class Visitor {
  constructor(page, errors) {
    this.page = page;
    this.errors = errors;
  }

  /** What the simulator says of itself. */
  async state() {
    return this.page.evaluate(async () => (await fetch('/sim/state')).json());
  }

  /** Finds one of the people by the part that they play. */
  async person(role) {
    const { people } = await this.state();
    const found = people.find((one) => one.name.toLowerCase() === role)
      ?? people.find((one) => `${one.name} ${one.about}`.toLowerCase().includes(role));
    assert.ok(found, `nobody is a ${role}`);
    return found;
  }

  async become(role, locale = 'en-US') {
    this.me = await this.person(role);
    await this.page.selectOption('#as', this.me.id);
    await this.page.selectOption('#locale', locale);
    // Every person sees other messages: wait for theirs.
    const { me: { id }, page } = this;
    await page.waitForFunction(([as, tag]) => {
      const { view = '' } = document.querySelector('#messages').dataset;
      return view.startsWith(`${as} `) && view.endsWith(` ${tag}`);
    }, [id, locale]);
  }

  /** Writes a command as a person does, and runs it; answers with the message that comes. */
  async command(name, options = {}) {
    // A browser draws the tab that is in front, and only what is drawn can be clicked.
    await this.page.bringToFront();
    return this.answerTo(async () => {
      await this.page.locator('#say').focus();
      await this.page.keyboard.type(`${name} `);
      for (const [option, text] of Object.entries(options)) {
        const chip = this.page.locator(`#option-${option}`);
        if (!(await chip.count())) await this.page.locator(`[data-option="${option}"]`).click();
        await chip.fill(text);
      }
      await this.page.locator('#command-form .send').click();
    });
  }

  /** Does something, and waits for the bot's next message that is no longer "thinking". */
  async answerTo(act) {
    const before = await this.page.$$eval('.message', (nodes) => nodes.map((node) => node.dataset.id));
    await act();
    const handle = await this.page.waitForFunction((known) => [...document.querySelectorAll('.message')]
      .find((node) => !known.includes(node.dataset.id) && node.querySelector('.tag') && !node.querySelector('.thinking'))
      ?.dataset.id, before);
    return this.message(await handle.jsonValue());
  }

  message(id) {
    return this.page.locator(`.message[data-id="${id}"]`);
  }

  /** Goes into the first voice channel, by keyboard. */
  async joinVoice() {
    const button = this.page.locator('.voice .channel').first();
    if (!(await button.getAttribute('class')).includes('inside')) {
      await button.focus();
      await this.page.keyboard.press('Enter');
    }
    await this.page.locator('.voice .channel.inside').waitFor();
  }

  /** Switches the speaker on, by keyboard. */
  async listen() {
    await this.page.locator('#speaker').focus();
    await this.page.keyboard.press('Enter');
    await this.page.waitForFunction(() => window.timmy?.analyser);
  }

  /** A button of the player card that is shown last, by a part of its custom id. */
  control(part) {
    return this.page.locator(`.message .button[data-custom-id*="${part}"]`).last();
  }

  noErrors() {
    assert.deepEqual(this.errors, [], 'the page threw');
  }
}

/** Whether a message is for this person alone. */
export const isPrivate = (message) => message.evaluate((node) => node.classList.contains('ephemeral'));

/** Waits until `check` is true, asking again and again; then answers with what it said. */
export async function until(check, what, patience = PATIENCE_MS) {
  const end = Date.now() + patience;
  for (;;) {
    const value = await check();
    if (value) return value;
    assert.ok(Date.now() < end, `waited in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
