# What `sam build` calls, one target per function of template.yaml; people use ./timmy.
# The binary lands under target/, and sam names the folder that it packs in ARTIFACTS_DIR.

.PHONY: build-ApiFunction build-DataRetentionFunction build-InteractionsFunction build-OauthFunction build-SecurityAlarmsFunction build-TokenRotationFunction build-VoiceSupervisorFunction build-WebhooksFunction

build-ApiFunction:
	cargo build --release --locked --target-dir target --package api
	cp target/release/api "$(ARTIFACTS_DIR)/bootstrap"

build-DataRetentionFunction:
	cargo build --release --locked --target-dir target --package data-retention
	cp target/release/data-retention "$(ARTIFACTS_DIR)/bootstrap"

build-InteractionsFunction:
	cargo build --release --locked --target-dir target --package interactions
	cp target/release/interactions "$(ARTIFACTS_DIR)/bootstrap"

build-OauthFunction:
	cargo build --release --locked --target-dir target --package oauth
	cp target/release/oauth "$(ARTIFACTS_DIR)/bootstrap"

build-SecurityAlarmsFunction:
	cargo build --release --locked --target-dir target --package security-alarms
	cp target/release/security-alarms "$(ARTIFACTS_DIR)/bootstrap"

build-TokenRotationFunction:
	cargo build --release --locked --target-dir target --package token-rotation
	cp target/release/token-rotation "$(ARTIFACTS_DIR)/bootstrap"

build-VoiceSupervisorFunction:
	cargo build --release --locked --target-dir target --package voice-supervisor
	cp target/release/voice-supervisor "$(ARTIFACTS_DIR)/bootstrap"

build-WebhooksFunction:
	cargo build --release --locked --target-dir target --package webhooks
	cp target/release/webhooks "$(ARTIFACTS_DIR)/bootstrap"
