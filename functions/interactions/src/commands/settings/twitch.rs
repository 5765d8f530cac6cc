//! `/settings twitch`: viewers of a member's channel ask for songs (SPEC P11). The oauth function alone talks to Twitch; here
//! is what the guild decides, and who asks for the rest.

use shared::discord::envelope::Options;
use shared::discord::escape::Escaped;
use shared::discord::response::Answer;
use shared::discord::words::Message;
use shared::domain::accounts::Provider;
use shared::domain::settings::{CommandWord, GuildSettings, Reward, WORD_MAX};
use shared::security::permissions::EditSettings;
use shared::store::deferred::Purpose;

use super::save;
use crate::refused::Refused;
use crate::visit::Visit;

pub(super) async fn run(visit: &Visit<'_>, name: &str, options: &Options<'_>) -> Result<Answer, Refused> {
    match name {
        "connect" => connect(visit).await,
        "off" => off(visit).await,
        "reward" => {
            let title = options.optional_string("title").map_err(Refused::Option)?;
            let reward = title.map(str::parse::<Reward>).transpose().map_err(Refused::Reward)?;
            let said = title.map_or(Message::TwitchRewardNone, |title| Message::TwitchRewardSet {
                reward: Escaped::new(title),
            });
            change(visit, &said, |settings| settings.twitch.reward.clone_from(&reward)).await
        }
        "command" => {
            let typed = options.string("word").map_err(Refused::Option)?;
            let bad = |_| Refused::Because(Message::TwitchCommandBad { max: WORD_MAX as u64 });
            let word: CommandWord = typed.parse().map_err(bad)?;
            let said = Message::TwitchCommandSet { command: Escaped::new(word.as_str()) };
            change(visit, &said, |settings| settings.twitch.command.clone_from(&word)).await
        }
        _ => Err(Refused::UnknownCommand),
    }
}

async fn change(
    visit: &Visit<'_>,
    said: &Message,
    make: impl Fn(&mut GuildSettings),
) -> Result<Answer, Refused> {
    let proof = visit.authorize::<EditSettings>()?;
    let message = save(visit, proof, |settings| {
        make(settings);
        Ok(said.clone())
    })
    .await?;
    Ok(visit.whisper(&message))
}

/// The caller's channel is heard here: it is theirs by the account that they have linked. What the guild takes is decided
/// before Twitch is asked, so that nothing that Twitch then says is lost.
async fn connect(visit: &Visit<'_>) -> Result<Answer, Refused> {
    let proof = visit.authorize::<EditSettings>()?;
    if !has_channel(visit).await? {
        return Err(Refused::Because(Message::TwitchNotLinked));
    }
    save(visit, proof, |settings| {
        settings.twitch.enabled = true;
        Ok(Message::TwitchConnected)
    })
    .await?;
    visit.accounts()?.ask(visit, Purpose::Channel { guild: visit.guild()?, on: true }).await
}

/// Requests end at once, whoever's channel they come from; the caller's own is not heard any more. Another member's is let
/// go by night.
async fn off(visit: &Visit<'_>) -> Result<Answer, Refused> {
    let said = Message::TwitchOff;
    let answer = change(visit, &said, |settings| settings.twitch.enabled = false).await?;
    if visit.accounts().is_err() || !has_channel(visit).await? {
        return Ok(answer);
    }
    visit.accounts()?.ask(visit, Purpose::Channel { guild: visit.guild()?, on: false }).await
}

async fn has_channel(visit: &Visit<'_>) -> Result<bool, Refused> {
    let links = visit.links().await?;
    Ok(links.iter().any(|link| link.provider == Provider::Twitch && link.can_be_used()))
}
