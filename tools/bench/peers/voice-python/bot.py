"""discord.py as it is: joins the first voice channel of each guild and plays an Ogg Opus file's own packets.

Its `FFmpegOpusAudio` would start a process a player; this source reads the same packets with the library's own Ogg
reader and no ffmpeg, which is cheaper. The only changes are the two addresses, which the library has no setting for.
"""

import json
import os

import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.oggparse import OggStream

INFO = json.loads(os.environ["SIMULATOR_INFO"])

discord.http.Route.BASE = INFO["rest"]
DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(INFO["gateway"])


class Song(discord.AudioSource):
    def __init__(self):
        self.open()

    def open(self):
        self.packets = OggStream(open(os.environ["SONG"], "rb")).iter_packets()
        # OpusHead and OpusTags are no sound.
        next(self.packets)
        next(self.packets)

    def is_opus(self):
        return True

    def read(self):
        packet = next(self.packets, None)
        if packet is None:
            self.open()
            packet = next(self.packets)
        return packet


class Bot(discord.Client):
    async def on_ready(self):
        for guild in INFO["guilds"]:
            voice = await self.get_channel(int(guild["voice"][0])).connect(timeout=20.0, reconnect=True)
            voice.play(Song())


Bot(intents=discord.Intents(guilds=True, voice_states=True)).run(INFO["applications"][0]["token"])
