// @discordjs/voice as its guide has it: one player a guild, the file's own Opus packets, nothing in between.
import { createReadStream } from "node:fs";
import {
  AudioPlayerStatus,
  StreamType,
  createAudioPlayer,
  createAudioResource,
  joinVoiceChannel,
} from "@discordjs/voice";
import { Client, GatewayIntentBits } from "discord.js";

const info = JSON.parse(process.env.SIMULATOR_INFO);

function play(player) {
  const packets = createReadStream(process.env.SONG);
  player.play(createAudioResource(packets, { inputType: StreamType.OggOpus }));
}

const client = new Client({
  intents: [GatewayIntentBits.Guilds, GatewayIntentBits.GuildVoiceStates],
  // Without the version, which the library adds.
  rest: { api: info.rest.replace(/\/v\d+$/, "") },
});

client.once("clientReady", () => {
  for (const { id, voice } of info.guilds) {
    const guild = client.guilds.cache.get(id);
    const connection = joinVoiceChannel({
      guildId: id,
      channelId: voice[0],
      adapterCreator: guild.voiceAdapterCreator,
    });
    const player = createAudioPlayer();
    connection.subscribe(player);
    player.on(AudioPlayerStatus.Idle, () => play(player));
    player.on("error", (error) => console.error(error));
    play(player);
  }
});

await client.login(info.applications[0].token);
