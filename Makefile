# What `sam build` calls, one target per function of template.yaml; people use ./timmy.
# The binary lands under target/, and sam names the folder that it packs in ARTIFACTS_DIR.

.PHONY: build-InteractionsFunction build-OauthFunction build-TokenRotationFunction build-VoiceSupervisorFunction

build-InteractionsFunction:
	cargo build --release --locked --target-dir target --package interactions
	cp target/release/interactions "$(ARTIFACTS_DIR)/bootstrap"

build-OauthFunction:
	cargo build --release --locked --target-dir target --package oauth
	cp target/release/oauth "$(ARTIFACTS_DIR)/bootstrap"

build-TokenRotationFunction:
	cargo build --release --locked --target-dir target --package token-rotation
	cp target/release/token-rotation "$(ARTIFACTS_DIR)/bootstrap"

build-VoiceSupervisorFunction:
	cargo build --release --locked --target-dir target --package voice-supervisor
	cp target/release/voice-supervisor "$(ARTIFACTS_DIR)/bootstrap"
