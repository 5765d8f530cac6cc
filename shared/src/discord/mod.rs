//! Discord's vocabulary: the envelope that comes in, the answers that go out, and every word that the bot says.
