"""Shapes of tokens that detect-secrets does not know: our own, and those of services that we hold secrets of."""

import re

from detect_secrets.plugins.base import RegexBasedDetector


class ApiKeyDetector(RegexBasedDetector):
    """What `POST /keys` answers (shared/src/security/api_key.rs)."""

    secret_type = "TimmyBot API Key"
    denylist = [re.compile(r"\bwa-[0-9a-f]{64}\b")]


class RefreshTokenDetector(RegexBasedDetector):
    """What keeps a sign-in going (shared/src/security/refresh_token.rs)."""

    secret_type = "TimmyBot Refresh Token"
    denylist = [re.compile(r"\bwr-[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{43}")]


class WebhookSecretDetector(RegexBasedDetector):
    """What a source signs its webhooks with, as Standard Webhooks spells it."""

    secret_type = "Webhook Secret"
    denylist = [re.compile(r"\bwhsec_[A-Za-z0-9+/]{24,}={0,2}")]


class DiscordWebhookDetector(RegexBasedDetector):
    """An address that anybody can post to."""

    secret_type = "Discord Webhook"
    denylist = [re.compile(r"discord(?:app)?\.com/api/(?:v\d+/)?webhooks/\d{17,20}/[A-Za-z0-9_-]{60,}")]


class GoogleClientDetector(RegexBasedDetector):
    """The client secret with which YouTube's accounts are linked."""

    secret_type = "Google Client Secret"
    denylist = [re.compile(r"\bGOCSPX-[A-Za-z0-9_-]{28}")]
