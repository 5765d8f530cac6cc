// discord.js and its voice package, as their guides have them: commands are registered, a message is received, a voice
// channel is joined. Ends with 0 when all of it was so.
import assert from "node:assert/strict";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const { Client, Events, GatewayIntentBits, Routes, SlashCommandBuilder } = require("discord.js");
const { VoiceConnectionStatus, entersState, joinVoiceChannel } = require("@discordjs/voice");

const info = JSON.parse(process.env.SIMULATOR_INFO);
const [application] = info.applications;
const [{ id: guild, text: [text], voice: [voice] }] = info.guilds;

const client = new Client({
  intents: [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMessages, GatewayIntentBits.GuildVoiceStates],
  // Without the version, which the library adds.
  rest: { api: info.rest.replace(/\/v\d+$/, "") },
});

const ready = new Promise((resolve) => client.once(Events.ClientReady, resolve));
await client.login(application.token);
await ready;

const play = new SlashCommandBuilder().setName("play").setDescription("Plays a song")
  .addStringOption((option) => option.setName("query").setDescription("What").setRequired(true));
const registered = await client.rest.put(Routes.applicationCommands(application.id), { body: [play.toJSON()] });
assert.equal(registered[0].name, "play");
const commands = await client.application.commands.fetch();
assert.equal(commands.first().id, registered[0].id);
const wrong = client.rest.put(Routes.applicationCommands(application.id), { body: [{ name: "Play Song", description: "x" }] });
await assert.rejects(wrong, { code: 50035 });

const received = new Promise((resolve) => client.on(Events.MessageCreate, (message) => {
  if (!message.author.bot) resolve(message);
}));
await fetch(`${info.control}/say`, {
  method: "POST",
  headers: { "content-type": "application/json" },
  body: JSON.stringify({ as: info.users[0], channel: text, content: "hello" }),
});
const message = await received;
assert.equal(message.author.id, info.users[0]);
assert.equal(message.content, "", "it is not for who has no MESSAGE_CONTENT");
const answer = await message.reply("hello yourself");
assert.equal((await answer.edit("goodbye")).content, "goodbye");
await answer.delete();

const connection = joinVoiceChannel({
  guildId: guild,
  channelId: voice,
  adapterCreator: client.guilds.cache.get(guild).voiceAdapterCreator,
});
await entersState(connection, VoiceConnectionStatus.Ready, 20_000);
connection.destroy();
await client.destroy();
