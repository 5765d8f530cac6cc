"""discord.py as it is: logs in, joins the first voice channel of the first guild and plays Opus packets for ever.

SIMULATOR_INFO is what the simulator prints; OPUS_PACKETS is a file of packets, each after its length (two bytes, big
endian). The only changes are the two addresses, which the library has no setting for.
"""

import json
import os
import struct

import discord
import yarl
from discord.gateway import DiscordWebSocket

INFO = json.loads(os.environ["SIMULATOR_INFO"])

discord.http.Route.BASE = INFO["rest"]
DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(INFO["gateway"])


def packets():
    with open(os.environ["OPUS_PACKETS"], "rb") as file:
        data = file.read()
    at, found = 0, []
    while at < len(data):
        (length,) = struct.unpack_from(">H", data, at)
        found.append(data[at + 2 : at + 2 + length])
        at += 2 + length
    return found


class Loop(discord.AudioSource):
    def __init__(self):
        self.packets = packets()
        self.at = 0

    def is_opus(self):
        return True

    def read(self):
        self.at += 1
        return self.packets[self.at % len(self.packets)]


class Bot(discord.Client):
    async def on_ready(self):
        channel = self.get_channel(int(INFO["guilds"][0]["voice"][0]))
        voice = await channel.connect(timeout=20.0, reconnect=True)
        voice.play(Loop())


Bot(intents=discord.Intents(guilds=True, voice_states=True)).run(INFO["applications"][0]["token"])
